"""A prediction: how strongly a task's loss curves along its own step at MAML's φ (notebook 05)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_utils.explorers.controls import Stops
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style
from course_utils.notebook_05 import charts

LIMITS = (1.0, 1000.0)
GUESSES = tuple(float(10 ** (i / 20)) for i in range(61))
ROW = {"MAML": 0, "transfer": 1, "random": 2}
ABOVE = -0.36  # the guess stands over the row of MAML, whose dots are the answer
CLOSE = 1.6  # a guess within this factor is a good one


def curvature_guess(curvatures: Mapping[str, np.ndarray], *, inner_lr: float) -> Prediction:
    """Predict the median curvature along the step at MAML's φ, from transfer's and random's.

    curvatures: {"MAML", "transfer", "random"}, (tasks,) each. `inner_lr` is the α that MAML was
    trained with. Raises ValueError if a method is missing.
    """
    for name in ROW.keys() - curvatures.keys():
        raise ValueError(f"curvatures must hold {sorted(ROW)}, got {sorted(curvatures)}: no {name}")
    values = {name: np.asarray(curvatures[name], dtype=float) for name in ROW}
    medians = {name: float(np.median(v)) for name, v in values.items()}
    with Scene(size=(7.6, 3.5)) as (scene, axes):
        panel = charts.Panel(values, "", "curvature along the step", LIMITS, log=True)
        charts.frame(axes, panel)
        drawn = {name: charts.strip(axes, name, row, values[name]) for name, row in ROW.items()}
        for part in drawn["MAML"]:
            scene.seen(part, revealed)
        tick = {"marker": "|", "ms": 26, "mew": 3.5, "color": style.INK, "zorder": 7}
        scene.line(axes, lambda f: (f.guess, ABOVE), gid="guess", **tick)
        scene.handle(axes, lambda f: (f.guess, ABOVE), "your guess", x="guess")
        scene.text(axes, lambda f: _words(f, medians))
    beyond = float((values["MAML"] > 2 / inner_lr).mean())
    return scene.prediction(
        lambda guess, revealed: medians["MAML"],
        Stops("guess", "", "your guess", GUESSES, medians["transfer"], format=".3g"),
        question=(
            "Each dot is a task: the curvature of its loss along the step that it takes. MAML's φ "
            "is the one from which a single step solves most of a task. Is the loss there flatter "
            "than at transfer's φ, or more curved? Drag the black tick to <b>MAML's median</b> "
            "(the axis is logarithmic)."
        ),
        verdict=lambda f: _verdict(f, medians["transfer"], inner_lr, beyond),
        alt=lambda f: _alt(f, medians, len(values["transfer"])),
        describe=(
            "Prediction: the curvature of many tasks at transfer's φ and at a random one, a dot "
            "each; a tick to drag to where MAML's median is."
        ),
    )


def _words(f, medians: Mapping[str, float]) -> str:
    known = f"transfer {medians['transfer']:.0f}   random {medians['random']:.0f}"
    asked = f"MAML, your guess {f.guess:.0f}" + f", answer {f.data:.0f}" * f.revealed
    return f"medians:   {known}   {asked}"


def _alt(f, medians: Mapping[str, float], n_tasks: int) -> str:
    return (
        f"Curvature of {n_tasks} tasks along their own step, a dot each: the "
        f"median is {medians['transfer']:.0f} at transfer's φ and {medians['random']:.0f} at "
        f"the random one; the guess for MAML's is {f.guess:.0f}."
        + f" At MAML's φ it is {f.data:.0f}."
        * f.revealed
    )


def _verdict(f, transfers: float, inner_lr: float, beyond: float) -> str:
    factor = max(f.guess / f.data, f.data / f.guess)
    if factor < CLOSE:
        judged = f"You saw it, within a factor of {factor:.1f}."
    else:
        way = "low" if f.guess < f.data else "high"
        judged = f"Your guess of {f.guess:.0f} is too {way}, by a factor of {factor:.1f}."
    return (
        f"{judged} At MAML's φ the median is {f.data:.0f}, {f.data / transfers:.0f} times "
        f"transfer's. On a quadratic a step of α = {inner_lr:g} would overshoot where the "
        f"curvature passes 2/α = {2 / inner_lr:.0f}; {100 * beyond:.0f} % of the tasks are "
        "beyond it."
    )
