"""Your sinusoid: MAML's, transfer's and a random φ adapt to it, step by step (notebook 03)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course_utils import landscape
from course_utils.explorers.controls import Hidden, Press, Slider, Stops
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.figures.training import LOOKS
from course_utils.networks import Network, Params, squared_error
from course_utils.tasks import TaskBatch, sine_wave

GRID = torch.linspace(-5, 5, 161)[:, None]
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
        parts.append("a curve leaves the picture")
    return "; ".join(parts)


def adapt_to_your_sinusoid(network: Network, phis: Mapping[str, Params]) -> Explorer:
    """Choose a wave and its support points; see three φ's adapt to it.

    `phis` are {"MAML": φ, "transfer": φ, "random": φ}, each drawn in its own colour.
    """
    figure, (left, right) = style.new_figure(
        1, 2, size=(7.6, 5.0), gridspec_kw={"width_ratios": [5, 2]}
    )
    grid = GRID[:, 0].numpy()
    with style.course_style():
        _frame_axes(left, right)
        (wave,) = left.plot([], [], color=style.TASKS[0], lw=5, alpha=0.35, animated=True)
        curves, tracks, now = {}, {}, {}
        for name in phis:
            look = {"color": LOOKS[name]["color"], "ls": LOOKS[name]["ls"]}
            (curves[name],) = left.plot([], [], animated=True, zorder=4, **look)
            (tracks[name],) = right.plot([], [], animated=True, lw=1.5, **look)
            mark = {"marker": LOOKS[name]["marker"], "color": look["color"], "ms": 7, "ls": ""}
            (now[name],) = right.plot([], [], animated=True, zorder=5, **mark)
        (support,) = left.plot(
            [], [], color=style.TASKS[0], animated=True, zorder=6, **style.SUPPORT
        )
        (crest,) = left.plot(
            [], [], color="white", mec=style.TASKS[0], marker="s", ms=9, mew=2, animated=True
        )
        crest.set_zorder(5)
        figure.legend(
            [wave, crest, support, *curves.values()],
            ["your wave", "its crest", "support", *phis],
            loc="outside lower center",
            ncols=6,
            columnspacing=1.2,
        )
        settings, warning = Readout(left, y=1.09), Readout(left, size=10)
        scores = {
            name: Readout(right, y=1.15 - 0.06 * i, color=LOOKS[name]["color"], size=10)
            for i, name in enumerate(phis)
        }

    def compute(phase, amplitude, shots, inner_lr, steps, draw, **lifted) -> Adaptation:
        own = {i: lifted[name][1] for i, name in enumerate(POINTS) if lifted[name][0] == draw}
        task = your_task(phase, amplitude, shots, draw, own)
        return adaptation_frame(network, phis, task, inner_lr=inner_lr, steps=steps)

    def draw_frame(data: Adaptation, v: Values) -> str:
        wave.set_data(grid, data.wave)
        crest.set_data([v.phase + math.pi / 2], [v.amplitude])
        support.set_data(data.support_x, data.support_y)
        said = []
        for name, curve in data.curves.items():
            curves[name].set_data(grid, np.where(np.isfinite(curve), curve, 2 * LIMIT))
            errors = np.clip(np.nan_to_num(data.errors[name], nan=1e9), *ERRORS)
            tracks[name].set_data(range(v.steps + 1), errors)
            now[name].set_data([v.steps], errors[-1:])
            scores[name].set_text(f"{name} {_spell(data.errors[name][-1])}")
            said.append(f"{name} {_spell(data.errors[name][-1])}")
        settings.set_text(
            f"p = {v.phase:.2f}   A = {v.amplitude:.2f}   K = {v.shots}   "
            f"α = {v.inner_lr:.3f}   steps = {v.steps}"
        )
        problem = remark(data, v.inner_lr)
        warning.set_text(problem)
        plural = "" if v.steps == 1 else "s"
        return (
            f"The wave {v.amplitude:.2f}·sin(x − {v.phase:.2f}) with {v.shots} support points, and "
            f"three networks after {v.steps} inner step{plural} of size {v.inner_lr:.3f}. Their "
            f"mean squared errors over the wave: {', '.join(said)}. {problem}"
        ).strip()

    def lift(name: str) -> Callable[[float, float], dict]:
        # A lifted point belongs to its draw of support points: the next draw starts on the wave.
        return lambda x, y, v: {name: (explorer.values["draw"], min(max(y, -LIMIT), LIMIT))}

    explorer = Explorer(
        figure,
        compute=compute,
        draw=draw_frame,
        controls=[
            Slider("phase", "p", "phase", 0.0, 3.14, 0.02, 0.8),
            Slider("amplitude", "A", "amplitude", 0.1, 5.0, 0.05, 3.5),
            Slider("shots", "K", "support points", 1, MOST_SHOTS, 1, 5),
            Stops("inner_lr", "α", "inner step size", INNER_LRS, TRAINED_WITH, format=".3f"),
            Slider("steps", "k", "inner steps", 0, MOST_STEPS, 1, 0),
            Press("draw", "new support points"),
            *(Hidden(name, (-1, 0.0)) for name in POINTS),
        ],
        handles=[
            Handle(
                "crest",
                "the wave's crest",
                left,
                lambda d, v: (v.phase + math.pi / 2, v.amplitude),
                lambda x, y, v: {"phase": x - math.pi / 2, "amplitude": y},
            ),
            *(
                Handle(name, f"support point {i + 1}", left, _point(i), lift(name))
                for i, name in enumerate(POINTS)
            ),
        ],
        describe=(
            "Explorer: your sine wave with its support points, and the functions of MAML's, "
            "transfer learning's and a random φ after some inner steps, with their errors."
        ),
    )
    return explorer


def _point(i: int) -> Callable[[Adaptation, Values], tuple[float, float] | None]:
    """Where support point i lies, or None where K leaves it out."""

    def at(data: Adaptation, values: Values) -> tuple[float, float] | None:
        if i >= len(data.support_x):
            return None
        return float(data.support_x[i]), float(data.support_y[i])

    return at


def _spell(error: float) -> str:
    return f"{error:.2f}" if error < 1000 else "over 1000"


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
