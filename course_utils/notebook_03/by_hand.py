"""MAML by hand: two parabolas, one parameter, one inner step, three gradients (notebook 03)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import maml
from course_utils.explorers import vocabulary
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.figures.labels import label
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
    start = {"phi": torch.tensor(phi).double().requires_grad_()}
    how = {
        "transfer": {"steps": 0},
        "first_order": {"steps": 1, "first_order": True},
        "maml": {"steps": 1},
    }
    theta, losses, pulls = {}, {}, {}
    for name in METHODS:
        support = tasks.support_x, tasks.support_y
        theta[name] = maml.adapt(loss, start, *support, inner_lr=inner_lr, **how[name])
        losses[name] = loss(theta[name], tasks.query_x, tasks.query_y)
        each = [
            torch.autograd.grad(one, start["phi"], retain_graph=True)[0] for one in losses[name]
        ]
        pulls[name] = torch.stack(each).numpy()
    before, after = (losses[name].detach().numpy() for name in ("transfer", "maml"))
    return ByHand(before, theta["maml"]["phi"].detach().numpy(), after, pulls)


def by_hand(phi: float = 4.0, inner_lr: float = 0.0) -> Explorer:
    """Drag φ between two parabolas; see the inner steps and the three gradients they give."""
    ratios = {"gridspec_kw": {"height_ratios": [3, 2]}}
    with Scene(2, 1, size=(7.6, 6.0), **ratios) as (scene, (losses, pulls)):
        _draw_parabolas(losses)
        _draw_rows(pulls)
        for n, color in enumerate(style.TASKS[:2]):
            step = {"zorder": 5, "shrinkB": 4, "gid": f"inner step {n + 1}"}
            scene.arrow(losses, color, lambda f, n=n: _inner_step(f, n), **step)
            start = {"markersize": 5, "zorder": 4, "gid": f"start {n + 1}"}
            scene.diamond(losses, "white", lambda f, n=n: (f.phi, f.data.before[n]), **start)
            end = {"color": color, "zorder": 5, "gid": f"theta {n + 1}", **style.THETA}
            scene.line(losses, lambda f, n=n: (f.data.theta[n], f.data.after[n]), **end)
        scene.grip(losses, lambda f: (f.phi, ON_AXIS), "φ", x="phi", clip_on=False, gid="phi")
        for row, (name, color) in enumerate(METHODS.items()):
            for n, task in enumerate(style.TASKS[:2]):
                pull = partial(_pull, name, n, -row + 0.26 - 0.2 * n)
                scene.arrow(pulls, task, pull, lw=2.2, zorder=4, gid=f"{name} {n + 1}")
            total = partial(_pull, name, slice(None), -row - 0.2)
            scene.arrow(pulls, color, total, look=style.META_STEP, zorder=5, gid=f"{name} sum")
            words = {"x": 0.74, "y": 0.80 - 0.333 * row, "size": 10}
            scene.text(pulls, lambda f, m=name: _sum(f.data.gradients[m]), **words)
        scene.text(losses, _settings)
    return scene.explorer(
        by_hand_frame,
        vocabulary.phi(2.0, 6.0, 0.05, phi),
        vocabulary.inner_lr(0.25, 0.005, inner_lr),
        alt=_alt,
        describe=(
            "Explorer: above, two parabolas and one inner step on each from φ; below, how strongly "
            "each task pulls at φ under transfer learning, first-order MAML and MAML."
        ),
    )


def _inner_step(f, n: int) -> tuple | None:
    """From φ to task n's θ̂; a step that is all arrow head is not drawn."""
    theta = f.data.theta[n]
    return (
        None
        if abs(f.phi - theta) < SHORT
        else ((f.phi, f.data.before[n]), (theta, f.data.after[n]))
    )


def _pull(method: str, tasks: int | slice, height: float, f) -> tuple:
    """How far one task, or all, would move φ under a method."""
    return (0, height), (-f.data.gradients[method][tasks].sum(), height)


def _settings(f) -> str:
    theta = "   ".join(f"θ̂{'¹²'[n]} = {f.data.theta[n]:.3f}" for n in range(2))
    return f"φ = {f.phi:.2f}   α = {f.inner_lr:.3f}   →   {theta}"


def _alt(f) -> str:
    sums = {NAMES[m].replace("\n", " "): g.sum() for m, g in f.data.gradients.items()}
    said = "; ".join(f"{name} {total:.2f}, so {_moves(total)}" for name, total in sums.items())
    return (
        f"Two parabolas, the losses of two tasks. From φ = {f.phi:.2f} one inner step of size "
        f"α = {f.inner_lr:.3f} leads to {f.data.theta[0]:.3f} for task 1 and to "
        f"{f.data.theta[1]:.3f} for task 2. Gradients at φ: {said}."
    )


def _draw_parabolas(axes: Axes) -> None:
    tasks = exact.quadratics()
    grid = np.linspace(-1, 8, 361)
    names = ((2.35, "task 1: ½ θ²"), (7.3, "task 2: 2 (θ − 5)²"))
    for n, (at, name) in enumerate(names):
        h, c = (float(tasks.facts[fact][n]) for fact in "hc")
        axes.plot(grid, h / 2 * (grid - c) ** 2, color=style.TASKS[n], gid=f"loss {n + 1}")
        place = {"ha": "right", "va": "bottom", "shift": (-3, 3)}
        label(axes, at, h / 2 * (at - c) ** 2, name, {"color": style.TASKS[n]}, **place)
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
