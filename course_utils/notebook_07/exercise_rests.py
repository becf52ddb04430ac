"""Where Reptile comes to rest on two waves: the two places, and where people look for them (07)."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import torch

from course_utils import landscape
from course_utils.exercises import Mistake, Place
from course_utils.notebook_07.reptile_rests import START, STEPS, TASKS, place_of
from course_utils.tasks import exact

INNER_LR = 0.1
BETWEEN = tuple(sum(pair) / 2 for pair in zip(place_of(0), place_of(1), strict=True))
CORNER = (START["a_1"], START["p_1"])  # where the first diamond opens: a small wave


@cache
def rest(steps: int, start: tuple[float, float] = BETWEEN) -> tuple[float, float]:
    """Where Reptile's φ stays, from a start: the mean of the two θ̂ is φ itself."""
    a, p = torch.tensor([start], dtype=torch.float64).mT
    phi = {"a": a, "p": p}
    for _ in range(300 // steps + 10):  # more than enough to be at rest
        ends = landscape.on_points(exact.sine_loss, phi, TASKS, inner_lr=INNER_LR, steps=steps)
        phi = {name: leaf.mean(1) for name, leaf in ends.theta.items()}
    return phi["a"].item(), phi["p"].item()


@cache
def mamls() -> tuple[float, float]:
    """Where the mean loss after one inner step is least, to a twentieth."""
    a, p = torch.meshgrid(torch.arange(0, 5.01, 0.05), torch.arange(0, 3.15, 0.05), indexing="ij")
    points = {"a": a.double().flatten(), "p": p.double().flatten()}
    after = landscape.on_points(exact.sine_loss, points, TASKS, inner_lr=INNER_LR, steps=1).after
    least = after.mean(1).argmin()
    return points["a"][least].item(), points["p"][least].item()


def _places(**at: Any) -> dict[str, float]:
    """The values of the picture, of places by their number of steps: k1, k100."""
    found = {}
    for steps in STEPS:
        if f"k{steps}" in at:
            found[f"a_{steps}"], found[f"p_{steps}"] = at[f"k{steps}"]()
    return found


def _own(steps: int, task: int) -> Mistake:
    other = 1 - task
    says = {
        1: f"There its slope is 0. But task {other + 1}'s is not, and the mean of the two slopes "
        "moves φ on.",
        100: f"Its hundred steps end there. But those of task {other + 1} end elsewhere, and each "
        "of the two draws φ towards its end.",
    }
    return Mistake(
        f"k = {steps} at task {task + 1}",
        f"That is task {task + 1}'s own wave. {says[steps]}",
        partial(_places, **{f"k{steps}": partial(place_of, task)}),
    )


def _with_phase(amplitude: float) -> dict[str, float]:
    """An amplitude of one's own for k = 1, with the right phase."""
    return {"a_1": amplitude, "p_1": rest(1)[1]}


reptile_rests = Place(
    "reptile_rests",
    title="where Reptile rests",
    notebook="07",
    answer=partial(_places, k1=partial(rest, 1), k100=partial(rest, 100)),
    within={"a_1": 0.25, "p_1": 0.17, "a_100": 0.25, "p_100": 0.17},  # a twentieth of the plane
    together=True,
    pieces={f"k = {steps}": (f"a_{steps}", f"p_{steps}") for steps in STEPS},
    mistakes=(
        Mistake(
            "exchanged",
            "The two places are right, but exchanged. With which number of steps does φ see where "
            "adapting leads, and with which only a slope?",
            partial(_places, k1=partial(rest, 100), k100=partial(rest, 1)),
        ),
        Mistake(
            "k = 1 midway between the stars",
            "You took the mean of the two amplitudes and phases. One step does not reach a star: "
            "it follows the slope of the loss at φ. Where is the mean of the two slopes 0, and "
            "what wave is that in the picture on the right?",
            partial(_places, k1=partial(rest, 100)),
        ),
        Mistake(
            "k = 1 with the amplitudes averaged",
            "The phase is right, and you took the mean of the two amplitudes. But the two waves "
            "partly cancel, so the average of the curves is lower than that.",
            lambda: _with_phase(BETWEEN[0]),
        ),
        Mistake(
            "k = 1 at the sum of the curves",
            "That is the sum of the two curves. With one step φ rests at their average: halve it.",
            lambda: _with_phase(2 * rest(1)[0]),
        ),
        Mistake(
            "k = 1 where the waves cancel",
            "You let the two waves cancel. They partly do. But one is taller than the other, and "
            "they are not opposite: look at the sum of the two curves in the picture on the right.",
            lambda: {"a_1": 0.0, "p_1": ...},
        ),
        Mistake(
            "k = 1 between the phases",
            "The phase lies midway. But a taller wave has the greater say in an average of waves: "
            "look where the sum of the two curves is 0.",
            lambda: {"a_1": ..., "p_1": BETWEEN[1]},
        ),
        Mistake(
            "k = 100 at the average wave",
            "You took the wave of least mean loss. That is transfer learning's place. Where does "
            "each task end after a hundred steps from there, and what is the mean of these two "
            "ends?",
            partial(_places, k100=partial(rest, 1)),
        ),
        Mistake(
            "k = 100 in the corner",
            "Reptile does rest there, if it begins at a small wave in a corner on the left: task 2 "
            "then ends at amplitude −2, its own curve under other parameters. But from a φ between "
            "the stars each task ends at its star.",
            partial(_places, k100=partial(rest, 100, CORNER)),
        ),
        Mistake(
            "MAML's place for k = 1",
            "That is near MAML's φ, where the loss after one step is least. Reptile with one step "
            "never asks for the loss after it.",
            partial(_places, k1=mamls),
        ),
        Mistake(
            "MAML's place for k = 100",
            "That is near MAML's φ for one step. After a hundred steps each task is at its star: "
            "Reptile looks at these two ends alone, and no longer at slopes.",
            partial(_places, k100=mamls),
        ),
        *(_own(steps, task) for steps in STEPS for task in (0, 1)),
    ),
    means="One step averages the curves, as transfer learning does. Many steps average the "
    "parameters of where the tasks end. Neither asks for the loss after adapting, as MAML does.",
)
