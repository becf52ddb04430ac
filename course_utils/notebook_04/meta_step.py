"""One meta-step at a time on the plane of a·sin(x − p): φ⁰ → θ̂ᵐ → φ¹ (notebook 04)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from course_utils import landscape, maml
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.notebook_04 import shown_tasks
from course_utils.notebook_04.shown_tasks import SHOWN_TASKS
from course_utils.notebook_04.sine_plane import AMPLITUDES, INNER_LRS, PHASES
from course_utils.tasks import exact

RULES = ("first-order", "MAML", "transfer")
MOST_META_STEPS = 12
LEVELS = np.array([0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 10, 12, 15, 18, 22, 26, 30])
RULE_CHOICES = [
    ("on: MAML", "MAML"),
    ("off: first-order", "first-order"),
    ("no adaptation: transfer", "transfer"),
]
ARROWS = {  # of meta-steps; MAML's lies on top where all are one
    "transfer": (style.TRANSFER, {"zorder": 4}),
    "first-order": (style.MAML, {"zorder": 4.1, "ls": "--", "lw": 1.8}),
    "MAML": (style.MAML, {"zorder": 4.2}),
}


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
    batch, loss = SHOWN_TASKS[task : task + 1], exact.sine_loss
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
        step = gradient(*trail[-1], k % len(SHOWN_TASKS), inner_lr, rule)
        trail.append(trail[-1] - meta_lr * step)
    task, now = meta_steps % len(SHOWN_TASKS), trail[-1]
    here = {name: gradient(*now, task, inner_lr, name) for name in RULES}
    theta = now - inner_lr * here["transfer"]
    nexts = {name: now - meta_lr * slope for name, slope in here.items()}
    return MetaStep(task, np.array(trail), theta, here, nexts)


def meta_step(a: float = 2.6, p: float = 1.9, inner_lr: float = 0.0) -> Explorer:
    """Drag φ⁰; see θ̂ᵐ, three rules' arrows from φ, and walk from one meta-step to the next."""
    losses = _surfaces()
    with Scene(size=(7.6, 4.9)) as (scene, axes):
        axes.set(xlabel="amplitude  a", ylabel="phase  p", title=" \n\n ")
        axes.set_yticks([0, math.pi / 2, math.pi], ["0", "π/2", "π"])
        loss = scene.surface(axes, AMPLITUDES, PHASES, lambda f: losses[f.data.task], levels=LEVELS)
        loss.set_gid("loss")
        stars = [_star(scene, axes, n) for n in range(len(SHOWN_TASKS))]
        trail = {"color": "black", "lw": 1, "marker": "D", "ms": 3.5, "gid": "trail"}
        scene.line(axes, lambda f: f.data.trail.T, **trail)
        inner = {"zorder": 4.5, "gid": "inner step"}
        scene.arrow(axes, style.INK, lambda f: (_now(f), tuple(f.data.theta)), **inner)
        thetas = [_theta(scene, axes, n) for n in range(len(SHOWN_TASKS))]
        for rule, (color, look) in ARROWS.items():
            bold = {"look": style.META_STEP, "gid": rule, **look}
            scene.arrow(axes, color, partial(_step, rule), **bold)
        phi = scene.diamond(axes, "white", _now, zorder=7, gid="φ")
        pale = {"zorder": 6, "alpha": 0.6, "gid": "next φ"}
        scene.diamond(axes, "white", lambda f: f.data.nexts[f.rule], **pale)
        scene.handle(axes, lambda f: tuple(f.data.trail[0]), "φ⁰", x="a", y="p", name="phi")
        _draw_legend(axes, {"φ": phi, "θ*ᵐ": stars[0], "θ̂ᵐ": thetas[0]})
        scene.text(axes, _settings, y=1.085)
        scene.text(axes, lambda f: f"gradients:  {_gradients(f, '   ')}", y=1.02, size=10)
    return scene.explorer(
        meta_step_frame,
        Slider("a", "φ⁰: a", "amplitude", 0.2, 5.0, 0.05, a),
        Slider("p", "φ⁰: p", "phase", 0.0, 3.14, 0.02, p),
        vocabulary.inner_lrs(INNER_LRS, inner_lr),
        Slider("meta_lr", "β", "outer step size", 0.01, 0.2, 0.01, 0.15),
        Slider("meta_steps", "", "meta-steps taken", 0, MOST_META_STEPS, 1, 0),
        Choice("rule", "second derivatives", RULE_CHOICES, "MAML"),
        alt=_alt,
        describe=(
            "Explorer: one task's loss on the plane of amplitude and phase, an inner step from φ, "
            "and the meta-steps of MAML, first-order MAML and transfer learning."
        ),
    )


def _now(f) -> tuple:
    """φ after the meta-steps that were taken."""
    return tuple(f.data.trail[-1])


def _step(rule: str, f) -> tuple:
    """From φ to where a rule would put it next."""
    return _now(f), tuple(f.data.nexts[rule])


def _star(scene: Scene, axes: Axes, task: int) -> Line2D:
    """A task's optimum, large where it is the current task's."""
    look = {"ms": 14, "gid": f"star {task + 1}", **shown_tasks.STAR}
    (star,) = axes.plot(*shown_tasks.optimum(task), color=shown_tasks.COLORS[task], **look)
    shown_tasks.number_star(scene, axes, task)
    return scene.follow(star, lambda _, f: star.set_markersize(17 if f.data.task == task else 8))


def _theta(scene: Scene, axes: Axes, task: int) -> Line2D:
    """A task's θ̂, there where it is the current task's."""

    def place(f) -> np.ndarray | None:
        return f.data.theta if f.data.task == task else None

    look = {"color": shown_tasks.COLORS[task], "zorder": 5, "gid": f"theta {task + 1}"}
    theta = scene.line(axes, place, **look, **shown_tasks.THETA)
    shown_tasks.number_theta(scene, axes, task, place)
    return theta


def _draw_legend(axes: Axes, marks: dict[str, Line2D]) -> None:
    """The legend: lines that look like the arrows, and marks."""
    lines = {
        "MAML's step": {"color": style.MAML, "lw": 3},
        "first-order's": {"color": style.MAML, "lw": 1.8, "ls": "--"},
        "transfer's": {"color": style.TRANSFER, "lw": 3},
        "inner step": {"color": style.INK, "lw": 1.3},
    }
    shown = {name: Line2D([], [], **look) for name, look in lines.items()} | marks
    close = {"columnspacing": 1.1, "handletextpad": 0.4, "handlelength": 1.7}
    axes.figure.legend(shown.values(), shown.keys(), loc="outside lower center", ncols=7, **close)


def _settings(f) -> str:
    a, p = _now(f)
    return (
        f"φ{_superscript(f.meta_steps)} = (a {a:.2f}, p {p:.2f})   α = {f.inner_lr:.2f}   "
        f"β = {f.meta_lr:.2f}   task m = {f.data.task + 1}   rule: {f.rule}"
    )


def _gradients(f, between: str) -> str:
    pulls = f.data.gradients.items()
    return between.join(f"{rule} ({a:.2f}, {p:.2f})" for rule, (a, p) in pulls)


def _alt(f) -> str:
    (a, p), theta, pulls = _now(f), f.data.theta, f.data.gradients
    apart = np.linalg.norm(pulls["first-order"] - pulls["MAML"])
    return (
        f"The loss of task {f.data.task + 1} on the plane. After "
        f"{vocabulary.counted(f.meta_steps, 'meta-step')} φ is "
        f"({a:.2f}, {p:.2f}); its inner step with α = {f.inner_lr:.2f} ends at "
        f"({theta[0]:.2f}, {theta[1]:.2f}). Gradients: {_gradients(f, ', ')}; first-order's and "
        f"MAML's are {apart:.2f} apart."
    )


def _surfaces() -> list[np.ndarray]:
    grid_a, grid_p = (torch.tensor(axis) for axis in np.meshgrid(AMPLITUDES, PHASES))
    points = {"a": grid_a.flatten(), "p": grid_p.flatten()}
    each = landscape.on_points(exact.sine_loss, points, SHOWN_TASKS, inner_lr=0, steps=0).before
    return [column.reshape(grid_a.shape).numpy() for column in each.T]


def _superscript(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
