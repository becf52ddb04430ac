"""A training as a value: all that decides which parameters come out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor

from course_utils import maml, ranks
from course_utils.networks import Loss, Params
from course_utils.outer_loop import TaskFamily
from course_utils.support.snapshots import Snapshots
from course_utils.tasks import TaskBatch


class Drawn(Protocol):
    """A network, or a learner that is one: its initial parameters are drawn."""

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw initial parameters."""


@dataclass(frozen=True)
class Recipe:
    """A training: φ⁰ drawn from `seed`, then `iterations` meta-steps of `objective` on `family`.

    `settings` go to `maml.train`; a brief training has `brief` meta-steps and `brief_settings` on
    top of them. `what` says in words what objective, family and network are: if one of them
    changes, it must change. `error` measures φ on unseen tasks, in words; leaves in `left_out` are
    of no use after that. `seconds` is what it took on two cores, to be printed before a training.
    `added` puts more beside the network's φ⁰: learned step sizes.
    """

    what: str
    network: Callable[[], Drawn]
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
    added: Callable[[Params], Params] | None = None

    def start(self) -> Params:
        """φ⁰, where training begins."""
        phi = self.network().init(torch.Generator().manual_seed(self.seed))
        return phi if self.added is None else self.added(phi)

    def kept(self, phi: Params) -> Params:
        """The leaves that a checkpoint holds."""
        return {name: leaf for name, leaf in phi.items() if name not in self.left_out}

    def split(self) -> Recipe:
        """The same training with the tasks of each meta-batch split over ranks.

        Its tasks are others, the same for any number of ranks, and so its text is another.
        """
        return replace(
            self,
            what=f"{self.what}, each task from a generator of its own",
            objective=ranks.together(self.objective),
            family=lambda: ranks.Split(self.family()),
        )

    def on(self, device: torch.device) -> Recipe:
        """The same training on a device: drawn as ever, then moved."""
        return replace(
            self,
            family=lambda: ranks.OnDevice(self.family(), device),
            added=lambda phi: {
                name: leaf.to(device)
                for name, leaf in (self.added(phi) if self.added else phi).items()
            },
        )

    def train(
        self, *, brief: bool = False, snapshots: Snapshots | None = None, progress: bool = True
    ) -> tuple[Params, Tensor]:
        """What `maml.train` returns for this training, or for a brief one."""
        iterations, settings = self._how(brief)
        return maml.train(
            self.objective,
            self.start(),
            self.family(),
            iterations=iterations,
            **settings,
            # Other random numbers than the start's.
            generator=torch.Generator().manual_seed(1000 + self.seed),
            snapshots=snapshots,
            progress=progress,
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


def objective_of(kind: str, loss: Loss, inner_lr: float) -> tuple[Callable, str]:
    """MAML's objective with one inner step, second order, or transfer learning's; and its name."""
    if kind == "maml":
        objective = partial(maml.meta_loss, loss, inner_lr=inner_lr, steps=1)
        return objective, f"MAML (inner_lr={inner_lr}, steps=1)"
    return partial(maml.transfer_loss, loss), "transfer"
