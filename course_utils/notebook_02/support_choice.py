"""Which λ the support loss would choose: a prediction beside L(F)'s curve (notebook 02)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_utils.explorers.controls import Choice, Stops
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.learners import KNOBS, kernel_ridge, over_knobs
from course_utils.notebook_02 import pictures
from course_utils.notebook_02.pictures import ON_AXIS, spelled
from course_utils.tasks import TaskBatch


@dataclass(frozen=True)
class TwoCurves:
    """The mean loss at KNOBS on the query sets and on the support sets, and the latter's choice."""

    query: np.ndarray
    support: np.ndarray
    choice: float


def support_choice(tasks: TaskBatch, knob: float = 0.1) -> Prediction:
    """Predict which λ the support loss would choose, where the query loss's curve is known."""
    query, support = (
        over_knobs(kernel_ridge, KNOBS, tasks, on=on).mean(dim=1).numpy()
        for on in ("query", "support")
    )
    curves = TwoCurves(query, support, KNOBS[int(support.argmin())])
    with Scene(size=(7.6, 3.8)) as (scene, axes):
        pictures.knob_axis(axes).set(ylabel="mean loss over tasks")
        axes.plot(KNOBS, query, **pictures.QUERY_CURVE, label="query loss, L(F)", gid="query loss")
        dashed = {**pictures.SUPPORT_CURVE, "label": "support loss", "gid": "support loss"}
        scene.line(axes, answer(lambda f: (KNOBS, support)), **dashed)
        scene.diamond(
            axes, style.INK, answer(lambda f: (curves.choice, support.min())), gid="choice"
        )
        guess = {"x": "knob", "name": "guess", "clip_on": False, "gid": "guess"}
        scene.grip(axes, lambda f: (f.knob, ON_AXIS), "your guess", **guess)
        axes.legend(loc="upper center")
        scene.text(
            axes, lambda f: f"your guess: the support loss is least at λ = {spelled(f.knob)}"
        )
    return scene.prediction(
        lambda knob, worse, revealed: curves,
        Stops("knob", "λ", "your guess", KNOBS, knob, format=".2g"),
        Choice(
            "worse",
            "its query loss:",
            [
                ("about that of F*", "same"),
                ("twice as much", "twice"),
                ("five times or more", "far"),
            ],
            "same",
            open=True,
        ),
        question=(
            "Suppose we judged each f on the points that it was made from: the <i>support</i> loss "
            "in place of the query loss. Where would it be least? Drag the diamond to that λ. "
            "And how good is the learner chosen in this way on query points, beside F*?"
        ),
        verdict=_verdict,
        alt=_alt,
        describe="Prediction: the mean query loss against the knob λ, and a diamond to drag.",
    )


def _alt(f) -> str:
    if not f.revealed:
        return f"The query loss against λ, and your guess λ = {spelled(f.knob)}."
    return (
        "The query loss against λ is a valley; the support loss, dashed, falls all the way "
        f"to the left end, λ = {spelled(f.data.choice)}. Your guess was {spelled(f.knob)}."
    )


def _verdict(f) -> str:
    factor = f.knob / f.data.choice
    judged = "Right." if abs(np.log10(factor)) < 0.5 else f"A factor of {factor:,.0f} away."
    wrong = f.data.query[0] / f.data.query.min()
    said = " You said so." if f.worse == "far" else ""
    return (
        f"{judged} The support loss falls all the way, from {f.data.support[-1]:.2f} to "
        f"{f.data.support[0]:.2f}: the least λ wins, and 0 would beat it. "
        f"On new points that learner's loss is {wrong:.1f} times that of F*.{said}"
    )
