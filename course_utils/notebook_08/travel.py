"""How far learning travels: errors of trained and untrained learners away from home (notebook 08).

A start is a φ; the learners "MAML", "transfer" and "random", which is untrained, differ in nothing
else. Home is the family that the first two were trained on, with five support points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils import checkpoints, evaluation
from course_utils.checkpoints.recipes import INNER_LR
from course_utils.checkpoints.recipes import SINE_LOSS as LOSS
from course_utils.learners import Learner, kernel_ridge, task_losses
from course_utils.networks import Params
from course_utils.support.check_input import whole_number
from course_utils.tasks import Sinusoids, TaskBatch, Waves

SHOTS, QUERIES = 5, 100
SEEDS = (0, 1, 2)
EXPLODED = 1_000.0  # a task whose error is beyond this, or not finite, has exploded
WIDTHS, KNOBS = (1.0, 1.5, 2.0, 2.5, 3.0), (1e-6, 1e-4, 1e-2, 1e-1)


# --- errors of many tasks -------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """The errors of many tasks in a few numbers.

    mean: over the tasks that did not explode. median: over all. exploded: how many have an error
    above EXPLODED or none that is finite. worse: how many have a larger error than before the first
    step, the exploded among them; None where that is not known.
    """

    mean: float
    median: float
    exploded: int
    worse: int | None
    n_tasks: int


def judged(errors: Tensor, before: Tensor | None = None) -> Judged:
    """The errors of many tasks, (tasks,), and those before the first step, in a few numbers.

    Raises ValueError if there are fewer than 20 tasks, or `before` is of others.
    """
    median = evaluation.median_with_interval(errors).median
    if before is not None and before.shape != errors.shape:
        raise ValueError(
            f"before must hold the errors of the same tasks, {tuple(errors.shape)}, got "
            f"{tuple(before.shape)}"
        )
    fine = errors <= EXPLODED  # not so for NaN
    mean = errors[fine].double().mean().item() if fine.any() else math.inf
    worse = None if before is None else int((~(errors <= before)).sum())
    return Judged(mean, median, int((~fine).sum()), worse, len(errors))


# --- learners -------------------------------------------------------------------------------------


def starts(seed: int = 0, shots: int = SHOTS) -> dict[str, Params]:
    """The φ of a training by MAML and of one by transfer learning, and the φ⁰ that both began at.

    Raises ValueError if there are no such trainings.
    """
    trained = {
        name: checkpoints.load_or_train(f"sinusoids-{name.lower()}-k{shots}-seed{seed}").phi
        for name in ("MAML", "transfer")
    }
    return trained | {"random": checkpoints.sinusoid_start(seed)}


def tasks_seen() -> int:
    """How many tasks the training of one of the `starts` has drawn."""
    made = checkpoints.recipe(f"sinusoids-maml-k{SHOTS}-seed0")
    return made.iterations * made.settings["n_tasks"]


def errors_from(
    phis: Mapping[str, Params], batch: TaskBatch, steps: Sequence[int] = (0, 1, 5)
) -> dict[str, dict[int, Tensor]]:
    """{start: {steps: errors (tasks,)}}: each start adapts to each task on its own."""
    return {
        name: evaluation.errors_after(LOSS, phi, batch, inner_lr=INNER_LR, steps=steps)
        for name, phi in phis.items()
    }


def tuned_ridge(shots: int, tasks: TaskBatch | None = None) -> Learner:
    """Kernel ridge with the width and the λ that are best on waves of home with K = `shots`.

    They are chosen among WIDTHS and KNOBS on tasks of their own, 200 unless given. Raises
    ValueError if `shots` is below 1.
    """
    whole_number("shots", shots, least=1, why="a task needs a support example to adapt to")
    tasks = home(200, shots=shots, seed=77) if tasks is None else tasks
    made = [kernel_ridge(knob, width=width) for width in WIDTHS for knob in KNOBS]
    return min(made, key=lambda learner: task_losses(learner, tasks).mean().item())


# --- tasks ----------------------------------------------------------------------------------------


def home(n_tasks: int, *, shots: int = SHOTS, seed: int = 8) -> TaskBatch:
    """Unseen tasks of the family that MAML and transfer learning were trained on."""
    return _drawn(Sinusoids(), n_tasks, shots, seed)


def shape(name: str, n_tasks: int, *, shots: int = SHOTS, seed: int = 8) -> TaskBatch:
    """Tasks of another shape, as `Waves` draws them; the points x are those of the other shapes."""
    return _drawn(Waves(name), n_tasks, shots, seed)


def _drawn(family: Sinusoids | Waves, n_tasks: int, shots: int, seed: int) -> TaskBatch:
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n_tasks, shots=shots, queries=QUERIES, generator=generator)
