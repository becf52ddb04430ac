"""Still pictures of notebook 01: examples against tasks, and the predictions' answers."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.figure import Figure

from course_utils.explorers.family import GRID
from course_utils.explorers.leak import leaking_tasks, pictures
from course_utils.explorers.one_x import SHOWN, one_x_frame, thousand_waves
from course_utils.figures import style
from course_utils.figures.few_shot import (
    digit_rows,
    draw_wave_task,
    one_x_answer,
    points_of,
    ring,
)
from course_utils.tasks import Sinusoids


def examples_and_tasks() -> Figure:
    """Ordinary learning's many points of one task, beside meta-learning's many small tasks."""
    figure, _ = style.new_figure(size=(7.6, 3.9))
    generator = torch.Generator().manual_seed(3)
    with style.course_style():
        figure.clear()
        left, right = figure.subfigures(1, 2, width_ratios=(1, 1.25), wspace=0.04)
        left.suptitle("one task: an example is a point", x=0.03, ha="left", size=11)
        right.suptitle("many tasks: an example is a task", x=0.03, ha="left", size=11)
        axes = left.subplots()
        one = Sinusoids(noise=0.35).task(3.2, 0.9, shots=60, queries=1, generator=generator)
        axes.plot(*points_of(one)[0].T, color=style.TASKS[0], **{**style.SUPPORT, "markersize": 5})
        axes.set(xlim=(-5.3, 5.3), ylim=(-5.6, 5.6), xlabel="input  x", ylabel="output  y")
        batch = Sinusoids(amplitude=(1.2, 5.0)).sample(9, shots=5, queries=5, generator=generator)
        for n, small in enumerate(right.subplots(3, 3).flat):
            color = style.TASKS[n % len(style.TASKS)]
            support, query = points_of(batch[n : n + 1])
            draw_wave_task(small, support, query, color=color)
            small.spines[:].set_visible(True)
        handles = [
            small.plot([], [], color=color, **mark)[0]
            for color, mark in ((style.TASKS[0], style.SUPPORT), (style.INK, style.QUERY))
        ]
        right.legend(
            handles,
            ["support: to learn from", "query: to be judged on"],
            loc="outside lower center",
            ncols=2,
            handletextpad=0.2,
        )
    return figure


def answer_one_x() -> Figure:
    """The answer to notebook 01's first prediction, at x = 2.5."""
    a, p = thousand_waves()
    waves = (a * np.sin(GRID - p))[:SHOWN]
    known = one_x_frame(0.0, 2.5)
    return one_x_answer(GRID, waves, known.average, 2.5, known.ys)[0].figure


def answer_leak() -> Figure:
    """The answer to notebook 01's second prediction: both copies ringed."""
    leak = leaking_tasks()
    figure, rows = digit_rows(*pictures(leak.batch), leak.batch.support_y[0].tolist())
    for side, i in enumerate((leak.twin, leak.picture)):
        ring(rows[leak.task, side], i, style.TASKS[leak.task])
    return figure


DIAGRAMS = {
    "01-examples-and-tasks": examples_and_tasks,
    "01-answer-one-x": answer_one_x,
    "01-answer-leak": answer_leak,
}
