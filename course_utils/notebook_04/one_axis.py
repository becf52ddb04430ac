"""One axis: two tasks' losses, both objectives' curves, and φ under the hand (notebook 04)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer, Handle, Prediction, Values, guess_handle
from course_utils.figures import style
from course_utils.figures.landscapes import diamond
from course_utils.figures.readout import Readout
from course_utils.tasks import exact

GRID = np.linspace(-5, 5, 1001)
ON_AXIS = -0.14  # where φ lies in the upper picture: on the parameter axis, below the losses
JUMP = {"before": 0.4, "after": 0.5, "steps": 3}


@dataclass(frozen=True)
class OneAxis:
    """A frame: both objectives' curves, and each task's way from φ.

    paths, losses: (steps + 1, tasks). before, after: the tasks' losses at φ and at θ̂, summed.
    """

    curves: landscape.Axis
    paths: np.ndarray
    losses: np.ndarray
    before: float
    after: float


@cache
def _curves(inner_lr: float, steps: int) -> landscape.Axis:
    """Both objectives' curves: dragging φ does not change them."""
    tasks, loss = exact.two_wells(), exact.wells_loss
    return landscape.along_axis(loss, tasks, GRID, inner_lr=inner_lr, steps=steps)


def one_axis_frame(phi: float, inner_lr: float, steps: int) -> OneAxis:
    """What the one-axis picture shows at φ, for α and the number of steps."""
    tasks, loss = exact.two_wells(), exact.wells_loss
    curves = _curves(inner_lr, steps)
    start = {"phi": torch.tensor(phi, dtype=torch.float64)}
    x, y = tasks.support_x, tasks.support_y
    paths = landscape.path(loss, start, x, y, inner_lr=inner_lr, steps=steps)["phi"]
    losses = torch.stack([loss({"phi": stop}, x, y) for stop in paths])
    before, after = losses[0].sum().item(), losses[-1].sum().item()
    return OneAxis(curves, paths.numpy(), losses.numpy(), before, after)


def one_axis(phi: float = 3.0, inner_lr: float = 0.0, steps: int = 3) -> Explorer:
    """Drag φ along one axis; see where each θ̂ⁿ ends and what both objectives make of it."""
    figure, (wells, objectives) = style.new_figure(2, 1, size=(7.6, 5.6), sharex=True)
    with style.course_style():
        _draw_tasks(wells)
        transfer, maml = _objective_curves(objectives)
        objectives.legend(loc="upper center", ncols=2)
        optima = [
            diamond(objectives, color, markersize=size)
            for color, size in ((style.TRANSFER, 16), (style.MAML, 12.5))
        ]
        rules = [
            ax.axvline(0, ymax=top, color=style.INK, lw=0.9, ls=":", animated=True)
            for ax, top in ((wells, 1), (objectives, 0.85))
        ]
        ways, ends = [], []
        for color in style.TASKS[:2]:
            ways += wells.plot([], [], color="black", marker=".", ms=4, lw=1, animated=True)
            ends += wells.plot([], [], color=color, zorder=5, animated=True, **style.THETA)
        here = diamond(wells, "white", clip_on=False)
        there = diamond(objectives, "white", zorder=7, markersize=8)
        settings, result = Readout(wells), Readout(objectives)

    def draw(data: OneAxis, v: Values) -> str:
        curves = data.curves
        transfer.set_ydata(curves.transfer)
        maml.set_ydata(curves.maml)
        best = curves.transfer_optimum, curves.maml_optimum
        for mark, at, curve in zip(optima, best, (curves.transfer, curves.maml), strict=True):
            mark.set_data([at], [curve.min()])
        for rule in rules:
            rule.set_xdata([v.phi, v.phi])
        for n in range(2):
            ways[n].set_data(data.paths[:, n], data.losses[:, n])
            ends[n].set_data(data.paths[-1:, n], data.losses[-1:, n])
        here.set_data([v.phi], [ON_AXIS])
        there.set_data([v.phi], [data.after])
        theta = "   ".join(f"θ̂{'¹²'[n]} = {data.paths[-1, n]:.2f}" for n in range(2))
        is_transfer = v.steps == 0 or v.inner_lr == 0
        settings.set_text(
            f"φ = {v.phi:.2f}   α = {v.inner_lr:.2f}   steps = {v.steps}   →   {theta}"
        )
        result.set_text(
            f"at φ: {data.before:.2f} before, {data.after:.2f} after      "
            + (
                f"both objectives are one: optimum {best[0]:.2f}"
                if is_transfer
                else f"optima: transfer {best[0]:.2f}, MAML {best[1]:.2f}"
            )
        )
        return (
            f"Two tasks' losses over one parameter. φ = {v.phi:.2f}, α = {v.inner_lr:.2f}, "
            f"{v.steps} steps: task 1 ends at {data.paths[-1, 0]:.2f}, task 2 at "
            f"{data.paths[-1, 1]:.2f}; summed loss {data.before:.2f} before adapting, "
            f"{data.after:.2f} after. Transfer's optimum is at {best[0]:.2f}, "
            f"MAML's at {best[1]:.2f}."
        )

    return Explorer(
        figure,
        compute=one_axis_frame,
        draw=draw,
        controls=[
            Slider("phi", "φ", "initial parameter", -5.0, 5.0, 0.01, phi),
            Slider("inner_lr", "α", "inner step size", 0.0, 1.2, 0.05, inner_lr),
            Slider("steps", "k", "inner steps", 0, 5, 1, steps),
        ],
        handles=[
            Handle("phi", "φ", wells, lambda d, v: (v.phi, ON_AXIS), lambda x, y: {"phi": x}),
            Handle(
                "phi on L", "φ", objectives, lambda d, v: (v.phi, d.after), lambda x, y: {"phi": x}
            ),
        ],
        describe=(
            "Explorer: above, the losses of two tasks over one parameter, and where each adapts "
            "to from φ; below, the objectives of transfer learning and of MAML."
        ),
    )


def glide_or_jump(phi: float = -2.08) -> Prediction:
    """Predict where MAML's optimum goes when α rises from .4 to .5 (three steps)."""
    figure, axes = style.new_figure(size=(7.6, 3.6))
    with style.course_style():
        axes.set(xlabel="parameter  φ", ylabel="objective  L(φ)", xlim=(-5, 5), ylim=(0, 3.6))
        before, after = (
            landscape.along_axis(
                exact.wells_loss,
                exact.two_wells(),
                GRID,
                inner_lr=JUMP[when],
                steps=JUMP["steps"],
            )
            for when in ("before", "after")
        )
        axes.plot(GRID, before.maml, color=style.MAML, label="MAML, α = .40")
        axes.plot(before.maml_optimum, before.maml.min(), **style.PHI, color=style.MAML, zorder=6)
        dashed = {"color": style.MAML, "ls": (0, (4, 1.5)), "label": "α = .50: the answer"}
        (answer,) = axes.plot([], [], **dashed, animated=True)
        found = diamond(axes, style.MAML)
        guess = diamond(axes, "white", zorder=7)
        axes.legend(loc="upper center")
        readout = Readout(axes)

    def draw(data: landscape.Axis, v: Values) -> str:
        guess.set_data([v.phi], [np.interp(v.phi, GRID, before.maml)])
        readout.set_text(f"your guess for α = .50:  φ = {v.phi:.2f}")
        if not v.revealed:
            for artist in (answer, found):
                artist.set_data([], [])
            return (
                f"MAML's objective for α = .40 with its optimum at {before.maml_optimum:.2f}, and "
                f"the guess φ = {v.phi:.2f}."
            )
        answer.set_data(GRID, data.maml)
        found.set_data([data.maml_optimum], [data.maml.min()])
        readout.set_text(f"guess {v.phi:.2f}      α = .50, dashed:  φ = {data.maml_optimum:.2f}")
        return f"MAML's objective for α = .50, dashed: its optimum is at {data.maml_optimum:.2f}."

    def verdict(data: landscape.Axis, v: Values) -> str:
        far = abs(v.phi - data.maml_optimum)
        judged = (
            "You saw the jump coming." if far < 0.5 else "The optimum does not glide: it jumps."
        )
        return (
            f"{judged} At α = .50 MAML's φ is {data.maml_optimum:.2f}, {far:.2f} from your guess. "
            "Both minima were there all along; from .40 to .50 they trade places."
        )

    return Prediction(
        figure,
        question=(
            f"Three inner steps, α = .40: MAML's φ sits at {before.maml_optimum:.2f}, next to "
            "transfer's. "
            "Where will it be at <b>α = .50</b>? Drag the white diamond there."
        ),
        verdict=verdict,
        compute=lambda phi, revealed: after,
        draw=draw,
        controls=[Slider("phi", "φ", "your guess", -5.0, 5.0, 0.01, phi)],
        handles=[
            guess_handle(
                axes, "phi", lambda d, v: (v.phi, float(np.interp(v.phi, GRID, before.maml)))
            )
        ],
        describe="Prediction: MAML's objective over φ for α = .40, and a diamond to drag.",
    )


def _draw_tasks(axes: Axes) -> None:
    tasks = exact.two_wells()
    for n, (color, at, side) in enumerate(
        zip(style.TASKS, (-4.4, 4.4), ("left", "right"), strict=False)
    ):
        alone = landscape.along_axis(
            exact.wells_loss, tasks[n : n + 1], GRID, inner_lr=0, steps=0
        ).transfer
        axes.plot(GRID, alone, color=color)
        height = float(np.interp(at, GRID, alone))
        axes.text(at, height + 0.12, f"task {n + 1}", color=color, ha=side, va="bottom")
    axes.set(ylabel="loss of a task  $l^n(\\theta)$", ylim=(ON_AXIS, 2.3), xlim=(-5, 5))


def _objective_curves(axes: Axes) -> list:
    axes.set(xlabel="parameter  θ, φ", ylabel="objective  L(φ)", ylim=(-0.1, 4.1))
    return [
        axes.plot(GRID, 0 * GRID + 9, color=color, ls=dashes, animated=True, label=label)[0]
        for color, dashes, label in (
            (style.TRANSFER, "-", "transfer: before adapting"),
            (style.MAML, (0, (6, 1.2)), "MAML: after adapting"),
        )
    ]
