"""Accuracies on words: over the words a language, and over the inner steps (08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from course_utils.evaluation import Mean
from course_utils.figures import style
from course_utils.notebook_08.word_learners import IDF, MAML, MEANS, WEIGHTS

LIMITS = (15.0, 85.0)
CHANCE = 20.0
LOOKS = {
    MEANS: {"color": style.RANDOM, "marker": "x", "ls": ":"},
    IDF: {"color": style.INK, "marker": "P", "ls": "--"},
    WEIGHTS: {"color": style.TASKS[0], "marker": ">", "ls": "-."},
    MAML: {"color": style.MAML, "marker": "o", "ls": "-"},
}


def frame(ax: Axes, label: str, at: Sequence[int]) -> None:
    """Axes of right answers in per cent over numbers `at`, on a logarithmic axis."""
    ax.set(xscale="log", xlabel=label, ylabel="right answers (%)", ylim=LIMITS)
    ax.set(xlim=(at[0] * 0.85, at[-1] * 1.18))
    ax.set_xticks(at, [f"{k}" for k in at])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.axhline(CHANCE, color=style.INK, lw=0.8, ls=":")
    ax.text(at[-1] * 1.15, CHANCE + 1, "chance", ha="right", va="bottom", size=9.5)


def curve(ax: Axes, name: str, means: Mapping[int, Mean], *, label: str = "") -> list[Artist]:
    """A learner's accuracy over some numbers, 95 % intervals; returns what was drawn."""
    values = list(means.values())
    heights, halves = [m.mean for m in values], [m.half_width for m in values]
    look = {**LOOKS[name], "capsize": 3, "ms": 7, "lw": 1.6, "label": label or name}
    line, caps, bars = ax.errorbar(list(means), heights, halves, **look)
    line.set_gid(label or name)
    return [line, *caps, *bars]


def over_words(rows: Mapping[str, Mapping[int, Mean]], ax: Axes | None = None) -> Axes:
    """Right answers over words a language, {learner: {words: accuracy in per cent}}."""
    ax = style.axes_for(ax, size=(7.6, 3.9))
    with style.course_style():
        frame(ax, "words a language in the support set  K", list(next(iter(rows.values()))))
        for name, means in rows.items():
            curve(ax, name, means)
        ax.figure.legend(loc="outside lower center", ncols=len(rows))
    return ax
