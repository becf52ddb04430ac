"""Make the checkpoints that are missing or broken: `make checkpoints`, or with names of some.

After an interrupt the same command continues where it stopped. A name makes that one again. Under
torchrun the trainings are dealt out to its processes or, with --split, the tasks of each meta-batch
are: docs/many-machines.md.
"""

import argparse
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import torch

from course_utils import ranks
from course_utils.checkpoints import (
    CheckpointError,
    cousin_results,
    load,
    make,
    recipe,
    save,
    threads,
)
from course_utils.checkpoints.recipes import RECIPES
from course_utils.support.snapshots import Snapshots
from course_utils.support.whole_files import cache_folder

EVERY = 500  # meta-steps between two states that are kept
RUN = os.environ.get("TORCHELASTIC_RUN_ID", "")  # in all lives of its processes, on all machines


def unfinished() -> Path:
    """The folder of unfinished trainings."""
    return cache_folder() / "unfinished"


def made() -> Path:
    """The folder with an empty file for each checkpoint that this run of torchrun has made."""
    return unfinished() / "made" / RUN


def forget() -> None:
    """Remove the files that say what this run has made: it has ended."""
    if RUN:
        shutil.rmtree(made(), ignore_errors=True)
    with suppress(OSError):  # there are other runs
        made().parent.rmdir()


def wanted(asked: list[str]) -> list[str]:
    """The names to be made: those asked for, or all that cannot be loaded (each is printed).

    Those asked for that this run has made already, before a restart, are left out.
    """
    found = [name for name in asked if not (RUN and (made() / name).exists())]
    for name in () if asked else RECIPES:
        try:
            load(name)
        except CheckpointError as error:
            print(f"{error}.")
            found.append(name)
    return found


def dealt(names: Sequence[str], n_ranks: int) -> list[list[str]]:
    """Names for each rank, so that all have about as long to train: the longest are dealt first."""
    hands: list[list[str]] = [[] for _ in range(n_ranks)]
    seconds = [0] * n_ranks
    for name in sorted(names, key=lambda name: -RECIPES[name].seconds):
        least = seconds.index(min(seconds))
        hands[least].append(name)
        seconds[least] += RECIPES[name].seconds
    return hands


def main(asked: list[str], *, split: bool = False, device: str = "cpu") -> None:
    """Make them one after the other: each rank its own or, with `split`, all ranks each of them."""
    for name in asked:
        recipe(name)
    with ranks.group(device) as where:
        names = ranks.from_first(lambda: wanted(asked))
        if not names:
            ranks.say(f"All {len(RECIPES)} checkpoints are there. A name makes one again.")
        else:
            train(names, split, where)
        ranks.at_first(None)  # until all are stored
        ranks.from_first(forget)
        if not asked and (names := ranks.from_first(cousin_results.stale)):
            ranks.say(
                f"Results of {len(names)} of MAML's cousins are to be measured, some minutes."
            )
            cousin_results.measure_again(names)


def train(names: list[str], split: bool, device: torch.device) -> None:
    """Train what these checkpoints hold, and store them."""
    minutes = sum(RECIPES[name].seconds for name in names) / 60
    ranks.say(
        f"{len(names)} to make, about {minutes:.0f} minutes on two cores. After an interrupt "
        "the same command continues where it stopped."
    )
    two = threads.may_be_two()
    for name in names if split else dealt(names, ranks.ranks())[ranks.rank()]:
        make_one(name, split, device, two=two)
    if two:
        torch.set_num_threads(1)


def make_one(name: str, split: bool, device: torch.device, *, two: bool = False) -> None:
    """Train what one checkpoint holds, and store it; with `split` rank 0 speaks and stores.

    `two`: on two threads, if that is quicker.
    """
    chosen, kind = recipe(name), Snapshots
    if split:
        chosen, kind = chosen.split(), ranks.FirstRanksSnapshots
    snapshots = kind(unfinished() / f"{name}.pt", settings=chosen.settings_of(), every=EVERY)
    speaks = not split or ranks.rank() == 0
    if speaks:
        print(name, flush=True)
    if two and device.type == "cpu":
        threads.set_for(chosen, threads.seconds_left(chosen, snapshots))
    checkpoint = make(name, snapshots=snapshots, split=split, device=device)
    if speaks:
        save(checkpoint)
        if RUN:
            made().mkdir(parents=True, exist_ok=True)
            (made() / name).touch()
        print(checkpoint.provenance["error"], flush=True)
    snapshots.remove()


def command_line() -> argparse.Namespace:
    """What was asked for."""
    said = argparse.ArgumentParser(prog="python -m course_utils.checkpoints", description=__doc__)
    said.add_argument("names", nargs="*", metavar="NAME")
    said.add_argument("--split", action="store_true", help="split the tasks of a meta-batch")
    said.add_argument("--device", default="cpu", help="cpu (the default) or cuda")
    return said.parse_args()


if __name__ == "__main__":
    try:
        line = command_line()
        main(line.names, split=line.split, device=line.device)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("\ninterrupted: the same command continues where it stopped") from None
