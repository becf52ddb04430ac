"""A gradient's number, measured: the loss a little to both sides, told beside what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.networks import Params


def measured(
    objective: Callable[[Params], Tensor],
    phi: Params,
    found: Any,
    name: str,
    where: int,
    *,
    loss: str,
    apart: float = 1e-5,
) -> str:
    """A sentence on how `objective` changes with one number of phi, and what a gradient says.

    `loss` is what is measured, in words. The objective gets parameters of 64 bits.
    """
    ends = []
    for sign in (1, -1):
        moved = {key: leaf.detach().double().clone() for key, leaf in phi.items()}
        moved[name].view(-1)[where] += sign * apart
        with torch.no_grad():
            ends.append(float(objective(moved)))
    slope = (ends[0] - ends[1]) / (2 * apart)
    yours = float(torch.as_tensor(found[name]).detach().flatten()[where])
    return (
        f"measured: where number {where} of {name} grows, {loss} grows {slope:.4g} times as much; "
        f"your gradient says {yours:.4g}"
    )
