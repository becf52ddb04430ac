"""Five estimates of the meta-gradient as arrows from one φ on the plane (notebook 07)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.notebook_07.estimates import MAML, METHODS, cosines, gradient, objectives
from course_utils.notebook_07.look import COLORS, DASHES, LETTERS, letter
from course_utils.tasks import TaskBatch, exact
from course_utils.vectors import vector

AMPLITUDES, PHASES = np.linspace(0, 5, 31), np.linspace(0, math.pi, 25)
INNER_LRS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)
MOST_STEPS, MOST_TASKS = 5, 6
LEVELS = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 2.5, 3, 4, 5, 6.5, 8, 10, 13, 16])
LONGEST = 1.1  # arrow, in units of the amplitude
TASKS = exact.sine_tasks(
    amplitude=(4.2, 1.0, 3.4, 1.8, 2.6, 4.6), phase=(0.5, 1.1, 2.4, 2.8, 1.6, 1.0)
)
STAR = {"marker": "*", "ms": 12, "mec": "white", "mew": 0.6, "ls": "", "color": "#666666"}


@dataclass(frozen=True)
class Arrows:
    """A frame: MAML's loss on the plane, and from φ every method's gradient.

    surface: (phases, amplitudes). gradients: by method, (2,). cosines: by method, with MAML's.
    """

    surface: np.ndarray
    gradients: dict[str, np.ndarray]
    cosines: dict[str, float]


def first(tasks: int) -> TaskBatch:
    """The first so many of the six tasks."""
    return TASKS[:tasks]


def five_arrows_frame(a: float, p: float, inner_lr: float, steps: int, tasks: int) -> Arrows:
    """What every method would do at φ = (a, p) for the first so many tasks."""
    phi = {name: torch.tensor(v, dtype=torch.float64) for name, v in (("a", a), ("p", p))}
    batch = first(tasks)
    found = {
        name: gradient(objective, phi, batch)
        for name, objective in objectives(exact.sine_loss, inner_lr, steps).items()
    }
    arrows = {name: vector(each).numpy() for name, each in found.items()}
    return Arrows(surface(inner_lr, steps, tasks), arrows, cosines(found))


@cache
def surface(inner_lr: float, steps: int, tasks: int) -> np.ndarray:
    """MAML's loss of the first so many tasks, (phases, amplitudes)."""
    grid_a, grid_p = (torch.tensor(axis) for axis in np.meshgrid(AMPLITUDES, PHASES))
    points = {"a": grid_a.flatten(), "p": grid_p.flatten()}
    batch = first(tasks)
    on = landscape.on_points(exact.sine_loss, points, batch, inner_lr=inner_lr, steps=steps)
    return on.after.mean(1).reshape(grid_a.shape).numpy()


def five_arrows(a: float = 1.2, p: float = 0.6, inner_lr: float = 0.0) -> Explorer:
    """Drag φ; see which way MAML, first-order MAML, Reptile, iMAML and transfer would move it."""
    shape = {"width_ratios": [2.2, 1]}
    with Scene(1, 2, size=(7.6, 4.4), gridspec_kw=shape) as (scene, (plane, bars)):
        plane.set(xlabel="amplitude  a", ylabel="phase  p", title=" \n ")
        plane.set_yticks([0, math.pi / 2, math.pi], ["0", "π/2", "π"])
        on = {"x": AMPLITUDES, "y": PHASES, "levels": LEVELS}
        scene.surface(plane, z=lambda f: f.data.surface, **on).set_gid("MAML's loss")
        for n in range(MOST_TASKS):
            _star(scene, plane, n)
        for name in reversed(METHODS):  # MAML's lies on top where all are one
            look = {"look": style.META_STEP, "lw": 2.6, "zorder": 5, "ls": DASHES[name]}
            scene.arrow(plane, COLORS[name], partial(_ends, name), gid=name, **look)
            scene.line(plane, partial(_tip, name), gid=f"letter {name}", zorder=8, **letter(name))
        scene.grip(plane, lambda f: (f.a, f.p), "φ", x="a", y="p", name="phi", gid="φ")
        _bars(scene, bars)
        scene.text(plane, _settings, y=1.09)
        scene.text(plane, lambda f: "the way each would move φ;  grey: MAML's loss", size=10)
    return scene.explorer(
        five_arrows_frame,
        Slider("a", "φ: a", "amplitude", 0.2, 5.0, 0.05, a),
        Slider("p", "φ: p", "phase", 0.0, 3.14, 0.02, p),
        vocabulary.inner_lrs(INNER_LRS, inner_lr),
        Slider("steps", "k", "inner steps", 1, MOST_STEPS, 1, 1),
        Slider("tasks", "", "tasks", 1, MOST_TASKS, 1, 3),
        alt=_alt,
        describe=(
            "Explorer: MAML's loss on the plane of amplitude and phase, and from φ the ways that "
            "MAML, first-order MAML, Reptile, iMAML and transfer learning would move it."
        ),
    )


def _star(scene: Scene, axes: Axes, n: int) -> None:
    place = tuple(TASKS.facts[name][n].item() for name in ("amplitude", "phase"))
    scene.line(axes, lambda f: place if n < f.tasks else None, gid=f"star {n + 1}", **STAR)


def _way(name: str, f) -> np.ndarray:
    """A method's step on the picture: all of a frame to one scale, the longest as `LONGEST`."""
    longest = max(np.linalg.norm(each) for each in f.data.gradients.values())
    return -f.data.gradients[name] * (LONGEST / longest if longest else 0.0)


def _ends(name: str, f) -> tuple:
    return (f.a, f.p), tuple(np.array([f.a, f.p]) + _way(name, f))


def _tip(name: str, f) -> tuple | None:
    """Just beyond an arrow's tip; MAML's letter alone where all arrows are one."""
    way = _way(name, f)
    length = np.linalg.norm(way)
    if length < 0.05 or (name != MAML and np.allclose(way, _way(MAML, f), atol=0.02)):
        return None
    x, y = np.array([f.a, f.p]) + way * (1 + 0.13 / length)
    return (x, y) if 0 < x < 5 and 0 < y < math.pi else None


def _bars(scene: Scene, axes: Axes) -> None:
    """The cosine of every estimate with MAML's gradient, a bar each."""
    axes.set(xlim=(-1, 1.02), ylim=(len(METHODS) - 1.5, -0.6), title="cosine with MAML's way")
    axes.set(xticks=[-1, 0, 1], xlabel="−1: against it\n1: the same way")
    axes.axvline(0, color="#555555", lw=0.8)
    others = [name for name in METHODS if name != MAML]
    axes.set_yticks(range(len(others)), [f"{LETTERS[name]}  {name}" for name in others])
    axes.tick_params(axis="y", length=0)
    for row, name in enumerate(others):
        look = {"color": COLORS[name], "lw": 9, "solid_capstyle": "butt", "gid": f"cosine {name}"}
        scene.line(axes, partial(_bar, name, row), **look)


def _bar(name: str, row: int, f) -> tuple:
    return [0, f.data.cosines[name]], [row, row]


def _settings(f) -> str:
    return (
        f"φ = (a {f.a:.2f}, p {f.p:.2f})   α = {f.inner_lr:.2f}   steps = {f.steps}   "
        f"tasks = {f.tasks}"
    )


def _alt(f) -> str:
    said = ", ".join(f"{name} {f.data.cosines[name]:.2f}" for name in METHODS if name != MAML)
    tasks = vocabulary.counted(f.tasks, "task")
    return (
        f"The plane of amplitude and phase with MAML's loss for {tasks}. From φ = "
        f"({f.a:.2f}, {f.p:.2f}), with α = {f.inner_lr:.2f} and "
        f"{vocabulary.counted(f.steps, 'inner step')}, five arrows show how each method would "
        f"move φ. Cosines with MAML's way: {said}."
    )
