"""How good a φ is: errors on one fixed batch of unseen tasks, with their uncertainty.

The error of interest is the mean over *tasks*, so the interval speaks of tasks as well: 95 % of the
test sets of this size would give a mean that lies within it. Compare two methods on the same tasks,
and by the mean of the differences: what makes a task hard then falls out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.maml import StepSize, adapt
from course_utils.networks import Loss, Params
from course_utils.tasks import Sinusoids, TaskBatch

Z_95 = 1.96
CHUNK = 500  # tasks at a time: more would not fit into the processor's cache


@dataclass(frozen=True)
class Mean:
    """A mean over tasks and the half width of its 95 % interval; spelt `0.62 ± 0.04`.

    `not_finite` of the `n_tasks` values are NaN or infinite. They are never left out: the mean is
    then not finite either, and the text says how many there are.
    """

    mean: float
    half_width: float
    n_tasks: int
    not_finite: int = 0

    def __str__(self) -> str:
        if self.not_finite:
            return f"not finite on {self.not_finite:,} of {self.n_tasks:,} tasks"
        return f"{self.mean:.2f} ± {self.half_width:.2f}"

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.mean + self.half_width


def mean_with_interval(values: Tensor) -> Mean:
    """The mean of one value a task, (tasks,), with its 95 % interval.

    Raises ValueError if there are fewer than two tasks: one value has no spread.
    """
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            "values must hold one number a task, of two tasks or more, "
            f"got the shape {tuple(values.shape)}"
        )
    values = values.detach().double()
    not_finite = int((~torch.isfinite(values)).sum())
    if not_finite:
        return Mean(math.inf, math.inf, len(values), not_finite)
    half_width = Z_95 * values.std().item() / math.sqrt(len(values))
    return Mean(values.mean().item(), half_width, len(values))


def paired_difference(first: Tensor, second: Tensor) -> Mean:
    """The mean of `first` − `second`, errors of two methods on the same tasks, (tasks,) each.

    Raises ValueError if the shapes differ.
    """
    if first.shape != second.shape:
        raise ValueError(
            "first and second must hold the errors of the same tasks, got the shapes "
            f"{tuple(first.shape)} and {tuple(second.shape)}"
        )
    return mean_with_interval(first - second)


@torch.no_grad()
def errors_after(
    loss: Loss,
    phi: Params,
    batch: TaskBatch,
    *,
    inner_lr: StepSize,
    steps: Sequence[int] = (0, 1, 5, 10),
) -> dict[int, Tensor]:
    """The query error of every task after each of the given numbers of inner steps.

    Returns {steps: errors (tasks,)}; a task whose adaptation overshot has a huge or non-finite
    error and stays in. Raises ValueError as `adapt` does.
    """
    found = {}
    for count in steps:
        parts = []
        for first in range(0, len(batch), CHUNK):
            part = batch[first : first + CHUNK]
            support = part.support_x, part.support_y
            theta = adapt(loss, phi, *support, inner_lr=inner_lr, steps=count)
            parts.append(loss(theta, part.query_x, part.query_y))
        found[count] = torch.cat(parts)
    return found


@dataclass(frozen=True)
class Average:
    """The best single answer to a whole sinusoid family: height·cos x, and its mean error."""

    height: float
    floor: float
    mean_square: float

    def error(self, height: float) -> float:
        """The mean squared error over all tasks of the answer height·cos x."""
        return self.floor + (height - self.height) ** 2 * self.mean_square


def average_wave(family: Sinusoids | None = None) -> Average:
    """The average wave of the family and the floor that no single answer gets under.

    With A and p drawn independently, p from U(0, π): E[A sin(x − p)] = −(2/π)·E[A]·cos x. What is
    left is the variance around it. `mean_square` is that of cos x over the family's x. Raises
    ValueError where the phases are not those of half a turn.
    """
    family = Sinusoids() if family is None else family
    if tuple(family.phase) != (0.0, math.pi):
        raise ValueError(f"phase must be (0, π), the family of the MAML paper, got {family.phase}")
    (low, high), (left, right) = family.amplitude, family.x
    height = -2 / math.pi * (low + high) / 2
    mean_square = 0.5 + (math.sin(2 * right) - math.sin(2 * left)) / (4 * (right - left))
    all_waves = (low**2 + low * high + high**2) / 3 / 2  # E[A²]·E[sin²(x − p)]
    return Average(height, all_waves - height**2 * mean_square, mean_square)
