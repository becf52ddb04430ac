"""A prediction: at which step size first-order MAML's gradient turns round (notebook 07)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from course_utils import maml
from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.notebook_07.estimates import FIRST_ORDER, MAML, gradient
from course_utils.notebook_07.look import COLORS, DASHES
from course_utils.tasks import exact

CURVATURE, PHI, MOST = 4.0, 1.0, 0.5
TASK = exact.quadratics(h=[CURVATURE], c=[0.0])
CLOSE = 0.02


@dataclass(frozen=True)
class Slopes:
    """The gradient at φ = 1 over α, (G,): of MAML and of first-order MAML, one inner step."""

    inner_lr: np.ndarray
    maml: np.ndarray
    first_order: np.ndarray

    @property
    def turns(self) -> float:
        """The α beyond which first-order's gradient points against MAML's."""
        against = self.first_order * self.maml < -1e-9
        return float(self.inner_lr[against.argmax() - 1])


def slopes(count: int = 101) -> Slopes:
    """Both gradients for α from 0 to 2/h, by the core itself."""
    rates = np.linspace(0, MOST, count)
    phi = {"phi": torch.tensor(PHI, dtype=torch.float64)}
    found = {MAML: [], FIRST_ORDER: []}
    for rate in rates.tolist():
        for name in found:

            def objective(phi, batch, rate=rate, first_order=name == FIRST_ORDER):
                how = {"inner_lr": rate, "steps": 1, "first_order": first_order}
                return maml.meta_loss(exact.quadratic_loss, phi, batch, **how)

            found[name].append(gradient(objective, phi, TASK)["phi"].item())
    return Slopes(rates, np.array(found[MAML]), np.array(found[FIRST_ORDER]))


def turn_round(inner_lr: float = 0.1) -> Prediction:
    """Predict the α at which the first-order gradient of one parabola turns round."""
    known = slopes()
    with Scene(size=(7.6, 3.6)) as (scene, axes):
        axes.set(xlabel="inner step size  α", ylabel="gradient at φ = 1", xlim=(0, MOST))
        axes.set(ylim=(-4.6, 4.6))
        axes.axhline(0, color="#555555", lw=0.8)
        look = {"color": COLORS[MAML], "ls": DASHES[MAML], "label": "MAML's", "gid": MAML}
        axes.plot(known.inner_lr, known.maml, **look)
        look = {"color": COLORS[FIRST_ORDER], "ls": DASHES[FIRST_ORDER], "gid": FIRST_ORDER}
        label = "first-order MAML's: the answer"
        shown = answer(lambda f: (known.inner_lr, known.first_order))
        scene.line(axes, shown, label=label, **look)
        tick = {"marker": "|", "ms": 26, "mew": 3.5, "color": style.INK, "zorder": 7}
        scene.line(axes, lambda f: (f.inner_lr, 0), gid="guess", **tick)
        scene.handle(axes, lambda f: (f.inner_lr, 0), "your guess", x="inner_lr")
        axes.legend(loc="lower left")
        scene.text(axes, _words)
    return scene.prediction(
        lambda inner_lr, revealed: known,
        vocabulary.guess("inner_lr", "α", 0.0, MOST, 0.005, inner_lr),
        question=(
            f"One task, the parabola ½·{CURVATURE:g}·θ², and φ = {PHI:g}. MAML's gradient after "
            "one inner step is drawn; it never points away from the optimum. At small α that of "
            "first-order MAML has the same sign. From which α on does it point <b>the other "
            "way</b>? Drag the black tick."
        ),
        verdict=_verdict,
        alt=_alt,
        describe=(
            "Prediction: MAML's gradient of one parabola over the inner step size, and a tick to "
            "drag to where first-order MAML's turns round."
        ),
    )


def _words(f) -> str:
    text = f"your guess: α = {f.inner_lr:.3f}"
    return text + (f"   it turns round at α = {f.data.turns:.2f}" if f.revealed else "")


def _verdict(f) -> str:
    off = abs(f.inner_lr - f.data.turns)
    judged = "You saw it." if off <= CLOSE else f"Your guess is {off:.2f} off."
    return (
        f"{judged} It turns round at α = {f.data.turns:.2f} = 1/h. There one step lands on the "
        "task's optimum; a longer one lands beyond it, where the slope has the other sign. "
        "First-order MAML takes that slope as it is. MAML multiplies it by 1 − αh, which has "
        "turned round, too."
    )


def _alt(f) -> str:
    return (
        f"MAML's gradient at φ = {PHI:g} over α: it falls to 0 at α = 0.25 and rises again. The "
        f"guess is α = {f.inner_lr:.3f}."
        + f" First-order MAML's is a falling line, below 0 from α = {f.data.turns:.2f} on."
        * f.revealed
    )
