"""The fixed tasks that notebook 01 shows, in its explorers and in its still pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from course_utils.tasks import Digits, Sinusoids, TaskBatch

GRID = np.linspace(-5, 5, 301)
WAVES, SHOWN = 1000, 30
TASKS, WAYS, SHOTS = 4, 3, 2


@cache
def thousand_waves() -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes and phases of a thousand tasks, each (1000, 1); figures show the first SHOWN."""
    generator = torch.Generator().manual_seed(1)
    facts = Sinusoids().sample(WAVES, shots=1, queries=1, generator=generator).facts
    return tuple(facts[name].double().numpy()[:, None] for name in ("amplitude", "phase"))


def waves_at(x: float | np.ndarray) -> np.ndarray:
    """The y of the thousand tasks at x, a number (gives (1000, 1)) or (n,) (gives (1000, n))."""
    a, p = thousand_waves()
    return a * np.sin(x - p)


@cache
def mean_wave() -> np.ndarray:
    """The mean of the thousand waves on GRID: (301,)."""
    return waves_at(GRID).mean(0)


@dataclass(frozen=True)
class Leak:
    """Four tasks, and where one of them leaks: query `picture` of `task` is its support `twin`."""

    batch: TaskBatch
    task: int
    picture: int
    twin: int


@cache
def leaking_tasks() -> Leak:
    """Four digit tasks of 3 ways, 2 shots and 2 queries; one query picture is a support picture."""
    generator = torch.Generator().manual_seed(11)
    batch = Digits().sample(TASKS, ways=WAYS, shots=SHOTS, queries=SHOTS, generator=generator)
    task, picture, twin = 2, 3, 2  # both of class 1
    query_x = batch.query_x.clone()
    query_x[task, picture] = batch.support_x[task, twin]
    leaky = TaskBatch(batch.support_x, batch.support_y, query_x, batch.query_y, facts=batch.facts)
    return Leak(leaky, task, picture, twin)


def pictures(batch: TaskBatch) -> tuple[np.ndarray, np.ndarray]:
    """Support and query pictures of a batch of digit tasks, (tasks, points, 8, 8) each."""
    return batch.support_x[:, :, 0].numpy(), batch.query_x[:, :, 0].numpy()
