"""The exercises of notebook 04: what is right, and what else learners answer."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils import landscape
from course_utils.exercises import Case, Function, Mistake
from course_utils.notebook_04.exercise_drawn import draw_objective
from course_utils.notebook_04.one_axis import GRID
from course_utils.tasks import exact

__all__ = ["draw_objective", "quadratic_optimum", "steps_until_jump"]

# --- quadratics in closed form --------------------------------------------------------------------


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

# --- steps until the jump -------------------------------------------------------------------------


@cache
def _axis(inner_lr: float, steps: int) -> landscape.Axis:
    return landscape.along_axis(
        exact.wells_loss, exact.two_wells(), GRID, inner_lr=inner_lr, steps=steps
    )


def _first(holds: Any, inner_lr: float) -> int:
    """The smallest number of steps whose curves have a property."""
    return next(steps for steps in range(100) if holds(_axis(inner_lr, steps)))


def _jumped(inner_lr: float) -> int:
    return _first(lambda axis: axis.maml_optimum > -1, inner_lr)


def _has_minimum_near_0(axis: landscape.Axis) -> bool:
    near = np.abs(axis.grid) <= 0.5
    inside = axis.maml[near]
    return 0 < inside.argmin() < len(inside) - 1


def _has_moved(axis: landscape.Axis) -> bool:
    return axis.maml_optimum > axis.transfer_optimum


def _where_it_is(args: tuple[float], found: Any) -> str:
    """Where MAML's optimum lies with the learner's number of steps."""
    (inner_lr,) = args
    if not 0 <= float(found) <= 100 or float(found) % 1:
        return "That is no number of steps from 0 to 100."
    optimum = _axis(inner_lr, int(found)).maml_optimum
    side = "left" if optimum <= -1 else "right"
    return (
        f"measured: with {int(found)} steps MAML's optimum is at {optimum:.2f}, {side} of −1. The "
        "first one on the right was asked for."
    )


def _one_long_step(inner_lr: float) -> int:
    """As if several steps were one that is as long as all of them."""
    lengths = (steps for steps in range(100) if _axis(steps * inner_lr, 1).maml_optimum > -1)
    return next(lengths)


steps_until_jump = Function(
    "steps_until_jump",
    title="steps until the jump",
    notebook="04",
    answer=_jumped,
    cases=tuple(
        Case(f"α = {inner_lr}", lambda inner_lr=inner_lr: (inner_lr,))
        # No c is right as ceil(c / α) at .64 and at .21, nor with floor or round.
        for inner_lr in (0.4, 0.1, 0.15, 0.6, 1.0, 0.64, 0.21)
    ),
    mistakes=(
        Mistake(
            "the last before the jump",
            "That is the last number of steps for which the optimum is still on the left. The "
            "first one after the jump was asked for.",
            lambda inner_lr: _jumped(inner_lr) - 1,
        ),
        Mistake(
            "a step too many",
            "That is one more than needed. Is something counted on before it is returned?",
            lambda inner_lr: _jumped(inner_lr) + 1,
        ),
        Mistake(
            "a minimum, not the lowest",
            "You answer as soon as there is a minimum near 0. At first the left one is still "
            "lower: the optimum is the lowest point of the whole curve.",
            partial(_first, _has_minimum_near_0),
        ),
        Mistake(
            "any move",
            "You answer as soon as MAML's optimum is right of transfer's. At first it only drifts "
            "there, in its own well: the jump leads past −1.",
            partial(_first, _has_moved),
        ),
        Mistake(
            "where, not when",
            "That is where the optimum lies after the jump. The number of steps was asked for.",
            lambda inner_lr: _axis(inner_lr, _jumped(inner_lr)).maml_optimum,
        ),
        Mistake(
            "α times steps as a rule",
            "You hold α times the number of steps fixed. That is near, and not exact: a shorter "
            "step sees the slope change on its way.",
            lambda inner_lr: math.ceil(round(1.6 / inner_lr, 6)),
        ),
        Mistake(
            "a rule from small α",
            "You take the fewest steps with which α times their number is 1.3. That is right at "
            "many α, and a coincidence: at another α it is one step off. Let the curves say it.",
            lambda inner_lr: math.ceil(round(1.3 / inner_lr, 6)),
        ),
        Mistake(
            "α is not used",
            "Your answer is 4 whatever α is: that is the one for α = .4.",
            lambda inner_lr: _jumped(0.4),
        ),
        Mistake(
            "one step as long as all",
            "Your answer depends on α times the number of steps alone, as if there were one step "
            "as long as all of them together. Several steps take the slope anew on their way.",
            _one_long_step,
        ),
    ),
    means="Many short steps or a few long ones: both make the middle the lowest place, and then "
    "the optimum jumps.",
    returns="a whole number",
    reading=_where_it_is,
)
