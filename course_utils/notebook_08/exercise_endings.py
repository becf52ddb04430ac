"""Exercise 2 of notebook 08, how the tasks ended: what is right, and what else learners write."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial

import torch
from torch import Tensor

from course_utils.exercises import Case, Mistake, PartByPart
from course_utils.notebook_08 import travel
from course_utils.notebook_08.exercise_ending_parts import (
    PARTS,
    Endings,
    fine,
    right_endings,
    share,
)
from course_utils.tasks import Sinusoids, Waves

HIGH = Sinusoids(amplitude=(10.0, 10.0))
FEW = [1.5e3, 2e3, 9e3, 5e4, *[math.inf] * 4, *[math.nan] * 2]
MORE = [7e3, math.inf, math.nan]


# --- cases ----------------------------------------------------------------------------------------


@cache
def _measured(family: Sinusoids | Waves) -> tuple[Tensor, Tensor]:
    """Errors of MAML's φ before the first step and after five."""
    generator = torch.Generator().manual_seed(8)
    batch = family.sample(51, shots=travel.SHOTS, queries=50, generator=generator)
    found = travel.errors_from({"MAML": travel.starts(0)["MAML"]}, batch, (0, 5))["MAML"]
    return found[0], found[5]


def _of_maml(family: Sinusoids | Waves) -> tuple[Tensor, Tensor]:
    before, after = _measured(family)
    return before.clone(), after.clone()


def _made_up(seed: int, n_tasks: int, exploded: list[float]) -> tuple[Tensor, Tensor]:
    """Errors of every kind: ties, some between 10 and 1,000, and those that exploded.

    At least 20 do not explode, as `median_with_interval` needs, and an odd number is left whatever
    is dropped: so who drops the others is told so, however the median was taken.
    """
    generator = torch.Generator().manual_seed(seed)
    before = 4 * torch.rand(n_tasks, generator=generator) + 1
    after = before * 2 * torch.rand(n_tasks, generator=generator)
    after[:3] = before[:3]
    ends = torch.tensor([20.0, 300.0, *exploded])
    after[3 : 3 + len(ends)] = ends
    order = torch.randperm(n_tasks, generator=generator)
    return before[order], after[order]


# --- right and wrong ------------------------------------------------------------------------------


def _nan_in_neither(before: Tensor, after: Tensor) -> Endings:
    worse, exploded = PARTS["worse"]["NaN not worse"], PARTS["exploded"]["NaN not exploded"]
    counts = {"worse": worse[1](before, after), "exploded": exploded[1](before, after)}
    return right_endings(before, after) | counts


def _nan_nowhere_asked(before: Tensor, after: Tensor) -> Endings:
    return _nan_in_neither(before, after) | {"median": after.median().item()}


def _in_per_cent_without_nan(before: Tensor, after: Tensor) -> Endings:
    shares = {"worse": share(after > before), "exploded": share(after > travel.EXPLODED)}
    return right_endings(before, after) | {name: 100 * share for name, share in shares.items()}


def _of_those(kept: Callable[[Tensor], Tensor], before: Tensor, after: Tensor) -> Endings:
    """All three numbers of some of the tasks, the others as if they had not been."""
    those = kept(after)
    return right_endings(before[those], after[those])


def _of_the_fine(before: Tensor, after: Tensor) -> Endings:
    kept = fine(after)
    return right_endings(before[kept], after[kept]) | {"exploded": int((~kept).sum())}


endings = PartByPart(
    "endings",
    title="how the tasks ended",
    notebook="08",
    answer=right_endings,
    cases=(
        Case("33 made-up errors, ten exploded", partial(_made_up, 3, 33, FEW)),
        Case("61 made-up errors, most exploded", partial(_made_up, 4, 61, FEW + 8 * MORE)),
        Case("MAML's φ on waves of A = 10, five steps", partial(_of_maml, HIGH)),
        Case("MAML's φ on lines, five steps", partial(_of_maml, Waves("line"))),
    ),
    mistakes=(
        Mistake(
            "NaN forgotten everywhere",
            "NaN is in all three numbers: the median becomes NaN by it, and neither count sees "
            "it, since a comparison with NaN is never true. It is to count as infinite.",
            _nan_nowhere_asked,
        ),
        Mistake(
            "NaN in neither count",
            "The median is right. Both counts miss the tasks whose error became NaN: a comparison "
            "with NaN is never true.",
            _nan_in_neither,
        ),
        Mistake(
            "NaN as 0 everywhere",
            "NaN counts as 0 in all three numbers, the best error there is: `nan_to_num` puts 0 in "
            "its place unless it is told what else.",
            lambda before, after: _nan_in_neither(before, after.nan_to_num()),
        ),
        Mistake(
            "both in per cent, NaN in neither",
            "`worse` and `exploded` are in per cent here; asked for are a share between 0 and 1, "
            "and how many. Both miss the tasks whose error became NaN, too: a comparison with NaN "
            "is never true.",
            _in_per_cent_without_nan,
        ),
        Mistake(
            "not finite left out everywhere",
            "Tasks whose error is infinite or NaN are taken out before anything is counted, as if "
            "they had not been. They ended worst of all, and are in all three numbers.",
            partial(_of_those, Tensor.isfinite),
        ),
        Mistake(
            "NaN left out everywhere",
            "Tasks whose error is NaN are taken out before anything is counted, as if they had not "
            "been. They ended worst of all, and are in all three numbers.",
            partial(_of_those, lambda after: ~after.isnan()),
        ),
        Mistake(
            "exploded tasks taken out first",
            "The exploded tasks are counted, then taken out, and the rest is said of the others "
            "alone. A learner that makes its hardest tasks explode would look good.",
            _of_the_fine,
        ),
        Mistake(
            "before and after exchanged",
            "`before` and `after` have changed places in all three numbers. What is to be said is "
            "how the tasks *ended*.",
            lambda before, after: right_endings(after, before),
        ),
    ),
    parts=PARTS,
    means="No task is lost on the way: the median stays put, and what exploded is counted. It "
    "takes these three numbers, and another training, to believe in a learner.",
    returns='a dict {"median": ..., "worse": ..., "exploded": ...} of numbers',
)
