"""Two predictions about φ before it adapts: its one answer for all tasks, and whose is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from course_utils.evaluation import Mean, average_wave
from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.explorer import Handle, Prediction, Values
from course_utils.figures import style, training
from course_utils.figures.readout import Readout
from course_utils.networks import Network, Params
from course_utils.tasks import Sinusoids

GRID = np.linspace(-5, 5, 201)
SHOWN_TASKS = 40
CLOSE = 0.4


@dataclass(frozen=True)
class SingleFunction:
    """A frame: the guess over the grid and its mean error over all tasks."""

    guess: np.ndarray
    error: float


def best_single_function(network: Network, phi: Params, height: float = 0.0) -> Prediction:
    """Predict which curve transfer learning finds: one answer for all the tasks.

    `network` at the pre-trained `phi` is the answer; the guess is height·cos x.
    """
    best = average_wave()
    with torch.no_grad():
        found = network(phi, torch.tensor(GRID, dtype=torch.float32)[:, None])[:, 0].numpy()
    figure, axes = style.new_figure(size=(7.6, 4.2))
    with style.course_style():
        generator = torch.Generator().manual_seed(3)
        tasks = Sinusoids().sample(SHOWN_TASKS, shots=1, queries=1, generator=generator)
        training.many_waves(
            axes, GRID, *(tasks.facts[name].numpy() for name in ("amplitude", "phase"))
        )
        (guess,) = axes.plot([], [], color="black", lw=2.6, animated=True)
        (grip,) = axes.plot([], [], animated=True, zorder=7, color="black", marker="s", ms=9)
        (mean,) = axes.plot([], [], color="black", ls=(0, (2, 2)), animated=True, zorder=4)
        (learned,) = axes.plot([], [], color=style.TRANSFER, lw=3, animated=True, zorder=3)
        axes.set_title(" \n\n ")
        readout, legend = Readout(axes, y=1.1), Readout(axes, color=style.TRANSFER)
        dashed = Readout(axes, x=0.44)

    def compute(height: float, revealed: bool) -> SingleFunction:
        return SingleFunction(height * np.cos(GRID), best.error(height))

    def draw(data: SingleFunction, v: Values) -> str:
        guess.set_data(GRID, data.guess)
        grip.set_data([0], [v.height])
        for line, y in ((mean, best.height * np.cos(GRID)), (learned, found)):
            line.set_data(*((GRID, y) if v.revealed else ((), ())))
        readout.set_text(f"your guess, black, at x = 0:  {v.height:.2f}")
        legend.set_text("transfer learning's function" if v.revealed else "")
        dashed.set_text("dashed: the average of all tasks" if v.revealed else "")
        said = (
            f"{SHOWN_TASKS} sine waves, thin and grey, each a task. The guess, one curve for all "
            f"of them, is {v.height:.2f} at x = 0."
        )
        if v.revealed:
            readout.set_text(
                f"error of your guess {data.error:.2f}      least possible {best.floor:.2f}"
            )
            said += (
                " Transfer learning's function lies on their average, a wave of height "
                f"{best.height:.2f} at x = 0."
            )
        return said

    def verdict(data: SingleFunction, v: Values) -> str:
        off = v.height - best.height
        if abs(off) < CLOSE:
            judged = f"You saw it: {abs(off):.2f} from the average wave at x = 0."
        elif abs(v.height) < CLOSE:
            judged = (
                "Zero is a fair guess, but the phases cover half a turn only, so the waves do not "
                "cancel."
            )
        else:
            judged = f"Your curve is {abs(off):.2f} too {'high' if off > 0 else 'low'} at x = 0."
        return (
            f"{judged} Transfer learning finds the average of all tasks, {best.height:.2f}·cos x. "
            f"Its error is {best.floor:.2f}: no single curve does better."
        )

    return Prediction(
        figure,
        question=(
            "Each thin grey wave is a task. One network has to answer for all of them, with no "
            "support set to tell them apart. Which curve does it learn? Drag the black square up "
            "or down."
        ),
        verdict=verdict,
        compute=compute,
        draw=draw,
        controls=[Slider("height", "y", "your curve at x = 0", -4.0, 4.0, 0.05, height)],
        handles=[
            Handle("height", "your curve", axes, lambda d, v: (0, v.height), _height_at),
        ],
        describe="Prediction: 40 sine waves, and one curve for all of them, to be dragged.",
    )


def _height_at(x: float, y: float, v: Values) -> dict[str, float]:
    return {"height": y}


BETTER, SAME, WORSE = "better", "same", "worse"
SAID = {BETTER: "MAML clearly better", SAME: "nearly the same", WORSE: "MAML clearly worse"}
NEARLY = 0.15


def before_the_first_step(
    maml: Mapping[int, Mean], transfer: Mapping[int, Mean], difference: Mean
) -> Prediction:
    """Predict whether MAML is better or worse than transfer before its first step.

    `maml` and `transfer` are {steps: mean error} for 0 and 1 steps, `difference` the paired
    difference MAML − transfer at 0 steps.
    """
    clearly = BETTER if difference.mean < 0 else WORSE
    answer = SAME if abs(difference.mean) < NEARLY else clearly
    floor = average_wave().floor
    figure, axes = style.new_figure(size=(7.6, 3.7))
    with style.course_style():
        moving = training.before_and_after(axes, maml, transfer, floor)
        for artist in moving:
            artist.set_animated(True)
        readout = Readout(axes)

    def draw(data: None, v: Values) -> str:
        for artist in moving:
            artist.set_visible(v.revealed)
        if not v.revealed:
            readout.set_text("before any step, MAML is ...?")
            return f"An empty picture of errors, with the floor of {floor:.2f} marked."
        readout.set_text(
            f"before: MAML {maml[0].mean:.2f}, transfer {transfer[0].mean:.2f}      "
            f"after one step: {maml[1].mean:.2f}, {transfer[1].mean:.2f}"
        )
        return (
            f"Mean squared errors on unseen tasks: before any step MAML {maml[0].mean:.2f} and "
            f"transfer {transfer[0].mean:.2f}, at the floor of {floor:.2f}; after one step MAML "
            f"{maml[1].mean:.2f} and transfer {transfer[1].mean:.2f}."
        )

    def verdict(data: None, v: Values) -> str:
        judged = "Right." if v.guess == answer else f"You said: {SAID.get(v.guess, 'nothing yet')}."
        return (
            f"{judged} Before any step MAML's error is {maml[0].mean:.2f} and transfer's is "
            f"{transfer[0].mean:.2f}; on the same tasks MAML's minus transfer's is {difference}. "
            f"Both stand at the floor of {floor:.2f}, as far as {maml[0].n_tasks:,} tasks can tell "
            f"(± {maml[0].half_width:.2f}): MAML's φ is no better answer, it is a better start."
        )

    return Prediction(
        figure,
        question=(
            "Same network, same tasks, same start. MAML's φ and transfer's φ are tried on unseen "
            "tasks <b>before any inner step</b>. MAML's error there is …"
        ),
        verdict=verdict,
        compute=lambda guess, revealed: None,
        draw=draw,
        controls=[
            Choice("guess", "", [(SAID[k], k) for k in (BETTER, SAME, WORSE)], None, open=True)
        ],
        describe="Prediction: is MAML's error before any step better or worse than transfer's?",
    )
