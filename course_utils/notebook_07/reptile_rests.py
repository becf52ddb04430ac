"""Two places to be set: where Reptile rests with one inner step, and with a hundred (07)."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from course_utils.explorers.controls import Hidden
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.notebook_07.five_arrows import STAR
from course_utils.tasks import exact

TASKS = exact.sine_tasks(amplitude=(4.0, 2.0), phase=(math.pi / 6, 5 * math.pi / 6))
STEPS = (1, 100)
START = {"a_1": 0.5, "p_1": 0.2, "a_100": 4.5, "p_100": 0.2}
HIGHEST = {"a": 5.0, "p": 3.14}
FINEST = {"a": 0.05, "p": 0.02}  # less than an arrow key's way, a hundredth of the picture
X = np.linspace(-5, 5, 201)
WAYS = {1: "-", 100: (0, (2, 1.4))}  # of your two waves: neither is told by its colour


def reptile_rests() -> Explorer:
    """Drag two diamonds on the plane of two waves; nothing of the answer is shown."""
    with Scene(1, 2, size=(7.6, 4.2)) as (scene, (plane, waves)):
        plane.set(xlabel="amplitude  a", ylabel="phase  p", title=" \n ")
        plane.set(xlim=(-0.1, 5.1), ylim=(-0.08, 3.3))
        plane.set_yticks([0, math.pi / 2, math.pi], ["0", "π/2", "π"])
        waves.set(xlabel="x", ylabel="y", xlim=(-5, 5), ylim=(-5.3, 5.3))
        for n, color in enumerate(style.TASKS[: len(TASKS)]):
            a, p = place_of(n)
            plane.plot(a, p, **{**STAR, "ms": 14, "color": color, "gid": f"star {n + 1}"})
            plane.annotate(
                f"task {n + 1}", (a, p), (0, 10), textcoords="offset points", ha="center"
            )
            look = {"color": color, "lw": 3, "label": f"task {n + 1}", "gid": f"task {n + 1}"}
            waves.plot(X, a * np.sin(X - p), **look)
        for steps in STEPS:
            _grip(scene, plane, steps)
            look = {"color": style.INK, "lw": 1.6, "ls": WAYS[steps], "gid": f"wave {steps}"}
            scene.line(waves, partial(_wave, steps), label=f"yours, k = {steps}", **look)
        scene.figure.legend(loc="outside lower center", ncols=4)
        scene.text(plane, partial(_said, 1), y=1.09)
        scene.text(plane, partial(_said, 100))
    return scene.explorer(
        lambda **places: None,
        *(Hidden(name, value) for name, value in START.items()),
        alt=_alt,
        describe="To be set: on the plane of amplitude and phase, where Reptile comes to rest on "
        "two tasks, with one inner step and with a hundred; beside it, all four waves.",
    )


def place_of(task: int) -> tuple[float, float]:
    """The amplitude and the phase of a task's wave."""
    return TASKS.facts["amplitude"][task].item(), TASKS.facts["phase"][task].item()


def nearest(name: str, value: float) -> float:
    """The amplitude or the phase that a diamond takes there."""
    step = FINEST[name]
    return round(step * round(float(np.clip(value, 0, HIGHEST[name])) / step), 2)


def _grip(scene: Scene, plane, steps: int) -> None:
    a, p = (f"{name}_{steps}" for name in "ap")
    ways = {"x": (a, partial(nearest, "a")), "y": (p, partial(nearest, "p"))}
    label = f"where Reptile rests, inner steps: {steps}"
    look = {"clip_on": False, "gid": f"k = {steps}"}
    scene.grip(plane, partial(_at, steps), label, name=f"k{steps}", **ways, **look)
    size = {1: 8, 100: 17}[steps]
    number = {"marker": f"${steps}$", "ms": size, "mew": 0, "ls": "", "color": style.INK}
    scene.line(plane, partial(_beside, steps), zorder=8, gid=f"number {steps}", **number)


def _at(steps: int, f) -> tuple[float, float]:
    return vars(f)[f"a_{steps}"], vars(f)[f"p_{steps}"]


def _beside(steps: int, f) -> tuple[float, float]:
    a, p = _at(steps, f)
    return a, p + 0.19


def _wave(steps: int, f) -> tuple[np.ndarray, np.ndarray]:
    a, p = _at(steps, f)
    return X, a * np.sin(X - p)


def _said(steps: int, f) -> str:
    a, p = _at(steps, f)
    return f"k = {steps}:  a_{steps} {a:.2f}   p_{steps} {p:.2f}"


def _alt(f) -> str:
    (a, p), (a_100, p_100) = (_at(steps, f) for steps in STEPS)
    return (
        "The plane of amplitude and phase with the stars of two tasks, and beside it their waves. "
        f"You have Reptile rest at a = {a:.2f}, p = {p:.2f} with one inner step, and at "
        f"a = {a_100:.2f}, p = {p_100:.2f} with a hundred."
    )
