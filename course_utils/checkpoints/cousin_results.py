"""What was measured of MAML and its cousins side by side, task by task, kept as checkpoints are.

Judging all of them takes minutes, so it is done once, by `make checkpoints` where a checkpoint or
what it is judged by is new, and the values of every unseen task are stored: errors on sinusoids,
shares of right answers on characters. Beside them stand the digests of their checkpoints and HOW
they were judged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from course_utils import ranks
from course_utils.checkpoints import CheckpointError, digest, load
from course_utils.checkpoints.cousins import (
    JUDGED_ON,
    KINDS,
    MEMBERS,
    judged,
    known,
    name_of,
    unseen,
)
from course_utils.checkpoints.recipes import RECIPES, SEEDS
from course_utils.networks import Params
from course_utils.support.whole_files import write_whole

FILE = Path(__file__).parent / "measured" / "cousins.safetensors"
RATES = {"sinusoids": (0.005, 0.01, 0.02), "characters": (0.1, 0.2, 0.4)}
FACTORS = (0.5, 1.0, 2.0)  # of step sizes that were learned
COUNTS = {"sinusoids": (1, 3, 5, 10), "characters": (1, 3, 5)}
ROUNDS, META_STEPS = 3, {"sinusoids": 100, "characters": 20}  # to measure seconds on
AGAIN = "`make checkpoints` measures them again"
CHOSEN_ON = {"sinusoids": 200, "characters": 80}  # validation tasks
HOW = f"{RATES}, {FACTORS}, {COUNTS}, chosen on {CHOSEN_ON}, judged on {JUDGED_ON} tasks"


@dataclass(frozen=True)
class Result:
    """What a trained member makes of every unseen task: (tasks,).

    as_trained: with the inner loop of its training. tuned: with the step size and the number of
    steps that were best on validation tasks, `setting` in words. Who has an inner loop of its own
    (iMAML, step sizes of layers and steps), or none (prototypes), has the same in both.
    """

    as_trained: Tensor
    tuned: Tensor
    setting: str


def results(kind: str) -> dict[str, list[Result]]:
    """The results of every member on a kind of task, one a seed.

    Raises ValueError for an unknown kind, CheckpointError where the file is missing or broken, or
    lacks a member.
    """
    known("kind", kind, KINDS)
    values, facts = _read()
    found: dict[str, list[Result]] = {}
    for member in MEMBERS:
        for seed in SEEDS if kind in MEMBERS[member].on else ():
            name = name_of(member, kind, seed)
            if name not in facts:
                raise CheckpointError(f"The results of the cousins lack {name}: {AGAIN}")
            both = (values[f"{name}/{how}"] for how in ("as_trained", "tuned"))
            found.setdefault(member, []).append(Result(*both, facts[name]["setting"]))
    return found


def seconds(kind: str) -> dict[str, int]:
    """CPU seconds of a whole training, by member: measured on some meta-steps, on one core."""
    facts = _read()[1]
    return {
        member: round(facts[name_of(member, kind, SEEDS[0])]["seconds"])
        for member in MEMBERS
        if kind in MEMBERS[member].on
    }


def digests() -> dict[str, str]:
    """The digest of each checkpoint that the results were measured with, by its name."""
    return {name: fact["digest"] for name, fact in _read()[1].items()}


def of_checkpoint(name: str) -> str:
    """The digest of the parameters of a stored checkpoint."""
    return digest(load(name).phi, {})


def _read() -> tuple[dict[str, Tensor], dict[str, dict]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(FILE, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
            values = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        said = f"The results of the cousins cannot be read ({error}): {AGAIN}"
        raise CheckpointError(said) from None
    return values, facts


def measure(member: str, kind: str, phi: Params) -> Result:
    """Judge one trained member, as it was trained and with its best settings."""
    tasks, own = unseen(kind), MEMBERS[member].on[kind]
    trained_steps = own.get("steps", 0)
    as_trained = _only(judged(member, kind, phi, tasks, steps=(trained_steps,)))
    if member == "prototypes" or MEMBERS[member].own_loop is not None:
        return Result(as_trained, as_trained, "its own")
    validation = unseen(kind, n_tasks=CHOSEN_ON[kind], seed=77, validation=True)
    rates = FACTORS if member == "meta_sgd" else RATES[kind]
    counts: Sequence[int] = COUNTS[kind]
    best = (0.0, 0, float("inf"))
    for rate in rates:
        found = judged(member, kind, phi, validation, steps=counts, inner_lr=rate)
        for steps, each in found.items():
            loss = each.mean().item() * (1 if kind == "sinusoids" else -1)
            best = min(best, (rate, steps, loss), key=lambda one: one[2])
    rate, steps, _ = best
    tuned = _only(judged(member, kind, phi, tasks, steps=(steps,), inner_lr=rate))
    times = "times its own" if member == "meta_sgd" else ""
    return Result(as_trained, tuned, f"{steps} x {rate:g} {times}".strip())


def _costs() -> dict[tuple[str, str], float]:
    """CPU seconds of each training: the least of some rounds, in which all take their turn."""
    both = [(member, kind) for kind in KINDS for member in MEMBERS if kind in MEMBERS[member].on]
    least = dict.fromkeys(both, float("inf"))
    for _ in range(ROUNDS):
        for member, kind in both:
            brief = replace(RECIPES[name_of(member, kind, 0)], iterations=META_STEPS[kind])
            start = time.process_time()
            brief.train()
            spent = (time.process_time() - start) / META_STEPS[kind]
            least[member, kind] = min(least[member, kind], spent * KINDS[kind].iterations)
    return least


def _only(found: Mapping[int, Tensor]) -> Tensor:
    (values,) = found.values()
    return values


def stale() -> list[str]:
    """The names whose results are missing, of another checkpoint, or judged in another way."""
    try:
        facts = _read()[1]
    except CheckpointError:
        facts = {}
    names = [name for name in RECIPES if name.startswith("cousin-")]
    return [
        name
        for name in names
        if (facts.get(name, {}).get("digest"), facts.get(name, {}).get("how"))
        != (of_checkpoint(name), HOW)
        or "seconds" not in facts[name]
    ]


def measure_again(names: Sequence[str]) -> None:
    """Judge these checkpoints and store their results, with everybody's seconds measured anew.

    Under torchrun each rank judges some of them; rank 0 stores, and measures the seconds.
    """
    torch.set_num_threads(1)  # among the seconds would be those that a second one waits
    try:
        values, facts = _read()
    except CheckpointError:
        values, facts = {}, {}
    for first in range(0, len(names), ranks.ranks()):
        own = names[first : first + ranks.ranks()][ranks.rank() :][:1]
        for judged_now in ranks.at_first([(name, _judged(name)) for name in own]):
            for name, result in judged_now:
                values |= {
                    f"{name}/{how}": getattr(result, how).float().contiguous().clone()
                    for how in ("as_trained", "tuned")
                }
                facts[name] = {
                    "digest": of_checkpoint(name),
                    "how": HOW,
                    "setting": result.setting,
                }
                means = (f"{each.mean():.3f}" for each in (result.as_trained, result.tuned))
                print(name, *means, result.setting, flush=True)
                _write(values, facts)
    if ranks.rank() > 0:
        return
    for (member, kind), spent in _costs().items():
        for seed in SEEDS:
            facts[name_of(member, kind, seed)]["seconds"] = spent
    _write(values, facts)


def _judged(name: str) -> Result:
    _, member, kind, _ = name.split("-")
    return measure(member, kind, load(name).phi)


def _write(values: Mapping[str, Tensor], facts: Mapping[str, dict]) -> None:
    from safetensors.torch import save as to_bytes

    FILE.parent.mkdir(exist_ok=True)
    write_whole(FILE, to_bytes(dict(values), metadata={"facts": json.dumps(facts)}))
