"""A drawing: MAML's objective after very many inner steps, seven heights of it (notebook 04)."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from course_utils.explorers.controls import Hidden
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.notebook_04.one_axis import draw_tasks

PLACES = (-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5)  # of φ: none lies on task 2's crest
NAMES = tuple(f"l{n}" for n in range(1, len(PLACES) + 1))
HIGH, START, STEP = 2.4, 1.2, 0.02  # of the heights: the highest, the first, the finest difference


def draw_objective() -> Explorer:
    """Drag seven diamonds up and down; nothing of the answer is shown."""
    with Scene(2, 1, size=(7.6, 5.6), sharex=True) as (scene, (wells, drawing)):
        draw_tasks(wells)
        for axes in (wells, drawing):
            for place in PLACES:
                axes.axvline(place, color=style.FAINT, lw=0.8, zorder=0)
        words = [f"{place:.1f}".replace("-", "−") for place in PLACES]
        drawing.set_xticks(PLACES, words)
        drawing.set(xlabel="parameter  θ, φ", ylabel="objective  L(φ)", ylim=(-0.15, 2.55))
        for n, (left, right) in enumerate(pairwise(NAMES)):
            look = {"color": style.MAML, "lw": 2, "gid": f"piece {n + 1}"}
            scene.line(drawing, partial(_piece, n, left, right), **look)
        for place, name, word in zip(PLACES, NAMES, words, strict=True):
            grip = {"y": (name, nearest_height), "name": name, "clip_on": False, "gid": name}
            at = partial(_height, place, name)
            scene.grip(drawing, at, f"{name}, your L at φ = {word}", **grip)
            over = {"x": (place + 5) / 10 - 0.035, "size": 10}
            scene.text(drawing, lambda f, name=name: f"{name} {_of(f, name):.2f}", **over)
        scene.text(wells, lambda f: "40 inner steps of α = 1 from each φ: where does a task end?")
    return scene.explorer(
        lambda **heights: None,
        *(Hidden(name, START) for name in NAMES),
        alt=_alt,
        describe="To be drawn: MAML's objective after forty inner steps, at seven φ; above, the "
        "losses of both tasks.",
    )


def nearest_height(y: float) -> float:
    """The height that a diamond at y takes."""
    return round(STEP * round(float(np.clip(y, 0, HIGH)) / STEP), 2)


def _of(f, name: str) -> float:
    return float(vars(f)[name])


def _height(place: float, name: str, f) -> tuple[float, float]:
    return place, _of(f, name)


def _piece(n: int, left: str, right: str, f) -> tuple[list[float], list[float]]:
    return [PLACES[n], PLACES[n + 1]], [_of(f, left), _of(f, right)]


def _alt(f) -> str:
    heights = ", ".join(
        f"{_of(f, name):.2f} at {p:.1f}" for p, name in zip(PLACES, NAMES, strict=True)
    )
    return f"Your drawing of MAML's objective L(φ) after forty steps: {heights}."
