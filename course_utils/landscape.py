"""Losses as landscapes: before and after adaptation, at one point or at every point of a grid.

Three families of exact tasks live here: two wells on one axis, quadratics, and sine waves in the
two parameters of `networks.sine2`. Their loss is known for every parameter, as if from endless
data, so support and query loss are one curve. Each is a loss (params, x, y) whose "data" x are the
numbers that define the task, so the core adapts them like any other task.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_utils.maml import StepSize, adapt
from course_utils.networks import Loss, Params, sine2, squared_error
from course_utils.support.check_input import number, span, whole_number
from course_utils.tasks import TaskBatch, sine_wave


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

    Every pair of point and task is adapted as a task of its own.
    """
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    n_points, n_tasks = len(next(iter(points.values()))), len(batch)
    theta, pair = pairs(points, batch)

    def stage() -> OnPoints:
        after = loss(theta, pair.query_x, pair.query_y).reshape(n_points, n_tasks)
        ends = {
            name: leaf.reshape(n_points, n_tasks, *leaf.shape[1:]) for name, leaf in theta.items()
        }
        return OnPoints(stages[0].before if stages else after, after, ends)

    stages: list[OnPoints] = []
    with torch.no_grad():
        stages.append(stage())
        for _ in range(steps):
            theta = step_on(loss, theta, pair.support_x, pair.support_y, inner_lr=inner_lr)
            stages.append(stage())
    return stages


def pairs(points: Params, batch: TaskBatch) -> tuple[Params, TaskBatch]:
    """Each pair of G points and T tasks as a task of its own, which starts at its own point.

    Returns leaves (G·T, *S), the tasks of the first point first, and as many tasks.
    """
    n_points, n_tasks = len(next(iter(points.values()))), len(batch)
    theta = {name: leaf.detach().repeat_interleave(n_tasks, 0) for name, leaf in points.items()}
    sets = (batch.support_x, batch.support_y, batch.query_x, batch.query_y)
    return theta, TaskBatch(*(_repeat(each, n_points) for each in sets))


def step_on(loss: Loss, theta: Params, x: Tensor, y: Tensor, *, inner_lr: StepSize) -> Params:
    """One inner step of every task from its own theta, leaves (tasks, *S).

    The core starts all tasks at one point, so it moves a displacement, which starts at zero.
    """
    zero = {name: torch.zeros_like(leaf[0]) for name, leaf in theta.items()}

    def displaced(shift: Params, x: Tensor, y: Tensor) -> Tensor:
        return loss({name: theta[name] + shift[name] for name in theta}, x, y)

    shift = adapt(displaced, zero, x, y, inner_lr=inner_lr, steps=1)
    return {name: theta[name] + shift[name] for name in theta}


def _repeat(tensor: Tensor, times: int) -> Tensor:
    return tensor.repeat(times, *[1] * (tensor.ndim - 1))


def path(
    loss: Loss, phi: Params, x: Tensor, y: Tensor, *, inner_lr: StepSize, steps: int
) -> Params:
    """The parameters before and after each inner step: leaves (steps + 1, tasks, *S)."""
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    with torch.no_grad():
        stops = [adapt(loss, phi, x, y, inner_lr=inner_lr, steps=0)]
        for _ in range(steps):
            stops.append(step_on(loss, stops[-1], x, y, inner_lr=inner_lr))
    return {name: torch.stack([stop[name] for stop in stops]) for name in phi}


def _exact(facts: dict[str, Tensor]) -> TaskBatch:
    """Exact tasks: support and query "data" are the numbers that define the task, (tasks, 1, n)."""
    x = torch.stack(list(facts.values()), dim=-1)[:, None]
    y = torch.zeros(len(x), 1, 1, dtype=x.dtype)
    return TaskBatch(x, y, x, y, facts=facts)


# --- quadratics -----------------------------------------------------------------------------------


def quadratic_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    """The loss hₙ/2 (θ − cₙ)² of each task, (tasks,); params {"phi": ()} or {"phi": (tasks,)}."""
    h, c = x[:, 0].unbind(-1)
    return h / 2 * (params["phi"] - c) ** 2


def quadratics(h: Sequence[float] = (1.0, 4.0), c: Sequence[float] = (0.0, 5.0)) -> TaskBatch:
    """Tasks with the loss hₙ/2 (θ − cₙ)², for `quadratic_loss`: curvatures h, optima c.

    Facts: h and c, (tasks,), float64. Raises ValueError if the lengths differ or an h is negative.
    """
    if len(h) != len(c):
        raise ValueError(f"h and c must have the same length, got {len(h)} and {len(c)}")
    for value in h:
        number("h", value, least=0)
    return _exact(
        {"h": torch.tensor(h, dtype=torch.float64), "c": torch.tensor(c, dtype=torch.float64)}
    )


def quadratic_weights(h: Tensor, *, inner_lr: float, steps: int = 1) -> dict[str, Tensor]:
    """How much each objective weighs a task of curvature h: its stationary φ is Σ wₙcₙ / Σ wₙ.

    An inner step shrinks a task's distance from its optimum by (1 − αh). Transfer learning weighs
    by h, first-order MAML by h(1 − αh)^k and MAML by h(1 − αh)^2k after k steps. Raises ValueError
    if inner_lr is negative or steps no count.
    """
    number("inner_lr", inner_lr, least=0)
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    shrink = (1 - inner_lr * h) ** steps
    return {"transfer": h, "first_order": h * shrink, "maml": h * shrink**2}


def quadratic_optima(
    h: Tensor, c: Tensor, *, inner_lr: float, steps: int = 1
) -> dict[str, float | None]:
    """The stationary φ of each objective in closed form; None where all weights are 0."""
    weights = quadratic_weights(h, inner_lr=inner_lr, steps=steps)
    return {
        name: float((w * c).sum() / w.sum()) if abs(float(w.sum())) > 1e-9 else None
        for name, w in weights.items()
    }


# --- two wells on one axis ------------------------------------------------------------------------


def wells_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    """A well at c in a shallow bowl, and a side well of depth d at s, of each task: (tasks,).

    l(θ) = 1 + .02(θ − c)² − exp(−((θ − c)/2)²) − d·exp(−(θ − s)²).
    """
    c, depth, side = x[:, 0].unbind(-1)
    theta = params["phi"]
    well, side_well = torch.exp(-(((theta - c) / 2) ** 2)), torch.exp(-((theta - side) ** 2))
    return 1 + 0.02 * (theta - c) ** 2 - well - depth * side_well


def two_wells() -> TaskBatch:
    """The two tasks of the course's one-axis picture, for `wells_loss`, float64.

    Task 1 has its well at −2; task 2 has its own at +2 and a side well near task 1's.
    """
    return _exact(
        {
            "c": torch.tensor([-2.0, 2.0], dtype=torch.float64),
            "depth": torch.tensor([0.0, 0.5], dtype=torch.float64),
            "side": torch.tensor([-2.4, -2.4], dtype=torch.float64),
        }
    )


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


def along_axis(
    loss: Loss, batch: TaskBatch, grid: np.ndarray, *, inner_lr: float, steps: int
) -> Axis:
    """Both objectives, summed over the tasks, at each phi of a grid."""
    points = {"phi": torch.as_tensor(grid, dtype=batch.support_x.dtype)}
    here = on_points(loss, points, batch, inner_lr=inner_lr, steps=steps)
    return Axis(np.asarray(grid), here.before.sum(1).numpy(), here.after.sum(1).numpy())


# --- the plane of sine2 ---------------------------------------------------------------------------

# The mean of cos 2x over x in [−5, 5]: all that is left of the data in the closed form below.
_KAPPA = math.sin(10.0) / 10.0


def sine_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    """Mean squared error of a·sin(x − p) against A·sin(x − P), x even on [−5, 5]: (tasks,).

    With ⟨·⟩ the mean over x, ⟨sin(x − p) sin(x − P)⟩ = ½[cos(p − P) − κ cos(p + P)] and
    κ = sin(10)/10.
    """
    big_a, big_p = x[:, 0].unbind(-1)
    a, p = params["a"], params["p"]

    def overlap(p1: Tensor, p2: Tensor) -> Tensor:
        return (torch.cos(p1 - p2) - _KAPPA * torch.cos(p1 + p2)) / 2

    own = a**2 * overlap(p, p) + big_a**2 * overlap(big_p, big_p)
    return own - 2 * a * big_a * overlap(p, big_p)


def sine_tasks(amplitude: Sequence[float], phase: Sequence[float]) -> TaskBatch:
    """Waves as exact tasks, for `sine_loss`: facts amplitude and phase (tasks,), float64.

    Raises ValueError if the lengths differ.
    """
    if len(amplitude) != len(phase):
        raise ValueError(
            f"amplitude and phase must have the same length, got {len(amplitude)} and {len(phase)}"
        )
    facts = {"amplitude": amplitude, "phase": phase}
    return _exact({name: torch.tensor(v, dtype=torch.float64) for name, v in facts.items()})


def sine_quadrature(
    nodes: int = 12,
    amplitude: tuple[float, float] = (0.1, 5.0),
    phase: tuple[float, float] = (0.0, math.pi),
) -> tuple[TaskBatch, Tensor]:
    """The whole family as nodes² exact tasks and their weights (Gauss-Legendre), which sum to 1.

    Raises ValueError if nodes is no count or a range is reversed or not finite.
    """
    whole_number("nodes", nodes, least=1, why="a mean needs a place to be taken at")
    unit, weight = np.polynomial.legendre.leggauss(nodes)
    ends = span("amplitude", amplitude), span("phase", phase)
    a, p = (low + (high - low) * (unit + 1) / 2 for low, high in ends)
    grid_a, grid_p = np.meshgrid(a, p, indexing="ij")
    batch = sine_tasks(grid_a.ravel().tolist(), grid_p.ravel().tolist())
    return batch, torch.tensor(np.outer(weight, weight).ravel() / 4)


def sampled_sine_loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
    """`sine_loss` for tasks with real support points: (tasks,).

    A support set holds points, x and y (tasks, points, 1); the query "set" of `sampled_support`
    stays exact, x (tasks, 1, 2).
    """
    return sine_loss(params, x, y) if x.shape[-1] == 2 else _MODEL_ERROR(params, x, y)


_MODEL_ERROR = squared_error(sine2())


def sampled_support(tasks: TaskBatch, *, shots: int, generator: torch.Generator) -> TaskBatch:
    """Exact sine tasks with `shots` drawn support points instead, for `sampled_sine_loss`."""
    whole_number("shots", shots, least=1, why="a task needs a support example to adapt to")
    amplitude, phase = (tasks.facts[name].float()[:, None, None] for name in ("amplitude", "phase"))
    x = 10 * torch.rand(len(tasks), shots, 1, generator=generator) - 5
    facts = {name: fact.float() for name, fact in tasks.facts.items()}
    query = tasks.query_x.float(), tasks.query_y.float()
    return TaskBatch(x, sine_wave(x, amplitude, phase), *query, facts=facts)


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
    loss: Loss = sine_loss,
) -> list[Plane]:
    """The mean query loss after 0, 1, ... `steps` inner steps, on a grid of (a, p).

    The first plane is transfer learning's. `family` is a batch of tasks and their weights, by
    default the whole sinusoid family, exactly (`sine_quadrature`); with sampled support sets pass
    the `loss` that they need. Optima are refined below the grid's spacing.
    """
    family = sine_quadrature() if family is None else family
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
