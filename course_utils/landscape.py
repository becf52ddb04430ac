"""Losses as landscapes: before and after adaptation, at one point or at every point of a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils.maml import StepSize, inner_step, trajectory
from course_utils.networks import Loss, Params, detached, sine2, squared_error
from course_utils.support.check_input import numbers, shown, whole_number
from course_utils.support.check_tensors import grid_points
from course_utils.tasks import TaskBatch, exact
from course_utils.tasks.batch import whole_batch


@dataclass(frozen=True)
class OnPoints:
    """What a loss and its adaptation do at many points: of G points and T tasks.

    before, after: (G, T), the query losses of each task without and with adaptation.
    theta: leaves (G, T, *S), where adaptation ends.
    """

    before: Tensor
    after: Tensor
    theta: Params


def on_points(
    loss: Loss, points: Params, batch: TaskBatch, *, inner_lr: StepSize, steps: int
) -> OnPoints:
    """Evaluate every task at every point, before and after adapting from there, in one batch.

    `points` has leaves (G, *S): a grid of phi.
    """
    return adapt_points(loss, points, batch, inner_lr=inner_lr, steps=steps)[-1]


def adapt_points(
    loss: Loss, points: Params, batch: TaskBatch, *, inner_lr: StepSize, steps: int
) -> list[OnPoints]:
    """`on_points` after 0, 1, ... `steps` inner steps.

    Every pair of point and task is adapted as a separate task. Raises ValueError for what cannot
    be used, at 0 steps too.
    """
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    theta, pair = pairs(points, batch)
    n_tasks, n_points = len(batch), len(pair) // len(batch)
    check.each_tasks_own(theta, pair.support_x, pair.support_y, inner_lr)

    def stage() -> OnPoints:
        losses = check.one_per_task(loss(theta, pair.query_x, pair.query_y), len(pair))
        after = losses.reshape(n_points, n_tasks)
        ends = {
            name: leaf.reshape(n_points, n_tasks, *leaf.shape[1:]) for name, leaf in theta.items()
        }
        return OnPoints(stages[0].before if stages else after, after, ends)

    stages: list[OnPoints] = []
    with torch.no_grad():
        stages.append(stage())
        for _ in range(steps):
            theta = inner_step(loss, theta, pair.support_x, pair.support_y, inner_lr=inner_lr)
            stages.append(stage())
    return stages


def pairs(points: Params, batch: TaskBatch) -> tuple[Params, TaskBatch]:
    """Each pair of G points and T tasks as a separate task, which starts at its own point.

    Returns leaves (G·T, *S), the tasks of the first point first, and as many tasks. Raises
    ValueError if the leaves hold no points, or not the same number of them.
    """
    n_points, n_tasks = grid_points(points), len(whole_batch("batch", batch))
    theta = {name: leaf.repeat_interleave(n_tasks, 0) for name, leaf in detached(points).items()}
    sets = (batch.support_x, batch.support_y, batch.query_x, batch.query_y)
    return theta, TaskBatch(*(_repeat(each, n_points) for each in sets))


def _repeat(tensor: Tensor, times: int) -> Tensor:
    return tensor.repeat(times, *[1] * (tensor.ndim - 1))


def path(
    loss: Loss, phi: Params, x: Tensor, y: Tensor, *, inner_lr: StepSize, steps: int
) -> Params:
    """The parameters before and after each inner step: leaves (steps + 1, tasks, *S)."""
    with torch.no_grad():
        stops = list(trajectory(loss, phi, x, y, inner_lr=inner_lr, steps=steps))
    return {name: torch.stack([stop[name] for stop in stops]) for name in phi}


@dataclass(frozen=True)
class Axis:
    """Both objectives along one parameter: grid (G,), and sums over tasks per grid point (G,)."""

    grid: np.ndarray
    transfer: np.ndarray
    maml: np.ndarray

    @property
    def transfer_optimum(self) -> float:
        """The grid's φ of least transfer loss."""
        return float(self.grid[self.transfer.argmin()])

    @property
    def maml_optimum(self) -> float:
        """The grid's φ of least MAML loss."""
        return float(self.grid[self.maml.argmin()])

    @property
    def transfer_best(self) -> tuple[float, float]:
        """Transfer's optimum and its loss there."""
        return self.transfer_optimum, float(self.transfer.min())

    @property
    def maml_best(self) -> tuple[float, float]:
        """MAML's optimum and its loss there."""
        return self.maml_optimum, float(self.maml.min())


def along_axis(
    loss: Loss, batch: TaskBatch, grid: np.ndarray, *, inner_lr: float, steps: int
) -> Axis:
    """Both objectives, summed over the tasks, at each phi of a grid.

    Raises ValueError if the grid is no list of numbers, and as `adapt_points` does.
    """
    whole_batch("batch", batch)
    points = {"phi": torch.as_tensor(numbers("grid", grid), dtype=batch.support_x.dtype)}
    here = on_points(loss, points, batch, inner_lr=inner_lr, steps=steps)
    return Axis(np.asarray(grid), here.before.sum(1).numpy(), here.after.sum(1).numpy())


# --- the plane of sine2 ---------------------------------------------------------------------------


def sampled_sine_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    """`exact.sine_loss` for tasks with real support points: (tasks,).

    A support set holds points, x and y (tasks, points, 1); the query "set" of
    `exact.sampled_support` stays exact, x (tasks, 1, 2).
    """
    return exact.sine_loss(params, x, y) if x.shape[-1] == 2 else _MODEL_ERROR(params, x, y)


_MODEL_ERROR = squared_error(sine2())


@dataclass(frozen=True)
class Plane:
    """An objective on the (a, p) plane: surface (len(p), len(a)), its optimum (a, p), its least."""

    a: np.ndarray
    p: np.ndarray
    surface: np.ndarray
    optimum: tuple[float, float]
    least: float


def sine_planes(
    a: np.ndarray,
    p: np.ndarray,
    *,
    inner_lr: float,
    steps: int,
    family: tuple[TaskBatch, Tensor] | None = None,
    loss: Loss = exact.sine_loss,
) -> list[Plane]:
    """The mean query loss after 0, 1, ... `steps` inner steps, on a grid of (a, p).

    The first plane is transfer learning's. `family` is a batch of tasks and their weights, by
    default the whole sinusoid family, exactly (`exact.sine_quadrature`); with sampled support sets
    pass the `loss` that they need. Optima are refined below the grid's spacing. Raises ValueError
    if a grid has less than two numbers or the family is no such pair, and as `adapt_points` does.
    """
    for name, axis in (("a", a), ("p", p)):
        if len(numbers(name, axis)) < 2:
            raise ValueError(f"{name} must hold at least two numbers, got {shown(axis)}")
    family = exact.sine_quadrature() if family is None else _weighted(family)
    planes = []
    surfaces = _means(a, p, family, loss, inner_lr, steps)
    for k, surface in enumerate(surfaces):
        row, column = np.unravel_index(surface.argmin(), surface.shape)
        centre, reach = (a[column], p[row]), (a[1] - a[0], p[1] - p[0])
        for _ in range(4):
            fine = [m + np.linspace(-r, r, 7) for m, r in zip(centre, reach, strict=True)]
            patch = _means(*fine, family, loss, inner_lr, k)[-1]
            row, column = np.unravel_index(patch.argmin(), patch.shape)
            centre, reach = (fine[0][column], fine[1][row]), tuple(r / 3 for r in reach)
        optimum = (float(centre[0]), float(centre[1]))
        planes.append(Plane(a, p, surface, optimum, float(patch.min())))
    return planes


def _weighted(family: tuple[TaskBatch, Tensor]) -> tuple[TaskBatch, Tensor]:
    """A batch and its weights, these of its type of number; ValueError if they are none."""
    pair = isinstance(family, tuple) and len(family) == 2
    if not pair or not all(map(isinstance, family, (TaskBatch, Tensor))):
        raise ValueError(
            "family must be a pair, a TaskBatch and its weights (tasks,), as sine_quadrature "
            f"gives, got {shown(family)}"
        )
    batch, weight = family
    if weight.shape != (len(batch),):
        raise ValueError(
            f"family must have a weight for each of its {len(batch)} tasks, got the shape "
            f"{tuple(weight.shape)}"
        )
    return batch, weight.to(batch.support_x.dtype)


def _means(
    a: np.ndarray,
    p: np.ndarray,
    family: tuple[TaskBatch, Tensor],
    loss: Loss,
    inner_lr: float,
    steps: int,
) -> list[np.ndarray]:
    """The mean query loss on the grid after 0 ... `steps` steps, each (len(p), len(a))."""
    batch, weight = family
    dtype = batch.support_x.dtype
    grid_a, grid_p = (torch.tensor(axis, dtype=dtype) for axis in np.meshgrid(a, p))
    points = {"a": grid_a.flatten(), "p": grid_p.flatten()}
    stages = adapt_points(loss, points, batch, inner_lr=inner_lr, steps=steps)
    return [(stage.after @ weight).reshape(grid_a.shape).double().numpy() for stage in stages]
