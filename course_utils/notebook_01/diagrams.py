"""Still pictures of notebook 01: examples against tasks, and the predictions' answers."""

from __future__ import annotations

import math

import torch
from matplotlib.figure import Figure

from course_utils.figures import style
from course_utils.notebook_01.find_the_leak import SIZE, draw_leak
from course_utils.notebook_01.pictures import draw_wave_task, one_x_answer, points_of
from course_utils.notebook_01.shown_tasks import GRID, SHOWN, TASKS, mean_wave, waves_at
from course_utils.tasks import Sinusoids, sine_wave, uniform


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
        color = style.TASKS[0]
        places = torch.tensor(GRID)
        for small in right.subplots(3, 3).flat:
            wave = [uniform(ends, 1, generator=generator) for ends in ((1.2, 5.0), (0, math.pi))]
            x = _apart(10, generator)
            points = torch.stack([x, sine_wave(x, *wave)], dim=1).numpy()
            curve = torch.stack([places, sine_wave(places, *wave)], dim=1).numpy()
            draw_wave_task(small, points[::2], points[1::2], curve=curve, color=color)
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


def _apart(n: int, generator: torch.Generator) -> torch.Tensor:
    """Places from -5 to 5, one in each of n equal parts: drawn freely, some would hide others."""
    part = 10 / n
    return -5 + part * (torch.arange(n) + uniform((0.2, 0.8), n, generator=generator))


def answer_one_x() -> Figure:
    """The answer to notebook 01's first prediction, at x = 2.5."""
    ys = waves_at(2.5)[:, 0]
    return one_x_answer(GRID, waves_at(GRID)[:SHOWN], mean_wave(), 2.5, ys)[0].figure


def answer_leak() -> Figure:
    """The answer to notebook 01's second prediction: both copies boxed."""
    figure, rows = style.new_figure(TASKS, 2, size=SIZE)
    with style.course_style():
        draw_leak(rows)
    return figure


DIAGRAMS = {
    "01-examples-and-tasks": examples_and_tasks,
    "01-answer-one-x": answer_one_x,
    "01-answer-leak": answer_leak,
}

AFTER = {
    "01-after-family": ("sinusoid_family", {"all_shown": True, "shots": 5}),
}
