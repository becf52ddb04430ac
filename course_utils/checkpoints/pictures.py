"""How the checkpoints on drawn characters are made: the first four, and those with augmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import torch
from torch import Tensor

from course_utils import evaluation, maml, networks, prototypes
from course_utils.checkpoints.training import Recipe, objective_of
from course_utils.networks import Params
from course_utils.tasks import AllClasses, Augmented, Characters, TaskBatch
from course_utils.tasks.characters import FORMAT, SPLITS
from course_utils.tasks.episodes import Episodes

WAYS = 5
NETWORK = networks.convnet(WAYS)
LOSS = networks.cross_entropy(NETWORK)
INNER_LR = 0.4
UNSEEN = f"% right on 600 unseen tasks, {WAYS} ways,"
HEAD = ("W4", "b4")


def _unseen(shots: int) -> TaskBatch:
    generator = torch.Generator().manual_seed(2024)
    return Characters("test").sample(600, shots=shots, queries=10, generator=generator)


def _maml_error(shots: int, phi: Params) -> str:
    how = {"inner_lr": INNER_LR, "steps": (1, 3)}
    found = evaluation.accuracies_after(NETWORK, phi, _unseen(shots), **how)
    said = "; ".join(f"{k}: {evaluation.percent(shares)}" for k, shares in found.items())
    return f"{UNSEEN} after inner steps {said}"


def _classifier_loss(phi: Params, batch: TaskBatch) -> Tensor:
    network = networks.convnet(phi["b4"].shape[0])
    return maml.transfer_loss(networks.cross_entropy(network), phi, batch)


# --- the first ones: without augmentation, before there was a validation split --------------------

CHARACTERS = f"the meta-train characters, drawn in format {FORMAT}"


@dataclass(frozen=True)
class FirstCharacters(Episodes):
    """What the first checkpoints were trained on: the train and the validation split together."""

    thing = "character"

    @property
    def pictures(self) -> Tensor:
        """All pictures, (n_classes, 20, 1, 28, 28), uint8."""
        return _first_pictures()

    def _classes(self) -> tuple[Tensor, Mapping[str, Tensor]]:
        return self.pictures, {}


@cache
def _first_pictures() -> Tensor:
    return torch.cat([Characters(split).pictures for split in ("train", "validation")])


def _characters(kind: str, shots: int, iterations: int, n_tasks: int, queries: int) -> Recipe:
    """MAML on drawn characters, one inner step, second order; or transfer learning on the same."""
    objective, method = objective_of(kind, LOSS, INNER_LR)
    return Recipe(
        what=f"{method} of {NETWORK} on {CHARACTERS}",
        network=lambda: NETWORK,
        objective=objective,
        family=FirstCharacters,
        error=partial(_maml_error, shots),
        seed=0,
        iterations=iterations,
        brief=600,
        seconds=300 if kind == "maml" else 100,
        settings={
            "n_tasks": n_tasks,
            "shots": shots,
            "queries": queries,
            "meta_lr": 5e-3,
            "decay": "cosine",
        },
    )


def _first_classifier_network() -> networks.ConvNet:
    return networks.convnet(len(_first_pictures()))


def _first_classifier_error(phi: Params) -> str:
    generator = torch.Generator().manual_seed(2024)
    batch = AllClasses(FirstCharacters()).sample(queries=2000, generator=generator)
    network = _first_classifier_network()
    right = (network(phi, batch.query_x)[0].argmax(-1) == batch.query_y[0]).float()
    return f"% right on 2,000 pictures of its own training: {evaluation.percent(right)}"


def _first_classifier() -> Recipe:
    """An ordinary classifier of all meta-train characters, for its features: kept without its head.

    Longer is not better: after 12,000 meta-steps it has memorised every picture, and its features
    sort unseen characters a little less well (80.8 % instead of 82, one shot).
    """
    return Recipe(
        what=f"a convnet of {NETWORK.channels} channels that names {CHARACTERS}",
        network=_first_classifier_network,
        objective=_classifier_loss,
        family=lambda: AllClasses(FirstCharacters()),
        error=_first_classifier_error,
        left_out=HEAD,  # its own classes: most of its numbers, and no use for unseen ones
        seed=0,
        iterations=3_000,
        brief=1_000,
        seconds=90,
        settings={
            "n_tasks": 1,
            "shots": 1,
            "queries": 128,
            "meta_lr": 2e-3,
            "decay": "cosine",
        },
    )


# --- with augmentation, on the training scripts alone ---------------------------------------------

AUGMENTED = Augmented(Characters("train"))
AUGMENTED_CHARACTERS = (
    f"characters of {', '.join(SPLITS['train'])}, drawn in format {FORMAT}, each picture changed "
    f"anew (turn={AUGMENTED.turn}, scale={AUGMENTED.scale}, shift={AUGMENTED.shift})"
)
EPISODES = {1: {"iterations": 12_000, "n_tasks": 8}, 5: {"iterations": 8_000, "n_tasks": 4}}


def _augmented(kind: str, shots: int, seed: int) -> Recipe:
    """MAML or prototypes, on the same tasks for as many meta-steps."""
    if kind == "maml":
        objective, method = objective_of("maml", LOSS, INNER_LR)
        error = partial(_maml_error, shots)
    else:
        objective = partial(prototypes.prototype_loss, NETWORK)
        method = f"prototypes (scale={prototypes.SCALE}, unit length)"
        error = partial(_means_error, (shots,))
    return Recipe(
        what=f"{method} of {NETWORK} on {AUGMENTED_CHARACTERS}",
        network=lambda: NETWORK,
        objective=objective,
        family=lambda: AUGMENTED,
        error=error,
        left_out=() if kind == "maml" else HEAD,  # prototypes have no use for one
        seed=seed,
        iterations=EPISODES[shots]["iterations"],
        brief=600,
        seconds=400 if kind == "maml" else 180,
        settings={
            "n_tasks": EPISODES[shots]["n_tasks"],
            "shots": shots,
            "queries": 1,
            "meta_lr": 5e-3,
            "decay": "cosine",
        },
    )


def _means_error(shots: tuple[int, ...], phi: Params) -> str:
    found = {k: prototypes.prototype_accuracies(NETWORK, phi, _unseen(k)) for k in shots}
    said = "; ".join(f"{k}: {evaluation.percent(shares)}" for k, shares in found.items())
    return f"{UNSEEN} by the nearest class mean with shots {said}"


def _augmented_classifier(seed: int) -> Recipe:
    """An ordinary classifier of all training characters, for its features; one for any shots."""
    return Recipe(
        what=f"a convnet of {NETWORK.channels} channels that names {AUGMENTED_CHARACTERS}",
        network=lambda: networks.convnet(AUGMENTED.family.n_classes),
        objective=_classifier_loss,
        family=lambda: replace(AUGMENTED, family=AllClasses(AUGMENTED.family)),
        error=partial(_means_error, (1, 5)),
        left_out=HEAD,
        seed=seed,
        iterations=10_000,
        brief=1_000,
        seconds=300,
        settings={
            "n_tasks": 1,
            "shots": 1,
            "queries": 128,
            "meta_lr": 2e-3,
            "decay": "cosine",
        },
    )


def recipes(seeds: Sequence[int]) -> dict[str, Recipe]:
    """All recipes on drawn characters; the augmented ones once for each seed."""
    found = {
        "characters-maml-1shot": _characters("maml", 1, iterations=12_000, n_tasks=8, queries=1),
        "characters-maml-5shot": _characters("maml", 5, iterations=8_000, n_tasks=4, queries=1),
        "characters-transfer": _characters("transfer", 1, iterations=12_000, n_tasks=8, queries=1),
        "characters-classifier": _first_classifier(),
    }
    for seed in seeds:
        found |= {
            f"augmented-{kind}-{shots}shot-seed{seed}": _augmented(kind, shots, seed)
            for kind in ("maml", "prototypes")
            for shots in (1, 5)
        }
        found[f"augmented-classifier-seed{seed}"] = _augmented_classifier(seed)
    return found
