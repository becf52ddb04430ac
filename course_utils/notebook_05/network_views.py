"""The planes of notebook 05's network, each with its surfaces, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from course_utils import maml, slices
from course_utils.figures import style
from course_utils.networks import Loss, Network, Params, squared_error
from course_utils.notebook_05.pictures import LEVELS
from course_utils.tasks import TaskBatch
from course_utils.vectors import copies

BOTH = "both"  # the plane that it opens with
SHOWN = len(style.TASKS)
INNER_LRS = (0.003, 0.01, 0.02)
TRAINED_WITH = 0.01
MOST_STEPS = 5
POINTS = 25  # of a grid, each way
QUERIES = 25  # of a task, for all losses: enough for a picture, and quick
WALL = 2 * LEVELS[-1]  # no surface is drawn higher


@dataclass(frozen=True)
class View:
    """A plane with the losses on it, computed once.

    x, y: (n,), the grid. surfaces: {(inner_lr, steps, task): (n, n)}, the mean loss of all tasks
    (task 0) and that of each task shown. phis: {name: ((a, b), residual)}, where each φ, or its
    shadow, lies; the view's own is at (0, 0). thetas: (n, 2), the θ̂ that it goes through.
    """

    name: str
    plane: slices.Plane
    axes: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    surfaces: dict[tuple[float, int, int], np.ndarray]
    phis: dict[str, tuple[np.ndarray, float]]
    thetas: np.ndarray

    def holds(self, x: float, y: float) -> bool:
        """Whether a place is in the picture."""
        return bool(self.x[0] <= x <= self.x[-1] and self.y[0] <= y <= self.y[-1])

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """The nearest place that the picture shows."""
        return float(np.clip(x, *self.x[[0, -1]])), float(np.clip(y, *self.y[[0, -1]]))


@dataclass(frozen=True)
class Known:
    """What the explorer computes when it is made: views by their key, both φ's losses, the tasks.

    errors: {name: {inner_lr: (steps + 1, 1 + SHOWN)}}, the mean's and each task's, at each φ.
    """

    loss: Loss
    tasks: TaskBatch
    views: dict[str, View]
    errors: dict[str, dict[float, np.ndarray]]


def mean_and_each(losses: torch.Tensor) -> torch.Tensor:
    """Losses (..., tasks) as the mean of all and those of the tasks shown, (..., 1 + SHOWN)."""
    return torch.cat([losses.mean(-1, keepdim=True), losses[..., :SHOWN]], dim=-1)


def know(network: Network, phis: Mapping[str, Params], tasks: TaskBatch) -> Known:
    """Compute all views and their surfaces for `phis`, {"MAML": φ, "transfer": φ}.

    Raises ValueError if there are fewer than four tasks.
    """
    if len(tasks) < SHOWN:
        raise ValueError(f"tasks must hold at least {SHOWN} tasks, one a colour, got {len(tasks)}")
    loss, near = squared_error(network), np.linspace(-1, 1, POINTS)
    queries = tasks.query_x[:, :QUERIES], tasks.query_y[:, :QUERIES]
    tasks = TaskBatch(tasks.support_x, tasks.support_y, *queries)
    views, errors = {}, {}
    for name in phis:
        views[name] = _through_two(loss, phis, name, tasks, 0.8 * near)
    views |= {f"random {name}": _random(loss, phis, name, tasks, 0.4 * near) for name in phis}
    views = {BOTH: _through_both(loss, phis, tasks, near), **views}
    for name, phi in phis.items():
        losses = _losses(loss, copies(phi, 1), tasks)
        errors[name] = {rate: values[:, 0].numpy() for rate, values in losses.items()}
    return Known(loss, tasks, views, errors)


def _through_both(loss: Loss, phis: Mapping[str, Params], tasks: TaskBatch, up: np.ndarray) -> View:
    """The line of both φ across, MAML's θ̂ of task 1 up."""
    transfer, phi = phis["transfer"], phis["MAML"]
    theta = _thetas(loss, phi, tasks[:1])
    beyond = {name: 2 * leaf - transfer[name] for name, leaf in phi.items()}
    plane = slices.plane_through(phi, beyond, {name: leaf[0] for name, leaf in theta.items()})
    apart = -plane.place(copies(transfer, 1))[0][0, 0]
    axes = ("distance from MAML's φ, along the line of both φ", "distance towards θ̂ of task 1")
    across = apart * np.linspace(-4 / 3, 2 / 3, len(up))
    return _view(
        loss, "both φ and MAML's θ̂ of task 1", plane, axes, (across, up), phis, tasks, theta
    )


def _through_two(
    loss: Loss, phis: Mapping[str, Params], name: str, tasks: TaskBatch, grid: np.ndarray
) -> View:
    """One φ and its θ̂ of the first two tasks."""
    theta = _thetas(loss, phis[name], tasks[:2])
    ends = ({key: leaf[n] for key, leaf in theta.items()} for n in range(2))
    plane = slices.plane_through(phis[name], *ends)
    title = f"{name}'s φ and its θ̂ of tasks 1 and 2"
    axes = ("distance towards θ̂ of task 1", "distance at right angles to it")
    return _view(loss, title, plane, axes, (grid, grid), phis, tasks, theta)


def _random(
    loss: Loss, phis: Mapping[str, Params], name: str, tasks: TaskBatch, grid: np.ndarray
) -> View:
    """Two random, filter-normalised directions around one φ."""
    plane = slices.random_plane(phis[name], torch.Generator().manual_seed(0))
    title = f"random directions around {name}'s φ"
    axes = ("one random direction, in lengths of φ", "another, in lengths of φ")
    none = {key: leaf[None][:0] for key, leaf in phis[name].items()}
    return _view(loss, title, plane, axes, (grid, grid), phis, tasks, none)


def _view(
    loss: Loss,
    title: str,
    plane: slices.Plane,
    axes: tuple[str, str],
    grid: tuple[np.ndarray, np.ndarray],
    phis: Mapping[str, Params],
    tasks: TaskBatch,
    through: Params,
) -> View:
    points = plane.points(*(torch.tensor(axis) for axis in grid))
    surfaces, places = {}, {}
    for rate, losses in _losses(loss, points, tasks).items():
        # What exploded is as high as any wall: a level line can't run through infinity.
        losses = losses.nan_to_num(nan=WALL, posinf=WALL).clamp(max=WALL)
        losses = losses.reshape(MOST_STEPS + 1, len(grid[1]), len(grid[0]), 1 + SHOWN)
        for steps, task in np.ndindex(MOST_STEPS + 1, 1 + SHOWN):
            surfaces[rate, steps, task] = losses[steps, :, :, task].numpy().copy()
    for name, phi in phis.items():
        at, residual = plane.place(copies(phi, 1))
        places[name] = at[0], float(residual[0])
    return View(title, plane, axes, *grid, surfaces, places, plane.place(through)[0])


def _thetas(loss: Loss, phi: Params, tasks: TaskBatch) -> Params:
    """Where the tasks end that a plane is laid through."""
    support = tasks.support_x, tasks.support_y
    return maml.adapt(loss, phi, *support, inner_lr=TRAINED_WITH, steps=MOST_STEPS)


def _losses(loss: Loss, points: Params, tasks: TaskBatch) -> dict[float, torch.Tensor]:
    """For each α the losses at G points after each step, (steps + 1, G, 1 + SHOWN)."""
    found = {}
    for rate in INNER_LRS:
        each = slices.losses_after_each_step(loss, points, tasks, inner_lr=rate, steps=MOST_STEPS)
        found[rate] = mean_and_each(each)
    return found
