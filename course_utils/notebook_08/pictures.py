"""Still pictures of notebook 08: errors around the ring of phases, and bars for the shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_08 import looks

RING_TOP = 7.5
SPREAD_LOOKS = {
    "transfer, no step": {"color": style.TRANSFER, "marker": "s", "ls": (0, (5, 2))},
    "transfer, five steps": {"color": style.TRANSFER, "marker": "x", "ls": ":"},
    "MAML, one step": {"color": style.MAML, "marker": "o", "ls": "-"},
}


def ring(phases: np.ndarray, medians: Mapping[str, np.ndarray]) -> Axes:
    """The median error of each start around the ring of phases; the trained half is shaded.

    phases (n,), from 0 to 2π; medians {start: (trainings, n)}.
    """
    figure, _ = style.new_figure(size=(5.4, 4.6), subplot_kw={"projection": "polar"})
    (ax,) = figure.axes
    with style.course_style():
        ax.fill_between(np.linspace(0, math.pi, 100), 0, RING_TOP, color="#f0f0f0", lw=0, zorder=0)
        for name, each in medians.items():
            for seed, values in enumerate(each):
                look = {key: looks.LOOKS[name][key] for key in ("color", "ls")}
                ax.plot(phases, values, **look, lw=1.5, gid=f"{name} {seed}")
        ax.set(ylim=(0, RING_TOP), yticks=[2, 4, 6])
        ax.set_xticks(np.arange(8) * math.pi / 4)
        ax.set_xticklabels(["0", "π/4", "π/2", "3π/4", "π", "5π/4", "3π/2", "7π/4"])
        ax.set_rlabel_position(22)
        ax.tick_params(labelsize=9.5)
        ax.text(math.pi / 2, 6.6, "trained here", ha="center", size=9.5)
        for row, name in enumerate(medians):
            mark = {key: looks.LOOKS[name][key] for key in ("color", "ls")}
            words = looks.NAMES[name]
            place = {"coords": "figure fraction", "size": 9.5}
            label(ax, 0.01, 0.97 - 0.05 * row, words, mark, **place)
    return ax


def spread(spreads: Sequence[int], errors: Mapping[str, np.ndarray]) -> Axes:
    """Median errors against how much of the family's ranges the tasks fill.

    spreads (n,), in per cent; errors {a name of SPREAD_LOOKS: (trainings, n)}.
    """
    ax = style.axes_for(None, size=(7.0, 3.6))
    with style.course_style():
        looks.error_axis(ax, (0.003, 10.0))
        ax.set(xscale="log", xlim=(4, 125), xlabel="how different the tasks are  (% of the ranges)")
        ax.set_xticks(spreads, [f"{part}" for part in spreads])
        ax.xaxis.set_minor_locator(NullLocator())
        for name, each in errors.items():
            for seed, values in enumerate(each):
                look = {**SPREAD_LOOKS[name], "lw": 1.5, "ms": 5}
                words = {"label": name} if seed == 0 else {}
                ax.plot(spreads, values, **look, **words, gid=f"{name} {seed}")
        ax.legend(loc="lower right")
    return ax


def shapes(medians: Mapping[str, Mapping[str, Sequence[float]]]) -> Axes:
    """Medians of each learner on each shape, a row a shape: {shape: {learner: (trainings,)}}."""
    figure, ax = style.new_figure(size=(7.6, 0.6 * len(medians) + 1.4))
    with style.course_style():
        for row, (_, found) in enumerate(medians.items()):
            ax.axhline(row, color="#e4e4e4", lw=0.8, zorder=0)
            for name, values in found.items():
                look = {**looks.LOOKS[name], "ls": "", "ms": 7, "clip_on": False}
                heights = np.full(len(values), row) + _shift(name)
                ax.plot(looks.clipped(np.asarray(values), (0.02, 20)), heights, **look)
        ax.set(xscale="log", xlim=(0.02, 20), ylim=(len(medians) - 0.5, -0.5))
        ax.set(xlabel="median squared error, five points")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.set_yticks(range(len(medians)), list(medians))
        ax.tick_params(axis="y", length=0)
        names = list(next(iter(medians.values())))
        handles = [ax.plot([], [], **{**looks.LOOKS[name], "ls": ""})[0] for name in names]
        figure.legend(
            handles,
            [looks.NAMES[name] for name in names],
            loc="outside lower center",
            ncols=len(names),
            columnspacing=1.2,
        )
    return ax


def _shift(name: str) -> float:
    """How far a learner's marks stand off their row's middle, so that they hide no other's."""
    order = list(looks.LOOKS)
    return 0.15 * (order.index(name) - (len(order) - 1) / 2)
