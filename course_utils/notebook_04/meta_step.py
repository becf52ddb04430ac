"""One meta-step at a time on the plane of a·sin(x − p): φ⁰ → θ̂ᵐ → φ¹ (notebook 04)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from course_utils import landscape, maml
from course_utils.explorers.controls import Choice, Slider, Stops
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.landscapes import Surface, arrow, diamond, point
from course_utils.figures.readout import Readout
from course_utils.notebook_04.sine_plane import A_GRID, INNER_LRS, P_GRID, SHOWN
from course_utils.tasks import exact

RULES = ("first-order", "MAML", "transfer")
MOST_META_STEPS = 12
LEVELS = np.array([0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 10, 12, 15, 18, 22, 26, 30])


@dataclass(frozen=True)
class MetaStep:
    """A frame: where φ has been, and what each rule would do next.

    task: index of the current task m. trail: (meta-steps so far + 1, 2), its last row φ now.
    theta: (2,), θ̂ᵐ. gradients: by rule, (2,), of the objective at φ. nexts: by rule, φ after it.
    """

    task: int
    trail: np.ndarray
    theta: np.ndarray
    gradients: dict[str, np.ndarray]
    nexts: dict[str, np.ndarray]


def gradient(a: float, p: float, task: int, inner_lr: float, rule: str) -> np.ndarray:
    """The gradient (2,) of a rule's objective at φ = (a, p) for one of the shown tasks."""
    batch, loss = SHOWN[task : task + 1], exact.sine_loss
    phi = {
        name: torch.tensor(v, dtype=torch.float64).requires_grad_()
        for name, v in (("a", a), ("p", p))
    }
    if rule == "transfer":
        value = maml.transfer_loss(loss, phi, batch)
    else:
        value = maml.meta_loss(
            loss, phi, batch, inner_lr=inner_lr, steps=1, first_order=rule == "first-order"
        )
    return torch.stack(torch.autograd.grad(value, list(phi.values()))).numpy()


def meta_step_frame(
    a: float, p: float, inner_lr: float, meta_lr: float, meta_steps: int, rule: str = "MAML"
) -> MetaStep:
    """Take `meta_steps` steps from φ⁰ = (a, p) by a rule, each on the next task, and look ahead."""
    trail = [np.array([a, p])]
    for k in range(meta_steps):
        step = gradient(*trail[-1], k % len(SHOWN), inner_lr, rule)
        trail.append(trail[-1] - meta_lr * step)
    task, now = meta_steps % len(SHOWN), trail[-1]
    here = {name: gradient(*now, task, inner_lr, name) for name in RULES}
    theta = now - inner_lr * here["transfer"]
    nexts = {name: now - meta_lr * slope for name, slope in here.items()}
    return MetaStep(task, np.array(trail), theta, here, nexts)


def meta_step(a: float = 2.6, p: float = 1.9, inner_lr: float = 0.0) -> Explorer:
    """Drag φ⁰; see θ̂ᵐ, three rules' arrows from φ, and walk from one meta-step to the next."""
    figure, axes = style.new_figure(size=(7.6, 4.9))
    with style.course_style():
        surface = Surface(axes, A_GRID, P_GRID, levels=LEVELS)
        axes.set(xlabel="amplitude  a", ylabel="phase  p", title=" \n\n ")
        axes.set_yticks([0, math.pi / 2, math.pi], ["0", "π/2", "π"])
        losses = _surfaces()
        star = {"marker": "*", "mec": "white", "mew": 0.6, "ls": "", "animated": True}
        stars = [axes.plot([], [], ms=14, color=color, **star)[0] for color in style.TASKS]
        (trail,) = axes.plot([], [], color="black", lw=1, marker="D", ms=3.5, animated=True)
        inner = arrow(axes, style.INK, style.INNER_STEP, zorder=4.5)
        ends = [
            axes.plot([], [], color=c, animated=True, zorder=5, **style.THETA)[0]
            for c in style.TASKS
        ]
        arrows = {
            "transfer": arrow(axes, style.TRANSFER, style.META_STEP, zorder=4),
            "MAML": arrow(axes, style.MAML, style.META_STEP, zorder=4.2),
            "first-order": arrow(axes, style.MAML, style.META_STEP, zorder=4.1, ls="--", lw=1.8),
        }
        phi = diamond(axes, "white", zorder=7)
        ghost = diamond(axes, "white", zorder=6, alpha=0.6)
        handles = [
            axes.plot([], [], color=color, ls=dashes, lw=width)[0]
            for color, dashes, width in (
                (style.MAML, "-", 3),
                (style.MAML, "--", 1.8),
                (style.TRANSFER, "-", 3),
                (style.INK, "-", 1.3),
            )
        ]
        figure.legend(
            [*handles, phi, stars[0], ends[0]],
            ["MAML's step", "first-order's", "transfer's", "inner step", "φ", "θ*ᵐ", "θ̂ᵐ"],
            loc="outside lower center",
            ncols=7,
            columnspacing=1.1,
            handletextpad=0.4,
            handlelength=1.7,
        )
        settings, result = Readout(axes, y=1.085), Readout(axes, y=1.02, size=10)

    def draw(data: MetaStep, v: Values) -> str:
        surface.set(losses[data.task])
        now = data.trail[-1]
        for n, (mark, end) in enumerate(zip(stars, ends, strict=True)):
            mark.set_data([SHOWN.facts["amplitude"][n]], [SHOWN.facts["phase"][n]])
            mark.set_markersize(17 if n == data.task else 8)
            end.set_data(*([[c] for c in data.theta] if n == data.task else ([], [])))
        point(inner, tuple(now), tuple(data.theta))
        for rule, patch in arrows.items():
            point(patch, tuple(now), tuple(data.nexts[rule]))
        trail.set_data(*data.trail.T)
        phi.set_data(*[[c] for c in now])
        ghost.set_data(*[[c] for c in data.nexts[v.rule]])
        m, k = data.task + 1, v.meta_steps
        settings.set_text(
            f"φ{_superscript(k)} = (a {now[0]:.2f}, p {now[1]:.2f})   α = {v.inner_lr:.2f}   "
            f"β = {v.meta_lr:.2f}   task m = {m}   rule: {v.rule}"
        )
        apart = np.linalg.norm(data.gradients["first-order"] - data.gradients["MAML"])
        spelled = {rule: f"({g[0]:.2f}, {g[1]:.2f})" for rule, g in data.gradients.items()}
        result.set_text("gradients:  " + "   ".join(f"{r} {g}" for r, g in spelled.items()))
        return (
            f"The loss of task {m} on the plane. After {k} meta-steps φ is ({now[0]:.2f}, "
            f"{now[1]:.2f}); its inner step with α = {v.inner_lr:.2f} ends at "
            f"({data.theta[0]:.2f}, {data.theta[1]:.2f}). Gradients: "
            + ", ".join(f"{r} {g}" for r, g in spelled.items())
            + f"; first-order's and MAML's are {apart:.2f} apart."
        )

    return Explorer(
        figure,
        compute=meta_step_frame,
        draw=draw,
        controls=[
            Slider("a", "φ⁰: a", "amplitude", 0.2, 5.0, 0.05, a),
            Slider("p", "φ⁰: p", "phase", 0.0, 3.14, 0.02, p),
            Stops("inner_lr", "α", "inner step size", INNER_LRS, inner_lr),
            Slider("meta_lr", "β", "outer step size", 0.01, 0.2, 0.01, 0.15),
            Slider("meta_steps", "", "meta-steps taken", 0, MOST_META_STEPS, 1, 0),
            Choice(
                "rule",
                "second derivatives",
                [
                    ("on: MAML", "MAML"),
                    ("off: first-order", "first-order"),
                    ("no adaptation: transfer", "transfer"),
                ],
                "MAML",
            ),
        ],
        handles=[
            Handle(
                "phi",
                "φ⁰",
                axes,
                lambda d, v: tuple(d.trail[0]),
                lambda x, y, v: {"a": x, "p": y},
            )
        ],
        describe=(
            "Explorer: one task's loss on the plane of amplitude and phase, an inner step from φ, "
            "and the meta-steps of MAML, first-order MAML and transfer learning."
        ),
    )


def _surfaces() -> list[np.ndarray]:
    grid_a, grid_p = (torch.tensor(axis) for axis in np.meshgrid(A_GRID, P_GRID))
    points = {"a": grid_a.flatten(), "p": grid_p.flatten()}
    each = landscape.on_points(exact.sine_loss, points, SHOWN, inner_lr=0, steps=0).before
    return [column.reshape(grid_a.shape).numpy() for column in each.T]


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
