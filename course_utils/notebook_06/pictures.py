"""Few-shot pictures (06): characters in rows, tasks of two splits, and accuracies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from course_utils.evaluation import Mean
from course_utils.figures import style
from course_utils.figures.strips import draw_strip, frame_set
from course_utils.tasks import TaskBatch

CHANCE = 20.0  # per cent, with five ways
# Every method keeps its mark: MAML blue, anything pre-trained on all tasks vermilion, the rest grey
# or black, and never two marks alike. Other triangles than random's: the nearest class mean.
LOOKS = {
    "MAML": {"color": style.MAML, "marker": "o"},
    "MAML, live": {"color": style.MAML, "marker": "D"},
    "MAML's φ, class means": {"color": style.MAML, "marker": "<"},
    "transfer": {"color": style.TRANSFER, "marker": "s"},
    "classifier, class means": {"color": style.TRANSFER, "marker": "^"},
    "prototypes": {"color": style.INK, "marker": ">"},
    "random": {"color": style.RANDOM, "marker": "v"},
    "pixels": {"color": style.INK, "marker": "P"},
}
_OTHER = {"color": style.INK, "marker": "o"}


def look_of(method: str) -> dict[str, str]:
    """Colour and mark of a method; black dots for one that has no mark of its own."""
    return LOOKS.get(method, _OTHER)


def strips(rows: Mapping[str, np.ndarray]) -> Figure:
    """Rows of pictures, {name: (n, height, width)}, values in [0, 1], 1 is ink."""
    longest = max(len(pictures) for pictures in rows.values())
    tall = 6.6 / longest
    figure, axes = style.new_figure(len(rows), 1, size=(7.6, len(rows) * (tall + 0.12) + 0.1))
    with style.course_style():
        for ax, (name, pictures) in zip(np.ravel(axes), rows.items(), strict=True):
            draw_strip(ax, pictures)
            ax.set(xlim=(-0.55, longest - 0.45))
            ax.spines[:].set_visible(False)
            ax.set_ylabel(name, rotation=0, ha="right", va="center")
            ax.set_xticks([])
    return figure


def pipeline(train: TaskBatch, unseen: TaskBatch) -> Figure:
    """Picture tasks as rows, support beside query: those to meta-learn from, and unseen ones.

    Each batch has x (tasks, points, 1, height, width); labels stand under the pictures.
    """
    batches = {
        "meta-train: each task is one training example": train,
        "unseen scripts: the tasks that the learner is judged on": unseen,
    }
    n_tasks = [len(batch) for batch in batches.values()]
    figure, _ = style.new_figure(size=(7.6, 0.78 * sum(n_tasks) + 1.0))
    with style.course_style():
        figure.clear()
        heights = (n_tasks[0] + 0.55, n_tasks[1] + 0.35)
        blocks = figure.subfigures(2, 1, height_ratios=heights, hspace=0.02)
        shown = [batch.query_x.shape[1] for batch in batches.values()]
        first = 1
        for block, (title, batch) in zip(blocks, batches.items(), strict=True):
            block.suptitle(title, x=0.01, ha="left", weight="bold", size=10.5)
            widths = (batch.support_x.shape[1], max(shown))
            axes = block.subplots(len(batch), 2, width_ratios=widths, squeeze=False)
            _draw_tasks(axes, batch, first)
            first += len(batch)
        titles = ("support set: to learn from", "query set: to be judged on")
        for ax, title in zip(blocks[0].axes, titles, strict=False):
            ax.set_title(title, size=10)
    return figure


def _draw_tasks(axes: np.ndarray, batch: TaskBatch, first: int) -> None:
    sets = ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y))
    for n, row in enumerate(axes):
        for ax, (x, y) in zip(row, sets, strict=True):
            draw_strip(ax, x[n, :, 0].numpy(), y[n].tolist())
            frame_set(ax, query=ax is row[1])
        row[0].set_ylabel(f"task {first + n}", rotation=0, ha="right", va="center")


def accuracy_by_steps(rows: Mapping[str, Mapping[int, Mean]], ax: Axes | None = None) -> Axes:
    """Accuracy in per cent after numbers of inner steps, 95 % intervals: {method: {steps: it}}."""
    ax = style.axes_for(ax, size=(7.6, 3.6))
    with style.course_style():
        counts = sorted({count for row in rows.values() for count in row})
        dashes = ("-", (0, (4, 1.5)), (0, (1.5, 1.5)))
        for n, (name, means) in enumerate(rows.items()):
            look = {"label": name, "capsize": 3, "ms": 6, "lw": 1.4, **look_of(name)}
            look["ls"] = dashes[n % len(dashes)]
            values = list(means.values())
            heights, halves = [m.mean for m in values], [m.half_width for m in values]
            ax.errorbar(list(means), heights, halves, **look)
        _chance(ax.axhline)
        ax.text(counts[-1] + 0.3, CHANCE + 1.5, "chance", ha="right")
        ax.set(
            xlabel="inner steps  k",
            ylabel="right answers (%)",
            ylim=(0, 102),
            xlim=(counts[0] - 0.3, counts[-1] + 0.3),
            xticks=counts,
        )
        ax.figure.legend(loc="outside lower center", ncols=len(rows))
    return ax


def accuracies(rows: Mapping[str, Mean | None], ax: Axes | None = None, *, digits: int = 1) -> Axes:
    """Methods as rows, the first on top, with their accuracy in per cent and its 95 % interval.

    A row of None stays empty: it is asked for.
    """
    ax = style.axes_for(ax, size=(7.6, 0.44 * len(rows) + 1.0))
    with style.course_style():
        for place, (name, mean) in enumerate(rows.items()):
            ax.axhline(place, color=style.FAINT, lw=0.6, zorder=0)
            if mean is not None:
                accuracy_mark(ax, place, mean, name, digits=digits)
        _chance(ax.axvline)
        ax.text(CHANCE + 0.8, -0.8, "chance", ha="left", va="center", fontsize=9.5)
        ax.set(xlim=(0, 105), ylim=(len(rows) - 0.5, -1.05), xlabel="right answers (%)")
        ax.set_yticks(range(len(rows)), rows)
        ax.tick_params(axis="y", length=0, labelsize=10.5, labelcolor=style.INK)
        ax.spines["left"].set_visible(False)
    return ax


def accuracy_mark(
    ax: Axes, place: float, mean: Mean, name: str, *, digits: int = 1
) -> list[Artist]:
    """One accuracy in a row of `accuracies`: mark, interval and number; returns them all."""
    bars: ErrorbarContainer = ax.errorbar(
        mean.mean, place, xerr=mean.half_width, capsize=3, ms=8, lw=1.4, **look_of(name)
    )
    words = ax.annotate(
        f"{mean.mean:.{digits}f}",
        (mean.mean, place),
        xytext=(0, 7),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=9.5,
        bbox={"fc": "white", "ec": "none", "pad": 0.6},  # the chance line stops behind it
    )
    return [*bars.get_children(), words]


def _chance(line: Callable[..., Artist]) -> None:
    line(CHANCE, color=style.INK, lw=0.9, ls=":", zorder=1)
