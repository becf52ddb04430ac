"""Two quadratic tasks: how transfer, first-order MAML and MAML weigh them (notebook 04)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer, Handle, Prediction, Values, guess_handle
from course_utils.figures import style
from course_utils.figures.landscapes import diamond
from course_utils.figures.readout import Readout
from course_utils.tasks import exact

C1, C2, H1 = 0.0, 5.0, 1.0
GRID = np.linspace(-1.5, 6.5, 161)
RULES = {"transfer": "transfer", "first_order": "first-order", "maml": "MAML"}
ARM = 1.0  # the parabola's arm that is pulled: this far right of task 2's optimum
STEEPER = {"from": 4.0, "to": 6.0, "inner_lr": 0.125}


@dataclass(frozen=True)
class Weighting:
    """A frame: task 2's loss (G,), and by rule both tasks' weights (2,) and the φ they lead to."""

    curve: np.ndarray
    weights: dict[str, np.ndarray]
    optima: dict[str, float | None]


def weights_frame(h: float, inner_lr: float, steps: int) -> Weighting:
    """What two quadratics of curvature 1 and h, with optima 0 and 5, ask of φ."""
    curvature, c = (
        torch.tensor([H1, h], dtype=torch.float64),
        torch.tensor([C1, C2], dtype=torch.float64),
    )
    weights = exact.quadratic_weights(curvature, inner_lr=inner_lr, steps=steps)
    optima = exact.quadratic_optima(curvature, c, inner_lr=inner_lr, steps=steps)
    return Weighting(
        h / 2 * (GRID - C2) ** 2, {rule: w.numpy() for rule, w in weights.items()}, optima
    )


def task_weights(h: float = 4.0, inner_lr: float = 0.0, steps: int = 1) -> Explorer:
    """Pull task 2 steeper; see the three weightings as levers whose border *is* φ."""
    figure, (losses, levers) = style.new_figure(
        2, 1, size=(7.6, 5.2), sharex=True, gridspec_kw={"height_ratios": [1.25, 1]}
    )
    with style.course_style():
        curve = _draw_losses(losses)
        (arm,) = losses.plot([], [], color=style.TASKS[1], animated=True, **style.SUPPORT)
        bars = {rule: _lever(levers, row) for row, rule in enumerate(RULES)}
        marks = {
            rule: diamond(levers, color, hollow=rule == "first_order")
            for rule, color in zip(RULES, (style.TRANSFER, style.MAML, style.MAML), strict=True)
        }
        levers.set(xlabel="parameter  φ", ylim=(2.6, -0.6))
        levers.set_yticks(range(3), RULES.values())
        levers.tick_params(axis="y", length=0)
        settings, result = Readout(losses), Readout(levers, size=10)

    def draw(data: Weighting, v: Values) -> str:
        curve.set_ydata(data.curve)
        arm.set_data([C2 + ARM], [v.h / 2 * ARM**2])
        spelled = {}
        for row, (rule, name) in enumerate(RULES.items()):
            at = data.optima[rule]
            inside = at is not None and C1 <= at <= C2
            for part, ends in zip(bars[rule], ((C1, at), (at, C2)), strict=True):
                part.set_data(ends if inside else [], [row, row] if inside else [])
            marks[rule].set_data([at] if at is not None else [], [row] if at is not None else [])
            w1, w2 = data.weights[rule]
            place = "nowhere" if at is None else f"{at:.2f}"
            spelled[name] = f"{name} {place} ({w1:.2f} : {w2:.2f})"
        settings.set_text(f"h₂ = {v.h:.2f}   α = {v.inner_lr:.3f}   steps = {v.steps}")
        result.set_text("φ (weights)   " + "    ".join(spelled.values()))
        return (
            f"Two quadratic tasks of curvature 1 and {v.h:.2f}, with α = {v.inner_lr:.3f} and "
            f"{v.steps} steps. Where φ comes to lie, and the tasks' weights: "
            + ", ".join(spelled.values())
            + "."
        )

    return Explorer(
        figure,
        compute=weights_frame,
        draw=draw,
        controls=[
            Slider("h", "h₂", "curvature of task 2", 0.5, 8.0, 0.1, h),
            Slider("inner_lr", "α", "inner step size", 0.0, 0.25, 0.005, inner_lr, ".3f"),
            Slider("steps", "k", "inner steps", 0, 5, 1, steps),
        ],
        handles=[
            Handle(
                "arm",
                "the arm of task 2's parabola: its curvature h₂",
                losses,
                lambda d, v: (C2 + ARM, v.h / 2 * ARM**2),
                lambda x, y, v: {"h": 2 * y / ARM**2},
            )
        ],
        describe=(
            "Explorer: two quadratic tasks, and below three levers that show how transfer "
            "learning, first-order MAML and MAML weigh them and where φ comes to lie."
        ),
    )


def steeper(phi: float = 2.83) -> Prediction:
    """Predict where MAML's φ goes when task 2 gets steeper."""
    figure, axes = style.new_figure(size=(7.6, 3.6))
    rate = STEEPER["inner_lr"]
    before, after = (weights_frame(STEEPER[when], rate, 1) for when in ("from", "to"))
    floor = -1.2
    with style.course_style():
        curve = _draw_losses(axes)
        axes.plot(GRID, before.curve, color=style.TASKS[1], lw=1, ls="--")
        axes.set(xlabel="parameter  φ", ylim=(floor - 0.8, 20))
        axes.plot(before.optima["maml"], floor, color=style.MAML, **style.PHI, alpha=0.45)
        found = diamond(axes, style.MAML)
        transfer = diamond(axes, style.TRANSFER)
        guess = diamond(axes, "white", zorder=7)
        readout = Readout(axes)

    def draw(data: Weighting, v: Values) -> str:
        curve.set_ydata(data.curve)
        guess.set_data([v.phi], [floor])
        shown = v.revealed
        for mark, rule in ((found, "maml"), (transfer, "transfer")):
            mark.set_data([data.optima[rule]] if shown else [], [floor] if shown else [])
        text = f"α = 1/8, one step.   h₂: 4 → 6.   your guess  φ = {v.phi:.2f}"
        if shown:
            text += f"   MAML {data.optima['maml']:.2f}   transfer {data.optima['transfer']:.2f}"
        readout.set_text(text)
        return (
            f"Two quadratic tasks; task 2's curvature rises from 4 (dashed) to 6. MAML's φ was "
            f"{before.optima['maml']:.2f}; the guess is {v.phi:.2f}."
            + (f" The answer is {data.optima['maml']:.2f}." if shown else "")
        )

    def verdict(data: Weighting, v: Values) -> str:
        at, was = data.optima["maml"], before.optima["maml"]
        away = "the right way" if v.phi < was - 0.05 else "the other way"
        return (
            f"MAML's φ goes to {at:.2f}, away from the steeper task; your guess went {away} and is "
            f"{abs(v.phi - at):.2f} off. One step solves most of a steep task from anywhere, so φ "
            f"can serve the flat one. Transfer goes the other way, from "
            f"{before.optima['transfer']:.2f} to {data.optima['transfer']:.2f}."
        )

    return Prediction(
        figure,
        question=(
            "Task 2 gets steeper: h₂ rises from 4 (dashed) to 6; α stays 1/8. MAML's φ was at "
            f"{before.optima['maml']:.2f} (pale). Where does it go? Drag the white diamond."
        ),
        verdict=verdict,
        compute=lambda phi, revealed: after,
        draw=draw,
        controls=[Slider("phi", "φ", "your guess", -1.0, 6.0, 0.01, phi)],
        handles=[guess_handle(axes, "phi", lambda d, v: (v.phi, floor))],
        describe="Prediction: two quadratic tasks, the second getting steeper; a diamond to drag.",
    )


def _draw_losses(axes: Axes):
    axes.plot(GRID, H1 / 2 * (GRID - C1) ** 2, color=style.TASKS[0])
    (curve,) = axes.plot(GRID, 0 * GRID, color=style.TASKS[1], animated=True)
    axes.text(-1.3, 2.6, "task 1", color=style.TASKS[0])
    axes.text(5.0, 7.5, "task 2", color=style.TASKS[1], ha="center")
    axes.set(xlim=(GRID[0], GRID[-1]), ylim=(-0.6, 15), ylabel="loss of a task  $l^n(\\theta)$")
    return curve


def _lever(axes: Axes, row: int) -> list:
    """Two bars on one line: the part up to φ in task 2's colour, the rest in task 1's."""
    look = {"lw": 9, "solid_capstyle": "butt", "animated": True}
    return [axes.plot([], [], color=color, **look)[0] for color in style.TASKS[1::-1]]
