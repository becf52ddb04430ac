"""The exercise on steps until the jump (04): what is right, and what else learners write."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import Any

import numpy as np

from course_utils import landscape
from course_utils.exercises import Case, Function, Mistake
from course_utils.notebook_04.one_axis import GRID
from course_utils.tasks import exact


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
