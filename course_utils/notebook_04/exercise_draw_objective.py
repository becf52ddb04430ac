"""The drawing of notebook 04: which curve a learner has drawn for MAML's objective."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from course_utils import landscape
from course_utils.exercises import Mistake, Place
from course_utils.notebook_04 import draw_objective as drawn
from course_utils.tasks import exact

STEPS = 40


@cache
def _at_the_places(steps: int) -> tuple[float, ...]:
    """MAML's L after some steps of α = 1, at the places of the drawing, by the package."""
    places = np.array(drawn.PLACES)
    axis = landscape.along_axis(
        exact.wells_loss, exact.two_wells(), places, inner_lr=1.0, steps=steps
    )
    return tuple(axis.maml.tolist())


def _curve(steps: int = STEPS, times: float = 1.0) -> dict[str, float]:
    heights = _at_the_places(steps)
    return {name: times * height for name, height in zip(drawn.NAMES, heights, strict=True)}


def _everywhere(left: bool) -> dict[str, float]:
    """The height at the left end, or at the right end, for all φ."""
    height = _at_the_places(STEPS)[0 if left else -1]
    return dict.fromkeys(drawn.NAMES, height)


def _mirrored() -> dict[str, float]:
    return dict(zip(drawn.NAMES, reversed(_at_the_places(STEPS)), strict=True))


def _cliff_at_0() -> dict[str, float]:
    return {"l4": _at_the_places(STEPS)[0]}


def _valley() -> dict[str, float]:
    """Both ends high: as if task 1 were caught on the right as task 2 is on the left."""
    high = _at_the_places(STEPS)[0]
    return {"l6": high, "l7": high}


draw_objective = Place(
    "draw_objective",
    title="draw the objective",
    notebook="04",
    answer=_curve,
    within=dict.fromkeys(drawn.NAMES, 0.15),
    together=True,
    mistakes=(
        Mistake(
            "the cliff at 0",
            "The two parts are right, and their border is not. It need not lie in the middle of "
            "the picture, or of the wells: look for the place where task 2's slope changes its "
            "sign.",
            _cliff_at_0,
        ),
        Mistake(
            "task 1 caught as well",
            "On the right you leave something of the loss. Task 2 is at home there. And is there "
            "anything that could stop task 1 on its way to −2?",
            _valley,
        ),
        Mistake(
            "before adapting",
            "You drew the sum of both losses at φ itself, transfer learning's objective. MAML "
            "measures after the steps: where is each task by then?",
            partial(_curve, 0),
        ),
        Mistake(
            "one step",
            "That is the curve for one step. Forty steps lead much further down.",
            partial(_curve, 1),
        ),
        Mistake(
            "three steps",
            "That is the curve for three steps, as the explorer shows it. Where the tasks were "
            "still on their way, forty steps take them to the bottom.",
            partial(_curve, 3),
        ),
        Mistake(
            "nothing is in the way",
            "You let task 2 reach its own well from everywhere. A step only goes down: what lies "
            "between the left side and that well?",
            partial(_everywhere, False),
        ),
        Mistake(
            "always caught",
            "You let task 2 end in its side well from everywhere. On which side of the crest does "
            "it start?",
            partial(_everywhere, True),
        ),
        Mistake(
            "the wrong side",
            "Left and right are exchanged: on which side of the axis is task 2's side well?",
            _mirrored,
        ),
        Mistake(
            "the mean",
            "You took the mean of both losses at the end. In this notebook L is their sum.",
            partial(_curve, STEPS, 0.5),
        ),
    ),
    means="After many steps only the valley counts in which φ lies: two plateaus, and a cliff at "
    "the crest between them.",
)
