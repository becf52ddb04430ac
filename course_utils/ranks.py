"""Long training on several processes, "ranks" of torch.distributed: each takes some of the tasks.

`torchrun` starts the processes and numbers them. Each draws and adapts its own tasks of every
meta-batch; one all-reduce a meta-step gives all of them the same value and the same meta-gradient,
so that all take the same step of Adam. Without torchrun there is one rank, and nothing is sent.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from course_utils import core_checks as check
from course_utils.networks import Params
from course_utils.outer_loop import TaskFamily
from course_utils.support.check_input import whole_number
from course_utils.support.snapshots import Snapshots
from course_utils.tasks.any_shots import AnyShots
from course_utils.tasks.batch import TaskBatch, joined

T = TypeVar("T")
# A rank may wait for hours for one that has more to do; torchrun notices those that have ended.
# To connect is quick or fails, gloo's sometimes after a restart: torchrun then restarts once more.
LONGEST, CONNECT = datetime.timedelta(days=7), datetime.timedelta(seconds=30)


@contextmanager
def group(device: str = "cpu") -> Iterator[torch.device]:
    """In the block the processes that torchrun started are one group; yields this one's device.

    "cuda" is the GPU of the process's number on its machine, and its messages go by nccl; all
    others go by gloo. Raises ValueError for another device, and for a GPU that is not there.
    """
    if device not in ("cpu", "cuda"):
        raise ValueError(f"device must be 'cpu' or 'cuda', got {device!r}")
    where = torch.device(device)
    if where.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device must be there, got {device!r}: this machine shows torch no GPU")
    if where.type == "cuda":
        where = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(where)
    if not dist.is_torchelastic_launched():
        yield where
        return
    backend = "cpu:gloo,cuda:nccl" if where.type == "cuda" else "gloo"
    store, own, size = next(dist.rendezvous("env://"))
    store.set(f"rank {own} is there", "")
    store.wait([f"rank {each} is there" for each in range(size)], LONGEST)
    dist.init_process_group(backend, store=store, rank=own, world_size=size, timeout=CONNECT)
    try:
        dist.distributed_c10d._set_pg_timeout(LONGEST)
        yield where
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """The number of this process, 0 where it is alone."""
    return dist.get_rank() if dist.is_initialized() else 0


def ranks() -> int:
    """How many processes there are."""
    return dist.get_world_size() if dist.is_initialized() else 1


def from_first(find: Callable[[], T]) -> T:
    """What `find()` returns on rank 0, on every rank. All must call it, and wait for each other."""
    found = [find() if rank() == 0 else None]
    if ranks() > 1:
        dist.broadcast_object_list(found)
    return found[0]


def at_first(value: T) -> list[T]:
    """Every rank's value, in their order, on rank 0; nothing on the others. All must call it."""
    if ranks() == 1:
        return [value]
    found: list[Any] = [None] * ranks() if rank() == 0 else []
    dist.gather_object(value, found if rank() == 0 else None)
    return found


def say(*words: object) -> None:
    """Print on rank 0 only."""
    if rank() == 0:
        print(*words, flush=True)


@dataclass(frozen=True)
class Split:
    """A family of which each rank draws its own tasks, the same for any number of ranks.

    Each task comes from a generator of its own. All seeds come from the one that is given, which
    so stays in the same state on all ranks; rank r of R draws the tasks r, r + R, r + 2R, ...
    A number of shots that a family draws for each batch (`AnyShots`) comes from that one, too.
    """

    family: TaskFamily

    def sample(self, n_tasks: int, *, generator: torch.Generator, **how: int) -> TaskBatch:
        """Draw this rank's tasks of n_tasks.

        Raises ValueError if n_tasks is not whole, if a rank would have none, and where the family
        draws tasks that cannot stand in one batch.
        """
        whole_number("n_tasks", n_tasks, least=ranks(), why="each rank needs a task")
        family = self.family
        if isinstance(family, AnyShots):
            how["shots"] = family.shots_of_a_batch(how["shots"], generator)
            family = family.family
        seeds = torch.randint(2**32, (n_tasks,), generator=generator).tolist()
        own = (torch.Generator().manual_seed(seed) for seed in seeds[rank() :: ranks()])
        return joined([family.sample(1, generator=each, **how) for each in own])


@dataclass(frozen=True)
class OnDevice:
    """A family whose tasks are drawn as ever, and then moved to a device."""

    family: TaskFamily
    device: torch.device

    def sample(self, n_tasks: int, **how: Any) -> TaskBatch:
        """Draw tasks as the family does."""
        return self.family.sample(n_tasks, **how).to(self.device)


def together(objective: Callable[[Params, TaskBatch], Tensor]) -> Callable[..., Tensor]:
    """The objective, a mean over tasks, over the tasks of all ranks, for `maml.train`.

    It works out its gradient at once and sends it with its value, in one all-reduce. What it
    returns is that value plus g·(φ − φ), a zero whose gradient by phi is the mean gradient g.
    """

    def of_all(phi: Params, batch: TaskBatch) -> Tensor:
        value = check.scalar(objective(phi, batch))
        leaves = [leaf for leaf in phi.values() if leaf.requires_grad]
        grads = torch.autograd.grad(value, leaves, allow_unused=True)
        pairs = [(leaf, g) for leaf, g in zip(leaves, grads, strict=True) if g is not None]
        if not pairs:
            return value  # `maml.train` says what is wrong
        own = torch.cat([value.new_ones(1), value.reshape(1), *(g.flatten() for _, g in pairs)])
        message = len(batch) * own.detach()
        if ranks() > 1:
            dist.all_reduce(message)
        mean, gradient = (message[1:] / message[0]).tensor_split([1])
        here = torch.cat([leaf.flatten() for leaf, _ in pairs])
        return mean[0] + (gradient * (here - here.detach())).sum()

    return of_all


class FirstRanksSnapshots(Snapshots):
    """Snapshots that rank 0 alone reads, writes and removes; all ranks go on from what it read."""

    def read(self) -> dict[str, Any] | None:
        """The state that rank 0 found, or None; all must call it."""
        return from_first(super().read)

    def refuse(self, why: str) -> None:
        """Say on rank 0 why the state is not used."""
        if rank() == 0:
            super().refuse(why)

    def write(self, **state: Any) -> None:
        """Keep the state, which all ranks have alike."""
        if rank() == 0:
            super().write(**state)

    def remove(self) -> None:
        """Remove the file."""
        if rank() == 0:
            super().remove()
