"""Few-shot tasks as rows, support beside query, and the family of sinusoids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.figures import style
from course_utils.figures.strips import draw_strip, frame_set
from course_utils.tasks import TaskBatch

FAMILY_AXES = {"xlim": (-5.2, 5.2), "ylim": (-6.5, 6.5)}


def draw_family(axes: Axes, x: np.ndarray, waves: np.ndarray) -> Axes:
    """Waves (n, len(x)) in thin grey: the family that one task comes from."""
    for n, wave in enumerate(waves):
        axes.plot(x, wave, color=style.FAINT, lw=0.7, label=None if n else "other tasks")
    axes.set(xlabel="input  x", ylabel="output  y", **FAMILY_AXES)
    return axes


def draw_wave_task(
    axes: Axes,
    support: np.ndarray,
    query: np.ndarray,
    *,
    curve: np.ndarray | None = None,
    color: str = style.TASKS[0],
) -> Axes:
    """One sinusoid task in a small picture: support (K, 2) filled, query (Q, 2) hollow.

    `curve` (n, 2) is the wave behind them, which the learner does not see.
    """
    if curve is not None:
        axes.plot(*curve.T, color=style.FAINT, lw=1)
    axes.plot(*query.T, color=style.INK, **{**style.QUERY, "markersize": 4.5})
    axes.plot(*support.T, color=color, **{**style.SUPPORT, "markersize": 5.5})
    axes.set(xlim=(-5.6, 5.6), ylim=(-5.8, 5.8), xticks=[], yticks=[])
    return axes


def task_rows(
    digits: Sequence[tuple[np.ndarray, np.ndarray]],
    waves: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    labels: Sequence[object],
    *,
    train: int,
) -> Figure:
    """Tasks as rows, the first `train` for meta-training and the rest unseen.

    digits: for each row its support and query pictures, (n, 8, 8) each, with `labels` (n,).
    waves: for each row support (K, 2), query (Q, 2) and curve (n, 2).
    """
    figure, _ = style.new_figure(size=(7.6, 0.95 * len(digits) + 1.0))
    with style.course_style():
        figure.clear()
        rest = len(digits) - train
        blocks = figure.subfigures(2, 1, height_ratios=(train + 0.45, rest + 0.3), hspace=0.02)
        for block, first, last, name in (
            (blocks[0], 0, train, "meta-train: the tasks that meta-learning learns from"),
            (blocks[1], train, len(digits), "unseen: the tasks that it is judged on"),
        ):
            block.suptitle(name, x=0.01, ha="left", weight="bold", size=10.5)
            axes = block.subplots(last - first, 3, width_ratios=(1, 1, 1.25), squeeze=False)
            for row, n in zip(axes, range(first, last), strict=True):
                for ax, pictures, query in zip(row, digits[n], (False, True), strict=False):
                    draw_strip(ax, pictures, labels, aspect="auto")
                    frame_set(ax, query=query)
                draw_wave_task(row[2], *waves[n][:2], curve=waves[n][2])
                row[2].spines[:].set_visible(True)
                row[0].set_ylabel(f"task {n + 1}", rotation=0, ha="right", va="center")
        for ax, title in zip(
            blocks[0].axes, ("support set", "query set", "a sinusoid task"), strict=False
        ):
            ax.set_title(title, size=10)
    return figure


def batch_rows(train: TaskBatch, unseen: TaskBatch, waves: TaskBatch) -> Figure:
    """`task_rows` of two batches of digit tasks, and one of sinusoid tasks to stand beside them."""
    digits = [
        (batch.support_x[n, :, 0].numpy(), batch.query_x[n, :, 0].numpy())
        for batch in (train, unseen)
        for n in range(len(batch))
    ]
    if len(waves) != len(digits):
        raise ValueError(f"waves must have {len(digits)} tasks, one a row, got {len(waves)}")
    x = np.linspace(-5, 5, 201)
    rows = []
    for n in range(len(waves)):
        a, p = (float(waves.facts[name][n]) for name in ("amplitude", "phase"))
        curve = np.column_stack([x, a * np.sin(x - p)])
        rows.append((*points_of(waves[n : n + 1]), curve))
    return task_rows(digits, rows, train.support_y[0].tolist(), train=len(train))


def points_of(batch: TaskBatch) -> tuple[np.ndarray, np.ndarray]:
    """Support and query points of a batch's first task, each (points, 2)."""
    return tuple(
        np.column_stack([x[0, :, 0].numpy(), y[0, :, 0].numpy()])
        for x, y in ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y))
    )


def draw_digit_rows(
    rows: np.ndarray, support: np.ndarray, query: np.ndarray, labels: Sequence[object]
) -> None:
    """Tasks of pictures, (tasks, points, 8, 8) each, as rows on axes (tasks, 2)."""
    for n, row in enumerate(rows):
        for ax, pictures in zip(row, (support[n], query[n]), strict=True):
            draw_strip(ax, pictures, labels)
            frame_set(ax, query=ax is row[1])
        row[0].set_ylabel(f"task {n + 1}", rotation=0, ha="right", va="center")
    rows[0, 0].set_title("support set")
    rows[0, 1].set_title("query set")


def box(axes: Axes, i: int, color: str) -> Rectangle:
    """A bold frame around picture i of a strip."""
    return axes.add_patch(Rectangle((i - 0.5, -0.5), 1, 1, fill=False, ec=color, lw=3.5))


def one_x_answer(
    x: np.ndarray, waves: np.ndarray, average: np.ndarray, at: float, ys: np.ndarray
) -> np.ndarray:
    """Waves (n, len(x)) with their average; on the right all tasks' y at x = `at`; both axes."""
    figure, axes = style.new_figure(1, 2, size=(7.6, 4.0), sharey=True, width_ratios=(3, 1))
    with style.course_style():
        draw_family(axes[0], x, waves)
        axes[0].axvline(at, color=style.INK, lw=1, ls=":")
        axes[0].plot(x, average, color=style.INK, lw=2.6, label="mean of all tasks")
        best = float(np.interp(at, x, average))
        axes[0].plot(at, best, marker="s", ms=9, color=style.INK, ls="", label="best single y")
        axes[1].hist(ys, bins=40, range=(-5, 5), orientation="horizontal", color=style.FAINT)
        axes[1].axhline(best, color=style.INK, lw=2.6)
        axes[1].set(xlabel="tasks", title=f"the y at x = {at:g}")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return axes
