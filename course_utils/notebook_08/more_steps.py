"""A prediction: are five steps better than one, too, on waves twice as high? (notebook 08)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_08 import looks

LOOK = {
    1: {"color": style.MAML, "ls": (0, (1, 1.5)), "marker": "o"},
    5: {"color": style.MAML, "ls": "-", "marker": "o"},
}
SAID = {"one": "one step is better", "five": "five steps are better", "same": "no difference"}
LIMITS = (0.03, 60.0)
KNOWN = 5.0  # the highest waves of the training


def more_steps(
    amplitudes: Sequence[float], medians: Mapping[int, np.ndarray], exploded: Sequence[float]
) -> Prediction:
    """Predict whether MAML's five steps beat one at the largest amplitude.

    amplitudes (n,), rising; medians {1 and 5 steps: (trainings, n)}; exploded (trainings,): per
    cent of the tasks at the largest amplitude whose five steps explode. Raises ValueError if they
    do not fit together.
    """
    at = np.asarray(amplitudes, dtype=float)
    found = {steps: np.asarray(medians[steps]) for steps in LOOK if steps in medians}
    shapes = {steps: value.shape for steps, value in found.items()}
    if len(found) < len(LOOK) or any(shape[1:] != at.shape for shape in shapes.values()):
        raise ValueError(
            f"medians must hold 1 and 5 steps, (trainings, {len(at)}) each, got {shapes}"
        )
    with Scene(size=(7.6, 3.9)) as (scene, axes):
        _frame(axes, at)
        inside, beyond = at <= KNOWN, at >= KNOWN
        curves(axes, at[inside], {steps: value[:, inside] for steps, value in found.items()})
        for artist in curves(axes, at[beyond], {k: v[:, beyond] for k, v in found.items()}):
            scene.seen(artist, revealed)
        hidden = axes.text(7.6, 0.5, "?", size=30, ha="center", color=style.INK)
        scene.follow(hidden, lambda text, f: text.set_visible(not f.revealed))
    return scene.prediction(
        lambda guess, revealed: None,
        vocabulary.verdicts([(said, key) for key, said in SAID.items()]),
        question=(
            "On waves up to A = 5, the highest of the training, MAML's five steps are at least as "
            f"good as one. Now waves of <b>A = {at[-1]:g}</b>, five points each. One step or five?"
        ),
        verdict=lambda f: _verdict(f, found, exploded),
        alt=lambda f: _alt(f, at, found),
        describe=(
            "Prediction: MAML's median error after one and after five steps against the amplitude, "
            "known up to 5; what happens up to 10 is to be guessed."
        ),
    )


def curves(ax: Axes, at: np.ndarray, medians: Mapping[int, np.ndarray]) -> list:
    """Draw the medians over the amplitude, a line a training; returns the lines."""
    drawn = []
    for steps, each in medians.items():
        for seed, values in enumerate(each):
            look = {**LOOK[steps], "lw": 1.6, "ms": 4.5, "gid": f"{steps} steps, {seed}, {at[0]:g}"}
            drawn += ax.plot(at, values, **look)
    return drawn


def _frame(ax: Axes, at: np.ndarray) -> None:
    looks.error_axis(ax, LIMITS)
    ax.set(xlim=(0, at[-1] + 0.5), xlabel="amplitude of the waves  A", xticks=range(0, 11))
    looks.band(ax, (0.1, KNOWN))
    label(ax, 0.3, 25, "MAML, one step", {**LOOK[1], "marker": ""}, size=10)
    label(ax, 0.3, 13, "MAML, five steps", {**LOOK[5], "marker": ""}, size=10)


def _verdict(f, medians: Mapping[int, np.ndarray], exploded: Sequence[float]) -> str:
    one, five = (medians[steps][:, -1] for steps in LOOK)
    truth = "one" if (one < five).all() else "five" if (one > five).all() else "same"
    judged = "Right." if f.guess == truth else f"You said: {SAID.get(f.guess, 'nothing yet')}."
    return (
        f"{judged} The median error is {_span(one)} after one step and {_span(five)} after five. "
        f"And after five steps {min(exploded):.0f} to {max(exploded):.0f} % of the tasks have "
        "exploded: their error is beyond 1,000."
    )


def _span(values: np.ndarray) -> str:
    return f"{values.min():.0f} to {values.max():.0f}"


def _alt(f, at: np.ndarray, medians: Mapping[int, np.ndarray]) -> str:
    def told(place: int) -> str:
        one, five = (float(np.mean(medians[steps][:, place])) for steps in LOOK)
        return f"at A = {at[place]:g} it is {one:.2f} after one step and {five:.2f} after five"

    last_known = int((at <= KNOWN).sum()) - 1
    shown = f"MAML's median error rises with the amplitude: {told(last_known)}."
    return shown + (f" And {told(-1)}." if f.revealed else " Beyond that it is hidden.")
