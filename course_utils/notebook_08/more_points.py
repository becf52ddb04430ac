"""Give the three networks more points and more steps: can they still learn a line? (notebook 08)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import maml
from course_utils.checkpoints.recipes import SINE_NETWORK
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Stops
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.networks import Params
from course_utils.notebook_08 import looks, travel
from course_utils.tasks import wave

GRID = torch.linspace(-5, 5, 121)[:, None]
X = GRID[:, 0].numpy()
STEPS = (0, 1, 5, 20, 50, 100)
SHOTS = (5, 10, 20, 50)
SHAPES = {"line": "a straight line", "sine": "a wave, as trained"}
N_TASKS = 30
TASK = 10  # the one that is shown
LIMITS = (0.003, 20.0)
TALL = 6.0


@dataclass(frozen=True)
class Fitted:
    """Of one shape and K: a task, and what the starts make of it and of many others.

    truth (G,), support_x, support_y (K,); curves {start: (steps, G)} and medians {start: (steps,)}
    after each of STEPS.
    """

    truth: np.ndarray
    support_x: np.ndarray
    support_y: np.ndarray
    curves: Mapping[str, np.ndarray]
    medians: Mapping[str, np.ndarray]


def fitted(phis: Mapping[str, Params], shape: str, shots: int, n_tasks: int = N_TASKS) -> Fitted:
    """Adapt each start to many tasks of a shape; one of them is shown."""
    batch = travel.shape(shape, n_tasks, shots=shots)
    facts = {name: float(fact[TASK]) for name, fact in batch.facts.items()}
    support = batch.support_x[TASK : TASK + 1], batch.support_y[TASK : TASK + 1]
    curves, medians = {}, {}
    for name, phi in phis.items():
        how = {"inner_lr": travel.INNER_LR, "steps": STEPS[-1]}
        with torch.no_grad():
            way = enumerate(maml.trajectory(travel.LOSS, phi, *support, **how))
            found = [SINE_NETWORK(theta, GRID)[0, :, 0] for k, theta in way if k in STEPS]
        curves[name] = torch.stack(found).numpy()
        errors = travel.errors_from({name: phi}, batch, STEPS)[name]
        medians[name] = np.array([travel.judged(errors[k]).median for k in STEPS])
    truth = wave(shape, GRID, **facts)[:, 0].numpy()
    return Fitted(truth, *(part[0, :, 0].numpy() for part in support), curves, medians)


def more_points(phis: Mapping[str, Params], shape: str = "line") -> Explorer:
    """Choose lines or waves, the number of points and of steps; see who fits, and how well.

    `phis` are {"MAML": φ, "transfer": φ, "random": φ}. It measures when it is made.
    """
    known = {(s, k): fitted(phis, s, k) for s in SHAPES for k in SHOTS}
    ratios = {"gridspec_kw": {"width_ratios": [6, 5]}}
    with Scene(1, 2, size=(7.6, 4.4), **ratios) as (scene, (left, right)):
        left.set(xlabel="input  x", ylabel="output  y", xlim=(-5, 5), ylim=(-TALL, TALL))
        left.set_title(" \n\n ")
        looks.error_axis(right, LIMITS).set(xlim=(-0.3, len(STEPS) - 0.7), xlabel="inner steps  k")
        right.set_xticks(range(len(STEPS)), [f"{k}" for k in STEPS])
        pale = {"color": style.FAINT, "lw": 5, "gid": "truth"}
        drawn = [scene.line(left, lambda f: (X, f.data.truth), **pale)]
        drawn += [_start(scene, left, right, name) for name in phis]
        dots = {"color": style.INK, **style.SUPPORT, "zorder": 6, "gid": "support"}
        dots["markersize"] = 6
        drawn.append(scene.line(left, lambda f: (f.data.support_x, f.data.support_y), **dots))
        here = {"color": style.INK, "lw": 0.9, "ls": ":", "gid": "here"}
        scene.line(right, lambda f: ([STEPS.index(f.steps)] * 2, LIMITS), **here)
        scene.figure.legend(
            drawn,
            ["the task", *(looks.NAMES[name] for name in phis), "its points"],
            loc="outside lower center",
            ncols=5,
            columnspacing=1.2,
        )
        scene.text(left, _heading, y=1.12)
        scene.text(left, _told, y=1.04, size=10)
    return scene.explorer(
        lambda shape, shots, steps: known[shape, shots],
        Choice("shape", "the task:", [(said, key) for key, said in SHAPES.items()], shape, True),
        Stops("shots", "K", "support points", SHOTS, 5, format="d"),
        Stops("steps", "k", "inner steps", STEPS, 5, format="d"),
        alt=lambda f: f"{_heading(f)} {_told(f)}",
        describe=(
            "Explorer: a straight line or a wave, and the functions of three networks after some "
            "steps on some points of it, with the median error over many such tasks."
        ),
    )


def _start(scene: Scene, left: Axes, right: Axes, name: str):
    look = looks.LOOKS[name]
    line = {"color": look["color"], "ls": look["ls"], "zorder": 4}
    drawn = scene.line(left, partial(_curve, name), **line, gid=f"{name} function")
    medians = {**look, "ms": 5, "gid": f"{name} medians"}
    scene.line(
        right,
        lambda f: (range(len(STEPS)), looks.clipped(f.data.medians[name], LIMITS)),
        **medians,
    )
    return drawn


def _curve(name: str, f) -> tuple[np.ndarray, np.ndarray]:
    return X, f.data.curves[name][STEPS.index(f.steps)]


def _heading(f) -> str:
    return (
        f"{SHAPES[f.shape].capitalize()}, {f.shots} points, {vocabulary.counted(f.steps, 'step')}."
    )


def _told(f) -> str:
    place = STEPS.index(f.steps)
    found = (f"{looks.NAMES[n]} {v[place]:.2f}" for n, v in f.data.medians.items())
    return f"Median errors of {N_TASKS} such tasks: {', '.join(found)}."
