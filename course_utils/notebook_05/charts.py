"""One value a task at each φ, drawn as distributions: alignment, curvature, useful steps (05)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from course_utils.figures import style


@dataclass(frozen=True)
class Panel:
    """A quantity to draw: its values {method: (tasks,)}, its axis, and a place to mark on it."""

    values: Mapping[str, np.ndarray]
    title: str
    label: str
    limits: tuple[float, float]
    log: bool = False
    mark: tuple[float, str] | None = None


def distributions(panels: Sequence[Panel], *, columns: int = 2) -> np.ndarray:
    """Panels of distributions, `columns` side by side; returns their axes, flat."""
    rows = -(-len(panels) // columns)
    methods = max(len(panel.values) for panel in panels)
    size = (7.6 if columns > 1 else 6.4, rows * (1.0 + 0.5 * methods))
    _, axes = style.new_figure(rows, columns, size=size, squeeze=False)
    for ax, panel in zip(axes.flat, panels, strict=False):
        strips(ax, panel)
    return axes.ravel()


def strips(ax: Axes, panel: Panel) -> Axes:
    """One panel: a row a method, as `strip` draws it."""
    with style.course_style():
        frame(ax, panel)
        for row, (name, values) in enumerate(panel.values.items()):
            strip(ax, name, row, values)
    return ax


def frame(ax: Axes, panel: Panel) -> Axes:
    """A panel without its values: axis, names of the rows, and the marked place."""
    ax.set(
        xscale="log" if panel.log else "linear",
        xlim=panel.limits,
        ylim=(len(panel.values) - 0.4, -0.7),
        xlabel=panel.label,
        title=panel.title,
    )
    ax.set_yticks(range(len(panel.values)), list(panel.values))
    ax.tick_params(axis="y", length=0)
    if panel.log:
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if panel.mark is not None:
        at, words = panel.mark
        ax.axvline(at, color=style.INK, lw=1, ls=":", zorder=1)
        place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        ax.annotate(words, (at, 1), (3, 0), va="top", size=9, **place)
    return ax


def strip(ax: Axes, name: str, row: int, values: np.ndarray) -> list[Artist]:
    """One method's row: a dot a task, the middle half as a bar, the median as a black tick.

    Tasks outside the axis, or not finite, are counted at the edge where they left. Returns what it
    drew.
    """
    low, high = ax.get_xlim()
    ordered = np.sort(np.where(np.isnan(values), np.inf, values))
    # Even heights in a shuffled order: dots that share a value do not hide each other.
    heights = np.random.default_rng(row).permutation(np.linspace(-0.17, 0.17, len(ordered)))
    inside = (ordered >= low) & (ordered <= high)
    dots = {"ls": "", "marker": ".", "ms": 3.5, "color": style.METHODS[name], "alpha": 0.5}
    dots["gid"] = f"{name}-tasks"
    drawn: list[Artist] = ax.plot(ordered[inside], (row + heights)[inside], **dots)
    quarter, median, three = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    half = np.clip([quarter, three], low, high)
    bar = {"color": style.METHODS[name], "lw": 4, "solid_capstyle": "butt"}
    tick = {"color": "black", "lw": 2.4, "zorder": 5, "gid": f"{name}-median"}
    drawn += ax.plot(half, [row + 0.3] * 2, gid=f"{name}-middle-half", **bar)
    if low <= median <= high:
        drawn += ax.plot([median] * 2, [row - 0.26, row + 0.38], **tick)
    for many, at, side in (
        ((ordered < low).sum(), 0, "left"),
        ((ordered > high).sum(), 1, "right"),
    ):
        if many:
            words = f"← {many}" if side == "left" else f"{many} →"
            place = {"transform": ax.get_yaxis_transform(), "ha": side, "va": "center"}
            drawn.append(ax.text(at + 0.01 - 0.02 * at, row - 0.32, words, size=8.5, **place))
    return drawn


def _quantile(ordered: np.ndarray, share: float) -> float:
    """The value below which this share of the sorted values lies (infinite ones count)."""
    return float(ordered[round(share * (len(ordered) - 1))])


def function_changes(
    x: np.ndarray,
    needed: Mapping[str, np.ndarray],
    changes: Mapping[str, np.ndarray],
    *,
    tasks: Sequence[int],
) -> np.ndarray:
    """How one step changes a network's output, beside what the task would need: a panel a method.

    x (G,); needed and changes {method: (all tasks, G)}; `tasks` are those of the first four to
    show.
    """
    _, axes = style.new_figure(1, len(changes), size=(7.6, 3.4), sharey=True, squeeze=False)
    with style.course_style():
        for ax, name in zip(axes[0], changes, strict=True):
            for n in tasks:
                color, who = style.TASKS_BESIDE_METHODS[n], f"task {n + 1}"
                dashed = {"lw": 1.3, "ls": (0, (3, 1.5)), "label": f"{who}: needed"}
                ax.plot(x, needed[name][n], color=color, **dashed)
                ax.plot(x, changes[name][n], color=color, lw=2.4, label=f"{who}: made by one step")
            ax.axhline(0, color=style.FAINT, lw=0.8, zorder=0)
            title = "from the random φ" if name == "random" else f"from {name}'s φ"
            ax.set(title=title, xlabel="input  x", xlim=(x[0], x[-1]), ylim=(-6, 6))
        axes[0, 0].set_ylabel("change of the output")
        found = axes[0, 0].get_legend_handles_labels()
        axes[0, 0].figure.legend(*found, loc="outside lower center", ncols=len(tasks))
    return axes[0]


def asked_changes(
    axes: Sequence[Axes], x: np.ndarray, points: np.ndarray, asked: np.ndarray
) -> None:
    """By how much the labels of some support sets differ from a network's output, a panel a set.

    points and asked (panels, K); the axes run over x, wide enough for the changes to be drawn.
    """
    with style.course_style():
        for n, (ax, at, height) in enumerate(zip(axes, points, asked, strict=True)):
            ax.plot(at, height, ls="", marker="o", ms=7, color=style.INK, zorder=5)
            ax.axhline(0, color=style.FAINT, lw=0.8, zorder=0)
            ax.set(xlabel="input  x", xlim=(x[0], x[-1]), ylim=(-7, 7), title=" ")
            ax.text(0.97, 0.03, f"set {n + 1}", transform=ax.transAxes, ha="right", va="bottom")
        axes[0].set_ylabel("change of the output")


def along_the_step(part: np.ndarray, curvatures: Mapping[str, np.ndarray], *, limit: float) -> Axes:
    """How curvature changes on the way of one step: medians, and the middle half of the tasks.

    part (n,), from 0 at φ to 1 at θ̂; curvatures {method: (n, tasks)}; `limit` is 2/α, marked.
    """
    ax = style.axes_for(None, size=(6.6, 3.6))
    with style.course_style():
        for name, values in curvatures.items():
            quarter, median, three = np.nanquantile(values, (0.25, 0.5, 0.75), axis=1)
            look = {"color": style.METHODS[name], "ls": "-" if name == "MAML" else (0, (6, 1.5))}
            ax.fill_between(part, quarter, three, color=style.METHODS[name], alpha=0.18, lw=0)
            ax.plot(part, median, label=f"from {name}'s φ", lw=2.6, **look)
        ax.axhline(limit, color=style.INK, lw=1, ls=":")
        ax.text(0.995, limit * 1.06, "2/α", ha="right", size=9.5)
        ax.set(
            xlabel="part of the step taken, from φ (0) to θ̂ (1)",
            ylabel="curvature along the step",
            xlim=(0, 1),
            ylim=(10, 1000),
            yscale="log",
        )
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.figure.legend(loc="outside lower center", ncols=len(curvatures))
    return ax
