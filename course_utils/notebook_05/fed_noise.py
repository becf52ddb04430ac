"""A prediction: what one step from MAML's φ makes of answers that are noise (notebook 05)."""

from __future__ import annotations

import numpy as np

from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.notebook_05 import charts

NOTHING, THROUGH, WAVE = "nothing", "through", "wave"
SAID = {
    THROUGH: "a jagged curve, through or near the five points",
    NOTHING: "next to nothing: noise cancels out",
    WAVE: "a wave",
}
SHOWN = (0.25, 0.5, 0.75)  # the sets drawn, of all in the order of how much of a wave they make


def wave_share(x: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """The part of each change (n, G) that is one wave of the family, a·sin x + b·cos x: (n,)."""
    waves = np.linalg.qr(np.stack([np.sin(x), np.cos(x)], axis=1))[0]
    return ((changes @ waves) ** 2).sum(axis=1) / (changes**2).sum(axis=1)


def shown(x: np.ndarray, changes: np.ndarray) -> np.ndarray:
    """Which sets are drawn: those at the quartiles of `wave_share`, neither the best nor worst."""
    order = np.argsort(wave_share(x, changes))
    return order[[round(part * (len(order) - 1)) for part in SHOWN]]


def fed_noise(
    x: np.ndarray, points: np.ndarray, asked: np.ndarray, changes: np.ndarray
) -> Prediction:
    """Predict the shape of the change that one step makes at MAML's φ, where the labels are noise.

    x (G,): where the changes are known. points (n, K): the x of each support set. asked (n, K): its
    labels minus the output at φ. changes (n, G): what one step changes. Three sets are `shown`.
    Raises ValueError if the four do not fit together.
    """
    x, points, asked, changes = (np.asarray(part) for part in (x, points, asked, changes))
    if points.shape != asked.shape or changes.shape != (len(points), len(x)):
        raise ValueError(
            f"points and asked must have one shape (n, K), changes (n, {len(x)}), got "
            f"{points.shape}, {asked.shape} and {changes.shape}"
        )
    drawn, half = shown(x, changes), 100 * float(np.median(wave_share(x, changes)))
    with Scene(1, len(drawn), size=(7.6, 3.5), sharey=True) as (scene, panels):
        charts.asked_changes(panels, x, points[drawn], asked[drawn])
        for n, (panel, change) in enumerate(zip(panels, changes[drawn], strict=True), start=1):
            look = {"color": style.MAML, "lw": 2.6, "gid": f"change of set {n}"}
            scene.line(panel, answer(lambda f, change=change: (x, change)), **look)
        scene.text(panels[0], lambda f: "noise", mark={"color": style.INK, "marker": "o"})
        change = {"x": 0.4, "mark": {"color": style.MAML, "marker": "-"}}
        scene.text(panels[0], lambda f: "the step's change" * f.revealed, **change)
    return scene.prediction(
        lambda guess, revealed: None,
        vocabulary.verdicts([(said, key) for key, said in SAID.items()]),
        question=(
            "Each panel is one support set whose answers are random numbers: the dots show by how "
            "much they differ from MAML's output at φ. Now φ takes its one step on them. What "
            "shape has the <b>change of the output</b>?"
        ),
        verdict=lambda f: _verdict(f, half),
        alt=_alt,
        describe=(
            "Prediction: three support sets whose answers are noise; what one step from MAML's φ "
            "makes of them is to be guessed."
        ),
    )


def _alt(f) -> str:
    said = "Three panels, each with five points at random heights: the change that they ask for."
    found = (
        " The change that one step from MAML's φ makes is a wave, more or less regular, near "
        "some of the points and far from others."
    )
    return said + found * f.revealed


def _verdict(f, half: float) -> str:
    judged = "Right." if f.guess == WAVE else f"You said: {SAID.get(f.guess, 'nothing yet')}."
    return (
        f"{judged} It is a wave, as long as those of the family. Shown are the sets at the "
        "lower quartile, the median and the upper quartile: for every second set at least "
        f"{half:.0f} % of the change is one wave. The points decide how high it is and where "
        "it lies; that it is a wave is built into φ."
    )
