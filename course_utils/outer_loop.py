"""A running training: what a meta-step changes, and what a snapshot must hold of it."""

from __future__ import annotations

import math
from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils.adam import Adam
from course_utils.networks import Params, detached
from course_utils.support.memory import give_back
from course_utils.support.snapshots import Snapshots
from course_utils.tasks import TaskBatch


class TaskFamily(Protocol):
    """What `maml.train` draws its tasks from."""

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None
    ) -> TaskBatch:
        """Draw a batch of tasks."""


class Training:
    """phi, Adam and the history so far; continued from a snapshot where there is one.

    Parameters
    ----------
    phi
        Where to start; it is copied, never changed. `self.phi` is what is trained.
    iterations, meta_lr, decay, generator, snapshots
        As for `maml.train`.

    Raises
    ------
    ValueError
        If an argument is not usable, or phi is not finite.
    """

    def __init__(
        self,
        phi: Params,
        iterations: int,
        meta_lr: float,
        decay: Literal["cosine"] | None,
        generator: torch.Generator | None,
        snapshots: Snapshots | None,
    ):
        check.training(phi, iterations, meta_lr, decay, generator, snapshots)
        self.phi = {name: leaf.detach().clone().requires_grad_() for name, leaf in phi.items()}
        self._iterations, self._meta_lr, self._decay = iterations, meta_lr, decay
        self._without_gradient = list(self.phi)
        self._adam = Adam([*self.phi.values()], meta_lr)
        self._history: list[float] = []
        self._generator, self._snapshots = generator, snapshots
        if snapshots is not None and (state := snapshots.read()) is not None:
            self._take_up(state)

    @property
    def left(self) -> int:
        """How many meta-steps are still to be taken."""
        return self._iterations - len(self._history)

    def meta_step(self, value: Tensor) -> float:
        """A step of Adam down the gradient of the objective's value, which is returned as a number.

        Raises ValueError if the value is no scalar tensor or gives no leaf a gradient,
        FloatingPointError if it is not finite.
        """
        done = len(self._history)
        now = check.finite(check.scalar(value).item(), done)
        for leaf in self.phi.values():
            leaf.grad = None  # what zero_grad() does, without its overhead
        value.backward()
        self._without_gradient = check.moving(self.phi, self._without_gradient)
        if self._decay == "cosine":
            self._adam.lr = self._meta_lr * _half_cosine(done / self._iterations)
        self._adam.step()
        self._history.append(now)
        if self._snapshots and len(self._history) % self._snapshots.every == 0:
            self._keep()
        return now

    def result(self) -> tuple[Params, Tensor]:
        """phi, detached, and the objective before each meta-step taken, (meta-steps,).

        Leaves that never had a gradient are named in a sentence: they are as they were.
        """
        if self._without_gradient and len(self._without_gradient) < len(self.phi):
            names = ", ".join(f"phi[{name!r}]" for name in self._without_gradient)
            print(f"No training of {names}: the objective does not use what stands there.")
        give_back()
        return detached(self.phi), torch.tensor(self._history)

    def _keep(self) -> None:
        self._snapshots.write(
            phi=detached(self.phi),
            history=self._history,
            optimizer=self._adam.moments,
            generator=self._generator.get_state(),
        )

    def _take_up(self, state: dict[str, Any]) -> None:
        """Put phi, Adam, generator and history back to where the state was kept, if it is ours."""
        if problem := self._misfit(state):
            self._snapshots.refuse(problem)
            return
        with torch.no_grad():
            for name, leaf in self.phi.items():
                leaf.copy_(state["phi"][name])
            for own, kept in zip(self._adam.moments, state["optimizer"], strict=True):
                for name, moment in own.items():
                    moment.copy_(kept[name])
        self._generator.set_state(state["generator"])
        self._history = list(state["history"])

    def _misfit(self, state: dict[str, Any]) -> str:
        """Why a state cannot be taken up, empty where it can: all is looked at before any is."""
        kept, history = state.get("phi"), state.get("history")
        if not isinstance(kept, dict) or not isinstance(history, list):
            return "holds something else than a training"
        if _form(kept) != _form(self.phi):
            return "belongs to another network"
        if len(history) > self._iterations:
            return f"has {len(history):,} meta-steps, {self._iterations:,} are wanted"
        if not history or not all(isinstance(v, float) and math.isfinite(v) for v in history):
            return "has values of the objective that are not finite numbers"
        if not all(torch.isfinite(leaf).all() for leaf in kept.values()):
            return "has parameters that are not finite"
        if not self._is_adams(state.get("optimizer")):
            return "holds another optimizer's state"
        if not _is_state_of(self._generator, state.get("generator")):
            return "holds another generator's state"
        return ""

    def _is_adams(self, moments: Any) -> bool:
        """Whether moments are those of our Adam: the same tensors, all numbers finite."""
        ours = self._adam.moments
        if not isinstance(moments, list) or len(moments) != len(ours):
            return False
        return all(
            isinstance(kept, dict)
            and _form(kept) == _form(own)
            and all(torch.isfinite(moment).all() for moment in kept.values())
            for kept, own in zip(moments, ours, strict=True)
        )


def _form(phi: dict[str, Any]) -> dict[str, tuple]:
    return {k: (getattr(v, "shape", None), getattr(v, "dtype", None)) for k, v in phi.items()}


def _is_state_of(generator: torch.Generator, state: Any) -> bool:
    """Whether a generator of this kind can be put into a state; tried on another one."""
    try:
        torch.Generator(generator.device).set_state(state)
    except (TypeError, RuntimeError):
        return False
    return True


def _half_cosine(done: float) -> float:
    return (1 + math.cos(math.pi * done)) / 2
