"""A prediction: a learner trained with five points gets twenty (notebook 09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.notebook_09 import looks

TRAINED_WITH, ASKED = 5, 20
BETTER, SAME, WORSE = "better", "same", "worse"
SAID = {BETTER: "clearly better", SAME: "nearly as with five", WORSE: "clearly worse"}
NEARLY = 0.3  # of the error with five points
SHOWN = ("MAML", "kernel ridge")
ASKED_OF = ("set encoder", "transformer")


def twenty_points(shots: Sequence[int], errors: Mapping[str, np.ndarray]) -> Prediction:
    """Predict a set encoder's error with twenty points, trained with five.

    errors: {name: mean error (shots,)} of MAML, kernel ridge, the set encoder and the transformer.
    Raises ValueError if a learner is missing, or five or twenty points are.
    """
    shots = list(shots)
    for name in (*SHOWN, *ASKED_OF):
        if name not in errors or len(errors[name]) != len(shots):
            raise ValueError(f"errors must hold an error of {name} for each of {shots}")
    for count in (TRAINED_WITH, ASKED):
        if count not in shots:
            raise ValueError(f"shots must hold {count}, got {shots}")
    few, many = (float(errors["set encoder"][shots.index(k)]) for k in (TRAINED_WITH, ASKED))
    right = BETTER if many < (1 - NEARLY) * few else WORSE if many > (1 + NEARLY) * few else SAME
    with Scene(size=(7.6, 3.9)) as (scene, axes):
        frame(axes, shots)
        for name in SHOWN:
            curve(axes, shots, name, errors[name])
        for name in ASKED_OF:
            look = {**looks.LOOKS[name], "ms": 6, "gid": name, "label": name}
            points = (shots, looks.on_axis(np.asarray(errors[name])))
            scene.line(axes, answer(lambda f, points=points: points), **look)
        axes.figure.legend(loc="outside lower center", ncols=4)
        known = {**looks.mark("set encoder"), "ms": 11, "zorder": 6, "gid": "known"}
        axes.plot(TRAINED_WITH, few, **known)
        scene.text(axes, lambda f: _words(f, few, many))
    return scene.prediction(
        lambda guess, revealed: right,
        vocabulary.verdicts([(SAID[k], k) for k in (BETTER, SAME, WORSE)]),
        question=(
            "The set encoder has seen support sets of <b>five</b> points in training, and no "
            "others. Give it <b>twenty</b> points of a wave. Its error is …"
        ),
        verdict=lambda f: _verdict(f, few, many),
        alt=lambda f: _alt(f, few, many),
        describe=(
            "Prediction: errors over the number of support points for MAML and kernel ridge, and "
            "for a set encoder where it was trained; what does it make of more?"
        ),
    )


def frame(axes: Axes, shots: Sequence[int]) -> None:
    """Axes of errors over the number of support points, both logarithmic."""
    axes.set(
        xscale="log",
        yscale="log",
        xlim=(0.9 * min(shots), 1.1 * max(shots)),
        ylim=(3e-3, 3),
        xlabel="support points  K",
        ylabel="mean squared error",
    )
    axes.set_xticks(list(shots), [str(k) for k in shots])
    axes.set_xticks([], minor=True)
    axes.axvline(TRAINED_WITH, color=style.INK, lw=0.9, ls=":", zorder=0)
    axes.text(1.02 * TRAINED_WITH, 2.5, "trained with 5", va="top", fontsize=9.5)


def curve(axes: Axes, shots: Sequence[int], name: str, errors: np.ndarray) -> None:
    """A learner's errors over the number of support points."""
    values = looks.on_axis(np.asarray(errors))
    axes.plot(list(shots), values, label=name, ms=6, gid=name, **looks.LOOKS[name])


def _words(f, few: float, many: float) -> str:
    known = f"set encoder: with 5 points {looks.spelt(few)}"
    return known + (f", with 20 points {looks.spelt(many)}" if f.revealed else ", with 20 ...?")


def _alt(f, few: float, many: float) -> str:
    known = (
        "Mean squared error over the number of support points: the curves of MAML after five "
        f"steps and of kernel ridge regression fall. The set encoder's error with five points is "
        f"{looks.spelt(few)}."
    )
    return known + f" With twenty points it is {looks.spelt(many)}." * f.revealed


def _verdict(f, few: float, many: float) -> str:
    said = "Right." if f.guess == f.data else f"You said: {SAID.get(f.guess, 'nothing yet')}."
    found = f"With 5 points its error is {looks.spelt(few)}, with 20 it is {looks.spelt(many)}."
    why = {
        BETTER: "A mean does not care how many there are: more points make it more certain.",
        SAME: "More points tell it nothing new.",
        WORSE: "It has never met a mean of so many points.",
    }
    return f"{said} {found} {why[f.data]}"
