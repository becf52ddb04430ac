"""Make the checkpoints that are missing or broken: `make checkpoints`, or with names of some.

After an interrupt the same command continues where it stopped. A name makes that one again.
"""

import sys
from pathlib import Path

from course_utils.checkpoints import CheckpointError, cousin_results, load, make, recipe, save
from course_utils.checkpoints.recipes import RECIPES
from course_utils.support.snapshots import Snapshots
from course_utils.support.whole_files import cache_folder

EVERY = 500  # meta-steps between two states that are kept


def unfinished() -> Path:
    """The folder of unfinished trainings."""
    return cache_folder() / "unfinished"


def wanted(asked: list[str]) -> list[str]:
    """The names to be made: those asked for, or all that cannot be loaded (each is printed)."""
    for name in asked:
        recipe(name)
    found = list(asked)
    for name in () if asked else RECIPES:
        try:
            load(name)
        except CheckpointError as error:
            print(f"{error}.")
            found.append(name)
    return found


def main(asked: list[str]) -> None:
    """Make them one after the other."""
    names = wanted(asked)
    if not names:
        print(f"All {len(RECIPES)} checkpoints are there. A name makes one again.")
    else:
        train(names)
    if not asked and (names := cousin_results.stale()):
        print(f"Results of {len(names)} of MAML's cousins are to be measured, some minutes.")
        cousin_results.measure_again(names)


def train(names: list[str]) -> None:
    """Train what these checkpoints hold, and store them."""
    minutes = sum(RECIPES[name].seconds for name in names) / 60
    print(
        f"{len(names)} to make, about {minutes:.0f} minutes on two cores. After an interrupt "
        "the same command continues where it stopped.",
        flush=True,
    )
    for name in names:
        path = unfinished() / f"{name}.pt"
        snapshots = Snapshots(path, settings=recipe(name).settings_of(), every=EVERY)
        print(name, flush=True)
        checkpoint = make(name, snapshots=snapshots)
        save(checkpoint)
        snapshots.remove()
        print(checkpoint.provenance["error"], flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ValueError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("\ninterrupted: the same command continues where it stopped") from None
