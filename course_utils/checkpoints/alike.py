"""How the checkpoints are made whose tasks are more alike than all the family's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from course_utils.checkpoints.few_waves import SETTINGS, SHOTS
from course_utils.checkpoints.training import Recipe, objective_of
from course_utils.networks import MLP, Params, squared_error
from course_utils.support.check_input import number
from course_utils.tasks import Sinusoids

SPREADS = (5, 20, 50, 100)  # per cent of the family's ranges


def alike(spread: float) -> Sinusoids:
    """Waves whose amplitudes and phases fill the middle `spread` per cent of the family's ranges.

    Raises ValueError unless the spread is from 0 to 100.
    """
    if number("spread", spread, least=0) > 100:
        raise ValueError(f"spread must be at most 100 per cent, got {spread!r}")
    ends = {}
    for name in ("amplitude", "phase"):
        low, high = getattr(Sinusoids(), name)
        middle, half = (low + high) / 2, spread / 100 * (high - low) / 2
        ends[name] = (middle - half, middle + half)
    return Sinusoids(**ends)


def recipes(
    seeds: Sequence[int], network: MLP, inner_lr: float, error: Callable[[int, Params], str]
) -> dict[str, Recipe]:
    """{alike-SPREAD-KIND-seedSEED: MAML or transfer learning, 4,000 meta-steps}.

    MAML with five shots and one step. `error` measures on the whole family.
    """

    def recipe(spread: int, kind: str, seed: int) -> Recipe:
        objective, method = objective_of(kind, squared_error(network), inner_lr)
        return Recipe(
            what=f"{method} of {network} on {spread} % of the ranges of {Sinusoids()}",
            network=lambda: network,
            objective=objective,
            family=lambda: alike(spread),
            error=partial(error, SHOTS),
            seed=seed,
            iterations=4_000,
            brief=1_000,
            seconds=8 if kind == "maml" else 4,
            settings=SETTINGS,
        )

    return {
        f"alike-{spread}-{kind}-seed{seed}": recipe(spread, kind, seed)
        for spread in SPREADS
        for kind in ("maml", "transfer")
        for seed in seeds
    }
