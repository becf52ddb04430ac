"""Parameters as vectors: all leaves of a network as one long row of numbers, and back again.

The leaves come in the order of their names, so two dicts with the same leaves give rows that fit
together, however each was built.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.networks import Params


def copies(phi: Params, n: int) -> Params:
    """One copy of phi for each of n tasks: leaves (n, *S) for phi's S, without using memory."""
    return {name: leaf.expand(n, *leaf.shape) for name, leaf in phi.items()}


def vector(phi: Params) -> Tensor:
    """The parameters of one network, leaves S, as one row (P,)."""
    return torch.cat([phi[name].flatten() for name in sorted(phi)])


def rows(theta: Params) -> Tensor:
    """The parameters of several networks, leaves (n, *S), as one row each: (n, P)."""
    parts = (theta[name] for name in sorted(theta))
    # Not reshape(n, -1): of no network at all (n = 0) it could not tell P.
    return torch.cat([part.reshape(len(part), math.prod(part.shape[1:])) for part in parts], dim=1)


def leaves(row: Tensor, like: Params) -> Params:
    """The inverse of `vector` and of `rows`: row (..., P) as leaves (..., *S), `like` having S.

    Raises ValueError if a row is not as long as the parameters of `like`.
    """
    sizes = [like[name].numel() for name in sorted(like)]
    if row.shape[-1] != sum(sizes):
        raise ValueError(
            f"row must hold {sum(sizes)} numbers, one for each parameter, got {row.shape[-1]}: it "
            "belongs to another network"
        )
    parts = dict(zip(sorted(like), row.split(sizes, dim=-1), strict=True))
    return {
        name: parts[name].reshape((*row.shape[:-1], *leaf.shape)).to(leaf.dtype)
        for name, leaf in like.items()
    }


def dots(one: Params, other: Params) -> Tensor:
    """The scalar product of two networks' parameters, task by task: leaves (n, *S) -> (n,)."""
    return (rows(one) * rows(other)).sum(1)
