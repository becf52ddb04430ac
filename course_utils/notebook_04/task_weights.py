"""Two quadratic tasks: how transfer, first-order MAML and MAML weigh them (notebook 04)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.tasks import exact

OPTIMA = 0.0, 5.0  # of task 1 and task 2
FLAT = 1.0  # task 1's curvature
GRID = np.linspace(-1.5, 6.5, 161)
RULES = {"transfer": "transfer", "first_order": "first-order", "maml": "MAML"}
ARM = 1.0  # the parabola's arm that is pulled: this far right of task 2's optimum
STEEPER = {"from": 4.0, "to": 6.0, "inner_lr": 0.125}
UNDER = -1.2  # where φ lies in the prediction: under the losses


@dataclass(frozen=True)
class Weighting:
    """A frame: task 2's loss (G,), and by rule both tasks' weights (2,) and the φ they lead to."""

    curve: np.ndarray
    weights: dict[str, np.ndarray]
    optima: dict[str, float | None]


def task_weights_frame(h: float, inner_lr: float, steps: int) -> Weighting:
    """What two quadratics of curvature 1 and h, with optima 0 and 5, ask of φ."""
    curvature, c = (torch.tensor(pair, dtype=torch.float64) for pair in ([FLAT, h], OPTIMA))
    weights = exact.quadratic_weights(curvature, inner_lr=inner_lr, steps=steps)
    optima = exact.quadratic_optima(curvature, c, inner_lr=inner_lr, steps=steps)
    return Weighting(_loss(h, OPTIMA[1]), {rule: w.numpy() for rule, w in weights.items()}, optima)


def task_weights(h: float = 4.0, inner_lr: float = 0.0, steps: int = 1) -> Explorer:
    """Pull task 2 steeper; see the three weightings as levers whose border *is* φ."""
    ratios = {"gridspec_kw": {"height_ratios": [1.25, 1]}}
    with Scene(2, 1, size=(7.6, 5.2), sharex=True, **ratios) as (scene, (losses, levers)):
        _draw_losses(scene, losses)
        scene.line(losses, _arm, color=style.TASKS[1], gid="arm", **style.SUPPORT)
        pulled = {"y": ("h", lambda y: 2 * y / ARM**2), "name": "arm"}
        scene.handle(losses, _arm, "the arm of task 2's parabola: its curvature h₂", **pulled)
        for row, rule in enumerate(RULES):
            _draw_lever(scene, levers, row, rule)
        levers.set(xlabel="parameter  φ", ylim=(2.6, -0.6))
        levers.set_yticks(range(3), RULES.values())
        levers.tick_params(axis="y", length=0)
        scene.text(losses, _settings)
        scene.text(levers, lambda f: f"φ (weights)   {_spelled(f, '    ')}", size=10)
    return scene.explorer(
        task_weights_frame,
        Slider("h", "h₂", "curvature of task 2", 0.5, 8.0, 0.1, h),
        vocabulary.inner_lr(0.25, 0.005, inner_lr),
        vocabulary.steps(5, steps),
        alt=lambda f: (
            f"Two quadratic tasks of curvature 1 and {f.h:.2f}, with α = {f.inner_lr:.3f} and "
            f"{vocabulary.counted(f.steps, 'step')}. Where each gradient is 0, and the tasks' "
            f"weights: {_spelled(f, ', ')}."
        ),
        describe=(
            "Explorer: two quadratic tasks, and below three levers that show how transfer "
            "learning, first-order MAML and MAML weigh them and where each gradient is 0."
        ),
    )


def _draw_lever(scene: Scene, axes: Axes, row: int, rule: str) -> None:
    """Two bars on one line, up to φ in task 2's colour, the rest in task 1's, and φ."""
    bar = {"lw": 9, "solid_capstyle": "butt"}
    pulled = {"color": style.TASKS[1], "gid": f"{rule} pulled", **bar}
    scene.line(axes, partial(_pulled, rule, row), **pulled)
    held = {"color": style.TASKS[0], "gid": f"{rule} held", **bar}
    scene.line(axes, partial(_held, rule, row), **held)
    color = style.TRANSFER if rule == "transfer" else style.MAML
    phi = {"hollow": rule == "first_order", "gid": f"{rule} φ"}
    scene.diamond(axes, color, partial(_border, rule, row), **phi)


def _arm(f) -> tuple[float, float]:
    """The point of task 2's parabola that is pulled."""
    return OPTIMA[1] + ARM, f.h / 2 * ARM**2


def _border(rule: str, row: int, f) -> tuple | None:
    """A rule's φ on its lever; None where its weights sum to zero."""
    at = f.data.optima[rule]
    return None if at is None else (at, row)


def _pulled(rule: str, row: int, f) -> tuple | None:
    """The lever's part from task 1's optimum to φ: how far task 2 has pulled it."""
    at = f.data.optima[rule]
    return ((OPTIMA[0], at), (row, row)) if _between(at) else None


def _held(rule: str, row: int, f) -> tuple | None:
    """The lever's part from φ to task 2's optimum: how far task 1 has held it back."""
    at = f.data.optima[rule]
    return ((at, OPTIMA[1]), (row, row)) if _between(at) else None


def _between(at: float | None) -> bool:
    return at is not None and OPTIMA[0] <= at <= OPTIMA[1]


def _settings(f) -> str:
    return f"h₂ = {f.h:.2f}   α = {f.inner_lr:.3f}   steps = {f.steps}"


def _spelled(f, between: str) -> str:
    def one(rule: str) -> str:
        at, (w1, w2) = f.data.optima[rule], f.data.weights[rule]
        place = "nowhere" if at is None else f"{at:.2f}"
        return f"{RULES[rule]} {place} ({w1:.2f} : {w2:.2f})"

    return between.join(map(one, RULES))


def steeper(phi: float = 2.83) -> Prediction:
    """Predict where MAML's φ goes when task 2 gets steeper."""
    rate = STEEPER["inner_lr"]
    before, after = (task_weights_frame(STEEPER[when], rate, 1) for when in ("from", "to"))
    was, now = before.optima, after.optima
    with Scene(size=(7.6, 3.6)) as (scene, axes):
        _draw_losses(scene, axes)
        axes.plot(GRID, before.curve, color=style.TASKS[1], lw=1, ls="--", gid="task 2 before")
        axes.set(xlabel="parameter  φ", ylim=(UNDER - 0.8, 20))
        pale = {"color": style.MAML, "alpha": 0.45, "gid": "MAML's φ before", **style.PHI}
        axes.plot(was["maml"], UNDER, **pale)
        for color, rule in ((style.MAML, "maml"), (style.TRANSFER, "transfer")):
            found = answer(lambda f, rule=rule: (now[rule], UNDER))
            scene.diamond(axes, color, found, gid=f"{rule} φ")
        guess = {"x": "phi", "name": "guess", "gid": "guess"}
        scene.grip(axes, lambda f: (f.phi, UNDER), "your guess", **guess)
        scene.text(axes, _guess)

    def alt(f) -> str:
        return (
            f"Two quadratic tasks; task 2's curvature rises from 4 (dashed) to 6. MAML's φ was "
            f"{was['maml']:.2f}; the guess is {f.phi:.2f}."
            + (f" The answer is {now['maml']:.2f}." if f.revealed else "")
        )

    def verdict(f) -> str:
        away = "the right way" if f.phi < was["maml"] - 0.05 else "the other way"
        return (
            f"MAML's φ goes to {now['maml']:.2f}, away from the steeper task; your guess went "
            f"{away} and is {abs(f.phi - now['maml']):.2f} off. One step solves most of a steep "
            "task from anywhere, so φ can serve the flat one. Transfer goes the other way, from "
            f"{was['transfer']:.2f} to {now['transfer']:.2f}."
        )

    return scene.prediction(
        lambda phi, revealed: after,
        vocabulary.guess("phi", "φ", -1.0, 6.0, 0.01, phi),
        question=(
            "Task 2 gets steeper: h₂ rises from 4 (dashed) to 6; α stays 1/8. MAML's φ was at "
            f"{was['maml']:.2f} (pale). Where does it go? Drag the white diamond."
        ),
        verdict=verdict,
        alt=alt,
        describe="Prediction: two quadratic tasks, the second getting steeper; a diamond to drag.",
    )


def _guess(f) -> str:
    text, now = f"α = 1/8, one step.   h₂: 4 → 6.   your guess  φ = {f.phi:.2f}", f.data.optima
    answers = f"   MAML {now['maml']:.2f}   transfer {now['transfer']:.2f}"
    return text + (answers if f.revealed else "")


def _loss(h: float, c: float) -> np.ndarray:
    return h / 2 * (GRID - c) ** 2


def _draw_losses(scene: Scene, axes: Axes) -> None:
    axes.plot(GRID, _loss(FLAT, OPTIMA[0]), color=style.TASKS[0], gid="task 1")
    scene.line(axes, lambda f: (GRID, f.data.curve), color=style.TASKS[1], gid="task 2")
    label(axes, -1.3, 3.0, "task 1", {"color": style.TASKS[0]})
    label(axes, 5.0, 7.9, "task 2", {"color": style.TASKS[1]}, ha="center")
    axes.set(xlim=(GRID[0], GRID[-1]), ylim=(-0.6, 15), ylabel="loss of a task  $l^n(\\theta)$")
