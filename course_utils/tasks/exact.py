"""Exact tasks: their loss is known for every parameter, as if from endless data.

Three families: quadratics and two wells, both of one parameter phi, and sine waves in the two
parameters a and p of a·sin(x − p). Support and query loss are one curve. Each is a loss (params, x,
y) -> (tasks,) whose "data" x, (tasks, 1, n), are the numbers that define the task, so the core
adapts them like any other task.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from course_utils.support.check_input import number, numbers, room_for, shown, span, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.support.check_tensors import kind
from course_utils.tasks.batch import ADAPTS_TO, TaskBatch, whole_batch
from course_utils.tasks.sinusoids import sine_wave


def _exact(facts: dict[str, Tensor]) -> TaskBatch:
    """Tasks whose support and query "data" are these numbers, x (tasks, 1, n)."""
    x = torch.stack(list(facts.values()), dim=-1)[:, None]
    y = torch.zeros(len(x), 1, 1, dtype=x.dtype)
    return TaskBatch(x, y, x, y, facts=facts)


def _defined_by(x: Tensor, family: str, n: int) -> tuple[Tensor, ...]:
    """The n numbers that define each task, (tasks,) each; ValueError if x holds other tasks."""
    if x.ndim != 3 or x.shape[1:] != (1, n):
        raise ValueError(
            f"x must hold the exact tasks of {family}, (tasks, 1, {n}), got the shape "
            f"{tuple(x.shape)}"
        )
    return x[:, 0].unbind(-1)


# --- quadratics -----------------------------------------------------------------------------------


def quadratic_loss(params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
    """The loss hₙ/2 (θ − cₙ)² of each task, (tasks,); params {"phi": ()} or {"phi": (tasks,)}."""
    h, c = _defined_by(x, "quadratics", 2)
    return h / 2 * (params["phi"] - c) ** 2


def quadratics(h: Sequence[float] = (1.0, 4.0), c: Sequence[float] = (0.0, 5.0)) -> TaskBatch:
    """Tasks with the loss hₙ/2 (θ − cₙ)², for `quadratic_loss`: curvatures h, optima c.

    Facts: h and c, (tasks,), float64. Raises ValueError if the lengths differ or an h is negative.
    """
    h, c = numbers("h", h, least=0), numbers("c", c)
    if len(h) != len(c):
        raise ValueError(f"h and c must have the same length, got {len(h)} and {len(c)}")
    return _exact(
        {"h": torch.tensor(h, dtype=torch.float64), "c": torch.tensor(c, dtype=torch.float64)}
    )


def quadratic_weights(h: Tensor, *, inner_lr: float, steps: int = 1) -> dict[str, Tensor]:
    """How much each objective weighs a task of curvature h: its stationary φ is Σ wₙcₙ / Σ wₙ.

    An inner step shrinks a task's distance from its optimum by (1 − αh). Transfer learning weighs
    by h, first-order MAML by h(1 − αh)^k and MAML by h(1 − αh)^2k after k steps. Raises ValueError
    if inner_lr is negative, steps no whole number or h no tensor of finite numbers.
    """
    _curvatures(h)
    number("inner_lr", inner_lr, least=0)
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    shrink = (1 - inner_lr * h) ** steps
    return {"transfer": h, "first_order": h * shrink, "maml": h * shrink**2}


def quadratic_optima(
    h: Tensor, c: Tensor, *, inner_lr: float, steps: int = 1
) -> dict[str, float | None]:
    """The stationary φ of each objective, for h and c (tasks,), in closed form.

    None where its weights sum to 0. Raises ValueError if the shapes differ, and as
    `quadratic_weights` does.
    """
    _curvatures(h)
    _finite("c", c)
    if h.shape != c.shape or h.ndim != 1:
        raise ValueError(
            f"h and c must have the same shape, (tasks,), got {tuple(h.shape)} and {tuple(c.shape)}"
        )
    quadratic_weights(h, inner_lr=inner_lr, steps=steps)
    h, c = h.double(), c.double()
    shrink = 1 - inner_lr * h
    most = shrink.abs().max().clamp(min=torch.finfo(h.dtype).tiny)
    shrink = (shrink / most) ** steps  # of all steps the largest is 1: neither 0 nor infinite
    weights = {"transfer": h, "first_order": h * shrink, "maml": h * shrink**2}
    return {name: _weighted_mean(c, w) for name, w in weights.items()}


def _weighted_mean(values: Tensor, weights: Tensor) -> float | None:
    """Σ wₙvₙ / Σ wₙ, or None where Σ wₙ is 0 or rounding."""
    total = weights.sum()
    if total.abs() <= 1e-9 * weights.abs().sum():
        return None
    return float((weights * values).sum() / total)


def _curvatures(h: Tensor) -> None:
    _finite("h", h)
    if h.numel() and h.min() < 0:
        raise ValueError(f"h must be at least 0, got {h.min().item():g}: curvatures of parabolas")


def _finite(name: str, value: Tensor) -> None:
    if not isinstance(value, Tensor) or value.is_complex():
        got = value.dtype if isinstance(value, Tensor) else kind(value)
        raise ValueError(f"{name} must be a tensor of real numbers, (tasks,), got {got}")
    if not torch.isfinite(value).all():
        raise ValueError(f"{name} has values that are NaN or infinite: all must be finite")


# --- two wells on one axis ------------------------------------------------------------------------


def wells_loss(params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
    """A well at c in a shallow bowl, and a side well of depth d at s, of each task: (tasks,).

    l(θ) = 1 + .02(θ − c)² − exp(−((θ − c)/2)²) − d·exp(−(θ − s)²).
    """
    c, depth, side = _defined_by(x, "two_wells", 3)
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


# --- sine waves -----------------------------------------------------------------------------------

WAVE = "amplitude", "phase"  # the facts of a wave

# The mean of cos 2x over x in [−5, 5]: all that is left of the data in the closed form below.
_KAPPA = math.sin(10.0) / 10.0


def sine_loss(params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
    """Mean squared error of a·sin(x − p) against A·sin(x − P), x even on [−5, 5]: (tasks,).

    With ⟨·⟩ the mean over x, ⟨sin(x − p) sin(x − P)⟩ = ½[cos(p − P) − κ cos(p + P)] and
    κ = sin(10)/10.
    """
    big_a, big_p = _defined_by(x, "sine_tasks", 2)
    a, p = params["a"], params["p"]

    def overlap(p1: Tensor, p2: Tensor) -> Tensor:
        return (torch.cos(p1 - p2) - _KAPPA * torch.cos(p1 + p2)) / 2

    own = a**2 * overlap(p, p) + big_a**2 * overlap(big_p, big_p)
    return own - 2 * a * big_a * overlap(p, big_p)


def sine_tasks(amplitude: Sequence[float], phase: Sequence[float]) -> TaskBatch:
    """Waves as exact tasks, for `sine_loss`: facts amplitude and phase (tasks,), float64.

    Raises ValueError if the lengths differ.
    """
    amplitude, phase = numbers("amplitude", amplitude), numbers("phase", phase)
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

    Raises ValueError if nodes is no whole number up to 1000 or a range is reversed or not finite.
    """
    whole_number("nodes", nodes, least=1, why="a mean needs a place to be taken at")
    if nodes > 1000:
        raise ValueError(f"nodes must be at most 1000, got {shown(nodes)}: they make nodes² tasks")
    unit, weight = np.polynomial.legendre.leggauss(nodes)
    ends = span("amplitude", amplitude), span("phase", phase)
    a, p = (low + (high - low) * (unit + 1) / 2 for low, high in ends)
    grid_a, grid_p = np.meshgrid(a, p, indexing="ij")
    batch = sine_tasks(grid_a.ravel().tolist(), grid_p.ravel().tolist())
    return batch, torch.tensor(np.outer(weight, weight).ravel() / 4)


def sampled_support(tasks: TaskBatch, *, shots: int, generator: torch.Generator) -> TaskBatch:
    """Exact sine tasks with drawn support points instead: x and y (tasks, shots, 1), float32.

    For `landscape.sampled_sine_loss`. Raises ValueError if shots is below 1.
    """
    whole_number("shots", shots, least=1, why=ADAPTS_TO)
    if whole_batch("tasks", tasks).query_x.shape[1:] != (1, 2) or not {*tasks.facts} >= {*WAVE}:
        raise ValueError(
            f"tasks must be those of sine_tasks or sine_quadrature, got a batch with query_x "
            f"{tuple(tasks.query_x.shape)} and facts {sorted(tasks.facts)}"
        )
    room_for(2 * len(tasks) * int(shots), "a batch", shots=shots)
    check_generator(generator)
    amplitude, phase = (tasks.facts[name].float()[:, None, None] for name in WAVE)
    x = 10 * torch.rand(len(tasks), shots, 1, generator=generator) - 5
    facts = {name: fact.float() for name, fact in tasks.facts.items()}
    query = tasks.query_x.float(), tasks.query_y.float()
    return TaskBatch(x, sine_wave(x, amplitude, phase), *query, facts=facts)
