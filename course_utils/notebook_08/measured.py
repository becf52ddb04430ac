"""What notebook 08 measures for its predictions and pictures, three trainings each.

Each function draws its own unseen tasks; more of them make the numbers steadier and take longer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from course_utils import checkpoints
from course_utils.checkpoints.alike import SPREADS, alike
from course_utils.checkpoints.few_waves import COUNTS, POINTS, few_waves
from course_utils.learners import task_losses, wave_fit
from course_utils.networks import Params
from course_utils.notebook_08 import pictures, places, travel
from course_utils.tasks import Sinusoids, TaskBatch
from course_utils.tasks.waves import SHAPES

STEPS = 5
SHOTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 50)
Medians = Mapping[str, np.ndarray]


def medians(batch: TaskBatch, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Median errors of the five learners on the tasks: {learner: (trainings,)}.

    The three networks take `steps` steps. Kernel ridge and the fit of sin and cos are not trained:
    one number each. Kernel ridge is tuned on waves with as many points.
    """
    found = _of_trainings(batch, steps)
    ridge = travel.tuned_ridge(batch.support_x.shape[1])
    for name, learner in (("kernel ridge", ridge), ("sin and cos", wave_fit)):
        found[name] = np.array([travel.judged(task_losses(learner, batch)).median])
    return found


def _of_trainings(batch: TaskBatch, steps: int) -> dict[str, np.ndarray]:
    each = [travel.errors_from(travel.starts(seed), batch, (steps,)) for seed in travel.SEEDS]
    return {
        name: np.array([travel.judged(found[name][steps]).median for found in each])
        for name in each[0]
    }


def on_shapes(
    names: Sequence[str] = SHAPES, n_tasks: int = 300
) -> dict[str, dict[str, np.ndarray]]:
    """{shape: `medians`}, for tasks with equal points."""
    return {name: medians(travel.shape(name, n_tasks)) for name in names}


@dataclass(frozen=True)
class OverAmplitude:
    """MAML after one step and after five on waves of one amplitude each.

    amplitudes (n,); medians {1 and 5 steps: (trainings, n)}; exploded: per cent of the tasks of the
    largest amplitude whose five steps explode, of each training.
    """

    amplitudes: tuple[float, ...]
    medians: Mapping[int, np.ndarray]
    exploded: tuple[float, ...]


def over_amplitude(n_tasks: int = 300) -> OverAmplitude:
    """MAML on waves that are higher and higher, up to twice as high as those of the training."""
    way = places.WAYS["amplitude"].values
    batches = [places.tasks_at("amplitude", place, n_tasks) for place in places.PLACES]
    found: dict[int, list] = {1: [], 5: []}
    exploded = []
    for seed in travel.SEEDS:
        phi = {"MAML": travel.starts(seed)["MAML"]}
        each = [travel.errors_from(phi, batch, (1, 5))["MAML"] for batch in batches]
        for steps, rows in found.items():
            rows.append([travel.judged(errors[steps]).median for errors in each])
        exploded.append(100 * travel.judged(each[-1][5]).exploded / n_tasks)
    return OverAmplitude(way, {k: np.array(rows) for k, rows in found.items()}, (*exploded,))


def around_phases(n_tasks: int = 200, n_phases: int = 25) -> tuple[np.ndarray, Medians]:
    """Phases (n,) from 0 to 2π, and the medians {start: (trainings, n)} on waves of each."""
    phases, each = np.linspace(0, 2 * math.pi, n_phases), []
    for phase in phases:
        family = Sinusoids(phase=(float(phase), float(phase)))
        counts = {"shots": travel.SHOTS, "queries": travel.QUERIES}
        batch = family.sample(n_tasks, **counts, generator=torch.Generator().manual_seed(8))
        each.append(_of_trainings(batch, STEPS))
    return phases, {name: np.stack([found[name] for found in each], axis=1) for name in each[0]}


@dataclass(frozen=True)
class OverShots:
    """Learners against the number of points: medians {learner: (trainings, n)} at shots (n,).

    mean_at: from how many points on the *mean* of kernel ridge is below MAML's in every training.
    """

    shots: tuple[int, ...]
    medians: Medians
    mean_at: int


def over_shots(n_tasks: int = 250) -> OverShots:
    """MAML, transfer learning, each trained with five points, and tuned kernel ridge."""
    rows: dict[str, list] = {"MAML": [], "transfer": [], "kernel ridge": []}
    behind = 0
    for place, shots in enumerate(SHOTS):
        batch = travel.home(n_tasks, shots=shots)
        ridge = task_losses(travel.tuned_ridge(shots), batch)
        rows["kernel ridge"].append([travel.judged(ridge).median])
        each = [travel.errors_from(travel.starts(seed), batch, (STEPS,)) for seed in travel.SEEDS]
        for name in ("MAML", "transfer"):
            rows[name].append([travel.judged(found[name][STEPS]).median for found in each])
        if any(ridge.mean() >= found["MAML"][STEPS].mean() for found in each):
            behind = place + 1
    found = {name: np.array(each).T for name, each in rows.items()}
    return OverShots(SHOTS, found, SHOTS[behind])


@dataclass(frozen=True)
class FromFewWaves:
    """MAML from few waves, mean errors after one step.

    counts (n,); errors {"fresh" and "fixed": {"own" and "unseen": (trainings, n)}}; `endless` and
    `transfer` on unseen waves, after as many meta-steps on endless ones, and after transfer's long
    training.
    """

    counts: tuple[int, ...]
    errors: Mapping[str, Mapping[str, np.ndarray]]
    endless: float
    transfer: float


def from_few_waves(n_tasks: int = 500) -> FromFewWaves:
    """MAML's trainings on 5, 20, 100 and 1,000 waves, on their own waves and on unseen ones.

    Own waves are asked as they were trained: fixed ones at their points, fresh ones at new points.
    """
    unseen = travel.home(n_tasks)
    errors = {}
    for points in POINTS:
        errors[points] = {which: np.zeros((3, len(COUNTS))) for which in ("own", "unseen")}
        for seed in travel.SEEDS:
            for place, count in enumerate(COUNTS):
                phi = _phi(f"few-waves-{count}-{points}-seed{seed}")
                own = _own_waves(points, count, seed)
                errors[points]["own"][seed, place] = _after_one_step(phi, own)
                errors[points]["unseen"][seed, place] = _after_one_step(phi, unseen)
    endless, transfer = (
        float(np.mean([_after_one_step(_phi(name.format(seed)), unseen) for seed in travel.SEEDS]))
        for name in ("alike-100-maml-seed{}", "sinusoids-transfer-k5-seed{}")
    )
    return FromFewWaves(COUNTS, errors, endless, transfer)


def over_spread(n_tasks: int = 300) -> tuple[tuple[int, ...], dict[str, np.ndarray]]:
    """Per cent of the family's ranges (n,), and median errors of such trainings, (trainings, n).

    On unseen tasks of the same spread: "transfer, no step", "transfer, five steps" and "MAML, one
    step".
    """
    errors = {name: np.zeros((3, len(SPREADS))) for name in pictures.SPREAD_LOOKS}
    for place, spread in enumerate(SPREADS):
        counts = {"shots": travel.SHOTS, "queries": travel.QUERIES}
        generator = torch.Generator().manual_seed(8)
        batch = alike(spread).sample(n_tasks, **counts, generator=generator)
        for seed in travel.SEEDS:
            phis = {
                kind: _phi(f"alike-{spread}-{kind}-seed{seed}") for kind in ("maml", "transfer")
            }
            found = travel.errors_from(phis, batch, (0, 1, 5))
            for name, (kind, steps) in {
                "transfer, no step": ("transfer", 0),
                "transfer, five steps": ("transfer", 5),
                "MAML, one step": ("maml", 1),
            }.items():
                errors[name][seed, place] = travel.judged(found[kind][steps]).median
    return SPREADS, errors


def _own_waves(points: str, count: int, seed: int) -> TaskBatch:
    family = few_waves(points, count, seed)
    if points == "fixed":  # the five query points that it was trained with
        return family.all_waves(shots=travel.SHOTS, queries=travel.SHOTS)
    anew = torch.Generator().manual_seed(3)
    return family.all_waves(shots=travel.SHOTS, queries=travel.QUERIES, generator=anew)


def _phi(name: str) -> Params:
    return checkpoints.load_or_train(name).phi


def _after_one_step(phi: Params, batch: TaskBatch) -> float:
    return travel.errors_from({"": phi}, batch, (1,))[""][1].mean().item()
