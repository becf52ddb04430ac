"""Notebook 03's static diagrams: MAML's training process, and the answers below the predictions."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.evaluation import Mean, average_wave
from course_utils.figures import style, training
from course_utils.figures.labels import label
from course_utils.tasks import Sinusoids

# What training gives, to one decimal: notebook 03 measures it and asserts it within 0.2.
MAML_ERRORS = {0: 3.0, 1: 0.6}
TRANSFER_ERRORS = {0: 3.0, 1: 2.6}

_VALUE = {"marker": "s", "markersize": 8}  # what stands before the name of a loss


def training_process() -> Figure:
    """One meta-step: from φ to each task's θ̂ⁿ, to its query loss, to L(φ), and back to φ."""
    figure, ax = style.new_figure(size=(7.6, 3.7))
    with style.course_style():
        ax.set(xlim=(0, 10), ylim=(-0.4, 5.2))
        ax.axis("off")
        phi, total = (0.7, 2.8), (9.0, 2.8)
        ax.plot(*phi, color=style.MAML, zorder=6, **{**style.PHI, "markersize": 15})
        ax.text(phi[0], 3.3, "φ", ha="center", fontsize=15)
        ax.text(phi[0], 3.85, "initial\nparameters", ha="center", va="bottom", fontsize=10)
        for n, (height, color) in enumerate(zip((4.3, 1.7), style.TASKS, strict=False), start=1):
            _task_row(ax, n, height, color, phi, total)
        label(ax, 8.5, 2.8, "L(φ)", {**_VALUE, "color": style.MAML}, size=15)
        ax.text(9.0, 2.4, "sum of both", ha="center", va="top", fontsize=10)
        round_off = {"solid_joinstyle": "round", "solid_capstyle": "round"}
        ax.plot([9.0, 9.0, 0.7], [1.8, 0.7, 0.7], color=style.MAML, lw=3.2, **round_off)
        back = {**style.META_STEP, "color": style.MAML, "shrinkB": 13}
        ax.annotate("", phi, (0.7, 0.7), arrowprops=back)
        words, bold = "meta-step: φ ← φ − β ∇L(φ)", {"color": style.MAML, "lw": 3.2}
        label(ax, 4.9, 0.2, words, bold, ha="center")
    return figure


def _task_row(
    ax: Axes, n: int, height: float, color: str, phi: tuple[float, float], total: tuple
) -> None:
    inner = {**style.INNER_STEP, "color": style.INK, "shrinkA": 12, "shrinkB": 9}
    theta, loss = (4.0, height), (6.9, height)
    ax.annotate("", theta, phi, arrowprops=inner)
    ax.plot(*theta, color=color, zorder=5, **{**style.THETA, "markersize": 14})
    ax.text(theta[0], height + 0.35, rf"$\hat\theta^{n}$", ha="center", fontsize=15)
    middle = (phi[1] + height) / 2
    side, va = (0.28, "bottom") if height > phi[1] else (-0.28, "top")
    ax.text(2.05, middle + side, f"support set\nof task {n}", ha="center", va=va, fontsize=10)
    ax.annotate("", (loss[0] - 0.75, height), theta, arrowprops={**inner, "ls": "--"})
    ax.text(5.1, height + 0.14, f"query set of task {n}", ha="center", va="bottom", fontsize=10)
    words = rf"$l^{n}(\hat\theta^{n})$"
    label(ax, loss[0] - 0.7, height, words, {**_VALUE, "color": color}, size=15)
    plain = {**inner, "shrinkA": 24, "shrinkB": 24}
    ax.annotate("", total, loss, arrowprops=plain)


def answer_average() -> Figure:
    """The average of the sinusoid family over its waves: what one network learns for all."""
    figure, ax = style.new_figure(size=(7.6, 3.6))
    x, best = np.linspace(-5, 5, 201), average_wave()
    tasks = Sinusoids().sample(40, shots=1, queries=1, generator=torch.Generator().manual_seed(3))
    with style.course_style():
        training.many_waves(ax, x, tasks.facts["amplitude"].numpy(), tasks.facts["phase"].numpy())
        ax.plot(x, best.height * np.cos(x), color=style.TRANSFER, lw=3)
        words = f"transfer learning finds the average of all tasks: {best.height:.2f}·cos x"
        ax.set_title(style.with_minus_signs(words))
    return figure


def answer_before() -> Figure:
    """Errors before and after one step: equal before, far apart after."""
    figure, ax = style.new_figure(size=(7.6, 3.4))
    with style.course_style():
        methods = [
            {step: Mean(value, 0.0, 2) for step, value in errors.items()}
            for errors in (MAML_ERRORS, TRANSFER_ERRORS)
        ]
        training.before_and_after(ax, *methods, average_wave().floor, digits=1)
    return figure


DIAGRAMS = {
    "03-training-process": training_process,
    "03-answer-average": answer_average,
    "03-answer-before": answer_before,
}

AFTER = {
    "03-after-by-hand": ("by_hand", {"inner_lr": 0.125}),
}
