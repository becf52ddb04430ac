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
from course_utils.support.snapshots import Snapshots

SPARE = 1.5  # cores that the last minute left free, at least: two, but for what starts this
GAIN = 0.9  # of the time on one thread: two must need less
ROUNDS, META_STEPS = 3, 5  # of a round; fewer where they take longer than ROUND seconds
ROUND = 0.02
SHARE = 0.02  # of what is left of a training: no round more once measuring has taken so much
SHORT = 10.0  # seconds: what takes no longer is not measured


def may_be_two() -> bool:
    """Whether two threads come into question at all; one is set, and said is why.

    OMP_NUM_THREADS in the environment is obeyed, unless it is empty. Several ranks have one thread
    each.
    """
    if os.environ.get("OMP_NUM_THREADS"):
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


def seconds_left(recipe: Recipe, snapshots: Snapshots) -> float:
    """About how long this training will still take, from its beginning or from its snapshot."""
    with contextlib.redirect_stdout(io.StringIO()):  # the training itself says what is wrong
        state = snapshots.read() or {}
    return recipe.seconds * (1 - len(state.get("history", ())) / recipe.iterations)


def set_for(recipe: Recipe, left: float) -> int:
    """Set one thread or two, by what some meta-steps of this training take; returns how many.

    One, unmeasured, where no more than `SHORT` seconds of it are left.
    """
    torch.set_num_threads(1)
    if left <= SHORT:
        return 1
    print("measuring whether two threads are quicker than one ...", end=" ", flush=True)
    took: dict[int, list[float]] = {1: [], 2: []}
    steps = round(ROUND * recipe.iterations / recipe.seconds)
    brief = replace(recipe, iterations=min(max(steps, 1), META_STEPS))
    with contextlib.redirect_stdout(io.StringIO()):  # the training itself says it again
        replace(recipe, iterations=1).train(progress=False)
        while len(took[2]) < ROUNDS and sum(took[1] + took[2]) < SHARE * left:
            for threads, seconds in took.items():
                torch.set_num_threads(threads)
                began = time.perf_counter()
                brief.train(progress=False)
                seconds.append(time.perf_counter() - began)
    best = 2 if median(took[2]) < GAIN * median(took[1]) else 1
    torch.set_num_threads(best)
    print("yes" if best == 2 else "no", flush=True)
    return best
