"""The exercise on a step too large (07): what is right, and what else learners answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor

from course_utils.exercises import Mistake, Numbers
from course_utils.tasks import exact

INNER_LR = 0.3
Weights = dict[str, Tensor]


def _tasks() -> tuple[Tensor, Tensor, Tensor]:
    """The tasks' h and c, and what an inner step leaves of the distance from c, each (tasks,)."""
    h, c = exact.quadratics().facts.values()
    return h, c, 1 - INNER_LR * h


def _right() -> dict[str, float]:
    h, c, _ = _tasks()
    return exact.quadratic_optima(h, c, inner_lr=INNER_LR)


def _answer() -> dict[str, Any]:
    weights = exact.quadratic_weights(_tasks()[0], inner_lr=INNER_LR)["first_order"]
    places = {name: _right()[name] for name in ("maml", "first_order")}
    return places | {"ends_there": bool(weights.sum() > 0)}


def _weighed(weigh: Callable[[Tensor, Tensor], Weights]) -> dict[str, Any]:
    """Where wrong weights, made of h and what a step leaves, have φ; with such it ends there."""
    h, c, left = _tasks()
    found = {name: float((w * c).sum() / w.sum()) for name, w in weigh(h, left).items()}
    return found | ({"ends_there": True} if "first_order" in found else {})


def _half_the_curvature(h: Tensor, _: Tensor) -> Weights:
    found = exact.quadratic_weights(h / 2, inner_lr=INNER_LR)
    return {name: found[name] for name in ("maml", "first_order")}


step_too_large = Numbers(
    "step_too_large",
    title="a step too large",
    notebook="07",
    answer=_answer,
    rtol=0.03,
    mistakes=(
        Mistake(
            "drawn there",
            "The mean gradient is 0 at that place, but look beside it: is it positive above that "
            "place and negative below, as it must be for gradient descent to come back?",
            lambda: {"ends_there": True},
        ),
        Mistake(
            "MAML with one factor",
            "This is where first-order MAML's gradient is 0. MAML's has the factor 1 − αh twice: "
            "θ̂ is nearer to the optimum than φ by it, and θ̂ also moves by it when φ moves.",
            lambda: {"maml": _right()["first_order"]},
        ),
        Mistake(
            "first-order with both factors",
            "With the factor 1 − αh twice it is MAML's gradient. First-order MAML leaves one of "
            "them out, and then its sign does not cancel.",
            lambda: {"first_order": _right()["maml"], "ends_there": True},
        ),
        Mistake(
            "first-order and MAML exchanged",
            "The two places are exchanged. Whose gradient has one factor 1 − αh more?",
            lambda: {
                "maml": _right()["first_order"],
                "first_order": _right()["maml"],
                "ends_there": True,
            },
        ),
        Mistake(
            "where it runs to",
            "That is where φ runs to from some places. Asked for is where the gradient is 0: also "
            "a place that repels has a gradient of 0, like the top of a hill.",
            lambda: {"first_order": -math.inf, "ends_there": True},
        ),
        Mistake(
            "no inner step for MAML",
            "That is where transfer learning's φ goes. The inner step changes a task's distance "
            "from its optimum: by which factor, and how often does MAML's gradient hold it?",
            lambda: {"maml": _right()["transfer"]},
        ),
        Mistake(
            "no inner step",
            "This is where transfer learning's φ goes, which weighs each task by h alone. What "
            "does the inner step do to a task's distance from its optimum?",
            partial(_weighed, lambda h, _: {"maml": h, "first_order": h}),
        ),
        Mistake(
            "curvature forgotten",
            "Your weights hold the factors 1 − αh, but not the h in front: the slope of "
            "h/2 (θ − c)² at θ̂ is h times the distance.",
            partial(_weighed, lambda _, left: {"maml": left**2, "first_order": left}),
        ),
        Mistake(
            "half the curvature",
            "You take h/2 for the curvature. The loss is h/2 times a square: its slope is h times "
            "the distance, so both gradients hold h itself.",
            partial(_weighed, _half_the_curvature),
        ),
        Mistake(
            "the sign of the overshoot lost",
            "Both weights are positive here. For one task the step is longer than 1/h: on which "
            "side of its optimum does θ̂ lie, and what is the sign of 1 − αh?",
            partial(_weighed, lambda h, left: {"first_order": h * left.abs()}),
        ),
        Mistake(
            "the middle of the optima",
            "This is half way between the optima, as if both tasks pulled equally. Which weight "
            "does each have?",
            partial(_weighed, lambda h, _: dict.fromkeys(("maml", "first_order"), h**0)),
        ),
        Mistake(
            "a sign slipped in the quotient",
            "The size is right. Below the line stands the sum of the weights: what is its sign?",
            lambda: {"first_order": -_right()["first_order"]},
        ),
    ),
    means="A task whose step goes past its optimum pushes first-order MAML's φ away, and may win. "
    "MAML's weights are never negative.",
)
