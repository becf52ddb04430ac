"""A prediction: the loss halfway between two φ that answer alike (notebook 05)."""

from __future__ import annotations

import numpy as np

from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Handle, Prediction, Values
from course_utils.figures import style
from course_utils.figures.landscapes import diamond
from course_utils.figures.readout import Readout
from course_utils.figures.slices import ends, line_axes

TOP, MIDDLE = 8.0, 0.5
CLOSE = 0.25


def halfway(t: np.ndarray, before: np.ndarray, guess: float | None = None) -> Prediction:
    """Predict the mean loss before any step at t = ½ of the line from transfer's φ to MAML's.

    t (G,), rising from 0 or below to 1 or above, and the mean loss there, (G,). The guess starts on
    the straight line between the two ends. Raises ValueError if the two do not fit together.
    """
    t, before = np.asarray(t), np.asarray(before)
    if t.shape != before.shape or t.ndim != 1 or not (t[0] <= 0 and t[-1] >= 1):
        raise ValueError(
            "t and before must be one row each, of the same length, with t from 0 (transfer's φ) "
            f"to 1 (MAML's) at least, got the shapes {t.shape} and {before.shape}"
        )
    first, last, answer = (float(np.interp(at, t, before)) for at in (0.0, 1.0, MIDDLE))
    straight = (first + last) / 2
    figure, axes = style.new_figure(size=(7.6, 3.7))
    with style.course_style():
        line_axes(axes, t, top=TOP)
        axes.set_ylabel("mean squared error")
        axes.axvline(MIDDLE, color=style.INK, lw=0.9, ls=":")
        ends(axes, t, before)
        (curve,) = axes.plot([], [], color=style.TRANSFER, lw=2.6, animated=True)
        found = diamond(axes, style.INK)
        mark = diamond(axes, "white", zorder=7)
        readout = Readout(axes)

    def draw(data: float, v: Values) -> str:
        mark.set_data([MIDDLE], [v.loss])
        curve.set_data(*((t, before) if v.revealed else ((), ())))
        found.set_data(*(([MIDDLE], [data]) if v.revealed else ((), ())))
        text = f"before any step:   transfer's φ {first:.2f}   MAML's φ {last:.2f}   "
        readout.set_text(
            text + f"halfway, your guess {v.loss:.2f}" + f", answer {data:.2f}" * v.revealed
        )
        return (
            f"The line from transfer's φ to MAML's. Before any step the mean error is {first:.2f} "
            f"at transfer's φ and {last:.2f} at MAML's; the guess for halfway is {v.loss:.2f}."
            + (f" Halfway it is {data:.2f}." if v.revealed else "")
        )

    def verdict(data: float, v: Values) -> str:
        off = v.loss - data
        if abs(off) < CLOSE:
            judged = f"You saw it: only {abs(off):.2f} off."
        else:
            judged = f"Your guess is {abs(off):.2f} too {'high' if off > 0 else 'low'}."
        return f"{judged} Halfway the mean error is {data:.2f}. " + _between(data, first, last)

    return Prediction(
        figure,
        question=(
            "Both ends answer with the average wave, and before any step both stand at the same "
            "error, nearly. What is the mean error <b>halfway</b> between them, before any step? "
            "Drag the white diamond up or down."
        ),
        verdict=verdict,
        compute=lambda loss, revealed: answer,
        draw=draw,
        controls=[
            Slider("loss", "L", "your guess", 0.0, TOP, 0.05, straight if guess is None else guess)
        ],
        handles=[
            Handle(
                "guess",
                "your guess",
                axes,
                lambda data, v: (MIDDLE, v.loss),
                lambda x, y: {"loss": y},
            )
        ],
        describe=(
            "Prediction: two φ of about the same error at the ends of a line; a diamond halfway, "
            "to be dragged up or down."
        ),
    )


def _between(middle: float, first: float, last: float) -> str:
    """What the loss halfway says about the two ends."""
    if middle > max(first, last) + CLOSE:
        return (
            "A hill lies between them: the two networks compute nearly the same function, with "
            "parameters that cannot be averaged."
        )
    if middle < min(first, last) - CLOSE:
        return "A valley lies between them, lower than both ends."
    return "Between them it hardly changes."
