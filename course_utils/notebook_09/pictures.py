"""Notebook 09's still pictures: a training's curve, and errors at home and away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.figures import style
from course_utils.notebook_09 import looks


def training_curve(
    history: np.ndarray, levels: Mapping[str, float], *, every: int = 50, ax: Axes | None = None
) -> Axes:
    """The set encoder's objective over its training, a mean of each `every` meta-steps.

    `levels` are errors to compare it with, {words: error}.
    """
    ax = style.axes_for(ax, size=(7.6, 3.4))
    parts = [np.mean(history[i : i + every]) for i in range(0, len(history), every)]
    steps = every * (np.arange(len(parts)) + 0.5)
    with style.course_style():
        ax.plot(steps, parts, **looks.line("set encoder"))
        for words, error in levels.items():
            ax.axhline(error, color=style.MAML, lw=0.9, ls=":")
            ax.text(len(history), 0.93 * error, words, ha="right", va="top", fontsize=10)
        ax.set(
            xlabel="meta-steps",
            ylabel="objective  L(φ), mean",
            yscale="log",
            xlim=(0, len(history)),
            ylim=(0.1, 10),
        )
    return ax


def home_and_away(
    errors: Mapping[str, np.ndarray], places: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Median errors of learners at several places, {name: (trainings, places)}, logarithmic.

    Each training is a mark of its own; lines join the means. Names as in LOOKS.
    """
    ax = style.axes_for(ax, size=(7.6, 4.2))
    with style.course_style():
        for n, (name, values) in enumerate(errors.items()):
            values = looks.on_axis(np.atleast_2d(values))
            at = np.arange(len(places)) + 0.08 * (n - (len(errors) - 1) / 2)
            ax.plot(at, np.exp(np.log(values).mean(0)), lw=1.2, zorder=2, **looks.line(name))
            for row in values:
                ax.plot(at, row, **{**looks.mark(name), "ms": 6}, zorder=3)
            ax.plot([], [], label=name, **{**looks.LOOKS[name], "ms": 6})
        ax.set(
            ylabel="squared error of the median task",
            yscale="log",
            ylim=(5e-3, 40),
            xticks=range(len(places)),
            xticklabels=places,
        )
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.figure.legend(loc="outside lower center", ncols=len(errors))
    return ax
