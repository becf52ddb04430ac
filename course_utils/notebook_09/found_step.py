"""A prediction: which step size does a trained layer of linear attention find? (notebook 09)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.linear_attention import best_step
from course_utils.support.check_input import numbers

MOST, TOP = 1.2, 6.0
ALPHAS = np.linspace(0, MOST, 121)
CLOSE = 0.05


def loss_of_step(alpha: np.ndarray, inputs: int, shots: int) -> np.ndarray:
    """The mean query error after one step of size α from w = 0, x and w drawn from N(0, 1).

    E‖(I − αŜ)w‖² = d·(1 − 2α + α²(n + d + 1)/n), with Ŝ = mean(xᵢxᵢᵀ).
    """
    return inputs * (1 - 2 * alpha + alpha**2 * (shots + inputs + 1) / shots)


def found_step(found: Sequence[float], *, inputs: int, shots: int) -> Prediction:
    """Predict the α that trained layers have; `found` are those of some trainings.

    Raises ValueError if `found` is no list of numbers.
    """
    found = numbers("found", found, each="step size")
    best, mean = best_step(inputs, shots), float(np.mean(found))
    curve = loss_of_step(ALPHAS, inputs, shots)
    with Scene(size=(7.6, 3.7)) as (scene, axes):
        frame(axes, inputs)
        look = {"color": style.MAML, "gid": "loss"}
        scene.line(axes, answer(lambda f: (ALPHAS, curve)), **look)
        least = float(loss_of_step(np.array(best), inputs, shots))
        spot = {"marker": "o", "ms": 11, "mfc": "none", "mew": 2, "color": style.MAML, "ls": ""}
        scene.line(axes, answer(lambda f: (best, least)), gid="best", **spot)
        trained = {"marker": "^", "ms": 8, "color": style.INK, "ls": "", "zorder": 6}
        here = (found, np.zeros(len(found)) + 0.25)
        scene.line(axes, answer(lambda f: here), gid="found", clip_on=False, **trained)
        tick = {"marker": "|", "ms": 26, "mew": 3.5, "color": style.INK, "zorder": 7, "ls": ""}
        scene.line(axes, lambda f: (f.guess, 0.9), gid="guess", **tick)
        scene.handle(axes, lambda f: (f.guess, 0.9), "your guess", x="guess")
        scene.text(axes, lambda f: _words(f, mean))
    return scene.prediction(
        lambda guess, revealed: mean,
        vocabulary.guess("guess", "α", 0.0, MOST, 0.01, 0.3),
        question=(
            f"A layer with random matrices was trained on linear tasks with {inputs} inputs and "
            f"{shots} points, three times. Its answers are those of one gradient step. <b>Of which "
            "size α?</b> With endlessly many points one step of α = 1 would solve each task. Drag "
            "the black tick."
        ),
        verdict=lambda f: _verdict(f, found, best, inputs, shots),
        alt=lambda f: _alt(f, found, best),
        describe="Prediction: an axis of step sizes with a tick to drag to what training finds.",
    )


def frame(axes, inputs: int) -> None:
    """Axes of the error over the step size."""
    axes.set(
        xlabel="step size  α",
        ylabel="mean query error after one step",
        xlim=(0, MOST),
        ylim=(0, TOP),
    )
    axes.axhline(inputs, color=style.INK, lw=0.9, ls=":", zorder=0)
    axes.text(1.19, inputs + 0.1, "no step", ha="right", fontsize=9.5)


def _words(f, mean: float) -> str:
    return f"your guess α = {f.guess:.2f}" + f", found α = {mean:.2f}" * f.revealed


def _alt(f, found: Sequence[float], best: float) -> str:
    known = f"An axis of step sizes from 0 to {MOST:.1f}; the guess is {f.guess:.2f}."
    seen = ", ".join(f"{alpha:.2f}" for alpha in found)
    after = (
        f" The mean error over α is a valley with its lowest place at {best:.2f}; the trained "
        f"layers' step sizes lie there: {seen}."
    )
    return known + after * f.revealed


def _verdict(f, found: Sequence[float], best: float, inputs: int, shots: int) -> str:
    off = f.guess - f.data
    if abs(off) < CLOSE:
        judged = f"You saw it: {abs(off):.2f} off."
    else:
        judged = f"Your guess is {abs(off):.2f} too {'high' if off > 0 else 'low'}."
    seen = ", ".join(f"{alpha:.3f}" for alpha in found)
    return (
        f"{judged} Training found {seen}. The best single step for {inputs} inputs and {shots} "
        f"points is n/(n + d + 1) = {shots}/{shots + inputs + 1} = {best:.3f}: with few points "
        "their mean of xᵢxᵢᵀ is not the round bowl that endlessly many would make, and a shorter "
        "step is safer."
    )
