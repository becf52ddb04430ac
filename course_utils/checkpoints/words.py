"""How the checkpoints on words are made: MAML on all training languages, and on twenty of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version

import torch

from course_utils import evaluation, maml, networks
from course_utils.checkpoints.training import Recipe
from course_utils.networks import Params
from course_utils.tasks import Words

WAYS, SHOTS = 5, 5
NETWORK = networks.mlp([1024, 64, WAYS])
INNER_LR, STEPS = 1.0, 3
FEW = 20  # languages, instead of all


def _family(few: bool) -> Words:
    """All training languages or, in even distances along the alphabet of codes, twenty of them."""
    every = Words("train")
    return Words(
        "train", only=every.languages[:: len(every.languages) // FEW][:FEW] if few else None
    )


def _error(phi: Params) -> str:
    generator = torch.Generator().manual_seed(2024)
    unseen = Words("test").sample(200, shots=SHOTS, queries=10, generator=generator)
    how = {"inner_lr": INNER_LR, "steps": (STEPS, 10)}
    found = evaluation.accuracies_after(NETWORK, phi, unseen, **how)
    said = "; ".join(f"{k}: {evaluation.percent(shares)}" for k, shares in found.items())
    return f"% right on 200 tasks of unseen languages, {WAYS} ways, after inner steps {said}"


def _words(few: bool, seed: int) -> Recipe:
    loss = networks.cross_entropy(NETWORK)
    return Recipe(
        what=f"MAML (inner_lr={INNER_LR}, steps={STEPS}) of {NETWORK} on "
        f"{FEW if few else 'all'} languages of {Words('train')}, from Babel {version('babel')}",
        network=lambda: NETWORK,
        objective=partial(maml.meta_loss, loss, inner_lr=INNER_LR, steps=STEPS),
        family=partial(_family, few),
        error=_error,
        seed=seed,
        iterations=1_000,
        brief=300,
        seconds=30,
        settings={
            "n_tasks": 8,
            "shots": SHOTS,
            "queries": 10,
            "meta_lr": 2e-3,
            "decay": "cosine",
        },
    )


def recipes(seeds: Sequence[int]) -> dict[str, Recipe]:
    """The recipes on words, once for each seed: words-maml-seed0, words-maml-few-seed0, ..."""
    return {
        f"words-maml{'-few' if few else ''}-seed{seed}": _words(few, seed)
        for few in (False, True)
        for seed in seeds
    }
