"""One axis: two tasks' losses, both objectives' curves, and φ under the hand (notebook 04)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape
from course_utils.explorers import vocabulary
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.figures.labels import label
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
    with Scene(2, 1, size=(7.6, 5.6), sharex=True) as (scene, (wells, objectives)):
        draw_tasks(wells)
        objectives.set(xlabel="parameter  θ, φ", ylabel="objective  L(φ)", ylim=(-0.1, 4.1))
        transfer = {"color": style.TRANSFER, "label": "transfer: before adapting"}
        maml = {"color": style.MAML, "ls": (0, (6, 1.2)), "label": "MAML: after adapting"}
        scene.line(objectives, lambda f: (GRID, f.data.curves.transfer), gid="transfer", **transfer)
        scene.line(objectives, lambda f: (GRID, f.data.curves.maml), gid="MAML", **maml)
        objectives.legend(loc="upper center", ncols=2)
        least = {"markersize": 16, "gid": "transfer's φ"}
        scene.diamond(objectives, style.TRANSFER, lambda f: f.data.curves.transfer_best, **least)
        least = {"markersize": 12.5, "gid": "MAML's φ"}
        scene.diamond(objectives, style.MAML, lambda f: f.data.curves.maml_best, **least)
        for ax, top in ((wells, 1), (objectives, 0.85)):
            rule = {"transform": ax.get_xaxis_transform(), "color": style.INK, "lw": 0.9, "ls": ":"}
            scene.line(ax, lambda f, top=top: ([f.phi, f.phi], [0, top]), **rule)
        for n, color in enumerate(style.TASKS[:2]):
            way = {"color": "black", "marker": ".", "ms": 4, "lw": 1, "gid": f"path {n + 1}"}
            scene.line(wells, lambda f, n=n: (f.data.paths[:, n], f.data.losses[:, n]), **way)
            end = {"color": color, "zorder": 5, "gid": f"theta {n + 1}", **style.THETA}
            scene.line(wells, lambda f, n=n: (f.data.paths[-1, n], f.data.losses[-1, n]), **end)
        below = {"x": "phi", "clip_on": False, "zorder": 6, "gid": "φ"}
        scene.grip(wells, lambda f: (f.phi, ON_AXIS), "φ", **below)
        after = {"x": "phi", "name": "phi on L", "markersize": 8, "gid": "φ on L"}
        scene.grip(objectives, lambda f: (f.phi, f.data.after), "φ, on the objective", **after)
        scene.text(wells, _settings)
        scene.text(objectives, _result)
    return scene.explorer(
        one_axis_frame,
        vocabulary.phi(-5.0, 5.0, 0.01, phi),
        vocabulary.inner_lr(1.2, 0.05, inner_lr),
        vocabulary.steps(5, steps),
        alt=_alt,
        describe=(
            "Explorer: above, the losses of two tasks over one parameter, and where each adapts "
            "to from φ; below, the objectives of transfer learning and of MAML."
        ),
    )


def _settings(f) -> str:
    theta = "   ".join(f"θ̂{'¹²'[n]} = {f.data.paths[-1, n]:.2f}" for n in range(2))
    return f"φ = {f.phi:.2f}   α = {f.inner_lr:.2f}   steps = {f.steps}   →   {theta}"


def _result(f) -> str:
    curves = f.data.curves
    optima = f"optima: transfer {curves.transfer_optimum:.2f}, MAML {curves.maml_optimum:.2f}"
    if f.steps == 0 or f.inner_lr == 0:
        optima = f"both objectives are one: optimum {curves.transfer_optimum:.2f}"
    return f"at φ: {f.data.before:.2f} before, {f.data.after:.2f} after      {optima}"


def _alt(f) -> str:
    return (
        f"Two tasks' losses over one parameter. φ = {f.phi:.2f}, α = {f.inner_lr:.2f}, "
        f"{vocabulary.counted(f.steps, 'step')}: task 1 ends at {f.data.paths[-1, 0]:.2f}, "
        f"task 2 at {f.data.paths[-1, 1]:.2f}; summed loss {f.data.before:.2f} before adapting, "
        f"{f.data.after:.2f} after. Transfer's optimum is at {f.data.curves.transfer_optimum:.2f}, "
        f"MAML's at {f.data.curves.maml_optimum:.2f}."
    )


def glide_or_jump(phi: float = -2.08) -> Prediction:
    """Predict where MAML's optimum goes when α rises from .4 to .5 (three steps)."""
    before, after = (_curves(JUMP[when], JUMP["steps"]) for when in ("before", "after"))
    with Scene(size=(7.6, 3.6)) as (scene, axes):
        axes.set(xlabel="parameter  φ", ylabel="objective  L(φ)", xlim=(-5, 5), ylim=(0, 3.6))
        axes.plot(GRID, before.maml, color=style.MAML, label="MAML, α = .40", gid="known")
        axes.plot(*before.maml_best, **style.PHI, color=style.MAML, zorder=6, gid="known φ")
        dashed = {"color": style.MAML, "ls": (0, (4, 1.5)), "label": "α = .50: the answer"}
        scene.line(axes, answer(lambda f: (GRID, after.maml)), gid="answer", **dashed)
        scene.diamond(axes, style.MAML, answer(lambda f: after.maml_best), gid="answer's φ")
        guess = {"x": "phi", "name": "guess", "gid": "guess"}
        scene.grip(
            axes, lambda f: (f.phi, np.interp(f.phi, GRID, before.maml)), "your guess", **guess
        )
        axes.legend(loc="upper center")
        scene.text(axes, lambda f: _guess(f, after.maml_optimum))

    def alt(f) -> str:
        if f.revealed:
            optimum = after.maml_optimum
            return f"MAML's objective for α = .50, dashed: its optimum is at {optimum:.2f}."
        return (
            f"MAML's objective for α = .40 with its optimum at {before.maml_optimum:.2f}, and "
            f"the guess φ = {f.phi:.2f}."
        )

    def verdict(f) -> str:
        far = abs(f.phi - after.maml_optimum)
        seen = "You saw the jump coming." if far < 0.5 else "The optimum does not glide: it jumps."
        return (
            f"{seen} At α = .50 MAML's φ is {after.maml_optimum:.2f}, {far:.2f} from your guess. "
            "Both minima were there all along; from .40 to .50 they trade places."
        )

    return scene.prediction(
        lambda phi, revealed: after,
        vocabulary.guess("phi", "φ", -5.0, 5.0, 0.01, phi),
        question=(
            f"Three inner steps, α = .40: MAML's φ sits at {before.maml_optimum:.2f}, next to "
            "transfer's. Where will it be at <b>α = .50</b>? Drag the white diamond there."
        ),
        verdict=verdict,
        alt=alt,
        describe="Prediction: MAML's objective over φ for α = .40, and a diamond to drag.",
    )


def _guess(f, optimum: float) -> str:
    if f.revealed:
        return f"guess {f.phi:.2f}      α = .50, dashed:  φ = {optimum:.2f}"
    return f"your guess for α = .50:  φ = {f.phi:.2f}"


def draw_tasks(axes: Axes) -> None:
    """Both tasks' losses over the axis, each with its name."""
    tasks = exact.two_wells()
    for n, (color, at, side) in enumerate(
        zip(style.TASKS, (-4.4, 4.4), ("left", "right"), strict=False)
    ):
        alone = landscape.along_axis(
            exact.wells_loss, tasks[n : n + 1], GRID, inner_lr=0, steps=0
        ).transfer
        axes.plot(GRID, alone, color=color, gid=f"task {n + 1}")
        height = float(np.interp(at, GRID, alone))
        label(axes, at, height + 0.12, f"task {n + 1}", {"color": color}, ha=side, va="bottom")
    axes.set(ylabel="loss of a task  $l^n(\\theta)$", ylim=(ON_AXIS, 2.3), xlim=(-5, 5))
