"""Five points, one wave: the reader adapts by hand (notebook 00)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from course_utils.explorers.controls import Choice, Press, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style

X = np.linspace(-5, 5, 201)
SHOTS, FRESH = 5, 200
AMPLITUDE, PHASE, WHERE = (1.5, 4.5), (0.3, 2.8), (-5.0, 5.0)


@dataclass(frozen=True)
class Wave:
    """A task: amplitude, phase; x and y of its five points (5,), and of fresh ones (200,).

    As `Sinusoids` draws them, but without torch: the first notebook has no other need of it.
    """

    amplitude: float
    phase: float
    support_x: np.ndarray
    support_y: np.ndarray
    query_x: np.ndarray
    query_y: np.ndarray


@dataclass(frozen=True)
class ByEye:
    """A frame: the task, the reader's wave (201,), and its mean squared errors."""

    task: Wave
    wave: np.ndarray
    support_error: float
    query_error: float


def by_eye_frame(a: float, p: float, task: int, show: bool = False) -> ByEye:
    """How well a·sin(x − p) fits the task of that number, on its five points and on fresh ones."""
    wave = _drawn(10 + task)
    support, query = (
        float(((a * np.sin(x - p) - y) ** 2).mean())
        for x, y in ((wave.support_x, wave.support_y), (wave.query_x, wave.query_y))
    )
    return ByEye(wave, a * np.sin(X - p), support, query)


def _drawn(seed: int) -> Wave:
    # The numbers of torch.rand, a Mersenne twister's last 24 bits: of a seed the same points.
    words = np.random.RandomState(seed).bytes(4 * (2 + SHOTS + FRESH))
    even = (np.frombuffer(words, "<u4") % 2**24 / 2**24).astype(np.float32)
    amplitude, phase = (
        low + (high - low) * even[i] for i, (low, high) in enumerate((AMPLITUDE, PHASE))
    )
    x = WHERE[0] + (WHERE[1] - WHERE[0]) * even[2:]
    y = amplitude * np.sin(x - phase)
    sets = (x[:SHOTS], y[:SHOTS], x[SHOTS:], y[SHOTS:])
    return Wave(float(amplitude), float(phase), *sets)


def by_eye() -> Explorer:
    """Drag a wave through five points: adapting to a task when the family is known."""
    with Scene(size=(7.6, 3.8)) as (scene, axes):
        axes.set(xlabel="x", ylabel="y", xlim=(-5, 5), ylim=(-5.4, 5.4))
        truth = {"color": style.TASKS[0], "lw": 1.4, "ls": "--", "gid": "true wave"}
        scene.line(axes, _true_wave, **truth)
        scene.line(axes, lambda f: (X, f.data.wave), color=style.INK, gid="wave")
        points = {"color": style.TASKS[0], "gid": "points", **style.SUPPORT}
        scene.line(axes, lambda f: _points(f.data.task), **points)
        crest = {"x": ("p", lambda x: x - math.pi / 2), "y": "a", "name": "crest", "gid": "crest"}
        look = {"marker": "s", "markersize": 8, "markeredgecolor": style.INK, "zorder": 6}
        scene.grip(axes, _crest, "the crest of your wave", **crest, **look, markeredgewidth=1.5)
        scene.text(axes, _errors)
    return scene.explorer(
        by_eye_frame,
        Slider("a", "a", "amplitude", 0.1, 5.0, 0.05, 1.0),
        Slider("p", "p", "phase", 0.0, 3.14, 0.02, 0.6),
        Choice("show", "show", [("the five points", False), ("the true wave, too", True)], False),
        Press("task", "another task"),
        alt=_alt,
        describe="Explorer: five points and a sine wave whose crest can be dragged.",
    )


def _crest(f) -> tuple[float, float]:
    return f.p + math.pi / 2, f.a


def _true_wave(f) -> tuple | None:
    task = f.data.task
    return (X, task.amplitude * np.sin(X - task.phase)) if f.show else None


def _points(task: Wave) -> tuple:
    return task.support_x, task.support_y


def _errors(f) -> str:
    fresh = f",  on fresh points {f.data.query_error:.2f}" if f.show else ""
    known = f"error on the five points {f.data.support_error:.2f}{fresh}"
    return f"a = {f.a:.2f}   p = {f.p:.2f}      {known}"


def _alt(f) -> str:
    fresh = (
        f" On fresh points it is {f.data.query_error:.2f}. The true wave is dashed, in green."
        if f.show
        else ""
    )
    return (
        f"Five points and the wave {f.a:.2f} sin(x - {f.p:.2f}), whose mean squared error on "
        f"them is {f.data.support_error:.2f}.{fresh}"
    )
