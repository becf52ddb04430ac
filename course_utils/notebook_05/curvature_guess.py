"""A prediction: how strongly a task's loss curves along its own step at MAML's φ (notebook 05)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_utils.explorers.controls import Stops
from course_utils.explorers.explorer import Prediction, Values, guess_handle
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.notebook_05 import charts

LIMITS = (1.0, 1000.0)
GUESSES = tuple(float(10 ** (i / 20)) for i in range(61))
ROW = {"MAML": 0, "transfer": 1, "random": 2}
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
    figure, axes = style.new_figure(size=(7.6, 3.5))
    with style.course_style():
        panel = charts.Panel(values, "", "curvature along the step", LIMITS, log=True)
        charts.frame(axes, panel)
        answer = charts.strip(axes, "MAML", ROW["MAML"], values["MAML"])
        for artist in answer:
            artist.set_animated(True)
        for name in ("transfer", "random"):
            charts.strip(axes, name, ROW[name], values[name])
        look = {"marker": "|", "ms": 26, "mew": 3.5, "color": style.INK, "animated": True}
        (mark,) = axes.plot([], [], zorder=7, **look)
        readout = Readout(axes)

    def draw(data: float, v: Values) -> str:
        for artist in answer:
            artist.set_visible(v.revealed)
        mark.set_data([v.guess], [-0.36])
        text = f"medians:   transfer {medians['transfer']:.0f}   random {medians['random']:.0f}   "
        text += f"MAML, your guess {v.guess:.0f}"
        readout.set_text(text + f", answer {data:.0f}" * v.revealed)
        return (
            f"Curvature of {len(values['transfer'])} tasks along their own step, a dot each: the "
            f"median is {medians['transfer']:.0f} at transfer's φ and {medians['random']:.0f} at "
            f"the random one; the guess for MAML's is {v.guess:.0f}."
            + (f" At MAML's φ it is {data:.0f}." if v.revealed else "")
        )

    def verdict(data: float, v: Values) -> str:
        factor = max(v.guess / data, data / v.guess)
        if factor < CLOSE:
            judged = f"You saw it, within a factor of {factor:.1f}."
        else:
            way = "low" if v.guess < data else "high"
            judged = f"Your guess of {v.guess:.0f} is too {way}, by a factor of {factor:.1f}."
        times = data / medians["transfer"]
        return (
            f"{judged} At MAML's φ the median is {data:.0f}, {times:.0f} times transfer's. "
            f"On a quadratic a step of α = {inner_lr:g} would overshoot where the curvature passes "
            f"2/α = {2 / inner_lr:.0f}; {_share(values['MAML'], 2 / inner_lr)} of the tasks are "
            "beyond it."
        )

    return Prediction(
        figure,
        question=(
            "Each dot is a task: the curvature of its loss along the step that it takes. MAML's φ "
            "is the one from which a single step solves most of a task. Is the loss there flatter "
            "than at transfer's φ, or more curved? Drag the black tick to <b>MAML's median</b> "
            "(the axis is logarithmic)."
        ),
        verdict=verdict,
        compute=lambda guess, revealed: medians["MAML"],
        draw=draw,
        controls=[
            Stops("guess", "", "your guess", GUESSES, medians["transfer"], format=".3g"),
        ],
        handles=[guess_handle(axes, "guess", lambda data, v: (v.guess, -0.36))],
        describe=(
            "Prediction: the curvature of many tasks at transfer's φ and at a random one, a dot "
            "each; a tick to drag to where MAML's median is."
        ),
    )


def _share(values: np.ndarray, limit: float) -> str:
    return f"{100 * float((values > limit).mean()):.0f} %"
