"""The plane of f(x) = a·sin(x − p): both objectives' surfaces, adaptation on them (notebook 04)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from course_utils import landscape
from course_utils.explorers.controls import Choice, Slider, Stops
from course_utils.explorers.explorer import Explorer, Handle, Prediction, Values, guess_handle
from course_utils.figures import style
from course_utils.figures.landscapes import Surface, arrow, diamond, point
from course_utils.figures.readout import Readout
from course_utils.tasks import TaskBatch, exact

A_GRID = np.linspace(0, 5, 41)
P_GRID = np.linspace(0, math.pi, 41)
INNER_LRS = tuple(round(0.01 * i, 2) for i in range(21))
MOST_STEPS = 5
LEVELS = np.arange(0.5, 9.1, 0.5)
ENDLESS = 0  # shots of an exact task
SHOWN = exact.sine_tasks(amplitude=(4.2, 1.0, 3.4, 1.8), phase=(0.5, 1.1, 2.4, 2.8))


@dataclass(frozen=True)
class Family:
    """The sinusoid family on the plane: its tasks and their weights, the four shown, the loss."""

    tasks: TaskBatch
    weight: Tensor
    shown: TaskBatch
    loss: landscape.Loss

    def means(self, points: landscape.Params, *, inner_lr: float, steps: int) -> Tensor:
        """The mean losses (G, 2) at G points, before and after adapting."""
        here = landscape.on_points(self.loss, points, self.tasks, inner_lr=inner_lr, steps=steps)
        return torch.stack([here.before @ self.weight, here.after @ self.weight], dim=1)


@cache
def family(shots: int) -> Family:
    """The exact family (shots = ENDLESS), or one in which each task has drawn support points."""
    if shots == ENDLESS:
        return Family(*exact.sine_quadrature(12), SHOWN, exact.sine_loss)
    generator = torch.Generator().manual_seed(4)
    shown = exact.sampled_support(SHOWN, shots=shots, generator=generator)
    waves, weight = exact.sine_quadrature(10)
    tasks = exact.sampled_support(waves, shots=shots, generator=generator)
    return Family(tasks, weight.float(), shown, landscape.sampled_sine_loss)


@cache
def planes(shots: int, inner_lr: float) -> list[landscape.Plane]:
    """Both objectives' surfaces for one α, after 0 ... MOST_STEPS steps."""
    known = family(shots)
    return landscape.sine_planes(
        A_GRID,
        P_GRID,
        inner_lr=inner_lr,
        steps=MOST_STEPS,
        family=(known.tasks, known.weight),
        loss=known.loss,
    )


@dataclass(frozen=True)
class OnPlane:
    """A frame: two surfaces with their optima, mean losses, and the four shown tasks' θ̂.

    means: (3, 2), before and after adapting, at φ, transfer's optimum, MAML's optimum.
    theta: (tasks, 2), (a, p) of each θ̂.
    """

    transfer: landscape.Plane
    maml: landscape.Plane
    means: np.ndarray
    theta: np.ndarray


def plane_frame(a: float, p: float, inner_lr: float, steps: int, shots: int = ENDLESS) -> OnPlane:
    """What the plane shows at φ = (a, p)."""
    surfaces, known = planes(shots, inner_lr), family(shots)
    transfer, maml = surfaces[0], surfaces[steps]
    a_values, p_values = zip((a, p), transfer.optimum, maml.optimum, strict=True)
    dtype = known.tasks.support_x.dtype
    points = {
        "a": torch.tensor(a_values, dtype=dtype),
        "p": torch.tensor(p_values, dtype=dtype),
    }
    means = known.means(points, inner_lr=inner_lr, steps=steps)
    phi = {name: leaf[:1] for name, leaf in points.items()}
    theta = landscape.on_points(known.loss, phi, known.shown, inner_lr=inner_lr, steps=steps).theta
    ends = torch.stack([theta["a"][0], theta["p"][0]], dim=1)
    return OnPlane(transfer, maml, means.numpy(), ends.numpy())


def sine_plane(a: float = 3.0, p: float = 0.8, inner_lr: float = 0.0, steps: int = 1) -> Explorer:
    """Drag φ = (a, p) on transfer's and MAML's surfaces; see four tasks adapt from it."""
    for rate in INNER_LRS:  # computed now, so that no slider waits for a surface
        planes(ENDLESS, rate)
    figure, (left, right) = style.new_figure(1, 2, size=(7.6, 4.7), sharey=True)
    with style.course_style():
        surfaces = [Surface(ax, A_GRID, P_GRID, levels=LEVELS) for ax in (left, right)]
        for ax in (left, right):
            ax.set(title=" \n\n ", xlabel="amplitude  a")
        left.set(
            ylabel="phase  p",
            yticks=[0, math.pi / 4, math.pi / 2, 3 * math.pi / 4, math.pi],
            yticklabels=["0", "π/4", "π/2", "3π/4", "π"],
        )
        optima = [
            [diamond(ax, color, markersize=size) for ax in (left, right)]
            for color, size in ((style.TRANSFER, 16), (style.MAML, 12.5))
        ]
        stars, ways, ends = [], [], []
        for n, color in enumerate(style.TASKS):
            best = SHOWN.facts["amplitude"][n], SHOWN.facts["phase"][n]
            star = {"color": color, "marker": "*", "ms": 12, "mec": "white", "mew": 0.6, "ls": ""}
            stars += [ax.plot(*best, **star, animated=True, zorder=4)[0] for ax in (left, right)]
            ways.append(arrow(right, color, style.INNER_STEP, zorder=5))
            ends += right.plot([], [], color=color, animated=True, zorder=5, **style.THETA)
        phi = [diamond(ax, "white", zorder=7, markersize=8) for ax in (left, right)]
        figure.legend(
            [phi[0], optima[0][0], optima[1][0], stars[0], ends[0]],
            ["your φ", "transfer's φ", "MAML's φ", "a task's optimum θ*", "its θ̂ from φ"],
            loc="outside lower center",
            ncols=5,
            columnspacing=1.0,
            handletextpad=0.55,
        )
        settings = Readout(left, y=1.09)
        titles = [Readout(ax, size=10) for ax in (left, right)]

    def draw(data: OnPlane, v: Values) -> str:
        for surface, shown in zip(surfaces, (data.transfer, data.maml), strict=True):
            surface.set(shown.surface)
        for pair, at in zip(optima, (data.transfer.optimum, data.maml.optimum), strict=True):
            for mark in pair:
                mark.set_data(*[[value] for value in at])
        for mark in phi:
            mark.set_data([v.a], [v.p])
        for n, end in enumerate(data.theta):
            point(ways[n], (v.a, v.p), tuple(end))
            ends[n].set_data([end[0]], [end[1]])
        shots = "∞" if v.shots == ENDLESS else v.shots
        settings.set_text(
            f"φ = (a {v.a:.2f}, p {v.p:.2f})   α = {v.inner_lr:.2f}   "
            f"steps = {v.steps}   K = {shots}      MAML's a = {data.maml.optimum[0]:.2f}"
        )
        sentences = []
        for column, (title, when) in enumerate(zip(titles, ("before", "after"), strict=True)):
            yours, transfers, mamls = data.means[:, column]
            title.set_text(
                f"{when}: yours {yours:.2f}, transfer's {transfers:.2f}, MAML's {mamls:.2f}"
            )
            sentences.append(
                f"Mean loss {when} adapting: {yours:.2f} at your φ, {transfers:.2f} at "
                f"transfer's, {mamls:.2f} at MAML's."
            )
        return (
            f"The plane of amplitude a and phase p. Your φ is ({v.a:.2f}, {v.p:.2f}); α = "
            f"{v.inner_lr:.2f}, {v.steps} steps, K = {shots}. Transfer's optimum is at a = "
            f"{data.transfer.optimum[0]:.2f}, MAML's at a = {data.maml.optimum[0]:.2f}. "
            + " ".join(sentences)
        )

    return Explorer(
        figure,
        compute=plane_frame,
        draw=draw,
        controls=[
            Slider("a", "φ: a", "amplitude", 0.0, 5.0, 0.05, a),
            Slider("p", "φ: p", "phase", 0.0, 3.14, 0.02, p),
            Stops("inner_lr", "α", "inner step size", INNER_LRS, inner_lr),
            Slider("steps", "k", "inner steps", 0, MOST_STEPS, 1, steps),
            Choice("shots", "K  support points", [("∞ (exact)", ENDLESS), ("5", 5)], ENDLESS),
        ],
        handles=[
            Handle(
                f"phi {side}", "φ", ax, lambda d, v: (v.a, v.p), lambda x, y, v: {"a": x, "p": y}
            )
            for side, ax in (("before", left), ("after", right))
        ],
        describe=(
            "Explorer: the plane of amplitude and phase with the mean loss of all sinusoid tasks, "
            "on the left before adapting, on the right after; φ can be dragged."
        ),
    )


def taller_or_smaller(a: float = 1.62) -> Prediction:
    """Predict MAML's amplitude (one step, α = .1) from transfer's, on the section p = π/2."""
    heights = np.linspace(0, 5, 101)
    known, middle = family(ENDLESS), math.pi / 2
    points = {
        "a": torch.tensor(heights),
        "p": torch.full((len(heights),), middle, dtype=torch.float64),
    }
    before, after = known.means(points, inner_lr=0.1, steps=1).T.numpy()
    transfer, maml = (surface.optimum[0] for surface in planes(ENDLESS, 0.1)[:2])
    figure, axes = style.new_figure(size=(7.6, 3.6))
    with style.course_style():
        axes.set(xlabel="amplitude  a, at p = π/2", ylabel="mean loss", xlim=(0, 5), ylim=(0, 10))
        axes.plot(heights, before, color=style.TRANSFER, label="before adapting: transfer")
        dashed = {"color": style.MAML, "ls": (0, (6, 1.2)), "label": "after one step: the answer"}
        (answer,) = axes.plot([], [], **dashed, animated=True)
        axes.plot(transfer, before.min(), color=style.TRANSFER, **style.PHI, zorder=6)
        found = diamond(axes, style.MAML)
        guess = diamond(axes, "white", zorder=7, markersize=8)
        axes.legend(loc="upper left")
        readout = Readout(axes)

    def draw(data: float, v: Values) -> str:
        guess.set_data([v.a], [np.interp(v.a, heights, before)])
        answer.set_data(*((heights, after) if v.revealed else ([], [])))
        found.set_data(*(([data], [after.min()]) if v.revealed else ([], [])))
        text = f"transfer's a = {transfer:.2f}   your guess for MAML's: a = {v.a:.2f}"
        readout.set_text(text + (f"   MAML's: {data:.2f}" if v.revealed else ""))
        return (
            f"The mean loss over the amplitude a: transfer's optimum is {transfer:.2f}, the guess "
            f"for MAML's {v.a:.2f}." + (f" MAML's is {data:.2f}." if v.revealed else "")
        )

    def verdict(data: float, v: Values) -> str:
        way = "the right way" if v.a > transfer + 0.05 else "not this way"
        return (
            f"MAML's wave is taller: a = {data:.2f}; your guess went {way} and is "
            f"{abs(v.a - data):.2f} off. It is worse before adapting "
            f"({before_at(data):.2f} against {before.min():.2f}) and better after one step "
            f"({after.min():.2f} against {after_at(transfer):.2f})."
        )

    def before_at(height: float) -> float:
        return float(np.interp(height, heights, before))

    def after_at(height: float) -> float:
        return float(np.interp(height, heights, after))

    return Prediction(
        figure,
        question=(
            f"Transfer's best wave has the amplitude {transfer:.2f}. MAML may count on one step of "
            "α = .1. "
            "Is its wave smaller, the same, or taller? Drag the white diamond."
        ),
        verdict=verdict,
        compute=lambda a, revealed: maml,
        draw=draw,
        controls=[Slider("a", "a", "your guess", 0.0, 5.0, 0.01, a)],
        handles=[guess_handle(axes, "a", lambda d, v: (v.a, before_at(v.a)))],
        describe="Prediction: the mean loss before adapting over the amplitude; a diamond to drag.",
    )
