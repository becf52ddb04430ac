"""Notebook 02's static diagrams: the post's third to fifth pictures, and the answers."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils import learners
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_02 import pictures
from course_utils.tasks import Sinusoids, TaskBatch

_X = np.linspace(-5, 5, 161)
_BEST = 10**-1.8
_LOOSE = 2.0  # a ridge whose f misses its query points by so much that one sees it
_FLOW = {"arrowstyle": "-|>", "lw": 1.4, "mutation_scale": 12, "color": "#555555"}
_VALUE = {"marker": "s", "markersize": 7}  # what stands before the name of a task or of its loss
_SAME = "#444444"  # a task that has no colour of its own


@cache
def _draw(n_tasks: int, seed: int, noise: float = 0.5) -> TaskBatch:
    generator = torch.Generator().manual_seed(seed)
    return Sinusoids(noise=noise).sample(n_tasks, shots=10, queries=10, generator=generator)


def _plain_axes(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure and axes without ticks or frame that cover it all, in inches."""
    figure, ax = style.new_figure(size=(width, height))
    figure.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()
    return figure, ax


def _flow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", end, start, arrowprops={**_FLOW, "shrinkA": 0, "shrinkB": 0})


def _box(ax: Axes, x: float, y: float, text: str) -> None:
    look = {"boxstyle": "round,pad=0.42", "fc": "white", "ec": style.INK, "lw": 1.6}
    ax.text(x, y, text, ha="center", va="center", fontsize=15, bbox=look)


def _thumbnail(
    ax: Axes,
    place: tuple[float, float],
    task: TaskBatch,
    color: str,
    shows: str,
    knob: float = _BEST,
) -> None:
    """A small picture of one task at (left, bottom): its "support", f on its "query", or "f"."""
    left, bottom = place
    inset = ax.inset_axes((left, bottom, 1.5, 0.86), transform=ax.transData)
    _wave, f, support, query = pictures.one_task(inset, color)
    inset.set(xticks=[], yticks=[], ylabel="", ylim=(-6, 6))
    inset.spines[["top", "right"]].set_visible(True)
    for line, size in ((support, 4.5), (query, 3.8), (f, None)):
        line.set(linewidth=1.6) if size is None else line.set(markersize=size)
    if shows == "support":
        support.set_data(task.support_x[0, :, 0], task.support_y[0, :, 0])
        return
    learner = learners.kernel_ridge(knob)
    x = torch.tensor(_X)[None, :, None]
    f.set_data(_X, learner(task.support_x, task.support_y, x)[0, :, 0])
    if shows == "query":
        at = task.query_x[0, :, 0]
        predicted = learner(task.support_x, task.support_y, task.query_x)[0, :, 0]
        inset.vlines(at, predicted, task.query_y[0, :, 0], color=style.INK, lw=1)
        query.set_data(at, task.query_y[0, :, 0])


def a_learner() -> Figure:
    """What a learner is: support set → F → f, and f's query loss."""
    figure, ax = _plain_axes(7.6, 1.75)
    task, color = _draw(3, 0)[:1], style.TASKS[0]
    with style.course_style():
        for left, shows, words in (
            (0.15, "support", "support set"),
            (3.3, "f", "f, for this task"),
            (5.95, "query", "judged on the query set"),
        ):
            _thumbnail(ax, (left, 0.5), task, color, shows, knob=_LOOSE)
            ax.text(left + 0.75, 0.22, words, ha="center", va="center", fontsize=10)
        _flow(ax, (1.72, 0.93), (2.12, 0.93))
        _box(ax, 2.45, 0.93, "F")
        ax.text(2.45, 1.5, "learner", ha="center", fontsize=10)
        _flow(ax, (2.78, 0.93), (3.22, 0.93))
        _flow(ax, (4.88, 0.93), (5.87, 0.93))
        ax.text(5.37, 1.05, "query x", ha="center", fontsize=10)
    return figure


def training_loss() -> Figure:
    """The post's training loss: every task through the same F; the query losses summed to L(F)."""
    figure, ax = _plain_axes(7.6, 3.85)
    tasks = _draw(3, 0)
    rows = ((2.5, "1"), (1.4, "2"), (0.15, "T"))
    with style.course_style():
        ax.text(1.45, 3.6, "support set", ha="center")
        ax.text(2.85, 3.6, "learner", ha="center")
        ax.text(4.2, 3.6, "f on the query set", ha="center")
        for n, ((bottom, name), color) in enumerate(zip(rows, style.TASKS, strict=False)):
            middle = bottom + 0.43
            label(ax, 0.02, middle, f"task {name}", {**_VALUE, "color": color}, size=10)
            _thumbnail(ax, (0.7, bottom), tasks[n : n + 1], color, "support")
            _flow(ax, (2.26, middle), (2.55, middle))
            _box(ax, 2.85, middle, "F")
            _flow(ax, (3.14, middle), (3.43, middle))
            _thumbnail(ax, (3.48, bottom), tasks[n : n + 1], color, "query")
            _flow(ax, (5.04, middle), (5.24, middle))
            label(ax, 5.25, middle, f"$l^{name}$", {**_VALUE, "color": color}, size=15)
            _flow(ax, (5.85, middle), (6.2, 2.05 + 0.13 * (1 - n)))
        for x in (1.45, 2.85, 4.2):
            ax.text(x, 1.2, "⋮", ha="center", va="center", fontsize=13)
        ax.text(6.88, 2.05, r"$L(F)=\sum_n l^n$", fontsize=14, ha="center", va="center")
        ax.text(6.88, 1.35, r"$F^*=\mathrm{arg\,min}_F\ L(F)$", fontsize=10.5, ha="center")
        ax.text(6.88, 1.06, "the best learner", fontsize=10, ha="center")
    return figure


def testing() -> Figure:
    """The post's test: F* meets an unseen task, makes f* from its support set, is judged by it."""
    figure, ax = _plain_axes(7.6, 1.85)
    task = _draw(4, 1)[3:4]
    with style.course_style():
        ax.text(0.08, 0.93, "unseen\ntask", va="center", color=_SAME)
        _thumbnail(ax, (0.8, 0.5), task, _SAME, "support")
        ax.text(1.55, 0.22, "its support set", ha="center", va="center", fontsize=10)
        _flow(ax, (2.36, 0.93), (2.7, 0.93))
        _box(ax, 3.06, 0.93, "F*")
        ax.text(3.06, 1.55, "stays as it is", ha="center", fontsize=10)
        _flow(ax, (3.42, 0.93), (3.78, 0.93))
        ax.text(4.0, 0.93, "$f^*$", fontsize=15, ha="center", va="center")
        _flow(ax, (4.22, 0.93), (4.56, 0.93))
        _thumbnail(ax, (4.62, 0.5), task, _SAME, "query")
        ax.text(5.37, 0.22, "its query set", ha="center", va="center", fontsize=10)
        _flow(ax, (6.18, 0.93), (6.5, 0.93))
        ax.text(7.02, 0.93, "loss on\nthis task", ha="center", va="center")
    return figure


def answer_support() -> Figure:
    """Below "what would the support loss choose?": both losses against λ."""
    curves = {
        on: learners.over_knobs(learners.kernel_ridge, learners.KNOBS, _draw(1000, 0), on=on)
        for on in ("query", "support")
    }
    means = {on: losses.mean(dim=1).numpy() for on, losses in curves.items()}
    ax = pictures.over_knob(learners.KNOBS, **means)
    ax.set(ylabel="mean loss over tasks", ylim=(-0.7, None))
    best, support = int(means["query"].argmin()), means["support"]
    with style.course_style():
        for i, ha in ((0, "left"), (best, "center")):
            ax.annotate(
                f"{support[i]:.2f}",
                (learners.KNOBS[i], support[i]),
                xytext=(10 if i == 0 else 0, -14),
                textcoords="offset points",
                ha=ha,
                fontsize=9.5,
            )
    return ax.figure


def answer_few() -> Figure:
    """Below "what do three training tasks choose?": their choices, promises and unseen losses."""
    losses = learners.over_knobs(learners.kernel_ridge, learners.KNOBS, _draw(3000, 11))
    unseen = learners.over_knobs(learners.kernel_ridge, learners.KNOBS, _draw(5000, 1))
    index, promise = learners.chosen_by_groups(losses, 3)
    return pictures.choices(
        learners.KNOBS, unseen.mean(dim=1).numpy(), index.numpy(), promise.numpy()
    ).figure


def sum_of_bumps() -> Figure:
    """What kernel ridge regression does with four points: without a ridge, and with λ = 1."""
    x, y = torch.tensor(
        [[-3.6, -1.2, 1.0, 3.4], [1.5, 3.2, -1.0, -2.4]], dtype=torch.float64
    ).unsqueeze(2)[:, None]
    grid = torch.tensor(_X)[None, :, None]
    bumps = []
    for knob in (0.0, 1.0):
        gram = learners.gaussian_kernel(x, x, 2.0)
        weights = torch.linalg.solve(gram + knob * torch.eye(4, dtype=torch.float64), y)
        bumps.append((learners.gaussian_kernel(grid, x, 2.0) * weights.mT)[0].T.numpy())
    points = [(x[0, :, 0].numpy(), y[0, :, 0].numpy())] * 2
    titles = ("λ = 0: through every point", "λ = 1: closer to 0")
    return pictures.bumps_and_sum(_X, bumps, points, titles)


DIAGRAMS = {
    "02-bumps": sum_of_bumps,
    "02-learner": a_learner,
    "02-training-loss": training_loss,
    "02-testing": testing,
    "02-answer-support": answer_support,
    "02-answer-few": answer_few,
}

AFTER = {
    "02-after-knob": ("ridge_knob", {"knob": _BEST, "curve_shown": True}),
}
