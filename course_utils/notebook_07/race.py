"""A race on the plane: every method walks to its own optimum over the same tasks (notebook 07)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.notebook_07.estimates import METHODS, gradient, objectives
from course_utils.notebook_07.look import COLORS, DASHES, LETTERS, letter
from course_utils.tasks import TaskBatch, exact
from course_utils.vectors import vector

AMPLITUDES, PHASES = np.linspace(0, 5, 31), np.linspace(0, math.pi, 25)
STARTS = {"small wave": (0.6, 0.5), "wrong phase": (3.6, 2.9), "tall wave": (4.8, 1.2)}
INNER_LRS = (0.05, 0.1, 0.15)
STEPS, META_STEPS, META_LR, TASKS_A_STEP = 2, 40, 0.06, 4
LEVELS = np.array([0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 2.5, 3, 4, 5, 6.5, 8, 10])


@dataclass(frozen=True)
class Walk:
    """Where a method was after 0, 1, ... meta-steps, (meta-steps + 1, 2), and how good it was.

    before, after: the mean loss of the whole family without and with adaptation, (meta-steps + 1,).
    """

    at: np.ndarray
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True)
class Race:
    """A frame: MAML's loss of the whole family, (phases, amplitudes), and every method's walk."""

    surface: np.ndarray
    walks: dict[str, Walk]


@cache
def stream() -> list[TaskBatch]:
    """The tasks of every meta-step: four waves, the same for all methods."""
    generator = torch.Generator().manual_seed(7)
    draws = torch.rand(META_STEPS, 2, TASKS_A_STEP, generator=generator, dtype=torch.float64)
    return [exact.sine_tasks((0.1 + 4.9 * a).tolist(), (math.pi * p).tolist()) for a, p in draws]


@cache
def family() -> tuple[TaskBatch, torch.Tensor]:
    """The whole family as 64 waves and their weights."""
    return exact.sine_quadrature(8)


def means(points: Sequence, inner_lr: float) -> tuple[np.ndarray, np.ndarray]:
    """The family's mean loss at points (G, 2), without and with adaptation, (G,) each."""
    tasks, weight = family()
    a, p = torch.tensor(np.array(points)).T
    here = landscape.on_points(
        exact.sine_loss, {"a": a, "p": p}, tasks, inner_lr=inner_lr, steps=STEPS
    )
    return (here.before @ weight).numpy(), (here.after @ weight).numpy()


@cache
def surface(inner_lr: float) -> np.ndarray:
    """MAML's loss of the whole family, (phases, amplitudes)."""
    grid = np.stack(np.meshgrid(AMPLITUDES, PHASES), -1)
    return means(grid.reshape(-1, 2), inner_lr)[1].reshape(grid.shape[:2])


@cache
def walk(method: str, start: str, inner_lr: float) -> Walk:
    """A method's way from a start: plain gradient descent, a meta-step on four fresh tasks."""
    objective = objectives(exact.sine_loss, inner_lr, STEPS)[method]
    at = [torch.tensor(STARTS[start], dtype=torch.float64)]
    for batch in stream():
        phi = dict(zip(("a", "p"), at[-1], strict=True))
        at.append(at[-1] - META_LR * vector(gradient(objective, phi, batch)))
    places = torch.stack(at).numpy()
    return Walk(places, *means(places, inner_lr))


def race_frame(start: str, inner_lr: float, meta_steps: int) -> Race:
    """Every method's whole walk; the picture shows it up to `meta_steps`."""
    return Race(surface(inner_lr), {name: walk(name, start, inner_lr) for name in METHODS})


def race() -> Explorer:
    """Let five methods walk, a meta-step a frame, over the same tasks."""
    for rate in INNER_LRS:  # computed now, so that nothing waits for a walk
        for start in STARTS:
            race_frame(start, rate, 0)
    shape = {"width_ratios": [1.5, 1]}
    with Scene(1, 2, size=(7.6, 4.2), gridspec_kw=shape) as (scene, (plane, curves)):
        plane.set(xlabel="amplitude  a", ylabel="phase  p", title=" ")
        plane.set_yticks([0, math.pi / 2, math.pi], ["0", "π/2", "π"])
        on = {"x": AMPLITUDES, "y": PHASES, "levels": LEVELS}
        scene.surface(plane, z=lambda f: f.data.surface, **on).set_gid("MAML's loss")
        curves.set(xlabel="meta-steps", title="loss after adapting", xlim=(0, META_STEPS))
        curves.set(ylim=(0, 5))
        for name in reversed(METHODS):
            _runner(scene, plane, curves, name)
        scene.text(plane, _settings)
        labels = [f"{LETTERS[name]}  {name}" for name in METHODS]
        lines = [_sample(curves, name) for name in METHODS]
        scene.figure.legend(lines, labels, loc="outside lower center", ncols=5)
    return scene.explorer(
        race_frame,
        Slider("meta_steps", "", "meta-steps", 0, META_STEPS, 1, 0, plays=True),
        Choice("start", "φ⁰, where they start", [(name, name) for name in STARTS], "small wave"),
        vocabulary.inner_lrs(INNER_LRS, 0.1),
        alt=_alt,
        describe=(
            "Explorer: five methods walk over the plane of amplitude and phase, a meta-step at a "
            "time on the same tasks, and how well each of them adapts by then."
        ),
    )


def _sample(axes: Axes, name: str):
    (line,) = axes.plot([], [], color=COLORS[name], ls=DASHES[name], lw=2.4)
    return line


def _runner(scene: Scene, plane: Axes, curves: Axes, name: str) -> None:
    look = {"color": COLORS[name], "ls": DASHES[name], "lw": 2}
    now = partial(_now, name)
    scene.line(
        plane, lambda f: f.data.walks[name].at[: f.meta_steps + 1].T, gid=f"way {name}", **look
    )
    scene.diamond(plane, COLORS[name], now, gid=f"φ {name}", markersize=12)
    scene.line(
        plane, now, gid=f"letter {name}", zorder=8, **letter(name) | {"color": "white", "ms": 6}
    )
    scene.line(curves, partial(_curve, name), gid=f"curve {name}", **look)


def _now(name: str, f) -> tuple:
    return tuple(f.data.walks[name].at[f.meta_steps])


def _curve(name: str, f) -> tuple:
    after = f.data.walks[name].after[: f.meta_steps + 1]
    return np.arange(len(after)), after


def _settings(f) -> str:
    taken = vocabulary.counted(f.meta_steps, "meta-step")
    return f"after {taken}   α = {f.inner_lr:.2f}   steps = {STEPS}"


def _alt(f) -> str:
    said = ", ".join(
        f"{name} at ({w.at[f.meta_steps][0]:.2f}, {w.at[f.meta_steps][1]:.2f}) with "
        f"{w.after[f.meta_steps]:.2f}"
        for name, w in f.data.walks.items()
    )
    return (
        f"After {vocabulary.counted(f.meta_steps, 'meta-step')} from the {f.start}, α = "
        f"{f.inner_lr:.2f}: places (a, p) and loss after {STEPS} inner steps: {said}."
    )
