"""Your sinusoid: MAML's, transfer's and a random φ adapt to it, step by step (notebook 03)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from course_utils import landscape
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Hidden, Press, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.figures.training import LOOKS
from course_utils.networks import Network, Params, squared_error
from course_utils.tasks import TaskBatch, sine_wave

GRID = torch.linspace(-5, 5, 161)[:, None]
X = GRID[:, 0].numpy()
MOST_SHOTS, MOST_STEPS = 10, 10
INNER_LRS = (0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03)
TRAINED_WITH = 0.01
LIMIT = 6.0  # of the output axis
ERRORS = (1e-2, 1e2)
OVERSHOT = 0.1  # a step that raises the support error by this share of its start is said
POINTS = tuple(f"y{i}" for i in range(MOST_SHOTS))


@dataclass(frozen=True)
class Adaptation:
    """A frame: the wave (G,), the support points (K,), each φ's function and its errors.

    curves: {name: (G,)} after the last step. errors, support_errors: {name: (steps + 1,)}, mean
    squared errors over the whole wave and on the support points after 0, 1, ... steps.
    """

    wave: np.ndarray
    support_x: np.ndarray
    support_y: np.ndarray
    curves: dict[str, np.ndarray]
    errors: dict[str, np.ndarray]
    support_errors: dict[str, np.ndarray]


def adaptation_frame(
    network: Network, phis: Mapping[str, Params], task: TaskBatch, *, inner_lr: float, steps: int
) -> Adaptation:
    """Adapt every φ to the one task's support set; its query set is the wave on GRID."""
    points = {
        name: torch.stack([phi[name] for phi in phis.values()])
        for name in next(iter(phis.values()))
    }
    loss = squared_error(network)
    stages = landscape.adapt_points(loss, points, task, inner_lr=inner_lr, steps=steps)
    thetas = [{name: leaf[:, 0] for name, leaf in stage.theta.items()} for stage in stages]
    support = [loss(theta, task.support_x[0], task.support_y[0]) for theta in thetas]
    errors = torch.stack([stage.after[:, 0] for stage in stages], dim=1)

    def by_name(rows: Tensor) -> dict[str, np.ndarray]:
        return dict(zip(phis, rows.numpy(), strict=True))

    return Adaptation(
        task.query_y[0, :, 0].numpy(),
        task.support_x[0, :, 0].numpy(),
        task.support_y[0, :, 0].numpy(),
        by_name(network(thetas[-1], GRID)[..., 0]),
        by_name(errors),
        by_name(torch.stack(support, dim=1)),
    )


def your_task(
    phase: float, amplitude: float, shots: int, draw: int, lifted: Mapping[int, float]
) -> TaskBatch:
    """The wave A·sin(x − p) with the first `shots` of ten drawn support points.

    `lifted` are the points that a hand has moved off the wave, {index: y}.
    """
    generator = torch.Generator().manual_seed(11 + draw)
    x = 10 * torch.rand(MOST_SHOTS, 1, generator=generator)[:shots] - 5
    y = sine_wave(x, amplitude, phase)
    for i, height in lifted.items():
        if i < shots:
            y[i] = height
    return TaskBatch(x[None], y[None], GRID[None], sine_wave(GRID, amplitude, phase)[None])


def remark(data: Adaptation, inner_lr: float) -> str:
    """What has gone wrong in words, or an empty text.

    A small enough step lowers the support error; one that raises it has overshot.
    """
    over = []
    for name, errors in data.support_errors.items():
        with np.errstate(invalid="ignore"):
            rises = np.diff(errors)
        if not (rises <= OVERSHOT * errors[0]).all():
            over.append(name)
    parts = [f"α = {inner_lr:.3f} overshoots for {', '.join(over)}"] if over else []
    if not all((np.abs(curve) <= LIMIT).all() for curve in data.curves.values()):
        parts.append("a curve is outside")
    return "; ".join(parts)


def adapt_to_your_sinusoid(network: Network, phis: Mapping[str, Params]) -> Explorer:
    """Choose a wave and its support points; see three φ's adapt to it.

    `phis` are {"MAML": φ, "transfer": φ, "random": φ}, each drawn in its own colour.
    """

    def compute(phase, amplitude, shots, inner_lr, steps, draw, **lifted) -> Adaptation:
        own = {i: lifted[name][1] for i, name in enumerate(POINTS) if lifted[name][0] == draw}
        task = your_task(phase, amplitude, shots, draw, own)
        return adaptation_frame(network, phis, task, inner_lr=inner_lr, steps=steps)

    ratios = {"gridspec_kw": {"width_ratios": [5, 2]}}
    with Scene(1, 2, size=(7.6, 5.0), **ratios) as (scene, (left, right)):
        _frame_axes(left, right)
        green = {"color": style.TASKS[0]}
        pale = {**green, "lw": 5, "alpha": 0.35, "gid": "wave"}
        wave = scene.line(left, lambda f: (X, f.data.wave), **pale)
        curves = [_show_method(scene, left, right, row, name) for row, name in enumerate(phis)]
        dots = {**green, **style.SUPPORT, "zorder": 6, "gid": "support"}
        support = scene.line(left, lambda f: (f.data.support_x, f.data.support_y), **dots)
        square = {"color": "white", "mec": style.TASKS[0], "marker": "s", "ms": 9, "mew": 2}
        crest = scene.line(left, _crest, **square, zorder=5, gid="crest")
        moves = {"x": ("phase", lambda x: x - math.pi / 2), "y": "amplitude"}
        scene.handle(left, _crest, "the wave's crest", **moves, name="crest")
        for i, name in enumerate(POINTS):
            point, lift = partial(_point, i), partial(_lift, name)
            scene.drag(left, point, f"support point {i + 1}", lift, moves=(name,))
        scene.figure.legend(
            [wave, crest, support, *curves],
            ["your wave", "its crest", "support", *phis],
            loc="outside lower center",
            ncols=6,
            columnspacing=1.2,
        )
        scene.text(left, _settings, y=1.09)
        scene.text(left, lambda f: remark(f.data, f.inner_lr), size=10)
    return scene.explorer(
        compute,
        Slider("phase", "p", "phase", 0.0, 3.14, 0.02, 0.8),
        Slider("amplitude", "A", "amplitude", 0.1, 5.0, 0.05, 3.5),
        vocabulary.shots(MOST_SHOTS, 5),
        vocabulary.inner_lrs(INNER_LRS, TRAINED_WITH, format=".3f"),
        vocabulary.steps(MOST_STEPS, 0),
        Press("draw", "new support points"),
        *(Hidden(name, (-1, 0.0)) for name in POINTS),
        alt=_alt,
        describe=(
            "Explorer: your sine wave with its support points, and the functions of MAML's, "
            "transfer learning's and a random φ after some inner steps, with their errors."
        ),
    )


def _show_method(scene: Scene, left: Axes, right: Axes, row: int, name: str) -> Line2D:
    """One φ's function on the left, its errors step by step on the right; returns the function."""
    look = {key: LOOKS[name][key] for key in ("color", "ls")}
    curve = scene.line(left, partial(_curve, name), **look, zorder=4, gid=f"{name} function")
    way = {**look, "lw": 1.5, "gid": f"{name} errors"}
    scene.line(right, lambda f: (range(f.steps + 1), _errors(name, f)), **way)
    now = {**LOOKS[name], "ls": "", "ms": 7, "zorder": 5, "gid": f"{name} now"}
    scene.line(right, lambda f: (f.steps, _errors(name, f)[-1]), **now)
    place = {"y": 1.15 - 0.06 * row, "size": 10}
    scene.text(right, partial(_score, name), mark=LOOKS[name], **place)
    return curve


def _curve(name: str, f) -> tuple[np.ndarray, np.ndarray]:
    curve = f.data.curves[name]
    return X, np.where(np.isfinite(curve), curve, 2 * LIMIT)


def _errors(name: str, f) -> np.ndarray:
    """The errors as the axis can show them."""
    return np.clip(np.nan_to_num(f.data.errors[name], nan=1e9), *ERRORS)


def _score(name: str, f) -> str:
    error = f.data.errors[name][-1]
    return f"{name} {error:.2f}" if error < 1000 else f"{name} over 1000"


def _crest(f) -> tuple[float, float]:
    return f.phase + math.pi / 2, f.amplitude


def _point(i: int, f) -> tuple[float, float] | None:
    """Where support point i lies, or None where K leaves it out."""
    if i >= len(f.data.support_x):
        return None
    return float(f.data.support_x[i]), float(f.data.support_y[i])


def _lift(name: str, x: float, y: float, f) -> dict[str, tuple[int, float]]:
    # A lifted point belongs to its draw of support points: the next draw starts on the wave.
    return {name: (f.draw, min(max(y, -LIMIT), LIMIT))}


def _settings(f) -> str:
    return (
        f"p = {f.phase:.2f}   A = {f.amplitude:.2f}   K = {f.shots}   "
        f"α = {f.inner_lr:.3f}   steps = {f.steps}"
    )


def _alt(f) -> str:
    scores = ", ".join(_score(name, f) for name in f.data.curves)
    return (
        f"The wave {f.amplitude:.2f}·sin(x − {f.phase:.2f}) with {f.shots} support points, and "
        f"three networks after {vocabulary.counted(f.steps, 'inner step')} of size "
        f"{f.inner_lr:.3f}. Their "
        f"mean squared errors over the wave: {scores}. {remark(f.data, f.inner_lr)}"
    ).strip()


def _frame_axes(left: Axes, right: Axes) -> None:
    left.set(xlabel="input  x", ylabel="output  y", xlim=(-5, 5), ylim=(-LIMIT, LIMIT))
    left.set_title(" \n\n\n ")
    right.set(
        xlabel="inner steps  k",
        ylabel="squared error over the wave",
        yscale="log",
        xlim=(-0.4, MOST_STEPS + 0.4),
        xticks=range(0, MOST_STEPS + 1, 5),
        ylim=ERRORS,
    )
