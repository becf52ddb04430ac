"""How each checkpoint is made: from which start, on which tasks, with which settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import evaluation, maml, networks
from course_utils.maml import TaskFamily
from course_utils.networks import Loss, Network, Params
from course_utils.support.snapshots import Snapshots
from course_utils.tasks import AllClasses, Characters, Sinusoids, TaskBatch
from course_utils.tasks.characters import FORMAT


@dataclass(frozen=True)
class Recipe:
    """A training: φ⁰ drawn from `seed`, then `iterations` meta-steps of `objective` on `family`.

    `settings` go to `maml.train`; a brief training has `brief` meta-steps and `brief_settings` on
    top of them. `what` says in words what objective, family and network are: a change of theirs
    must change it. `error` measures φ on unseen tasks, in words; leaves in `left_out` are of no use
    after that. `seconds` is what it took on two cores, to be told beforehand.
    """

    what: str
    network: Callable[[], Network]
    objective: Callable[[Params, TaskBatch], Tensor]
    family: Callable[[], TaskFamily]
    error: Callable[[Params], str]
    seed: int
    iterations: int
    brief: int
    seconds: int
    settings: dict[str, Any] = field(default_factory=dict)
    brief_settings: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def start(self) -> Params:
        """φ⁰, where training begins."""
        return self.network().init(torch.Generator().manual_seed(self.seed))

    def kept(self, phi: Params) -> Params:
        """The leaves that a checkpoint holds."""
        return {name: leaf for name, leaf in phi.items() if name not in self.left_out}

    def train(
        self, *, brief: bool = False, snapshots: Snapshots | None = None
    ) -> tuple[Params, Tensor]:
        """What `maml.train` returns for this training, or for a brief one."""
        iterations, settings = self._how(brief)
        return maml.train(
            self.objective,
            self.start(),
            self.family(),
            iterations=iterations,
            **settings,
            # Not the start's own numbers again.
            generator=torch.Generator().manual_seed(1000 + self.seed),
            snapshots=snapshots,
        )

    def settings_of(self, brief: bool = False) -> str:
        """All that the result of the training, or of a brief one, depends on."""
        iterations, settings = self._how(brief)
        how = ", ".join(f"{name}={value}" for name, value in settings.items())
        return f"{self.what}, seed {self.seed}, {iterations:,} meta-steps, {how}"

    def _how(self, brief: bool) -> tuple[int, dict[str, Any]]:
        if brief:
            return self.brief, self.settings | self.brief_settings
        return self.iterations, self.settings


SEEDS = (0, 1, 2)
SHOTS = (5, 10)
SINE_NETWORK = networks.mlp([1, 40, 40, 1])
SINE_LOSS = networks.squared_error(SINE_NETWORK)
INNER_LR = 0.01


def _objective(kind: str, loss: Loss, inner_lr: float) -> tuple[Callable, str]:
    """MAML's objective with one inner step, second order, or transfer learning's; and its name."""
    if kind == "maml":
        objective = partial(maml.meta_loss, loss, inner_lr=inner_lr, steps=1)
        return objective, f"MAML (inner_lr={inner_lr}, steps=1)"
    return partial(maml.transfer_loss, loss), "transfer"


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
    objective, method = _objective(kind, SINE_LOSS, INNER_LR)
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


WAYS = 5
PICTURE_NETWORK = networks.convnet(WAYS)
PICTURE_LOSS = networks.cross_entropy(PICTURE_NETWORK)
PICTURE_INNER_LR = 0.4
CHARACTERS = f"the meta-train characters, drawn in format {FORMAT}"


def _train_characters() -> Characters:
    return Characters("train")


def _picture_error(shots: int, phi: Params) -> str:
    generator = torch.Generator().manual_seed(2024)
    unseen = Characters("test").sample(600, shots=shots, queries=10, generator=generator)
    how = {"inner_lr": PICTURE_INNER_LR, "steps": (1, 3)}
    found = evaluation.accuracies_after(PICTURE_NETWORK, phi, unseen, **how)
    said = "; ".join(f"{k}: {evaluation.percent(shares)}" for k, shares in found.items())
    return f"% right on 600 unseen tasks, {WAYS} ways, after inner steps {said}"


def _characters(kind: str, shots: int, iterations: int, n_tasks: int, queries: int) -> Recipe:
    """MAML on drawn characters, one inner step, second order; or transfer learning on the same."""
    objective, method = _objective(kind, PICTURE_LOSS, PICTURE_INNER_LR)
    return Recipe(
        what=f"{method} of {PICTURE_NETWORK} on {CHARACTERS}",
        network=lambda: PICTURE_NETWORK,
        objective=objective,
        family=_train_characters,
        error=partial(_picture_error, shots),
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


def classifier_network() -> networks.ConvNet:
    """The network of the ordinary classifier: a class for each meta-train character."""
    return networks.convnet(_train_characters().n_classes)


def _classifier_loss(phi: Params, batch: TaskBatch) -> Tensor:
    network = networks.convnet(phi["b4"].shape[0])
    return maml.transfer_loss(networks.cross_entropy(network), phi, batch)


def _classifier_error(phi: Params) -> str:
    generator = torch.Generator().manual_seed(2024)
    batch = AllClasses(_train_characters()).sample(queries=2000, generator=generator)
    network = classifier_network()
    right = (network(phi, batch.query_x)[0].argmax(-1) == batch.query_y[0]).float()
    return f"% right on 2,000 pictures of its own training: {evaluation.percent(right)}"


def _classifier() -> Recipe:
    """An ordinary classifier of all meta-train characters, for its features: kept without its head.

    Longer is not better: after 12,000 meta-steps it knows every picture by heart, and its features
    sort unseen characters a little less well (80.8 % instead of 82, one shot).
    """
    return Recipe(
        what=f"a convnet of {PICTURE_NETWORK.channels} channels that names {CHARACTERS}",
        network=classifier_network,
        objective=_classifier_loss,
        family=lambda: AllClasses(_train_characters()),
        error=_classifier_error,
        left_out=("W4", "b4"),  # its own classes: most of its numbers, and no use for unseen ones
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


RECIPES: dict[str, Recipe] = {
    f"sinusoids-{kind}-k{shots}-seed{seed}": _sinusoids(kind, shots, seed)
    for kind in ("maml", "transfer")
    for shots in SHOTS
    for seed in SEEDS
} | {
    "characters-maml-1shot": _characters("maml", 1, iterations=12_000, n_tasks=8, queries=1),
    "characters-maml-5shot": _characters("maml", 5, iterations=8_000, n_tasks=4, queries=1),
    "characters-transfer": _characters("transfer", 1, iterations=12_000, n_tasks=8, queries=1),
    "characters-classifier": _classifier(),
}
