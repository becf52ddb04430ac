"""How the checkpoints of MAML from few waves are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from course_utils.checkpoints.training import Recipe, objective_of
from course_utils.networks import MLP, Params, squared_error
from course_utils.tasks import FewSinusoids

SHOTS = 5
COUNTS = (5, 20, 100, 1_000)
SETTINGS = {
    "n_tasks": 25,
    "shots": SHOTS,
    "queries": SHOTS,
    "meta_lr": 5e-3,
    "decay": "cosine",
}
POINTS = {"fixed": False, "fresh": True}


def few_waves(points: str, count: int, seed: int) -> FewSinusoids:
    """The waves of one of these trainings; points "fixed" or "fresh"."""
    return FewSinusoids(count, fresh=POINTS[points], seed=500 + seed)


def recipes(
    seeds: Sequence[int], network: MLP, inner_lr: float, error: Callable[[int, Params], str]
) -> dict[str, Recipe]:
    """{few-waves-COUNT-POINTS-seedSEED: MAML with five shots and one step, 4,000 meta-steps}.

    The same training on new waves for ever is alike-100-maml-seedSEED, of `alike`.
    """
    objective, method = objective_of("maml", squared_error(network), inner_lr)

    def recipe(points: str, count: int, seed: int) -> Recipe:
        family = few_waves(points, count, seed)
        return Recipe(
            what=f"{method} of {network} on {family}",
            network=lambda: network,
            objective=objective,
            family=lambda: family,
            error=partial(error, SHOTS),
            seed=seed,
            iterations=4_000,
            brief=1_000,
            seconds=8,
            settings=SETTINGS,
        )

    return {
        f"few-waves-{count}-{points}-seed{seed}": recipe(points, count, seed)
        for points in POINTS
        for count in COUNTS
        for seed in seeds
    }
