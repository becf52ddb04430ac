"""Pictures of training and of its results: the objectives' curves, errors by steps, the tail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from course_utils.evaluation import Mean
from course_utils.figures import style

LOOKS = {
    "MAML": {"color": style.MAML, "ls": "-", "marker": "o"},
    "transfer": {"color": style.TRANSFER, "ls": (0, (6, 1.5)), "marker": "s"},
    "transfer, α tuned": {"color": style.TRANSFER, "ls": (0, (1.5, 1.5)), "marker": "^"},
    "random": {"color": style.RANDOM, "ls": (0, (3, 1, 1, 1)), "marker": "v"},
}


def objective_curves(
    curves: Mapping[str, np.ndarray],
    *,
    every: int,
    floor: float,
    top: float = 5.0,
    ax: Axes | None = None,
) -> Axes:
    """Objectives over meta-steps: one smoothed curve a method, a value for each `every` steps.

    The objective's axis runs from 0 to `top`; methods as in LOOKS.
    """
    ax = style.axes_for(ax, size=(7.6, 3.6))
    with style.course_style():
        ax.axhline(floor, color=style.INK, lw=0.9, ls=":")
        words = f"floor without adapting: {floor:.2f}"
        place = {"transform": ax.get_yaxis_transform(), "ha": "right"}
        ax.text(0.98, floor + 0.08 * top, words, **place)
        for name, curve in curves.items():
            steps = every * (np.arange(len(curve)) + 0.5)
            ax.plot(steps, curve, label=name, lw=1.6, **{**LOOKS[name], "marker": ""})
        ax.set(
            xlabel="meta-steps",
            ylabel="objective  L(φ), mean",
            ylim=(0, top),
            xlim=(0, every * max(map(len, curves.values()))),
        )
        ax.figure.legend(loc="outside lower center", ncols=len(curves))
    return ax


def many_waves(ax: Axes, x: np.ndarray, amplitude: np.ndarray, phase: np.ndarray) -> None:
    """Waves of the family over x, thin and grey: one a pair of amplitude and phase, (tasks,)."""
    waves = [a * np.sin(x - p) for a, p in zip(amplitude, phase, strict=True)]
    ax.plot(x, np.transpose(waves), color=style.FAINT, lw=0.7, zorder=1)
    ax.set(xlabel="input  x", ylabel="output  y", xlim=(x[0], x[-1]), ylim=(-5.2, 5.2))


def before_and_after(
    ax: Axes,
    maml: Mapping[int, Mean],
    transfer: Mapping[int, Mean],
    floor: float,
    *,
    digits: int = 2,
) -> list[Artist]:
    """Draw both methods' errors before and after one step; returns what shows the answer."""
    shown: list[Artist] = []
    for name, means, shift in (("MAML", maml, -0.18), ("transfer", transfer, 0.18)):
        look = {**LOOKS[name], "ls": "", "ms": 9, "capsize": 4}
        at, values = (shift, 1 + shift), [means[step] for step in (0, 1)]
        bars = ax.errorbar(at, [m.mean for m in values], [m.half_width for m in values], **look)
        shown += bars.get_children()
        for x, value in zip(at, values, strict=True):
            # The point over the words is their mark: a mark of their own would be read as a point.
            place = {"xy": (x, value.mean), "xytext": (0, -11), "textcoords": "offset points"}
            text = f"{name} {value.mean:.{digits}f}"
            shown.append(ax.annotate(text, **place, ha="center", va="top"))
    ax.axhline(floor, color=style.INK, lw=0.9, ls=":", zorder=1)
    ax.text(-0.57, floor + 0.07, f"floor {floor:.2f}", va="bottom")
    ax.set(
        xlim=(-0.6, 1.6),
        ylim=(0, 4),
        xticks=[0, 1],
        xticklabels=["before any step", "after one step"],
        ylabel="mean squared error",
    )
    return shown


def errors_by_steps(
    rows: Mapping[str, Mapping[int, Mean]],
    published: Mapping[str, Mapping[int, float]],
    ax: Axes | None = None,
) -> Axes:
    """Mean squared error after some numbers of steps with 95 % intervals, published values hollow.

    `rows` and `published` are {method: {steps: error}}, methods as in LOOKS.
    """
    ax = style.axes_for(ax, size=(7.6, 4.2))
    with style.course_style():
        for name, means in rows.items():
            values = list(means.values())
            ax.errorbar(
                list(means),
                [m.mean for m in values],
                [m.half_width for m in values],
                label=name,
                capsize=3,
                ms=5,
                lw=1.6,
                **LOOKS[name],
            )
        for name, points in published.items():
            look = {"marker": "D", "ms": 9, "mfc": "none", "mew": 1.6, "ls": ""}
            color = LOOKS[name]["color"]
            label = f"MAML paper, {name.removesuffix(', α tuned')}"
            ax.plot(list(points), list(points.values()), color=color, label=label, **look)
        ax.set(xlabel="inner steps", ylabel="mean squared error", ylim=(0, 5.5), xlim=(-0.3, 10.4))
        ax.figure.legend(loc="outside lower center", ncols=3)
    return ax


def sorted_errors(
    errors: Mapping[float, np.ndarray], before: np.ndarray, ax: Axes | None = None
) -> Axes:
    """Tasks' errors from smallest to largest: {α: (tasks,)} for up to three α, and `before`."""
    ax = style.axes_for(ax, size=(7.6, 3.8))
    dashes: Sequence = ((0, (1.5, 1.5)), "-", (0, (6, 1.5)))
    with style.course_style():
        for (rate, values), look in zip(errors.items(), dashes, strict=False):
            tall = np.sort(np.where(np.isfinite(values), values, np.inf))
            share = 100 * (np.arange(len(tall)) + 0.5) / len(tall)
            ax.plot(share, tall, color=style.MAML, ls=look, label=f"five steps of α = {rate:g}")
        share = 100 * (np.arange(len(before)) + 0.5) / len(before)
        ax.plot(share, np.sort(before), color=style.INK, lw=1, label="before any step")
        ax.set(
            yscale="log",
            xlim=(0, 100),
            ylim=(1e-3, 1e3),
            xlabel="tasks, sorted by their error (%)",
            ylabel="squared error of a task",
        )
        ax.figure.legend(loc="outside lower center", ncols=4, columnspacing=1.2)
    return ax
