"""A prediction: what a step is worth halfway between transfer's φ and MAML's (notebook 05)."""

from __future__ import annotations

import numpy as np

from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Handle, Prediction, Values
from course_utils.figures import style
from course_utils.figures.landscapes import diamond
from course_utils.figures.readout import Readout
from course_utils.notebook_05.pictures import ends, line_axes

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
    first, last, answer = (float(np.interp(at, t, after)) for at in (0.0, 1.0, MIDDLE))
    figure, axes = style.new_figure(size=(7.6, 3.8))
    with style.course_style():
        line_axes(axes, t, top=TOP)
        axes.set_ylabel("mean squared error")
        axes.axvline(MIDDLE, color=style.INK, lw=0.9, ls=":")
        axes.plot(t, before, color=style.TRANSFER, label="before any step")
        ends(axes, t, after, animated=True)
        axes.text(0.03, first - 0.45, "after one step", color=style.MAML, size=10)
        axes.text(0.97, last, "after one step ", color=style.MAML, size=10, ha="right", va="top")
        at = float(np.interp(MIDDLE, t, before))
        axes.text(MIDDLE + 0.01, at + 0.15, "before any step", color=style.TRANSFER, size=10)
        (curve,) = axes.plot([], [], color=style.MAML, lw=2.6, animated=True)
        found = diamond(axes, style.INK)
        mark = diamond(axes, "white", zorder=7)
        readout = Readout(axes)

    def draw(data: float, v: Values) -> str:
        mark.set_data([MIDDLE], [v.loss])
        curve.set_data(*((t, after) if v.revealed else ((), ())))
        found.set_data(*(([MIDDLE], [data]) if v.revealed else ((), ())))
        text = f"after one step:   transfer's φ {first:.2f}   MAML's φ {last:.2f}   "
        readout.set_text(
            text + f"halfway, your guess {v.loss:.2f}" + f", answer {data:.2f}" * v.revealed
        )
        return (
            "The line from transfer's φ to MAML's, with the mean error before any step, nearly "
            f"level. After one step the mean error is {first:.2f} at transfer's φ and {last:.2f} "
            f"at MAML's; the guess for halfway is {v.loss:.2f}."
            + (f" Halfway it is {data:.2f}." if v.revealed else "")
        )

    def verdict(data: float, v: Values) -> str:
        off = v.loss - data
        if abs(off) < CLOSE:
            judged = f"You saw it: only {abs(off):.2f} off."
        else:
            judged = f"Your guess is {abs(off):.2f} too {'high' if off > 0 else 'low'}."
        return f"{judged} Halfway the mean error after one step is {data:.2f}. " + _between(
            data, first, last
        )

    return Prediction(
        figure,
        question=(
            "Before any step the whole line is nearly level. After one step the error is "
            f"{first:.2f} at transfer's φ and {last:.2f} at MAML's. What is it after one step from "
            "<b>halfway</b>? Drag the white diamond up or down."
        ),
        verdict=verdict,
        compute=lambda loss, revealed: answer,
        draw=draw,
        controls=[Slider("loss", "L", "your guess", 0.0, TOP, 0.05, (first + last) / 2)],
        handles=[
            Handle(
                "guess",
                "your guess",
                axes,
                lambda data, v: (MIDDLE, v.loss),
                lambda x, y, v: {"loss": y},
            )
        ],
        describe=(
            "Prediction: the error before and after a step at the ends of a line between two φ; a "
            "diamond halfway, to be dragged up or down."
        ),
    )


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
