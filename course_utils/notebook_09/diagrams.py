"""Notebook 09's static diagrams: two ways to read a support set, and the answers to predictions.

The answers are computed in float64 where training has left its digits, so they are the same
everywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_utils import checkpoints, networks
from course_utils.checkpoints.in_context import LEARNERS
from course_utils.figures import style
from course_utils.learners import wave_fit
from course_utils.linear_attention import best_step
from course_utils.notebook_09 import fifty_on_a_line, found_step, kinds, looks, twenty_points
from course_utils.notebook_09.shown import SHOTS
from course_utils.tasks import Sinusoids, TaskBatch, Waves


def two_readers() -> Figure:
    """A set encoder takes the mean of all points; attention looks at each as much as it needs."""
    figure, axes = style.new_figure(1, 2, size=(7.6, 3.0))
    titles = ("set encoder: every point counts the same", "attention: each query weighs them anew")
    weights = ([1.5] * 4, [0.5, 3.6, 1.8, 0.5])
    with style.course_style():
        for ax, title, widths in zip(axes, titles, weights, strict=True):
            ax.set(xlim=(0, 10), ylim=(0, 6), xticks=[], yticks=[])
            ax.set_title(title, fontsize=10)
            ax.spines[["left", "bottom"]].set_visible(False)
            for i, width in enumerate(widths):
                at = (1.4, 5.1 - 1.15 * i)
                ax.plot(*at, color=style.TASKS[0], **style.SUPPORT)
                name = rf"$(x_{i + 1}, y_{i + 1})$"
                ax.text(at[0] - 0.3, at[1], name, ha="right", va="center", fontsize=10)
                arrow = {"arrowstyle": "-|>", "lw": width, "color": style.INK, "shrinkA": 7}
                ax.annotate("", (5.2, 3.4), at, arrowprops={**arrow, "shrinkB": 14})
            circle = {"marker": "o", "ms": 27, "mfc": "white", "mec": style.INK, "ls": ""}
            ax.plot(5.5, 3.4, **circle)
            ax.text(5.5, 3.4, "mean", ha="center", va="center", fontsize=9)
            ax.plot(5.5, 0.9, color=style.TASKS[0], **style.QUERY)
            ax.text(5.85, 0.9, "query x", va="center", fontsize=10)
            arrow = {"arrowstyle": "-|>", "lw": 1.5, "color": style.INK}
            ax.annotate("", (8.1, 3.4), (6.2, 3.4), arrowprops=arrow)
            ax.text(8.3, 3.4, "answer\nf(x)", va="center", fontsize=10)
            ax.annotate("", (8.3, 2.8), (5.8, 1.15), arrowprops=arrow)
        look = {"arrowstyle": "-|>", "lw": 1.5, "color": style.INK, "ls": (0, (4, 2))}
        axes[1].annotate("", (5.5, 2.7), (5.5, 1.15), arrowprops=look)
        axes[1].text(5.3, 1.95, "asks", ha="right", va="center", fontsize=9)
    return figure


def answer_more() -> Figure:
    """Below "twenty_points": errors over the number of support points."""
    generator = torch.Generator().manual_seed(90)
    unseen = _exact(Sinusoids().sample(100, shots=50, queries=50, generator=generator))
    some = {"MAML": _maml(5), "kernel ridge": kinds.ridge()} | {
        name: _reader(name) for name in ("set encoder", "transformer")
    }
    errors = kinds.over_shots(some, unseen, SHOTS)
    figure, ax = style.new_figure(size=(7.6, 3.7))
    with style.course_style():
        twenty_points.frame(ax, SHOTS)
        for name, values in errors.items():
            twenty_points.curve(ax, SHOTS, name, values.mean(1).numpy())
        figure.legend(loc="outside lower center", ncols=4)
    return figure


def answer_line() -> Figure:
    """Below "fifty_on_a_line": what each learner makes of fifty points of a line."""
    generator = torch.Generator().manual_seed(91)
    lines = _exact(Waves("line").sample(40, shots=50, queries=50, generator=generator))
    grid = fifty_on_a_line.GRID.double()[None, :, None]
    some = {
        "MAML": _maml(100),
        "set encoder": _reader("set encoder"),
        "nearest wave": wave_fit,
    }
    errors = {name: kinds.errors(f, lines).mean().item() for name, f in some.items()}
    errors["zero"] = kinds.errors(kinds.zero, lines).mean().item()
    task = fifty_on_a_line.steepest(lines)
    with torch.no_grad():
        curves = {
            name: f(task.support_x, task.support_y, grid)[0, :, 0].numpy()
            for name, f in some.items()
        }
    ratios = {"gridspec_kw": {"width_ratios": [3, 2]}}
    figure, (left, right) = style.new_figure(1, 2, size=(7.6, 3.7), **ratios)
    with style.course_style():
        fifty_on_a_line.known(left, right, task, curves["MAML"], errors)
        left.plot(
            grid[0, :, 0],
            curves["set encoder"],
            gid="set encoder",
            lw=2.6,
            **looks.line("set encoder"),
        )
        left.plot(
            grid[0, :, 0],
            curves["nearest wave"],
            gid="nearest wave",
            lw=1.6,
            **fifty_on_a_line.WAVE,
        )
        right.plot(0.5, errors["set encoder"], **looks.mark("set encoder"))
        right.text(0.64, errors["set encoder"], "set encoder", va="center")
        shown = {line.get_gid(): line for line in left.lines if line.get_gid()}
        names = ("MAML", "set encoder", "nearest wave")
        look = {"loc": "outside lower center", "ncols": len(names)}
        figure.legend([shown[name] for name in names], names, **look)
    return figure


def answer_step() -> Figure:
    """Below "found_step": the error over the step size, and its least place."""
    figure, ax = style.new_figure(size=(7.6, 3.2))
    with style.course_style():
        found_step.frame(ax, 5)
        ax.plot(
            found_step.ALPHAS, found_step.loss_of_step(found_step.ALPHAS, 5, 10), color=style.MAML
        )
        best = best_step(5, 10)
        least = found_step.loss_of_step(np.array(best), 5, 10)
        ax.plot(best, least, marker="^", ms=9, color=style.INK, ls="")
        ax.text(best, least - 0.75, "10/(10 + 5 + 1) = .625", ha="center")
    return figure


def _exact(tasks: TaskBatch) -> TaskBatch:
    sets = (tasks.support_x, tasks.support_y, tasks.query_x, tasks.query_y)
    return TaskBatch(*(part.double() for part in sets))


def _phi(name: str) -> networks.Params:
    return {key: leaf.double() for key, leaf in checkpoints.load(name).phi.items()}


def _maml(steps: int) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    return kinds.few_steps(_phi("sinusoids-maml-k5-seed0"), steps)


def _reader(name: str) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    file = kinds.READERS[name]
    phi = _phi(f"in-context-{file}-seed0")
    return lambda *sets: LEARNERS[file](phi, *sets)


DIAGRAMS = {
    "09-two-readers": two_readers,
    "09-answer-more": answer_more,
    "09-answer-line": answer_line,
    "09-answer-step": answer_step,
}

AFTER = {
    "09-after-line": ("your_points", {"shape": "line", "shots": 20}),
    "09-after-layer": ("one_layer", {"scale": 1.5}),
}
