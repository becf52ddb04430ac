"""MAML by hand: two parabolas, one parameter, one inner step, three gradients (notebook 03)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape, maml
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.landscapes import arrow, diamond, point
from course_utils.figures.readout import Readout
from course_utils.tasks import exact

SHORT = 0.2  # an inner step that is all arrow head is not drawn
ON_AXIS = -1.1  # where φ lies: on the parameter axis, below the losses
METHODS = {"transfer": style.TRANSFER, "first_order": "black", "maml": style.MAML}
NAMES = {"transfer": "transfer", "first_order": "first-order\nMAML", "maml": "MAML"}


@dataclass(frozen=True)
class ByHand:
    """A frame: losses (2,) before and after, θ̂ (2,), and each method's gradient by task (2,)."""

    before: np.ndarray
    theta: np.ndarray
    after: np.ndarray
    gradients: dict[str, np.ndarray]


def by_hand_frame(phi: float, inner_lr: float) -> ByHand:
    """Both tasks after one inner step from φ, and what each pulls at φ under three objectives."""
    tasks, loss = exact.quadratics(), exact.quadratic_loss
    start = {"phi": torch.tensor(phi).double()}
    steps = landscape.path(
        loss, start, tasks.support_x, tasks.support_y, inner_lr=inner_lr, steps=1
    )["phi"]
    losses = [loss({"phi": stop}, tasks.query_x, tasks.query_y).numpy() for stop in steps]
    gradients = {name: _by_task(name, phi, inner_lr) for name in METHODS}
    return ByHand(losses[0], steps[1].numpy(), losses[1], gradients)


def _by_task(method: str, phi: float, inner_lr: float) -> np.ndarray:
    """The gradient of one objective at φ, task by task, (2,)."""
    tasks, loss = exact.quadratics(), exact.quadratic_loss
    start = {"phi": torch.tensor(phi).double().requires_grad_()}
    theta = maml.adapt(
        loss,
        start,
        tasks.support_x,
        tasks.support_y,
        inner_lr=inner_lr,
        steps=0 if method == "transfer" else 1,
        first_order=method == "first_order",
    )
    losses = loss(theta, tasks.query_x, tasks.query_y)
    pulls = [torch.autograd.grad(one, start["phi"], retain_graph=True)[0] for one in losses]
    return torch.stack(pulls).numpy()


def by_hand(phi: float = 4.0, inner_lr: float = 0.0) -> Explorer:
    """Drag φ between two parabolas; see the inner steps and the three gradients they give."""
    figure, (losses, pulls) = style.new_figure(
        2, 1, size=(7.6, 6.0), gridspec_kw={"height_ratios": [3, 2]}
    )
    with style.course_style():
        _draw_parabolas(losses)
        _draw_rows(pulls)
        ways = [
            arrow(losses, color, style.INNER_STEP, zorder=5, shrinkB=4) for color in style.TASKS[:2]
        ]
        starts = [diamond(losses, "white", markersize=5, zorder=4) for _ in range(2)]
        ends = [
            losses.plot([], [], color=color, animated=True, zorder=5, **style.THETA)[0]
            for color in style.TASKS[:2]
        ]
        here = diamond(losses, "white", zorder=7, clip_on=False)
        parts = {
            name: [
                arrow(pulls, color, style.INNER_STEP, lw=2.2, zorder=4) for color in style.TASKS[:2]
            ]
            for name in METHODS
        }
        sums = {
            name: arrow(pulls, color, style.META_STEP, zorder=5) for name, color in METHODS.items()
        }
        settings = Readout(losses)
        words = {
            name: Readout(pulls, x=0.74, y=0.80 - 0.333 * row, size=10)
            for row, name in enumerate(METHODS)
        }

    def draw(data: ByHand, v: Values) -> str:
        here.set_data([v.phi], [ON_AXIS])
        for n in range(2):
            starts[n].set_data([v.phi], [data.before[n]])
            ends[n].set_data([data.theta[n]], [data.after[n]])
            point(ways[n], (v.phi, data.before[n]), (data.theta[n], data.after[n]))
            if abs(v.phi - data.theta[n]) < SHORT:
                ways[n].set_visible(False)
        settings.set_text(
            f"φ = {v.phi:.2f}   α = {v.inner_lr:.3f}   →   "
            f"θ̂¹ = {data.theta[0]:.3f}   θ̂² = {data.theta[1]:.3f}"
        )
        said = []
        for row, (name, gradient) in enumerate(data.gradients.items()):
            for n, pull in enumerate(gradient):
                height = -row + 0.26 - 0.2 * n
                point(parts[name][n], (0, height), (-pull, height))
            total = gradient.sum()
            point(sums[name], (0, -row - 0.2), (-total, -row - 0.2))
            words[name].set_text(_sum(gradient))
            said.append(f"{NAMES[name].replace(chr(10), ' ')} {total:.2f}, so {_moves(total)}")
        return (
            f"Two parabolas, the losses of two tasks. From φ = {v.phi:.2f} one inner step of size "
            f"α = {v.inner_lr:.3f} leads to {data.theta[0]:.3f} for task 1 and to "
            f"{data.theta[1]:.3f} for task 2. Gradients at φ: {'; '.join(said)}."
        )

    return Explorer(
        figure,
        compute=by_hand_frame,
        draw=draw,
        controls=[
            Slider("phi", "φ", "initial parameter", 2.0, 6.0, 0.05, phi),
            Slider("inner_lr", "α", "inner step size", 0.0, 0.25, 0.005, inner_lr, format=".3f"),
        ],
        handles=[
            Handle("phi", "φ", losses, lambda d, v: (v.phi, ON_AXIS), lambda x, y: {"phi": x})
        ],
        describe=(
            "Explorer: above, two parabolas and one inner step on each from φ; below, how strongly "
            "each task pulls at φ under transfer learning, first-order MAML and MAML."
        ),
    )


def _draw_parabolas(axes: Axes) -> None:
    tasks = exact.quadratics()
    grid = np.linspace(-1, 8, 361)
    names = ((2.35, "right", "task 1: ½ θ²"), (7.3, "right", "task 2: 2 (θ − 5)²"))
    for n, (at, side, name) in enumerate(names):
        h, c = (float(tasks.facts[fact][n]) for fact in "hc")
        axes.plot(grid, h / 2 * (grid - c) ** 2, color=style.TASKS[n])
        axes.text(at, h / 2 * (at - c) ** 2, name, color=style.TASKS[n], ha=side, va="bottom")
    axes.set(
        xlabel="parameter  θ, φ",
        ylabel="loss of a task  $l^n(\\theta)$",
        xlim=(-0.5, 8),
        ylim=(ON_AXIS, 19),
    )


def _draw_rows(axes: Axes) -> None:
    axes.axvline(0, color=style.INK, lw=0.9)
    axes.set(
        xlim=(-12.5, 22.5),
        xticks=range(-10, 11, 5),
        ylim=(-2.5, 0.5),
        yticks=[0, -1, -2],
        yticklabels=list(NAMES.values()),
    )
    axes.tick_params(left=False)
    axes.set_xlabel("← φ moves left     minus the gradient at φ     φ moves right →", x=12.5 / 35)
    axes.set_title("gradient at φ: task 1 + task 2 = sum", loc="right", fontsize=10)
    for edge in (-0.5, -1.5):
        axes.axhline(edge, color=style.FAINT, lw=0.6)


def _sum(parts: np.ndarray) -> str:
    first, second = parts
    sign = "+" if second >= 0 else "−"
    return f"{first:.2f} {sign} {abs(second):.2f} = {first + second:.2f}"


def _moves(gradient: float) -> str:
    if abs(gradient) < 0.005:
        return "φ stays"
    return "φ moves left" if gradient > 0 else "φ moves right"
