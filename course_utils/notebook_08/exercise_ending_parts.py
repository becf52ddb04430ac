"""The three numbers of exercise 2 of notebook 08: what is right, and what else each may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from course_utils.exercises.comparing import share
from course_utils.notebook_08 import travel

Endings = dict[str, float]
Part = Callable[[Tensor, Tensor], Any]  # (before, after) -> one of the three numbers


def right_endings(before: Tensor, after: Tensor) -> Endings:
    found = travel.judged(after, before)
    worse = found.worse / found.n_tasks
    # The median last: it may be NaN where the others are wrong as well, and is looked at last.
    return {"worse": worse, "exploded": found.exploded, "median": found.median}


def fine(after: Tensor) -> Tensor:
    return after <= travel.EXPLODED


PARTS: dict[str, dict[str, tuple[str, Part]]] = {
    "median": {
        "mean": (
            "`median` is a mean: one task that exploded is the whole of it, or makes it NaN.",
            lambda before, after: after.mean().item(),
        ),
        "median that is NaN": (
            "`torch.median` is NaN as soon as one error is. NaN is to count as an infinite error, "
            "and a few of these leave the median where it is.",
            lambda before, after: after.median().item(),
        ),
        "median without the exploded": (
            "`median` is that of the tasks that did not explode. The more explode, the better it "
            "looks: it has to be that of all tasks.",
            lambda before, after: after[fine(after)].median().item(),
        ),
        "median of the finite": (
            "`median` leaves out what is not finite. These tasks ended worst of all, and belong "
            "at the upper end, not outside.",
            lambda before, after: after[after.isfinite()].median().item(),
        ),
        "median without NaN": (
            "`median` leaves NaN out and keeps what is infinite. NaN is to count as infinite, too.",
            lambda before, after: after.nanmedian().item(),
        ),
        "NaN as 0 in the median": (
            "NaN counts as 0 in `median`, the best error there is: `nan_to_num` puts 0 in its "
            "place unless it is told what else.",
            lambda before, after: after.nan_to_num().median().item(),
        ),
    },
    "worse": {
        "NaN not worse": (
            "`worse` misses the tasks whose error became NaN: `after > before` is never true of a "
            "NaN. Which comparison is true of all that did *not* end worse?",
            lambda before, after: share(after > before),
        ),
        "ties are worse": (
            "`worse` counts tasks that end exactly as they began. Worse means a larger error.",
            lambda before, after: share(~(after < before)),
        ),
        "compared with the median before": (
            "`worse` compares each task with the median of all before. A hard task that got "
            "better may still lie above it: compare each with its own beginning.",
            lambda before, after: share(~(after <= before.median())),
        ),
        "worse among those that did not explode": (
            "`worse` is a share of the tasks that did not explode. Those that did ended worse, "
            "too, and belong to it.",
            lambda before, after: share((after > before)[fine(after)]),
        ),
        "better": (
            "`worse` is the share that ends better than it began.",
            lambda before, after: share(after < before),
        ),
        "worse in per cent": (
            "`worse` is in per cent here; a share between 0 and 1 was asked for.",
            lambda before, after: 100 * share(~(after <= before)),
        ),
        "worse as a number": (
            "`worse` is how many tasks end worse; asked for is their share of all tasks.",
            lambda before, after: int((~(after <= before)).sum()),
        ),
    },
    "exploded": {
        "NaN not exploded": (
            "`exploded` misses the tasks whose error became NaN: `after > 1000` is never true of "
            "a NaN.",
            lambda before, after: int((after > travel.EXPLODED).sum()),
        ),
        "only what is not finite": (
            "`exploded` counts only what is infinite or NaN. A finite error above 1,000 has "
            "exploded, too.",
            lambda before, after: int((~after.isfinite()).sum()),
        ),
        "from 10 on": (
            "`exploded` counts from an error of 10 on, as notebook 03 did. Here it is 1,000.",
            lambda before, after: int((~(after <= 10)).sum()),
        ),
        "exploded as a share": (
            "`exploded` is a share here; asked for is how many.",
            lambda before, after: share(~fine(after)),
        ),
        "exploded in per cent": (
            "`exploded` is in per cent here; asked for is how many.",
            lambda before, after: 100 * share(~fine(after)),
        ),
    },
}
