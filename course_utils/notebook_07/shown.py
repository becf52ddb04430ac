"""How notebook 07 makes what moves in it."""

from collections.abc import Callable

import torch

from course_utils import checkpoints, evaluation, networks
from course_utils.checkpoints import cousin_results
from course_utils.explorers.explorer import Explorer
from course_utils.networks import Params
from course_utils.notebook_07 import (
    five_arrows,
    layer_steps,
    layers,
    race,
    reptile_rests,
    turn_round,
    which_layer,
    who_wins,
)
from course_utils.tasks import Characters, Sinusoids, TaskBatch

NETWORK = networks.mlp([1, 40, 40, 1])
ALPHA = 0.01
PICTURES = networks.convnet(ways=5, channels=32)
SEEDS = (0, 1, 2)


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 07 by its builder's name, to be made."""
    return {
        "turn_round": turn_round.turn_round,
        "five_arrows": five_arrows.five_arrows,
        "race": race.race,
        "which_layer": _which_layer,
        "layer_steps": _layer_steps,
        "who_wins": _who_wins,
        "reptile_rests": reptile_rests.reptile_rests,
    }


def _who_wins() -> Explorer:
    found = cousin_results.results("characters")
    return who_wins.who_wins({name: [r.tuned for r in seeds] for name, seeds in found.items()})


def _phi(name: str) -> Params:
    return checkpoints.load(name).phi


def _unseen(n_tasks: int, queries: int = 100) -> TaskBatch:
    generator = torch.Generator().manual_seed(1312)
    return Sinusoids().sample(n_tasks, shots=5, queries=queries, generator=generator)


def _which_layer() -> Explorer:
    moving = {which_layer.ALL: (1, 2, 3)} | {row: (n,) for n, row in layers.NAMES.items()}
    loss, unseen, sinusoids, pictures = networks.squared_error(NETWORK), _unseen(300), {}, {}
    for seed in SEEDS:
        phi = _phi(f"sinusoids-maml-k5-seed{seed}")
        for row, free in moving.items():
            rates = layers.rates(phi, dict.fromkeys(free, ALPHA))
            errors = evaluation.errors_after(loss, phi, unseen, inner_lr=rates, steps=(1,))[1]
            sinusoids.setdefault(row, []).append(evaluation.mean_with_interval(errors))
    generator = torch.Generator().manual_seed(1)
    tasks = Characters("test").sample(60, shots=1, queries=5, generator=generator)
    for seed in SEEDS:
        phi = _phi(f"augmented-maml-1shot-seed{seed}")
        for row, free in which_layer.PICTURE_LAYERS.items():
            rates = layers.rates(phi, dict.fromkeys(free, 0.4))
            found = evaluation.accuracies_after(PICTURES, phi, tasks, inner_lr=rates, steps=(3,))
            pictures.setdefault(row, []).append(evaluation.percent(1 - found[3]))
    return which_layer.which_layer(sinusoids, pictures)


def _layer_steps() -> Explorer:
    phis = {name: _phi(f"sinusoids-{name.lower()}-k5-seed0") for name in ("MAML", "transfer")}
    return layer_steps.layer_steps(NETWORK, phis, _unseen(150, queries=25), layer_steps.TASKS)
