"""The average wave: predict the one curve that transfer learning finds for all tasks (03)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.evaluation import Average, average_wave
from course_utils.explorers.controls import Slider
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style, training
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
    with Scene(size=(7.6, 4.2)) as (scene, axes):
        _draw_tasks(axes)
        black = {"color": "black"}
        scene.line(axes, lambda f: (GRID, f.data.guess), lw=2.6, gid="guess", **black)
        square = {"marker": "s", "ms": 9, "zorder": 7, "gid": "square", **black}
        scene.line(axes, lambda f: (0, f.height), **square)
        scene.handle(axes, lambda f: (0, f.height), "your curve", y="height")
        average = {"ls": (0, (2, 2)), "zorder": 4, "gid": "average", **black}
        scene.line(axes, answer(lambda f: (GRID, best.height * np.cos(GRID))), **average)
        transfer = {"color": style.TRANSFER, "lw": 3, "zorder": 3, "gid": "transfer"}
        scene.line(axes, answer(lambda f: (GRID, found)), **transfer)
        axes.set_title(" \n\n ")
        scene.text(axes, lambda f: _guess(f, best), y=1.1)
        function = {"mark": {"color": style.TRANSFER, "marker": "-"}}
        scene.text(axes, lambda f: "transfer learning's function" * f.revealed, **function)
        scene.text(axes, lambda f: "dashed: the average of all tasks" * f.revealed, x=0.44)
    return scene.prediction(
        lambda height, revealed: SingleFunction(height * np.cos(GRID), best.error(height)),
        Slider("height", "y", "your curve at x = 0", -4.0, 4.0, 0.05, height),
        question=(
            "Each thin grey wave is a task. One network has to answer for all of them, with no "
            "support set to tell them apart. Which curve does it learn? Drag the black square up "
            "or down."
        ),
        verdict=lambda f: _verdict(f, best),
        alt=lambda f: _alt(f, best),
        describe="Prediction: 40 sine waves, and one curve for all of them, to be dragged.",
    )


def _draw_tasks(axes: Axes) -> None:
    generator = torch.Generator().manual_seed(3)
    tasks = Sinusoids().sample(SHOWN_TASKS, shots=1, queries=1, generator=generator)
    training.many_waves(axes, GRID, *(tasks.facts[name].numpy() for name in ("amplitude", "phase")))


def _guess(f, best: Average) -> str:
    if f.revealed:
        return f"error of your guess {f.data.error:.2f}      least possible {best.floor:.2f}"
    return f"your guess, black, at x = 0:  {f.height:.2f}"


def _alt(f, best: Average) -> str:
    said = (
        f"{SHOWN_TASKS} sine waves, thin and grey, each a task. The guess, one curve for all "
        f"of them, is {f.height:.2f} at x = 0."
    )
    if f.revealed:
        said += (
            " Transfer learning's function lies on their average, a wave of height "
            f"{best.height:.2f} at x = 0."
        )
    return said


def _verdict(f, best: Average) -> str:
    off = f.height - best.height
    if abs(off) < CLOSE:
        judged = f"You saw it: {abs(off):.2f} from the average wave at x = 0."
    elif abs(f.height) < CLOSE:
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
