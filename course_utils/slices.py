"""Slices of a network's landscape: lines and planes through φ, and the losses on them.

A network of 1,761 parameters has a landscape over 1,761 dimensions; a slice shows one or two of
them. Its axes are *directions*: a point of a slice is φ plus multiples of one or two of them.
Of what lies outside the slice only the shadow is seen; `Plane.place` says how far away it is.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils import core_checks as check
from course_utils import landscape
from course_utils.maml import StepSize, inner_step
from course_utils.networks import Loss, Params
from course_utils.support import check_tensors
from course_utils.support.check_input import whole_number
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch
from course_utils.vectors import leaves, rows, vector

CHUNK = 256  # pairs of point and task at a time, so that they stay in the processor's cache


def line(start: Params, end: Params, t: Tensor) -> Params:
    """The points start + t·(end − start): leaves (G, *S) for t (G,). 0 is start, 1 is end.

    Raises ValueError if the two ends have different leaves, or t is no row of numbers.
    """
    check_tensors.row("t", t)
    _same_leaves("end", end, start)
    first = vector(start)
    return leaves(first + t[:, None] * (vector(end) - first), start)


@dataclass(frozen=True)
class Plane:
    """The points origin + a·across + b·up; all three have leaves of the same shapes S.

    The directions of `plane_through` are at right angles and of length 1, so a and b are distances;
    those of `random_plane` are as long as φ's own parts.
    """

    origin: Params
    across: Params
    up: Params

    def points(self, a: Tensor, b: Tensor) -> Params:
        """All points of a grid, a (n,) and b (m,): leaves (m·n, *S), row by row (one row, one b).

        A loss on them, (m·n,), is a surface after `.reshape(m, n)`. Raises ValueError if a or b is
        no row of numbers.
        """
        check_tensors.row("a", a)
        check_tensors.row("b", b)
        dtype = vector(self.origin).dtype
        a, b = a.to(dtype), b.to(dtype)
        b, a = torch.meshgrid(b, a, indexing="ij")
        across = a.reshape(-1, 1) * vector(self.across)
        up = b.reshape(-1, 1) * vector(self.up)
        return leaves(vector(self.origin) + across + up, self.origin)

    def place(self, params: Params) -> tuple[np.ndarray, np.ndarray]:
        """Where parameters, leaves (n, *S), fall on the plane and how far from it they are.

        Returns coordinates (n, 2) of the nearest point of the plane, each (a, b), and the residual:
        the distance to that point, (n,). Raises ValueError for another network's parameters.
        """
        shapes, own = ({k: tuple(v.shape) for k, v in p.items()} for p in (params, self.origin))
        if {name: shape[1:] for name, shape in shapes.items()} != own or not all(shapes.values()):
            raise ValueError(
                f"params must have leaves (n, ...) for those of the plane, {own}, got {shapes}: "
                "copies(phi, 1) makes such of one phi"
            )
        directions = torch.stack([_vector(self.across), _vector(self.up)])
        away = rows(params).detach().double() - _vector(self.origin)
        at = torch.linalg.solve(directions @ directions.T, directions @ away.T).T
        residual = (away - at @ directions).norm(dim=1)
        return at.numpy(), residual.numpy()


def plane_through(origin: Params, first: Params, second: Params) -> Plane:
    """The plane that holds three points, its directions orthonormal (Gram-Schmidt).

    `first` lies on the horizontal axis, at (its distance, 0); `second` above it. Raises ValueError
    if the three lie on one line, have different leaves, or are not finite.
    """
    _same_leaves("first", first, origin)
    _same_leaves("second", second, origin)
    to_first, to_second = (_vector(end) - _vector(origin) for end in (first, second))
    for what, away in (("first", to_first), ("second", to_second)):
        if not away.isfinite().all():
            raise ValueError(f"{what} has values that are NaN or infinite: no plane goes there")
    across = normalize(to_first, dim=0)
    rest = to_second - (across @ to_second) * across
    if not (to_first.norm() > 0 and rest.norm() > 1e-6 * to_second.norm()):
        raise ValueError(
            "origin, first and second lie on one line, which makes no plane: choose a third point "
            "that is not on the line through the other two"
        )
    return Plane(origin, leaves(across, origin), leaves(normalize(rest, dim=0), origin))


def random_plane(phi: Params, generator: torch.Generator) -> Plane:
    """A plane through phi in two random directions, filter by filter as long as phi's (Li 2018).

    A ReLU network computes the same function after one layer is doubled and the next is halved, so
    distances alone mean little. Li et al., "Visualizing the loss landscape of neural nets", scale
    each filter of a random direction, here the incoming weights of one unit (a column of W), to the
    length of φ's own; biases together to theirs. 1 on an axis is then as far as φ is from 0.
    Raises ValueError if phi or the generator is none.
    """
    check_tensors.parameters("phi", phi)
    check_tensors.generator(generator)
    return Plane(phi, *(_filter_normalised(phi, generator) for _ in range(2)))


def _filter_normalised(phi: Params, generator: torch.Generator) -> Params:
    direction = {}
    for name, leaf in phi.items():
        draw = torch.randn(leaf.shape, generator=generator, dtype=leaf.dtype)
        dims = 0 if leaf.ndim == 2 else None
        length = [torch.linalg.vector_norm(v, dim=dims, keepdim=True) for v in (leaf, draw)]
        direction[name] = (draw * length[0] / length[1]).reshape(leaf.shape)
    return direction


def losses_on(
    loss: Loss, points: Params, batch: TaskBatch, *, inner_lr: StepSize, steps: int
) -> tuple[Tensor, Tensor]:
    """The query loss of every task at every point, before and after adapting from there.

    `points` has leaves (G, *S); returns before and after, (G, tasks) each. Only losses are kept.
    """
    stops = _losses(loss, points, batch, inner_lr, steps, seen={0, steps})
    return stops[0], stops[-1]


def losses_after_each_step(
    loss: Loss, points: Params, batch: TaskBatch, *, inner_lr: StepSize, steps: int
) -> Tensor:
    """`losses_on` after 0, 1, ... `steps` inner steps: (steps + 1, G, tasks)."""
    return _losses(loss, points, batch, inner_lr, steps, seen=range(steps + 1))


def _losses(
    loss: Loss,
    points: Params,
    batch: TaskBatch,
    inner_lr: StepSize,
    steps: int,
    seen: Container[int],
) -> Tensor:
    """The query losses after those numbers of steps that are in `seen`, (seen, G, tasks)."""
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    n_points = check_tensors.grid_points(points)
    at_a_time = max(1, CHUNK // len(whole_batch("batch", batch)))
    parts = []
    for first in range(0, n_points, at_a_time):
        part = {name: leaf[first : first + at_a_time] for name, leaf in points.items()}
        theta, pair = landscape.pairs(part, batch)
        support, stops = (pair.support_x, pair.support_y), []
        check.each_tasks_own(theta, *support, inner_lr)
        with torch.no_grad():
            for k in range(steps + 1):
                if k:
                    theta = inner_step(loss, theta, *support, inner_lr=inner_lr)
                if k in seen:
                    losses = loss(theta, pair.query_x, pair.query_y)
                    stops.append(check.one_per_task(losses, len(pair)))
        parts.append(torch.stack(stops).reshape(len(stops), -1, len(batch)))
    return torch.cat(parts, dim=1)


def _vector(params: Params) -> Tensor:
    """Parameters as one row in float64: distances of thousandths are told from rounding."""
    return vector(params).detach().double()


def _same_leaves(what: str, params: Params, like: Params) -> None:
    for name, leaves_of in ((what, params), ("the point it starts from", like)):
        check_tensors.parameters(name, leaves_of)
    shapes, wanted = ({k: tuple(v.shape) for k, v in p.items()} for p in (params, like))
    if shapes != wanted:
        raise ValueError(
            f"{what} has leaves of the shapes {shapes}, the point it starts from {wanted}: both "
            "must be parameters of the same network"
        )
