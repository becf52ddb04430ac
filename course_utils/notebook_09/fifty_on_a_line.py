"""The prediction of notebook 09: fifty points of a straight line, for learners of waves."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.explorers.controls import Stops
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.learners import Learner, wave_fit
from course_utils.notebook_09 import kinds, looks
from course_utils.tasks import TaskBatch

GRID = torch.linspace(-5, 5, 161)
LIMITS = (0.005, 40.0)
GUESSES = tuple(float(f"{10 ** (i / 10 - 2):.3g}") for i in range(37))
CLOSE = 1.6  # a guess within this factor is a good one
WAVE = {"color": style.TASKS[0], "ls": (0, (3, 1, 1, 1))}
TOP = 8.5


def fifty_on_a_line(
    lines: TaskBatch, maml: Learner, set_encoder: Learner, *, steps: int = 100
) -> Prediction:
    """Predict a set encoder's mean error on straight lines, MAML's and that of 0 being known.

    `lines` are tasks, the steepest of which is drawn; the learners are functions of (support_x,
    support_y, query_x); `steps` says how many MAML takes.
    """
    some = {
        "MAML": maml,
        "set encoder": set_encoder,
        "nearest wave": wave_fit,
        "zero": kinds.zero,
    }
    errors = {name: kinds.errors(learner, lines).mean().item() for name, learner in some.items()}
    task = steepest(lines)
    curves = {name: _curve(learner, task) for name, learner in some.items() if name != "zero"}
    ratios = {"gridspec_kw": {"width_ratios": [3, 2]}}
    with Scene(1, 2, size=(7.6, 4.2), **ratios) as (scene, (left, right)):
        known(left, right, task, curves["MAML"], errors, steps)
        look = {**looks.line("set encoder"), "lw": 2.6, "zorder": 5, "gid": "set encoder"}
        scene.line(left, answer(lambda f: (GRID, curves["set encoder"])), **look)
        look = {**WAVE, "lw": 1.6, "zorder": 4, "gid": "nearest wave"}
        scene.line(left, answer(lambda f: (GRID, curves["nearest wave"])), **look)
        found = {**looks.mark("set encoder"), "zorder": 6, "gid": "answer"}
        scene.line(right, answer(lambda f: (0.5, f.data)), **found)
        tick = {"marker": "_", "ms": 40, "mew": 3.5, "color": style.INK, "zorder": 7, "ls": ""}
        scene.line(right, lambda f: (0.5, f.guess), gid="guess", **tick)
        scene.handle(right, lambda f: (0.5, f.guess), "your guess", y="guess")
        scene.text(right, _words, size=10)
    return scene.prediction(
        lambda guess, revealed: errors["set encoder"],
        Stops("guess", "", "your guess", GUESSES, GUESSES[18], format=".3g"),
        question=(
            "With five points of a wave the set encoder's error is about a quarter of what MAML's "
            "is after five steps. Now both get <b>fifty points of a straight line</b>. After "
            f"{steps} steps MAML has {looks.spelt(errors['MAML'])}; always saying 0 has "
            f"{looks.spelt(errors['zero'])}. Drag the black bar to <b>the set encoder's error</b> "
            "(the axis is logarithmic)."
        ),
        verdict=lambda f: _verdict(f, errors),
        alt=lambda f: _alt(f, errors),
        describe=(
            "Prediction: fifty points of a straight line with MAML's answer, and an axis of errors "
            "with a bar to drag to that of the set encoder."
        ),
    )


def steepest(lines: TaskBatch) -> TaskBatch:
    """The task whose support y vary most, as a batch of one."""
    n = int(lines.support_y.var(dim=1).argmax())
    return lines[n : n + 1]


def known(
    left: Axes,
    right: Axes,
    task: TaskBatch,
    curve: np.ndarray,
    errors: dict[str, float],
    steps: int = 100,
) -> None:
    """What is seen before the answer: a line's points, MAML's function and the errors."""
    left.set(xlabel="input  x", ylabel="output  y", xlim=(-5, 5), ylim=(-TOP, TOP))
    points = (task.support_x[0, :, 0], task.support_y[0, :, 0])
    left.plot(*points, color=style.TASKS[0], **{**style.SUPPORT, "markersize": 5}, zorder=2)
    left.plot(GRID, curve, gid="MAML", zorder=3, **looks.line("MAML"))
    right.set(
        ylabel="mean squared error over many lines",
        yscale="log",
        ylim=LIMITS,
        xlim=(0, 1.9),
        xticks=[],
    )
    right.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    right.axhline(errors["zero"], color=style.INK, lw=0.9, ls=":")
    right.text(1.88, errors["zero"] * 0.93, "saying 0", ha="right", va="top", fontsize=9.5)
    height = float(np.clip(errors["MAML"], 1.5 * LIMITS[0], LIMITS[1]))
    right.plot(0.5, height, gid="MAML error", **looks.mark("MAML"))
    right.text(0.64, height, f"MAML,\n{steps} steps", va="center")


def _curve(learner: Learner, task: TaskBatch) -> np.ndarray:
    with torch.no_grad():
        return learner(task.support_x, task.support_y, GRID[None, :, None])[0, :, 0].numpy()


def _words(f) -> str:
    return f"your guess {f.guess:.3g}" + f", it is {looks.spelt(f.data)}" * f.revealed


def _alt(f, errors: dict[str, float]) -> str:
    before = (
        "Fifty points of a straight line, and MAML's answer, which runs through them. Mean squared "
        f"errors over many lines: MAML {looks.spelt(errors['MAML'])}, saying 0 "
        f"{looks.spelt(errors['zero'])}; the guess for the set encoder is {f.guess:.3g}."
    )
    after = (
        f" It is {looks.spelt(errors['set encoder'])}: its answer is a wave, like the thin one, "
        "which is the wave nearest to the points."
    )
    return before + after * f.revealed


def _verdict(f, errors: dict[str, float]) -> str:
    factor = max(f.guess / f.data, f.data / f.guess)
    if factor < CLOSE:
        judged = f"You saw it, within a factor of {factor:.1f}."
    else:
        way = "low" if f.guess < f.data else "high"
        judged = f"Your guess of {f.guess:.3g} is too {way}, by a factor of {factor:.0f}."
    worse = "worse" if f.data > errors["zero"] else "no worse"
    return (
        f"{judged} The set encoder's error is {looks.spelt(f.data)}, {worse} than always saying 0. "
        "It answers with a wave. The wave that lies nearest to the points, found by least squares, "
        f"has {looks.spelt(errors['nearest wave'])}."
    )
