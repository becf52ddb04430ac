"""A learner with one knob: two tasks' fits, and L(F) over all tasks against λ (notebook 02)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from course_utils.explorers.controls import Choice, Press, Stops
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.learners import KNOBS, kernel_ridge, over_knobs, task_losses
from course_utils.notebook_02 import pictures
from course_utils.notebook_02.pictures import ON_AXIS, spelled
from course_utils.tasks import TaskBatch, sine_wave

X_GRID = np.linspace(-5, 5, 161)
KNOB_TOP = 7.2  # above every loss, with room for two lines of text
SHOWN = 2  # tasks in the picture at a time


@dataclass(frozen=True)
class Knob:
    """A frame: fits (SHOWN, len(X_GRID)), their query losses, and L(F) over all tasks.

    tasks: those that are shown.
    """

    tasks: TaskBatch
    fits: np.ndarray
    losses: np.ndarray
    meta_loss: float


def knob_frame(
    tasks: TaskBatch, curve: np.ndarray, knob: float, pair: int = 0, curve_shown: bool = False
) -> Knob:
    """What the picture shows for one λ of KNOBS: two tasks' fits; `curve` is L(F) at KNOBS."""
    first = SHOWN * pair % (len(tasks) - SHOWN + 1)
    shown, learner = tasks[first : first + SHOWN], kernel_ridge(knob)
    x = torch.tensor(X_GRID)[None, :, None].expand(SHOWN, -1, 1)
    fits = learner(shown.support_x, shown.support_y, x)[..., 0]
    losses = task_losses(learner, shown)
    return Knob(shown, fits.numpy(), losses.numpy(), float(np.interp(knob, KNOBS, curve)))


class _WithTrail(Explorer):
    """An explorer that keeps marks of where it has been, until it is reset."""

    def __init__(self, *args: Any, trail: dict[float, float], **explorer: Any):
        self.trail = trail
        super().__init__(*args, **explorer)

    def reset(self) -> None:
        self.forget()
        super().reset()

    def forget(self) -> None:
        self.trail.clear()


def ridge_knob(tasks: TaskBatch, knob: float = 1.0) -> Explorer:
    """Find F* by hand: turn λ, see two tasks' fits and the mean query loss over all `tasks`."""
    tasks = _checked(tasks)
    curve = over_knobs(kernel_ridge, KNOBS, tasks).mean(dim=1).numpy()
    best = KNOBS[int(curve.argmin())], curve.min()
    trail: dict[float, float] = {}  # L(F) at every λ that was tried
    computed = f"F*: {best[1]:.3f} at λ = {spelled(best[0])}"
    with Scene(2, 2, size=(7.6, 4.7), width_ratios=(1, 1.25)) as (scene, grid):
        panels, right = pictures.tasks_beside_a_curve(grid)
        _show_tasks(scene, panels)
        pictures.knob_axis(right, top=KNOB_TOP)
        ink = {"color": style.INK}
        shown = {"gid": "L at every knob", **ink}
        scene.line(right, lambda f: (KNOBS, curve) if f.curve_shown else None, **shown)
        been = right.plot([], [], ".", ms=6, color="#777777", gid="tried")[0]
        scene.follow(been, partial(_leave_a_dot, trail))
        rule = {**ink, "lw": 0.9, "ls": ":", "transform": right.get_xaxis_transform()}
        scene.line(right, lambda f: ([f.knob, f.knob], [0, 0.8]), **rule)
        scene.diamond(right, style.INK, lambda f: best if f.curve_shown else None, gid="best")
        here = "λ, the learner's knob"
        scene.grip(right, lambda f: (f.knob, ON_AXIS), here, x="knob", clip_on=False, gid="knob")
        scene.line(right, _height, **ink, **style.SUPPORT, gid="L")
        scene.handle(right, _height, f"{here}, on L", x="knob", name="knob on L")
        pictures.fit_legend(scene.figure)
        # These axes are tall: nearer than usual, or the text leaves the figure.
        scene.text(
            right, lambda f: f"λ = {spelled(f.knob)}    L(F) = {f.data.meta_loss:.2f}", y=1.014
        )
        scene.text(right, lambda f: _found(trail), x=0.22, y=0.94, size=10)
        scene.text(right, lambda f: computed * f.curve_shown, x=0.22, y=0.88, size=10)
    return scene.explorer(
        partial(knob_frame, tasks, curve),
        Stops("knob", "λ", "ridge", KNOBS, knob, format=".2g"),
        Choice("curve_shown", "L(F) at every λ", [("hidden", False), ("shown", True)], False),
        Press("pair", "two other tasks"),
        alt=lambda f: _alt(f, trail, computed),
        describe=(
            "Explorer: on the left two tasks with what the learner makes of their support points, "
            "on the right the mean query loss over all tasks at the knob's value λ."
        ),
        kind=_WithTrail,
        trail=trail,
    )


def _show_tasks(scene: Scene, panels: list[Axes]) -> None:
    for n, (ax, color) in enumerate(zip(panels, style.TASKS, strict=False)):
        places = {"wave": _wave, "f": _fit, "support": _support, "query": _query}
        for line, (name, at) in zip(pictures.one_task(ax, color), places.items(), strict=True):
            line.set_gid(f"{name} {n + 1}")
            scene.moved(line, partial(at, n))
        scene.text(ax, partial(_title, n), size=10.5)


def _wave(n: int, f) -> tuple:
    facts = f.data.tasks.facts
    return X_GRID, sine_wave(torch.tensor(X_GRID), facts["amplitude"][n], facts["phase"][n])


def _fit(n: int, f) -> tuple:
    return X_GRID, f.data.fits[n]


def _support(n: int, f) -> tuple:
    return f.data.tasks.support_x[n, :, 0], f.data.tasks.support_y[n, :, 0]


def _query(n: int, f) -> tuple:
    return f.data.tasks.query_x[n, :, 0], f.data.tasks.query_y[n, :, 0]


def _height(f) -> tuple[float, float]:
    return f.knob, f.data.meta_loss


def _leave_a_dot(trail: dict[float, float], been: Line2D, f) -> None:
    trail[f.knob] = f.data.meta_loss
    been.set_data(list(trail), list(trail.values()))


def _title(n: int, f) -> str:
    words = f"task {SHOWN * f.pair + n + 1}:  query loss {f.data.losses[n]:.2f}"
    beyond = np.abs(f.data.fits[n]).max() > pictures.FIT_TOP
    return words + " (f outside)" * bool(beyond)


def _found(trail: dict[float, float]) -> str:
    if len(trail) < 2:
        return ""  # nothing to choose from yet
    found = min(trail, key=trail.get)
    return f"your best: {trail[found]:.3f} at λ = {spelled(found)}"


def _alt(f, trail: dict[float, float], computed: str) -> str:
    return (
        f"λ = {spelled(f.knob)}: the fits of tasks {SHOWN * f.pair + 1} and "
        f"{SHOWN * f.pair + 2} have query loss {f.data.losses[0]:.2f} and "
        f"{f.data.losses[1]:.2f}; over all tasks L(F) = {f.data.meta_loss:.2f}."
        + f" Values tried: {len(trail)}; {_found(trail)}." * (len(trail) > 1)
        + (f" The curve of L(F) is shown; its least value is {computed}." * f.curve_shown)
    )


def _checked(tasks: TaskBatch) -> TaskBatch:
    if len(tasks) < SHOWN or "amplitude" not in tasks.facts:
        raise ValueError(
            f"tasks must be at least {SHOWN} sinusoid tasks, got {len(tasks)} with the facts "
            f"{sorted(tasks.facts)}: draw them with Sinusoids(noise=0.5).sample(...)"
        )
    return tasks
