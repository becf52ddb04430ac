"""Which layers adapt: the head alone (ANIL), the body alone (BOIL), or any choice of leaves.

A leaf belongs to the layer whose number ends its name, as in W1, b1, ..., W3, b3; the head is the
layer of the highest number, the body all others. Other names (a torch module's "0.weight") have no
layer: there `partly_loss` takes the names themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from torch import Tensor

from course_utils import maml
from course_utils.networks import Loss, Params
from course_utils.support import check_tensors
from course_utils.support.check_input import shown
from course_utils.tasks import TaskBatch


def layer_of(name: str) -> int:
    """The layer that a leaf belongs to: 3 of "W3". Raises ValueError if no number ends the name."""
    found = re.search(r"\d+$", name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"name must end with its layer's number, as W3 does, got {shown(name)}")
    return int(found.group())


def head(phi: Params) -> tuple[str, ...]:
    """The names of the last layer's leaves."""
    check_tensors.parameters("phi", phi)
    last = max(map(layer_of, phi))
    return tuple(name for name in phi if layer_of(name) == last)


def body(phi: Params) -> tuple[str, ...]:
    """The names of all leaves but the last layer's."""
    last = head(phi)
    return tuple(name for name in phi if name not in last)


def partly_loss(
    loss: Loss,
    phi: Params,
    batch: TaskBatch,
    *,
    adapts: Collection[str],
    inner_lr: float,
    steps: int,
    **how: bool,
) -> Tensor:
    """MAML's objective where only the leaves named in `adapts` take inner steps, a scalar.

    The others are used as they are in phi, by every task; the meta-step moves all of them. With
    every leaf in `adapts` this is `maml.meta_loss`. Raises ValueError if `adapts` names no leaf of
    phi, or something else, and as `maml.meta_loss` does.
    """
    check_tensors.parameters("phi", phi)
    named = isinstance(adapts, Collection) and not isinstance(adapts, str)
    if not (named and adapts and all(name in phi for name in map(str, adapts))):
        raise ValueError(f"adapts must name leaves of phi, {', '.join(phi)}, got {shown(adapts)}")
    kept = {name: leaf for name, leaf in phi.items() if name not in adapts}
    moving = {name: leaf for name, leaf in phi.items() if name in adapts}

    def with_kept(theta: Params, x: Tensor, y: Tensor) -> Tensor:
        return loss(kept | theta, x, y)

    return maml.meta_loss(with_kept, moving, batch, inner_lr=inner_lr, steps=steps, **how)


def anil_loss(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int, **how: bool
) -> Tensor:
    """ANIL's objective, almost no inner loop: only the head adapts (Raghu et al. 2020, section 4).

    Arguments and errors as for `maml.meta_loss`.
    """
    return partly_loss(loss, phi, batch, adapts=head(phi), inner_lr=inner_lr, steps=steps, **how)


def boil_loss(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int, **how: bool
) -> Tensor:
    """BOIL's objective: only the body adapts, the head keeps still (Oh et al. 2021, section 3).

    Arguments and errors as for `maml.meta_loss`.
    """
    return partly_loss(loss, phi, batch, adapts=body(phi), inner_lr=inner_lr, steps=steps, **how)
