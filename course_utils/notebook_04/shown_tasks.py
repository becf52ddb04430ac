"""The four tasks that are drawn on the plane of a·sin(x − p): their colours and numbers (04)."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from course_utils.explorers.scene import Place, Scene
from course_utils.figures import style
from course_utils.tasks import exact

SHOWN_TASKS = exact.sine_tasks(amplitude=(4.2, 1.0, 3.4, 1.8), phase=(0.5, 1.1, 2.4, 2.8))
COLORS = style.TASKS_BESIDE_METHODS
THETA = {**style.THETA, "markersize": 11}  # wide enough for its task's number
STAR = {"marker": "*", "mec": "white", "mew": 0.6, "ls": ""}


def optimum(task: int) -> np.ndarray:
    """Where a shown task has no loss: its own (amplitude, phase)."""
    return np.array([SHOWN_TASKS.facts[fact][task] for fact in ("amplitude", "phase")])


def number_star(scene: Scene, axes: Axes, task: int) -> None:
    """Write a task's number beside its star: no task is told from another by colour alone."""
    left = optimum(task) - [0.17, 0.0]
    digit = {**_digit(task), "color": style.INK, "zorder": 4}
    scene.line(axes, lambda f: left, gid=f"number of star {task + 1}", **digit)


def number_theta(scene: Scene, axes: Axes, task: int, at: Place) -> None:
    """Write a task's number into the dot that is its θ̂."""
    digit = {**_digit(task), "color": "white", "zorder": 5.1}
    scene.line(axes, at, gid=f"number of theta {task + 1}", **digit)


def _digit(task: int) -> dict[str, Any]:
    return {"marker": f"${task + 1}$", "ms": 6, "mew": 0, "ls": ""}
