"""How good a φ is: errors on one fixed batch of unseen tasks, with their uncertainty.

The error of interest is the mean over all *tasks* of a family; of 100 test sets about 95 have an
interval that holds it. Compare two methods on the same tasks, and by the mean of the differences:
what makes a task hard for both then cancels.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils.maml import StepSize, trajectory
from course_utils.networks import ConvNet, Loss, Params, cross_entropy
from course_utils.support.check_input import numbers, shown, step_counts
from course_utils.support.check_tensors import kind, labels
from course_utils.support.memory import give_back
from course_utils.tasks import Sinusoids, TaskBatch
from course_utils.tasks.batch import whole_batch

Z_95 = 1.96
# Tasks at a time, of points and of pictures: more would not fit into the processor's cache.
CHUNK, PICTURE_CHUNK = 500, 12


@dataclass(frozen=True)
class Mean:
    """A mean over tasks and the half width of its 95 % interval; written `0.62 ± 0.04`.

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

    Raises ValueError if they are no real numbers, or those of fewer than two tasks: one value has
    no spread.
    """
    _one_number_a_task("values", values, 2)
    values = values.detach().double()
    not_finite = int((~torch.isfinite(values)).sum())
    if not_finite:
        return Mean(math.inf, math.inf, len(values), not_finite)
    half_width = Z_95 * values.std().item() / math.sqrt(len(values))
    return Mean(values.mean().item(), half_width, len(values))


@dataclass(frozen=True)
class Median:
    """A median over tasks and half of its 95 % interval; spelt `0.14 ± 0.01`."""

    median: float
    half_width: float

    def __str__(self) -> str:
        digits = 1 if self.median > 5 else 2
        return f"{self.median:.{digits}f} ± {self.half_width:.{digits}f}"


def median_with_interval(values: Tensor) -> Median:
    """The median of one value a task, (tasks,): a few huge values, or infinite ones, don't move it.

    Each task lies below the true median with probability ½. So the values that stand 0.98·√tasks
    places below and above the middle are the ends of a 95 % interval. Raises ValueError if there
    are fewer than 20 tasks: the interval would reach beyond them, or nearly.
    """
    _one_number_a_task("values", values, 20)
    ordered = values.detach().double().nan_to_num(nan=math.inf, posinf=math.inf).sort().values
    middle, margin = len(ordered) // 2, round(Z_95 / 2 * math.sqrt(len(ordered)))
    low, high = ordered[middle - margin].item(), ordered[middle + margin].item()
    return Median(ordered[middle].item(), (high - low) / 2)


def _one_number_a_task(name: str, values: Tensor, least: int) -> None:
    if not isinstance(values, Tensor) or values.is_complex():
        got = values.dtype if isinstance(values, Tensor) else kind(values)
        raise ValueError(f"{name} must be a tensor of real numbers, one a task, got {got}")
    if values.ndim != 1 or len(values) < least:
        raise ValueError(
            f"{name} must hold one number a task, of {least} tasks or more, got the shape "
            f"{tuple(values.shape)}"
        )


def paired_difference(first: Tensor, second: Tensor) -> Mean:
    """The mean of `first` − `second`, errors of two methods on the same tasks, (tasks,) each.

    Raises ValueError if the shapes differ, and as `mean_with_interval` does.
    """
    _one_number_a_task("first", first, 2)
    _one_number_a_task("second", second, 2)
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
    error and stays in. Raises ValueError if `steps` holds no numbers, and as `adapt` does.
    """
    found = {count: [] for count in step_counts(steps)}
    for part in parts(batch, CHUNK):
        for count, theta in _adapted(loss, phi, part, inner_lr, found):
            errors = loss(theta, part.query_x, part.query_y)
            found[count].append(check.one_per_task(errors, len(part)))
    return {count: torch.cat(errors) for count, errors in found.items()}


@torch.no_grad()
def accuracies_after(
    network: ConvNet,
    phi: Params,
    batch: TaskBatch,
    *,
    inner_lr: StepSize,
    steps: Sequence[int] = (0, 1, 3),
    transductive: bool = True,
) -> dict[int, Tensor]:
    """The share of query pictures sorted right in every task after some numbers of inner steps.

    Returns {steps: accuracies (tasks,)}. `transductive` normalises the query pictures by their own
    set's statistics, so they help each other; without it by the support set's, so that each is
    judged as if it came alone. Raises ValueError if `steps` holds no numbers, and as `adapt` does.
    """
    if not (transductive or hasattr(network, "with_statistics")):
        raise ValueError(f"network must have statistics, as convnet(5) has, got {network!r:.60}")
    loss = cross_entropy(network)
    found = {count: [] for count in step_counts(steps)}
    for part in parts(batch, PICTURE_CHUNK):
        for count, theta in _adapted(loss, phi, part, inner_lr, found):
            if not transductive:
                theta = network.with_statistics(theta, part.support_x)
            scores = network(theta, part.query_x)
            labels(scores, part.query_x, part.query_y)
            found[count].append((scores.argmax(-1) == part.query_y).float().mean(1))
    return {count: torch.cat(shares) for count, shares in found.items()}


def percent(shares: Tensor) -> Mean:
    """The mean of shares of one, (tasks,), in per cent with its 95 % interval: `93.12 ± 0.55`."""
    return mean_with_interval(100 * shares)


def _adapted(
    loss: Loss, phi: Params, batch: TaskBatch, inner_lr: StepSize, counts: Collection[int]
) -> Iterator[tuple[int, Params]]:
    """Every task's theta after those numbers of inner steps, from few to many on one way."""
    most = max(counts, default=0)
    way = trajectory(loss, phi, batch.support_x, batch.support_y, inner_lr=inner_lr, steps=most)
    return ((taken, theta) for taken, theta in enumerate(way) if taken in counts)


def parts(batch: TaskBatch, size: int) -> Iterator[TaskBatch]:
    """A batch in parts of at most `size` tasks, which fit into the processor's cache."""
    for first in range(0, len(whole_batch("batch", batch)), size):
        yield batch[first : first + size]
    if len(batch) > size:
        give_back()


def means(errors: Mapping[int, Tensor]) -> dict[int, Mean]:
    """What `errors_after` returns, as means: {steps: mean with its interval}.

    Raises ValueError if it is no dict, and as `mean_with_interval` does.
    """
    if not isinstance(errors, Mapping):
        raise ValueError(f"errors must be a dict by numbers of steps, got {kind(errors)}")
    return {count: mean_with_interval(values) for count, values in errors.items()}


def errors_with_tuned_step(
    loss: Loss,
    phi: Params,
    batch: TaskBatch,
    *,
    validation: TaskBatch,
    inner_lrs: Sequence[float],
    steps: Sequence[int] = (0, 1, 5, 10),
) -> dict[int, Tensor]:
    """`errors_after` with the best of several inner_lr, chosen on other tasks.

    For each number of steps the inner_lr of least mean error on the tasks of `validation` is taken,
    so the tasks of `batch` have no say in it. An inner_lr at which a validation task is no longer
    finite is never chosen. Raises ValueError if inner_lrs is no list of numbers of at least 0, or
    none can be chosen, and as `errors_after` does.
    """
    inner_lrs = numbers("inner_lrs", inner_lrs, least=0, each="step size to try")
    steps = step_counts(steps)
    tried = {
        rate: means(errors_after(loss, phi, validation, inner_lr=rate, steps=steps))
        for rate in inner_lrs
    }
    best = {}
    for count in steps:
        best[count] = min(inner_lrs, key=lambda rate, count=count: tried[rate][count].mean)
        if tried[best[count]][count].not_finite:
            raise ValueError(
                f"inner_lrs must hold a step size that keeps every validation task finite: after "
                f"{count} inner steps none of {inner_lrs} does. Try smaller ones"
            )
    found = {}
    for rate in dict.fromkeys(best.values()):
        counts = [count for count, chosen in best.items() if chosen == rate]
        found |= errors_after(loss, phi, batch, inner_lr=rate, steps=counts)
    return {count: found[count] for count in best}


def table(rows: Mapping[str, Mapping[int, Mean | float]]) -> str:
    """Rows {method: {steps: mean}} as text; a number may stand for a mean, or be missing."""
    if not isinstance(rows, Mapping) or not rows:
        raise ValueError(f"rows must be a dict with a row at least, got {shown(rows)}")
    for name, row in rows.items():
        if not isinstance(row, Mapping) or not all(isinstance(count, int) for count in row):
            raise ValueError(f"rows[{name!r}] must be a dict by numbers of steps, got {shown(row)}")
    counts = sorted({count for row in rows.values() for count in row})
    lines = [f"{'inner steps':27}" + "".join(f"{count:<14}" for count in counts)]
    for name, row in rows.items():
        cells = (f"{row[count]!s:14}" if count in row else " " * 14 for count in counts)
        lines.append(f"{name:27}" + "".join(cells))
    return "\n".join(line.rstrip() for line in lines)


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
    """The average wave of the family and the floor: no single answer has a smaller error.

    With A and p drawn independently, p from U(0, π): E[A sin(x − p)] = −(2/π)·E[A]·cos x. What is
    left is the variance around it, and that of the noise. `mean_square` is that of cos x over the
    family's x. Raises ValueError where the phases are not those of half a turn.
    """
    family = Sinusoids() if family is None else family
    if not isinstance(family, Sinusoids):
        raise ValueError(f"family must be a Sinusoids, got {kind(family)}")
    if tuple(family.phase) != (0.0, math.pi):
        raise ValueError(f"phase must be (0, π), the family of the MAML paper, got {family.phase}")
    (low, high), (left, right) = family.amplitude, family.x
    height = -2 / math.pi * (low + high) / 2
    if left == right:
        mean_square = math.cos(left) ** 2
    else:
        mean_square = 0.5 + (math.sin(2 * right) - math.sin(2 * left)) / (4 * (right - left))
    all_waves = (low**2 + low * high + high**2) / 3 / 2  # E[A²]·E[sin²(x − p)]
    floor = all_waves - height**2 * mean_square + family.noise**2
    return Average(height, floor, mean_square)
