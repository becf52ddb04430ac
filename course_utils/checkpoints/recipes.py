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
from course_utils.networks import Network, Params
from course_utils.snapshots import Snapshots
from course_utils.tasks import Sinusoids, TaskBatch


@dataclass(frozen=True)
class Recipe:
    """A training: φ⁰ drawn from `seed`, then `iterations` meta-steps of `objective` on `family`.

    `settings` go to `maml.train`; a brief training has `brief` meta-steps and `brief_settings` on
    top of them. `error` measures φ on unseen tasks, in words. `seconds` is what it took on two
    cores, to be told beforehand.
    """

    network: Network
    objective: Callable[[Params, TaskBatch], Tensor]
    family: Callable[[], TaskFamily]
    error: Callable[[Params], str]
    seed: int
    iterations: int
    brief: int
    seconds: int
    settings: dict[str, Any] = field(default_factory=dict)
    brief_settings: dict[str, Any] = field(default_factory=dict)

    def start(self) -> Params:
        """φ⁰, where training begins."""
        return self.network.init(torch.Generator().manual_seed(self.seed))

    def train(
        self, *, brief: bool = False, snapshots: Snapshots | None = None
    ) -> tuple[Params, Tensor]:
        """What `maml.train` returns for this training, or for a brief one."""
        return maml.train(
            self.objective,
            self.start(),
            self.family(),
            iterations=self.brief if brief else self.iterations,
            **(self.settings | self.brief_settings if brief else self.settings),
            # Not the start's own numbers again.
            generator=torch.Generator().manual_seed(1000 + self.seed),
            snapshots=snapshots,
        )

    def __str__(self) -> str:
        """All that the result depends on."""
        how = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.iterations:,} meta-steps, seed {self.seed}, {how}"


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
    if kind == "maml":
        objective = partial(maml.meta_loss, SINE_LOSS, inner_lr=INNER_LR, steps=1)
    else:
        objective = partial(maml.transfer_loss, SINE_LOSS)
    return Recipe(
        network=SINE_NETWORK,
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
}
