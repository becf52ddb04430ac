"""Pictures of notebook 02: one task's fit, and losses against a learner's knob."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from course_utils.figures import style
from course_utils.tasks import TaskBatch

# A loss on the query set is drawn as query points are, hollow; one on the support set is filled.
QUERY_CURVE = {"color": style.INK, "marker": "o", "ms": 5, "mfc": "white", "markevery": (0, 4)}
SUPPORT_CURVE = {**QUERY_CURVE, "ls": (0, (4, 1.5)), "mfc": style.INK, "markevery": (2, 4)}
LOSS_TOP = 6.0
LOSS_BOTTOM = -0.3  # room below 0 for the marks of a loss near 0
ON_AXIS = LOSS_BOTTOM  # where a λ under the hand lies: on its axis, below the losses
FIT_TOP = 6.8
_ZERO = {"lw": 1.3, "ls": (0, (1, 1.5))}


def knob_axis(ax: Axes, *, top: float = LOSS_TOP, bottom: float = LOSS_BOTTOM) -> Axes:
    """Axes of a loss over the knob λ, on a log scale with its values written out."""
    ax.set(xscale="log", xlim=(0.8e-4, 1.25e2), ylim=(bottom, top))
    ax.set(xlabel="the learner's knob  λ", ylabel="mean loss over tasks  L(F)")
    ax.tick_params(axis="x", pad=7)  # a diamond on the axis leaves the numbers free
    ax.xaxis.set_major_locator(LogLocator(10, numticks=9))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: spelled(value)))
    return ax


def spelled(knob: float) -> str:
    """A value of the knob in two digits, never as a power of ten: 0.0001, 0.013, 100."""
    digits = f"{knob:.2g}" if knob < 100 else f"{knob:.0f}"
    return f"{float(digits):.6f}".rstrip("0").rstrip(".") if "e" in digits else digits


def over_knob(
    knobs: Sequence[float],
    *,
    query: np.ndarray | None = None,
    support: np.ndarray | None = None,
    ax: Axes | None = None,
) -> Axes:
    """L(F) against the knob: the mean query loss and, if given, the mean support loss.

    knobs, query, support: (knobs,) each. The least value of each curve is marked.
    """
    ax = knob_axis(style.axes_for(ax, size=(7.0, 3.4)))
    with style.course_style():
        if query is not None:
            ax.plot(knobs, query, **QUERY_CURVE, label="on the query sets")
        if support is not None:
            ax.plot(knobs, support, **SUPPORT_CURVE, label="on the support sets")
        for curve, name in ((query, "F*"), (support, "the support sets' choice")):
            if curve is not None:
                _mark_least(ax, knobs, curve, name)
        if query is not None and support is not None:
            ax.legend(loc="upper center")
    return ax


def _mark_least(ax: Axes, knobs: Sequence[float], curve: np.ndarray, name: str) -> None:
    i = int(np.argmin(curve))
    ax.plot(knobs[i], curve[i], color=style.INK, zorder=6, clip_on=False, **style.PHI)
    shift = (10, 8) if i == 0 else (0, 13)
    ax.annotate(
        f"{name}: λ = {spelled(knobs[i])}",
        (knobs[i], curve[i]),
        xytext=shift,
        textcoords="offset points",
        ha="left" if i == 0 else "center",
    )


def tasks_beside_a_curve(grid: np.ndarray) -> tuple[list[Axes], Axes]:
    """Of two by two axes: those of two tasks on the left, and one on the right as high as both."""
    grid_spec = grid[0, 1].get_gridspec()
    for ax in grid[:, 1]:
        ax.remove()
    right = grid[0, 0].figure.add_subplot(grid_spec[:, 1])
    grid[0, 0].tick_params(labelbottom=False)
    grid[1, 0].set_xlabel("x")
    return list(grid[:, 0]), right


def fit_legend(figure: Figure, *, zero: bool = False) -> None:
    """What the marks of `one_task` mean, below a figure and in no task's colour.

    zero: whether there is a line at y = 0 as well.
    """
    looks = {
        "support": style.SUPPORT,
        "query": style.QUERY,
        "f": {},
        "the wave": {"lw": 1, "ls": (0, (4, 2))},
    }
    if zero:
        looks["always 0"] = _ZERO
    with style.course_style():
        figure.legend(
            [Line2D([], [], color="#555555", **look) for look in looks.values()],
            list(looks),
            loc="outside lower left",
            ncols=len(looks),
            columnspacing=1.1,
            handlelength=1.6,
        )


def one_task(ax: Axes, color: str) -> tuple[Line2D, ...]:
    """Empty marks of a task's fit: wave (thin, dashed), f, support and query points.

    Returns the four lines, for `set_data`.
    """
    with style.course_style():
        ax.set(xlim=(-5.2, 5.2), ylim=(-FIT_TOP, FIT_TOP), ylabel="y")
        ax.set(xticks=(-4, -2, 0, 2, 4), yticks=(-5, 0, 5))
        (wave,) = ax.plot([], [], color="#777777", lw=1, ls=(0, (4, 2)))
        (f,) = ax.plot([], [], color=color)
        (support,) = ax.plot([], [], color=color, **style.SUPPORT, zorder=4)
        hollow = {**style.QUERY, "markerfacecolor": "white"}
        (query,) = ax.plot([], [], color=color, **hollow, zorder=3)
    return wave, f, support, query


def tasks_in_a_row(
    tasks: TaskBatch, x: np.ndarray, fits: np.ndarray, losses: Mapping[str, np.ndarray]
) -> np.ndarray:
    """A few sinusoid tasks with what a learner makes of them, and a line at 0, one panel a task.

    x, fits: (tasks, points, 1), f of each task at x. losses: the query losses (tasks,) of each
    learner by name, for the titles. Returns the axes.
    """
    figure, axes = style.new_figure(1, len(fits), size=(7.6, 3.1), sharey=True, squeeze=False)
    x, fits = np.asarray(x), np.asarray(fits)
    amplitude, phase = (tasks.facts[name].numpy() for name in ("amplitude", "phase"))
    for n, (ax, color) in enumerate(zip(axes[0], style.TASKS, strict=False)):
        wave, f, support, query = one_task(ax, color)
        wave.set_data(x[n, :, 0], amplitude[n] * np.sin(x[n, :, 0] - phase[n]))
        f.set_data(x[n, :, 0], fits[n, :, 0])
        support.set_data(tasks.support_x[n, :, 0], tasks.support_y[n, :, 0])
        query.set_data(tasks.query_x[n, :, 0], tasks.query_y[n, :, 0])
        with style.course_style():
            ax.axhline(0, zorder=1, **{"color": "#555555", **_ZERO})
            own = "   ".join(f"{name} {loss[n]:.2f}" for name, loss in losses.items())
            ax.set_title(f"task {n + 1}\n{own}", fontsize=10)
            ax.set_xlabel("x")
            ax.set_ylabel("y" if n == 0 else "")
    fit_legend(figure, zero=True)
    return axes[0]


def bumps_and_sum(
    x: np.ndarray,
    bumps: Sequence[np.ndarray],
    points: Sequence[tuple[np.ndarray, np.ndarray]],
    titles: Sequence[str],
) -> Figure:
    """Sums of bumps, one panel each: the bumps thin, their sum f thick, the points it was made of.

    x: (n,). bumps: (points, n) for each panel. points: x and y (points,) for each panel.
    """
    figure, axes = style.new_figure(1, len(bumps), size=(7.6, 2.7), sharey=True, squeeze=False)
    color = style.TASKS[0]
    with style.course_style():
        for ax, each, (at, y), title in zip(axes[0], bumps, points, titles, strict=True):
            ax.plot(x, each.T, color="#777777", lw=1)
            ax.plot(x, each.sum(axis=0), color=color)
            ax.plot(at, y, color=color, **style.SUPPORT, zorder=4)
            ax.set(xlim=(x[0], x[-1]), xlabel="x", title=title)
        axes[0, 0].set_ylabel("y")
        figure.legend(
            [
                Line2D([], [], color="#777777", lw=1),
                Line2D([], [], color=color),
                Line2D([], [], color=color, **style.SUPPORT),
            ],
            ["the bumps, each times its weight", "their sum f", "support"],
            loc="outside lower center",
            ncols=3,
        )
    return figure


def with_and_without_noise(
    knobs: Sequence[float], noisy: np.ndarray, exact: np.ndarray, *, ax: Axes | None = None
) -> Axes:
    """L(F) against the knob for tasks with noise and for tasks without, (knobs,) each."""
    ax = knob_axis(style.axes_for(ax, size=(7.0, 3.2)))
    with style.course_style():
        ax.plot(knobs, noisy, **QUERY_CURVE, label="noise 0.5")
        plain = {**QUERY_CURVE, "marker": "s", "ls": (0, (1, 1)), "markevery": (2, 4)}
        ax.plot(knobs, exact, **plain, label="no noise")
        for curve in (noisy, exact):
            i = int(np.argmin(curve))
            ax.plot(knobs[i], curve[i], color=style.INK, zorder=6, clip_on=False, **style.PHI)
        ax.legend(loc="upper center", title="query loss, diamonds: least")
    return ax


def promise_and_truth(
    sizes: Sequence[int],
    promise: np.ndarray,
    truth: np.ndarray,
    *,
    ax: Axes | None = None,
) -> Axes:
    """What a few training tasks promise of the λ they choose, and what unseen tasks then get.

    sizes: the numbers of training tasks. promise, truth: (sizes,), mean losses.
    """
    ax = style.axes_for(ax, size=(7.0, 3.2))
    with style.course_style():
        ax.fill_between(sizes, promise, truth, color="#EEEEEE", lw=0)
        ax.plot(sizes, truth, color=style.INK, marker="o", mfc="white")
        ax.plot(sizes, promise, color=style.INK, marker="s", ls=(0, (4, 1.5)))
        ax.text(sizes[0] * 1.25, truth[0] + 0.02, "the same λ on unseen tasks")
        ax.text(
            sizes[0] * 1.25, promise[0] - 0.08, "the training tasks' own L(F) at the λ they chose"
        )
        ax.set(xscale="log", ylim=(0, 2), xlabel="number of training tasks", ylabel="L(F)")
        ax.set_xticks(sizes, [str(size) for size in sizes])
        ax.xaxis.set_minor_locator(NullLocator())
    return ax


def choices(
    knobs: Sequence[float],
    unseen: np.ndarray,
    index: np.ndarray,
    promise: np.ndarray,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Many draws of a few training tasks: the λ that each chose, and what it promised.

    knobs, unseen: (knobs,), L(F) on unseen tasks. index, promise: (draws,), the place of each
    draw's λ in `knobs` and the draw's own L(F) there.
    """
    ax = knob_axis(style.axes_for(ax, size=(7.0, 3.4)), top=7)
    at = np.asarray(knobs)
    with style.course_style():
        ax.plot(at, unseen, **QUERY_CURVE, label="L(F), unseen tasks", zorder=4)
        dot = {"marker": "x", "ms": 3.5, "mew": 0.8, "ls": "", "color": "#777777"}
        ax.plot(at[index], promise, **dot, label="a draw: its λ and its own L(F) there")
        ax.figure.legend(loc="outside lower center", ncols=2)
    return ax
