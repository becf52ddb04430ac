"""Notebook 05's static diagrams: a path and its shadow, and the answers below the predictions.

The answers are drawn from the stored checkpoints, in float64, so that they are the same everywhere.
"""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from course_utils import checkpoints, curvature, maml, networks, slices
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.networks import Params
from course_utils.notebook_05 import charts, fed_noise
from course_utils.notebook_05.pictures import ends, line_axes
from course_utils.tasks import Sinusoids, TaskBatch

_LOSS = networks.squared_error(networks.mlp([1, 40, 40, 1]))


def _phis() -> dict[str, Params]:
    """The three φ of notebook 05."""
    phis = {
        name: checkpoints.load(f"sinusoids-{name.lower()}-k5-seed0").phi
        for name in ("MAML", "transfer")
    } | {"random": checkpoints.sinusoid_start(0)}
    return {n: {k: leaf.double() for k, leaf in phi.items()} for n, phi in phis.items()}


def _unseen() -> TaskBatch:
    """The unseen tasks of notebook 05."""
    generator = torch.Generator().manual_seed(1312)
    tasks = Sinusoids().sample(200, shots=5, queries=100, generator=generator)
    sets = (tasks.support_x, tasks.support_y, tasks.query_x, tasks.query_y)
    return TaskBatch(*(part.double() for part in sets))


def answer_halfway() -> Figure:
    """Below "halfway": the mean error along the line, before any step and after one."""
    figure, ax = style.new_figure(size=(7.6, 3.4))
    phis, tasks = _phis(), _unseen()[:100]
    t = torch.linspace(-0.2, 1.2, 57, dtype=torch.float64)
    points = slices.line(phis["transfer"], phis["MAML"], t)
    losses = slices.losses_on(_LOSS, points, tasks, inner_lr=0.01, steps=1)
    before, after = (part.mean(dim=1).numpy() for part in losses)
    with style.course_style():
        line_axes(ax, t.numpy(), top=5.0)
        ax.plot(t, before, color=style.TRANSFER)
        ax.plot(t, after, color=style.MAML)
        ends(ax, t.numpy(), after)
        level, middle = (float(np.interp(0.5, t, curve)) for curve in (before, after))
        ax.plot(0.5, middle, color=style.INK, zorder=6, **style.PHI)
        label(ax, 0.5, level + 0.35, "before any step", {"color": style.TRANSFER}, ha="center")
        ax.text(0.47, middle - 0.5, f"after one step, halfway: {middle:.1f}", ha="right")
        ax.set_ylabel("mean squared error")
    return figure


def answer_curvature() -> Figure:
    """Below "curvature_guess": the curvature along the step at the three φ."""
    tasks = _unseen()
    along = {
        name: curvature.curvature_along_step(_LOSS, phi, tasks).numpy()
        for name, phi in _phis().items()
    }
    figure, ax = style.new_figure(size=(7.6, 3.3))
    panel = charts.Panel(
        along, "", "curvature along the step", (1, 1000), log=True, mark=(200, "2/α")
    )
    charts.strips(ax, panel)
    return figure


def answer_noise() -> Figure:
    """Below "fed_noise": what one step from MAML's φ makes of noise, for three support sets."""
    phi, tasks, network = _phis()["MAML"], _unseen(), networks.mlp([1, 40, 40, 1])
    noise = 2 * torch.randn(200, 5, 1, generator=torch.Generator().manual_seed(2)).double()
    theta = maml.adapt(_LOSS, phi, tasks.support_x, noise, inner_lr=0.01, steps=1)
    x = torch.linspace(-5, 5, 201, dtype=torch.float64)
    changes = (network(theta, x[:, None]) - network(phi, x[:, None]))[..., 0]
    asked = (noise - network(phi, tasks.support_x))[..., 0]
    figure, axes = style.new_figure(1, 3, size=(7.6, 3.2), sharey=True)
    drawn = fed_noise.shown(x.numpy(), changes.numpy())
    charts.asked_changes(
        axes, x.numpy(), tasks.support_x[drawn, :, 0].numpy(), asked[drawn].numpy()
    )
    for ax, change in zip(axes, changes[drawn], strict=True):
        ax.plot(x, change, color=style.MAML, lw=2.6)
    return figure


def shadow() -> Figure:
    """A plane through φ and two θ̂; a third task's path leaves it, and its shadow stays."""
    figure, ax = style.new_figure(size=(7.0, 3.5))
    with style.course_style():
        ax.set(xlim=(0, 10), ylim=(0, 5), xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
        corners = [(0.3, 0.4), (7.2, 0.4), (9.7, 2.7), (2.8, 2.7)]
        ax.add_patch(Polygon(corners, fc="#efefef", ec="#828282", lw=0.9, zorder=0))
        phi = np.array([3.1, 1.2])
        for n, end in enumerate(((7.6, 1.5), (4.1, 2.3))):
            _step(ax, phi, end, style.INK)
            ax.plot(*end, color=style.TASKS_BESIDE_METHODS[n], zorder=5, **style.THETA)
            side, ha = ((0.25, "left"), (-0.2, "right"))[n]
            name = rf"$\hat\theta^{n + 1}$"
            ax.text(end[0] + side, end[1] + 0.05, name, ha=ha, va="center", fontsize=14)
        end, foot = np.array([6.5, 4.2]), np.array([6.5, 2.15])
        _step(ax, phi, end, style.INK)
        shade = {"color": "#828282", "lw": 1.6, "ls": (0, (4, 2))}
        ax.plot(*np.transpose([phi, foot]), **shade)
        ax.plot(*foot, marker="o", ms=8, mfc="white", mec="#828282", ls="", zorder=4)
        ax.plot(*np.transpose([foot, end]), color=style.TASKS_BESIDE_METHODS[2], lw=1.2, ls=":")
        ax.plot(*end, color=style.TASKS_BESIDE_METHODS[2], zorder=5, **style.THETA)
        ax.text(end[0] + 0.25, end[1], r"$\hat\theta^3$, off the plane", va="center", fontsize=13)
        ax.text(foot[0] + 0.25, 3.2, "how far off: the residual", va="center", fontsize=10.5)
        ax.text(foot[0] + 0.22, foot[1] - 0.02, "its shadow", va="center", fontsize=10.5)
        ax.plot(*phi, color=style.MAML, zorder=6, **style.PHI)
        ax.text(phi[0] - 0.25, phi[1], "φ", ha="right", va="center", fontsize=15)
        ax.text(6.9, 0.55, "the picture", ha="right", fontsize=10.5)
    return figure


def _step(ax: Axes, start: np.ndarray, end: tuple[float, float], color: str) -> None:
    look = {**style.INNER_STEP, "color": color, "shrinkA": 7, "shrinkB": 6}
    ax.annotate("", end, start, arrowprops=look)


DIAGRAMS = {
    "05-answer-halfway": answer_halfway,
    "05-answer-curvature": answer_curvature,
    "05-answer-noise": answer_noise,
    "05-shadow": shadow,
}

AFTER = {
    "05-after-plane": ("network_plane", {"steps": 1}),
}
