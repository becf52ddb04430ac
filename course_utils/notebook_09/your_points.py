"""Your points: three learners answer a support set that is dragged about (notebook 09)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Hidden, Press
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.learners import Learner
from course_utils.networks import Params
from course_utils.notebook_09 import kinds, looks
from course_utils.tasks import wave

GRID = torch.linspace(-5, 5, 161)[None, :, None]
X = GRID[0, :, 0].numpy()
MOST_SHOTS, MOST_STEPS = 20, 10
LIMIT = 6.0  # of the output axis
POINTS = tuple(f"point{i}" for i in range(MOST_SHOTS))
SHAPES = {"sine": "a sine wave", "triangle": "a triangle wave", "line": "a straight line"}
NAMES = ("MAML", "set encoder", "transformer", "kernel ridge")


@dataclass(frozen=True)
class Answers:
    """A frame: the function (G,), the support points (K,), each learner's answer and its error.

    curves: {name: (G,)}; errors: {name: mean squared error over the whole function}.
    """

    function: np.ndarray
    support_x: np.ndarray
    support_y: np.ndarray
    curves: dict[str, np.ndarray]
    errors: dict[str, float]


def your_function(shape: str, draw: int) -> tuple[Tensor, Tensor]:
    """A function of that shape on GRID, (1, G, 1), and its twenty points (1, 20, 2)."""
    generator = torch.Generator().manual_seed(40 + draw)
    a, p, slope, offset = torch.rand(4, generator=generator).tolist()
    x = 10 * torch.rand(MOST_SHOTS, generator=generator) - 5
    if shape == "line":
        side = -1 if slope < 0.5 else 1
        facts = {"slope": side * (0.5 + abs(slope - 0.5)), "offset": 2 * offset - 1}
    else:
        facts = {"amplitude": 2.0 + 2.5 * a, "phase": math.pi * p}
    x = x[None, :, None]
    return wave(shape, GRID, **facts), torch.cat([x, wave(shape, x, **facts)], -1)


def answers(some: Mapping[str, Learner], function: Tensor, points: Tensor) -> Answers:
    """What learners answer everywhere on GRID to support points (1, K, 2) of a function there."""
    support_x, support_y = points[..., :1], points[..., 1:]
    curves, errors = {}, {}
    with torch.no_grad():
        for name, learner in some.items():
            answer = learner(support_x, support_y, GRID)
            curves[name] = answer[0, :, 0].numpy()
            errors[name] = (answer - function).square().mean().item()
    flat = (part[0, :, 0].numpy() for part in (function, support_x, support_y))
    return Answers(*flat, curves, errors)


def your_points(phi: Params, set_encoder: Learner, transformer: Learner) -> Explorer:
    """Choose a function and its support points; see what three learners make of them, or four.

    φ is MAML's, the two others are trained learners as functions of (support_x, support_y,
    query_x); the fourth is kernel ridge regression.
    """
    ridge = kinds.ridge()

    def compute(shape, shots, steps, also, draw, **moved) -> Answers:
        function, points = your_function(shape, draw)
        for i, name in enumerate(POINTS):
            key, x, y = moved[name]
            if key == (shape, draw):
                points[0, i] = torch.tensor([x, y])
        some = {
            "MAML": kinds.few_steps(phi, steps),
            "set encoder": set_encoder,
            "transformer": transformer,
        } | ({"kernel ridge": ridge} if also else {})
        return answers(some, function, points[:, :shots])

    ratios = {"gridspec_kw": {"width_ratios": [5, 2]}}
    with Scene(1, 2, size=(7.6, 4.9), **ratios) as (scene, (left, right)):
        _frame_axes(left, right)
        green = {"color": style.TASKS[0]}
        pale = {**green, "lw": 5, "alpha": 0.35, "gid": "function"}
        function = scene.line(left, lambda f: (X, f.data.function), **pale)
        curves = []
        for row, name in enumerate(NAMES):
            look = {**looks.line(name), "zorder": 4, "gid": f"{name} answer"}
            curves.append(scene.line(left, partial(_curve, name), **look))
            place = {**looks.mark(name), "zorder": 5, "clip_on": False, "gid": f"{name} error"}
            scene.line(right, partial(_error, row, name), **place)
            where = {"y": 1.2 - 0.06 * row, "size": 10, "mark": looks.LOOKS[name]}
            scene.text(right, partial(_score, name), **where)
        dots = {**green, **style.SUPPORT, "zorder": 6, "gid": "support"}
        support = scene.line(left, lambda f: (f.data.support_x, f.data.support_y), **dots)
        for i, name in enumerate(POINTS):
            point, move = partial(_point, i), partial(_move, name)
            scene.drag(left, point, f"support point {i + 1}", move, moves=(name,))
        scene.figure.legend(
            [function, support, *curves],
            ["the function", "support", *NAMES],
            loc="outside lower center",
            ncols=6,
            columnspacing=1.2,
        )
        scene.text(left, _settings, y=1.1)
        scene.text(left, _outside, size=10)
    return scene.explorer(
        compute,
        Choice("shape", "ask for", [(words, shape) for shape, words in SHAPES.items()], "sine"),
        vocabulary.shots(MOST_SHOTS, 1),
        vocabulary.steps(MOST_STEPS, 5),
        Choice("also", "beside them", [("nothing else", False), ("kernel ridge", True)], False),
        Press("draw", "new function"),
        *(Hidden(name, ((), 0.0, 0.0)) for name in POINTS),
        alt=_alt,
        describe=(
            "Explorer: a function with its support points, which can be dragged, and what MAML, a "
            "set encoder and a transformer answer to them, with their errors."
        ),
    )


def _curve(name: str, f) -> tuple[np.ndarray, np.ndarray] | None:
    if name not in f.data.curves:
        return None
    curve = f.data.curves[name]
    return X, np.where(np.isfinite(curve), curve, 2 * LIMIT)


def _error(row: int, name: str, f) -> tuple[int, float] | None:
    return (row, looks.on_axis(f.data.errors[name])) if name in f.data.errors else None


def _score(name: str, f) -> str:
    return f"{name} {looks.spelt(f.data.errors[name])}" if name in f.data.errors else ""


def _point(i: int, f) -> tuple[float, float] | None:
    """Where support point i lies, or None where K leaves it out."""
    if i >= len(f.data.support_x):
        return None
    return float(f.data.support_x[i]), float(f.data.support_y[i])


def _move(name: str, x: float, y: float, f) -> dict[str, tuple]:
    # A moved point belongs to its function: the next one starts with all its points on it.
    inside = min(max(x, -5.0), 5.0), min(max(y, -LIMIT), LIMIT)
    return {name: ((f.shape, f.draw), *inside)}


def _settings(f) -> str:
    return f"{SHAPES[f.shape]},  K = {f.shots};  MAML after k = {f.steps}"


def _outside(f) -> str:
    return _spelt_outside(f.data) and f"outside the picture: {_spelt_outside(f.data)}"


def _spelt_outside(data: Answers) -> str:
    return ", ".join(name for name, c in data.curves.items() if not (np.abs(c) <= LIMIT).all())


def _alt(f) -> str:
    scores = ", ".join(_score(name, f) for name in f.data.curves)
    return (
        f"{SHAPES[f.shape].capitalize()} with "
        f"{vocabulary.counted(f.shots, 'support point')}, and the answers of "
        f"{len(f.data.curves)} learners, MAML's after "
        f"{vocabulary.counted(f.steps, 'inner step')}. Their mean squared errors over the whole "
        f"function: {scores}."
    )


def _frame_axes(left: Axes, right: Axes) -> None:
    left.set(xlabel="input  x", ylabel="output  y", xlim=(-5, 5), ylim=(-LIMIT, LIMIT))
    left.set_title(" \n\n\n\n ")
    right.set(
        ylabel="squared error over the function",
        yscale="log",
        xlim=(-0.6, len(NAMES) - 0.4),
        xticks=[],
        xlabel="learner",
        ylim=looks.ERRORS,
    )
    right.grid(axis="y", color=style.FAINT, lw=0.5)
