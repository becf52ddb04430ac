"""How each checkpoint is made: from which start, on which tasks, with which settings."""

from __future__ import annotations

from functools import partial

import torch

from course_utils import evaluation, networks
from course_utils.checkpoints.alike import recipes as alike_recipes
from course_utils.checkpoints.cousins import recipes as cousin_recipes
from course_utils.checkpoints.few_waves import recipes as few_wave_recipes
from course_utils.checkpoints.in_context import recipes as in_context_recipes
from course_utils.checkpoints.pictures import recipes as picture_recipes
from course_utils.checkpoints.training import Recipe, objective_of
from course_utils.checkpoints.words import recipes as word_recipes
from course_utils.networks import Params
from course_utils.tasks import Sinusoids

SEEDS = (0, 1, 2)
SHOTS = (5, 10)
SINE_NETWORK = networks.mlp([1, 40, 40, 1])
SINE_LOSS = networks.squared_error(SINE_NETWORK)
INNER_LR = 0.01


def sinusoid_start(seed: int) -> Params:
    """The φ⁰ that the sinusoid trainings of a seed begin at: the course's "random"."""
    return SINE_NETWORK.init(torch.Generator().manual_seed(seed))


def _sinusoid_error(shots: int, phi: Params) -> str:
    generator = torch.Generator().manual_seed(2024)
    unseen = Sinusoids().sample(1000, shots=shots, queries=100, generator=generator)
    found = evaluation.errors_after(SINE_LOSS, phi, unseen, inner_lr=INNER_LR)
    said = "; ".join(f"{k}: {mean}" for k, mean in evaluation.means(found).items())
    return f"mean squared error on 1,000 unseen tasks after inner steps {said}"


def _sinusoids(kind: str, shots: int, seed: int) -> Recipe:
    """70,000 meta-steps with the settings of Finn et al. 2017, section 5.1, and their code."""
    objective, method = objective_of(kind, SINE_LOSS, INNER_LR)
    return Recipe(
        what=f"{method} of {SINE_NETWORK} on {Sinusoids()}",
        network=lambda: SINE_NETWORK,
        objective=objective,
        family=Sinusoids,
        error=partial(_sinusoid_error, shots),
        seed=seed,
        iterations=70_000,
        brief=5_000,
        seconds=80 if kind == "maml" else 25,
        settings={"n_tasks": 25, "shots": shots, "queries": shots, "meta_lr": 1e-3},
        brief_settings={"meta_lr": 1e-2, "decay": "cosine"},
    )


RECIPES: dict[str, Recipe] = {
    f"sinusoids-{kind}-k{shots}-seed{seed}": _sinusoids(kind, shots, seed)
    for kind in ("maml", "transfer")
    for shots in SHOTS
    for seed in SEEDS
} | picture_recipes(SEEDS)
RECIPES |= cousin_recipes(SEEDS)
RECIPES |= word_recipes(SEEDS)
RECIPES |= few_wave_recipes(SEEDS, SINE_NETWORK, INNER_LR, _sinusoid_error)
RECIPES |= in_context_recipes(SEEDS)
RECIPES |= alike_recipes(SEEDS, SINE_NETWORK, INNER_LR, _sinusoid_error)
