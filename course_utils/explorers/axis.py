"""One axis: two tasks' losses, both objectives' curves, φ under the hand (notebooks 00 and 04)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from course_utils import landscape
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout

GRID = np.linspace(-5, 5, 1001)


@dataclass(frozen=True)
class OneAxis:
    """A frame of the explorer: curves (G,), each task's path (steps + 1,) and its losses."""

    curves: landscape.Axis
    paths: np.ndarray  # (steps + 1, tasks)
    losses: np.ndarray  # (steps + 1, tasks), along the paths
    before: float
    after: float


def one_axis_frame(phi: float, inner_lr: float, steps: int) -> OneAxis:
    """Everything that the one-axis picture shows for these values."""
    tasks, loss = landscape.two_wells(), landscape.wells_loss
    curves = landscape.along_axis(loss, tasks, GRID, inner_lr=inner_lr, steps=steps)
    start = {"phi": torch.tensor(phi).double()}
    x, y = tasks.support_x, tasks.support_y
    paths = landscape.path(loss, start, x, y, inner_lr=inner_lr, steps=steps)["phi"]
    losses = torch.stack([loss({"phi": stop}, x, y) for stop in paths])
    before, after = losses[0].sum().item(), losses[-1].sum().item()
    return OneAxis(curves, paths.numpy(), losses.numpy(), before, after)


def one_axis(phi: float = -2.12, inner_lr: float = 0.4, steps: int = 3) -> Explorer:
    """Drag φ along one axis: two tasks' wells, where each θ̂ⁿ ends, and what both objectives make of it."""
    figure, (wells, objectives) = style.new_figure(
        2, 1, size=(7.6, 5.6), sharex=True, gridspec_kw={"height_ratios": [1, 1]}
    )
    own = landscape.along_axis  # static curves: each task alone
    tasks = landscape.two_wells()
    with style.course_style():
        for n, colour in enumerate(style.TASKS[:2]):
            curve = own(landscape.wells_loss, tasks[n : n + 1], GRID, inner_lr=0, steps=0).transfer
            wells.plot(GRID, curve, color=colour)
            wells.text([-4.9, 4.9][n], curve[[12, -12][n]] + 0.06, f"task {n + 1}", color=colour, ha=["left", "right"][n], va="bottom")
        wells.set(ylabel="loss of a task  lⁿ(θ)", ylim=(-0.12, 2.3), xlim=(-5, 5))
        objectives.set(xlabel="parameter  θ, φ", ylabel="objective  L(φ)", ylim=(-0.1, 4.1))
        transfer, = objectives.plot(GRID, 0 * GRID, color=style.TRANSFER, animated=True)
        maml, = objectives.plot(GRID, 0 * GRID, color=style.MAML, animated=True, ls=(0, (6, 1.2)))
        best = [
            objectives.plot([], [], marker=m, color=c, ms=10, ls="", animated=True)[0]
            for m, c in (("v", style.TRANSFER), ("^", style.MAML))
        ]
        line = [ax.axvline(phi, color=style.INK, lw=1, ls=":", animated=True) for ax in (wells, objectives)]
        paths = [wells.plot([], [], color=c, marker=".", ms=5, lw=1.3, animated=True)[0] for c in style.TASKS[:2]]
        thetas = [wells.plot([], [], color=c, zorder=5, animated=True, **style.THETA)[0] for c in style.TASKS[:2]]
        start = wells.plot([], [], color="white", zorder=6, animated=True, **style.PHI)[0]
        now = objectives.plot([], [], color="white", zorder=6, animated=True, **style.PHI)[0]
        title = Readout(wells)
        readout = Readout(objectives)

    def draw(data: OneAxis, v: Values) -> str:
        transfer.set_ydata(data.curves.transfer)
        maml.set_ydata(data.curves.maml)
        optima = data.curves.transfer_optimum, data.curves.maml_optimum
        for mark, at, curve, lift in zip(best, optima, (data.curves.transfer, data.curves.maml), (.22, -.22), strict=True):
            mark.set_data([at], [curve.min() + lift])
        for mark in line:
            mark.set_xdata([v.phi, v.phi])
        for n in range(2):
            paths[n].set_data(data.paths[:, n], data.losses[:, n])
            thetas[n].set_data(data.paths[-1:, n], data.losses[-1:, n])
        start.set_data([v.phi], [-0.06])
        now.set_data([v.phi], [data.after])
        ends = ", ".join(f"θ̂{'¹²'[n]} = {data.paths[-1, n]:.2f}" for n in range(2))
        title.set_text(f"φ = {v.phi:.2f}   α = {v.inner_lr:.2f}   steps = {v.steps}      {ends}")
        readout.set_text(f"sum of losses: {data.before:.2f} before, {data.after:.2f} after      optima: transfer {optima[0]:.2f}, MAML {optima[1]:.2f}")
        return f"φ = {v.phi:.2f}, α = {v.inner_lr:.2f}, {v.steps} steps: {data.before:.2f} -> {data.after:.2f}"

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
            Handle("phi", "φ, the initial parameter", wells, lambda d, v: (v.phi, -0.06), lambda x, y: {"phi": x}),
            Handle("phi below", "φ, the initial parameter", objectives, lambda d, v: (v.phi, d.after), lambda x, y: {"phi": x}),
        ],
        describe="Explorer of one parameter: two tasks' losses above, both objectives below.",
    )
