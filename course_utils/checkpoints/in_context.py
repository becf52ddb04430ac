"""How the checkpoints of learners without gradients are made, all on sinusoids."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch

from course_utils import in_context
from course_utils.checkpoints.training import Recipe
from course_utils.evaluation import mean_with_interval, parts
from course_utils.in_context import InContextLearner
from course_utils.networks import Params
from course_utils.tasks import Sinusoids

SHOTS = 5
MANY = 20  # more than in training
SET_ENCODER = in_context.set_encoder(128)
LEARNERS: dict[str, InContextLearner] = {
    "set-encoder": SET_ENCODER,
    "set-encoder-scaled": in_context.scaled(SET_ENCODER),
    "transformer": in_context.transformer(32, layers=2, heads=4, hidden=64),
    "transformer-large": in_context.transformer(48, layers=3, heads=4, hidden=96),
}
# Of each: meta-steps, tasks in each of them, seconds on two cores.
TRAININGS = {
    "set-encoder": (8_000, 50, 60),
    "set-encoder-scaled": (4_000, 25, 25),
    "transformer": (6_000, 25, 40),
    "transformer-large": (8_000, 25, 80),
}


def _error(learner: InContextLearner, phi: Params) -> str:
    said = []
    for shots in (SHOTS, MANY):
        generator = torch.Generator().manual_seed(2024)
        unseen = Sinusoids().sample(1000, shots=shots, queries=100, generator=generator)
        found = torch.cat([in_context.errors(learner, phi, part) for part in parts(unseen, 250)])
        said.append(f"with {shots}: {mean_with_interval(found)}")
    return f"mean squared error on 1,000 unseen tasks, support points {'; '.join(said)}"


def _recipe(name: str, seed: int) -> Recipe:
    """Adam, β = 0.001 falling along half a cosine; 20 queries a task."""
    learner = LEARNERS[name]
    iterations, n_tasks, seconds = TRAININGS[name]
    family = Sinusoids()
    return Recipe(
        what=f"learning without gradients by {learner} on {family}",
        network=lambda: learner,
        objective=partial(in_context.meta_loss, learner),
        family=lambda: family,
        error=partial(_error, learner),
        seed=seed,
        iterations=iterations,
        brief=1_500,
        seconds=seconds,
        settings={
            "n_tasks": n_tasks,
            "shots": SHOTS,
            "queries": 20,
            "meta_lr": 1e-3,
            "decay": "cosine",
        },
    )


def recipes(seeds: Sequence[int]) -> dict[str, Recipe]:
    """All of them, by name; the large transformer is trained from the first seed only."""
    return {
        f"in-context-{name}-seed{seed}": _recipe(name, seed)
        for name in LEARNERS
        for seed in (seeds[:1] if name == "transformer-large" else seeds)
    }
