"""How many threads a long training takes: one, or two where they help and nobody is in the way.

Two threads wait for each other at every operation. On a machine with other work that waiting is
long: a training on two threads is then several times as slow as on one.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
from dataclasses import replace
from statistics import median

import torch

from course_utils import ranks
from course_utils.checkpoints.training import Recipe

SPARE = 1.5  # cores that the last minute left free, at least: two, but for what starts this
GAIN = 0.9  # of the time on one thread: two must need less
ROUNDS, META_STEPS = 3, 5


def may_be_two() -> bool:
    """Whether two threads come into question at all; one is set, and said is why.

    OMP_NUM_THREADS in the environment is obeyed, and several ranks have one thread each.
    """
    if "OMP_NUM_THREADS" in os.environ:
        return False
    torch.set_num_threads(1)
    try:
        load, cores = os.getloadavg()[0], os.cpu_count() or 1
    except (AttributeError, OSError):  # a system that does not tell
        return False
    free = ranks.ranks() == 1 and cores - load >= SPARE
    ranks.say(
        f"{cores} cores, load {load:.1f}: "
        + ("one thread, or two where they are quicker." if free else "one thread a process.")
    )
    return free


def set_for(recipe: Recipe) -> int:
    """Set one thread or two, by what some meta-steps of this training take; returns how many."""
    took: dict[int, list[float]] = {1: [], 2: []}
    brief = replace(recipe, iterations=META_STEPS)
    with contextlib.redirect_stdout(io.StringIO()):  # the training itself says it again
        brief.train(progress=False)
        for _ in range(ROUNDS):
            for threads, seconds in took.items():
                torch.set_num_threads(threads)
                began = time.perf_counter()
                brief.train(progress=False)
                seconds.append(time.perf_counter() - began)
    best = 2 if median(took[2]) < GAIN * median(took[1]) else 1
    torch.set_num_threads(best)
    return best
