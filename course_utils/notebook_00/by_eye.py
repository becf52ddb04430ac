"""Five points, one wave: the reader adapts by hand (notebook 00)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from course_utils.explorers.controls import Choice, Press, Slider
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.tasks import Sinusoids, TaskBatch, sine_wave, uniform

X = np.linspace(-5, 5, 201)
SHOTS = 5
TASKS = Sinusoids(amplitude=(1.5, 4.5), phase=(0.3, 2.8))


@dataclass(frozen=True)
class ByEye:
    """A frame: the task, the reader's wave (201,), and its mean squared errors."""

    task: TaskBatch
    wave: np.ndarray
    support_error: float
    query_error: float


def by_eye_frame(a: float, p: float, task: int, show: bool = False) -> ByEye:
    """How well a·sin(x − p) fits the task of that number, on its five points and on fresh ones."""
    generator = torch.Generator().manual_seed(10 + task)
    amplitude, phase = (
        float(uniform(ends, 1, generator=generator)) for ends in (TASKS.amplitude, TASKS.phase)
    )
    batch = TASKS.task(amplitude, phase, shots=SHOTS, queries=200, generator=generator)
    support, query = (
        float(((sine_wave(x, a, p) - y) ** 2).mean())
        for x, y in ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y))
    )
    return ByEye(batch, a * np.sin(X - p), support, query)


def by_eye() -> Explorer:
    """Drag a wave through five points: adapting to a task when the family is known."""
    figure, axes = style.new_figure(size=(7.6, 3.8))
    with style.course_style():
        axes.set(xlabel="x", ylabel="y", xlim=(-5, 5), ylim=(-5.4, 5.4))
        (truth,) = axes.plot(X, 0 * X, color=style.TASKS[0], lw=1.4, ls="--", animated=True)
        (wave,) = axes.plot(X, 0 * X, color=style.INK, animated=True)
        (points,) = axes.plot([], [], color=style.TASKS[0], animated=True, **style.SUPPORT)
        crest = {"marker": "s", "ms": 8, "mfc": "white", "mec": style.INK, "mew": 1.5}
        (grip,) = axes.plot([], [], animated=True, zorder=6, **crest)
        readout = Readout(axes)

    def draw(data: ByEye, v: Values) -> str:
        wave.set_ydata(data.wave)
        truth.set_data(X, _true_wave(data.task) if v.show else np.full_like(X, np.nan))
        points.set_data(data.task.support_x.flatten(), data.task.support_y.flatten())
        grip.set_data(*[[c] for c in _crest(v.a, v.p)])
        text = (
            f"a = {v.a:.2f}   p = {v.p:.2f}      error on the five points {data.support_error:.2f}"
        )
        if v.show:
            text += f",  on fresh points {data.query_error:.2f}"
        readout.set_text(text)
        return (
            f"Five points and the wave {v.a:.2f} sin(x - {v.p:.2f}), whose mean squared error on "
            f"them is {data.support_error:.2f}."
            + (f" On fresh points it is {data.query_error:.2f}." if v.show else "")
        )

    return Explorer(
        figure,
        compute=by_eye_frame,
        draw=draw,
        controls=[
            Slider("a", "a", "amplitude", 0.1, 5.0, 0.05, 1.0),
            Slider("p", "p", "phase", 0.0, 3.14, 0.02, 0.6),
            Choice(
                "show", "show", [("the five points", False), ("the true wave, too", True)], False
            ),
            Press("task", "another task"),
        ],
        handles=[
            Handle(
                "crest",
                "the crest of your wave",
                axes,
                lambda d, v: _crest(v.a, v.p),
                lambda x, y, v: {"a": y, "p": x - math.pi / 2},
            )
        ],
        describe="Explorer: five points and a sine wave whose crest can be dragged.",
    )


def _crest(a: float, p: float) -> tuple[float, float]:
    return p + math.pi / 2, a


def _true_wave(task: TaskBatch) -> np.ndarray:
    return sine_wave(torch.tensor(X), task.facts["amplitude"], task.facts["phase"]).numpy()
