"""How notebook 03 makes what moves in it, with checkpoints where the notebook trains."""

from collections.abc import Callable

import torch

from course_utils import checkpoints, evaluation, networks
from course_utils.explorers.explorer import Explorer
from course_utils.networks import Params
from course_utils.notebook_03 import average_wave, before_the_first_step, by_hand, your_sinusoid
from course_utils.tasks import Sinusoids

NETWORK = networks.mlp([1, 40, 40, 1])
INNER_LR = 0.01


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 03 by its builder's name, to be made."""
    return {
        "by_hand": by_hand.by_hand,
        "best_single_function": lambda: average_wave.best_single_function(
            NETWORK, _phi("transfer")
        ),
        "before_the_first_step": _before_the_first_step,
        "adapt_to_your_sinusoid": lambda: your_sinusoid.adapt_to_your_sinusoid(
            NETWORK,
            {
                "MAML": _phi("maml"),
                "transfer": _phi("transfer"),
                "random": checkpoints.sinusoid_start(0),
            },
        ),
    }


def _phi(kind: str) -> Params:
    return checkpoints.load(f"sinusoids-{kind}-k5-seed0").phi


def _before_the_first_step() -> Explorer:
    generator = torch.Generator().manual_seed(2025)
    many = Sinusoids().sample(10_000, shots=5, queries=100, generator=generator)
    loss = networks.squared_error(NETWORK)
    maml, transfer = (
        evaluation.errors_after(loss, _phi(kind), many, inner_lr=INNER_LR, steps=(0, 1))
        for kind in ("maml", "transfer")
    )
    difference = evaluation.paired_difference(maml[0], transfer[0])
    return before_the_first_step.before_the_first_step(
        evaluation.means(maml), evaluation.means(transfer), difference
    )
