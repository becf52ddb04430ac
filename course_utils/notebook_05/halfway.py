"""A prediction: what a step is worth halfway between transfer's φ and MAML's (notebook 05)."""

from __future__ import annotations

import numpy as np

from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_05.pictures import line_axes

TOP, MIDDLE = 5.0, 0.5
CLOSE = 0.25


def halfway(t: np.ndarray, before: np.ndarray, after: np.ndarray) -> Prediction:
    """Predict the mean error after one step at t = ½ of the line from transfer's φ to MAML's.

    t (G,), rising from 0 or below to 1 or above, and the mean errors there before any step and
    after one, (G,) each. The guess starts half-way up between the two ends. Raises ValueError if
    the three do not fit together.
    """
    t, before, after = (np.asarray(part) for part in (t, before, after))
    if not (t.shape == before.shape == after.shape and t.ndim == 1 and t[0] <= 0 and t[-1] >= 1):
        raise ValueError(
            "t, before and after must be one row each, of the same length, with t from 0 "
            "(transfer's φ) to 1 (MAML's) at least, got the shapes "
            f"{t.shape}, {before.shape} and {after.shape}"
        )
    first, last, middle = (float(np.interp(at, t, after)) for at in (0.0, 1.0, MIDDLE))
    with Scene(size=(7.6, 3.8)) as (scene, axes):
        line_axes(axes, t, top=TOP)
        axes.set_ylabel("mean squared error")
        axes.axvline(MIDDLE, color=style.INK, lw=0.9, ls=":")
        axes.plot(t, before, color=style.TRANSFER, gid="before")
        level = float(np.interp(MIDDLE, t, before))
        label(axes, MIDDLE + 0.03, level + 0.25, "before any step", {"color": style.TRANSFER})
        curve = {"color": style.MAML, "lw": 2.6}
        label(axes, 0.03, first - 0.4, "after one step", curve)
        label(axes, 0.96, last - 0.1, "after one step", curve, ha="right")
        scene.diamond(axes, style.TRANSFER, lambda f: (0, first), gid="transfer")
        scene.diamond(axes, style.MAML, lambda f: (1, last), gid="MAML")
        scene.line(axes, answer(lambda f: (t, after)), gid="after", **curve)
        scene.diamond(axes, style.INK, answer(lambda f: (MIDDLE, f.data)), gid="answer")
        guess = {"y": "loss", "name": "guess", "gid": "guess"}
        scene.grip(axes, lambda f: (MIDDLE, f.loss), "your guess", **guess)
        scene.text(axes, lambda f: _words(f, first, last))
    return scene.prediction(
        lambda loss, revealed: middle,
        vocabulary.guess("loss", "L", 0.0, TOP, 0.05, (first + last) / 2),
        question=(
            "Before any step the whole line is nearly level. After one step the error is "
            f"{first:.2f} at transfer's φ and {last:.2f} at MAML's. What is it after one step from "
            "<b>halfway</b>? Drag the white diamond up or down."
        ),
        verdict=lambda f: _verdict(f, first, last),
        alt=lambda f: _alt(f, first, last),
        describe=(
            "Prediction: the error before and after a step at the ends of a line between two φ; a "
            "diamond halfway, to be dragged up or down."
        ),
    )


def _words(f, first: float, last: float) -> str:
    ends = f"after one step:   transfer's φ {first:.2f}   MAML's φ {last:.2f}"
    return f"{ends}   halfway, your guess {f.loss:.2f}" + f", answer {f.data:.2f}" * f.revealed


def _alt(f, first: float, last: float) -> str:
    return (
        "The line from transfer's φ to MAML's, with the mean error before any step, nearly "
        f"level. After one step the mean error is {first:.2f} at transfer's φ and {last:.2f} "
        f"at MAML's; the guess for halfway is {f.loss:.2f}."
        + f" Halfway it is {f.data:.2f}."
        * f.revealed
    )


def _verdict(f, first: float, last: float) -> str:
    off = f.loss - f.data
    if abs(off) < CLOSE:
        judged = f"You saw it: only {abs(off):.2f} off."
    else:
        judged = f"Your guess is {abs(off):.2f} too {'high' if off > 0 else 'low'}."
    found = f"Halfway the mean error after one step is {f.data:.2f}."
    return f"{judged} {found} {_between(f.data, first, last)}"


def _between(middle: float, first: float, last: float) -> str:
    """What the error halfway says about where the good starts are."""
    if middle > first - CLOSE:
        return (
            "A step from there is worth no more than one from transfer's φ: what makes MAML's φ a "
            "good start is not shared out evenly along the line, it lies near MAML's end."
        )
    if middle < last + CLOSE:
        return "A step from there is worth as much as one from MAML's φ."
    return "What makes MAML's φ a good start comes in gradually along the line."
