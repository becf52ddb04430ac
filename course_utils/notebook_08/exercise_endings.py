"""Exercise 2 of notebook 08, how the tasks ended: what is right, and what else learners write."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake
from course_utils.notebook_08 import travel
from course_utils.tasks import Sinusoids, Waves

Endings = dict[str, float]
Part = Callable[[Tensor, Tensor], Any]  # (before, after) -> one of the three numbers

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


def _endings(before: Tensor, after: Tensor) -> Endings:
    found = travel.judged(after, before)
    worse = found.worse / found.n_tasks
    # The median last: it may be NaN where the others are wrong as well, and is looked at last.
    return {"worse": worse, "exploded": found.exploded, "median": found.median}


def _share(true: Tensor) -> float:
    return true.double().mean().item()


def _fine(after: Tensor) -> Tensor:
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
            lambda before, after: after[_fine(after)].median().item(),
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
            lambda before, after: _share(after > before),
        ),
        "ties are worse": (
            "`worse` counts tasks that end exactly as they began. Worse means a larger error.",
            lambda before, after: _share(~(after < before)),
        ),
        "compared with the median before": (
            "`worse` compares each task with the median of all before. A hard task that got "
            "better may still lie above it: compare each with its own beginning.",
            lambda before, after: _share(~(after <= before.median())),
        ),
        "worse among those that did not explode": (
            "`worse` is a share of the tasks that did not explode. Those that did ended worse, "
            "too, and belong to it.",
            lambda before, after: _share((after > before)[_fine(after)]),
        ),
        "better": (
            "`worse` is the share that ends better than it began.",
            lambda before, after: _share(after < before),
        ),
        "worse in per cent": (
            "`worse` is in per cent here; a share between 0 and 1 was asked for.",
            lambda before, after: 100 * _share(~(after <= before)),
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
            lambda before, after: _share(~_fine(after)),
        ),
        "exploded in per cent": (
            "`exploded` is in per cent here; asked for is how many.",
            lambda before, after: 100 * _share(~_fine(after)),
        ),
    },
}


def _with_part(key: str, part: Part, before: Tensor, after: Tensor) -> Endings:
    return _endings(before, after) | {key: part(before, after)}


def _nan_in_neither(before: Tensor, after: Tensor) -> Endings:
    worse, exploded = PARTS["worse"]["NaN not worse"], PARTS["exploded"]["NaN not exploded"]
    counts = {"worse": worse[1](before, after), "exploded": exploded[1](before, after)}
    return _endings(before, after) | counts


def _nan_nowhere_asked(before: Tensor, after: Tensor) -> Endings:
    return _nan_in_neither(before, after) | {"median": after.median().item()}


def _in_per_cent(before: Tensor, after: Tensor) -> Endings:
    right = _endings(before, after)
    exploded = 100 * right["exploded"] / len(after)
    return right | {"worse": 100 * right["worse"], "exploded": exploded}


def _in_per_cent_without_nan(before: Tensor, after: Tensor) -> Endings:
    shares = {"worse": _share(after > before), "exploded": _share(after > travel.EXPLODED)}
    return _endings(before, after) | {name: 100 * share for name, share in shares.items()}


def _of_those(kept: Callable[[Tensor], Tensor], before: Tensor, after: Tensor) -> Endings:
    """All three numbers of some of the tasks, the others as if they had not been."""
    those = kept(after)
    return _endings(before[those], after[those])


def _of_the_fine(before: Tensor, after: Tensor) -> Endings:
    kept = _fine(after)
    return _endings(before[kept], after[kept]) | {"exploded": int((~kept).sum())}


def _reading(args: tuple[Any, ...], found: Any) -> str:
    """Each of the three numbers on its own: right, or by which mistake it is not."""
    right, said = _endings(*args), []
    for key, parts in PARTS.items():
        value = float(found[key])
        if _near(value, right[key]):
            said.append(f"{key} is right")
            continue
        if math.isnan(value):
            said.append(f"{key} is NaN")
            continue
        names = [name for name, (_, part) in parts.items() if _near(value, part(*args))]
        said.append(f"{key} is not right" + (f" ({names[0]})" if names else ""))
    return "one by one: " + ", ".join(said)


def _near(value: float, other: float) -> bool:
    return math.isclose(value, other, rel_tol=1e-4)


endings = Function(
    "endings",
    title="how the tasks ended",
    notebook="08",
    answer=_endings,
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
            "both in per cent",
            "`worse` and `exploded` are in per cent here, as the text prints them. Asked for are a "
            "share between 0 and 1, and how many.",
            _in_per_cent,
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
        *(
            Mistake(name, says, partial(_with_part, key, part))
            for key, parts in PARTS.items()
            for name, (says, part) in parts.items()
        ),
    ),
    means="No task is lost on the way: the median stays put, and what exploded is counted. It "
    "takes these three numbers, and another training, to believe in a learner.",
    returns='a dict {"median": ..., "worse": ..., "exploded": ...} of numbers',
    reading=_reading,
)
