"""The exercise on quadratics in closed form (04): what is right, and what else is written."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake
from course_utils.tasks import exact


def _tasks(h: list[float], c: list[float], inner_lr: float, steps: int) -> tuple[Any, ...]:
    return *(torch.tensor(part, dtype=torch.float64) for part in (h, c)), inner_lr, steps


def _optimum(h: Tensor, c: Tensor, inner_lr: float, steps: int, method: str = "maml") -> Any:
    """The stationary φ of a method, by the package."""
    return exact.quadratic_optima(h, c, inner_lr=inner_lr, steps=steps)[method]


def _weighted(weights: Any, h: Tensor, c: Tensor, inner_lr: float, steps: int) -> Tensor:
    w = weights(h, 1 - inner_lr * h, steps)
    return (w * c).sum() / w.sum()


def _k_times_as_long(h, c, inner_lr, steps):
    return _optimum(h, c, steps * inner_lr, 1)


def _always_one_step(h, c, inner_lr, steps):
    return _optimum(h, c, inner_lr, 1)


def _not_divided(h, c, inner_lr, steps):
    return (h * (1 - inner_lr * h) ** (2 * steps) * c).sum()


def _per_task(h, c, inner_lr, steps):
    return _not_divided(h, c, inner_lr, steps) / len(h)


def _by_curvatures(h, c, inner_lr, steps):
    return _not_divided(h, c, inner_lr, steps) / h.sum()


def _grown(h, c, inner_lr, steps):
    return _weighted(lambda h, left, steps: h * (2 - left) ** (2 * steps), h, c, inner_lr, steps)


quadratic_optimum = Function(
    "quadratic_optimum",
    title="the optimum in closed form",
    notebook="04",
    answer=_optimum,
    cases=(
        Case("the notebook's two tasks", partial(_tasks, [1.0, 4.0], [0.0, 5.0], 0.125, 1)),
        Case("three tasks, two steps", partial(_tasks, [1.0, 4.0, 2.0], [1.0, 5.0, -3.0], 0.1, 2)),
        Case(
            "five tasks, three steps",
            partial(_tasks, [0.5, 3.0, 1.0, 2.0, 6.0], [2.0, -1.0, 4.0, 1.0, 3.0], 0.05, 3),
        ),
        Case("a step past the optimum", partial(_tasks, [1.0, 5.0], [-2.0, 4.0], 0.25, 2)),
        Case("no step at all", partial(_tasks, [1.0, 3.0], [1.0, 5.0], 0.1, 0)),
    ),
    mistakes=(
        Mistake(
            "transfer's weights",
            "That is transfer learning's φ: the weights are the curvatures alone. What is left of "
            "a distance after the inner steps?",
            partial(_optimum, method="transfer"),
        ),
        Mistake(
            "not squared",
            "That is first-order MAML's φ: each step's factor is counted once. In the loss the "
            "distance is squared; in the gradient a second factor comes from the chain rule.",
            partial(_optimum, method="first_order"),
        ),
        Mistake(
            "always one step",
            "That is right for one step, and `steps` makes no difference.",
            _always_one_step,
        ),
        Mistake(
            "one step of k times the length",
            "You put in one step that is `steps` times as long. Several steps multiply the "
            "distance by one factor each.",
            _k_times_as_long,
        ),
        Mistake(
            "2 ** steps",
            "Your exponent doubles with each step, and it should grow by the same number each "
            "time. Python reads `a ** 2 ** b` from the right.",
            partial(_weighted, lambda h, left, steps: h * left ** (2**steps)),
        ),
        Mistake(
            "** 2 * steps",
            "That is right for one step. Python reads `a ** 2 * b` as `(a ** 2) * b`, and a number "
            "that all weights are multiplied by makes no difference.",
            partial(_weighted, lambda h, left, steps: h * left**2 * steps),
        ),
        Mistake(
            "the whole weight to the power",
            "You raise the curvature to a power, too. Each step shrinks the distance; the loss "
            "has its curvature once, however many steps there are.",
            partial(_weighted, lambda h, left, steps: (h * left**2) ** steps),
        ),
        Mistake(
            "the curvature squared",
            "The curvature is squared with the rest. In the loss the distance is squared, and the "
            "curvature is not.",
            partial(_weighted, lambda h, left, steps: (h * left) ** (2 * steps)),
        ),
        Mistake(
            "all weights alike",
            "That is the plain mean of the optima. It is right where all curvatures are the same.",
            partial(_weighted, lambda h, left, steps: torch.ones_like(h)),
        ),
        Mistake(
            "curvature left out",
            "You weigh by what is left of the distances only. The loss has its curvature before "
            "it as well.",
            partial(_weighted, lambda h, left, steps: left ** (2 * steps)),
        ),
        Mistake(
            "not divided",
            "That is the sum of weights times optima. For a mean something is still to be divided "
            "by.",
            _not_divided,
        ),
        Mistake(
            "divided by the number of tasks",
            "You divide by the number of tasks. The weights do not sum to that.",
            _per_task,
        ),
        Mistake(
            "divided by the curvatures",
            "You divide by the sum of the curvatures. A mean divides by the sum of its weights.",
            _by_curvatures,
        ),
        Mistake(
            "distances grow",
            "Your factor is above 1, as if a step led away from the optimum.",
            _grown,
        ),
    ),
    means="MAML's φ is a weighted mean of the optima, and you have the weights for any number of "
    "steps: what repairs itself fastest counts least.",
    returns="one number, or a tensor without axes",
)
