"""The exercise on reporting a long run (appendix to 05): what is right, and learners' mistakes."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import torch

from course_utils.exercises import Case, Mistake, PartByPart

NAN, INF = math.nan, math.inf


def _report_case(before: list[float], after: list[float], limit: float) -> tuple[Any, ...]:
    return torch.tensor(before), torch.tensor(after), limit


def _report(before, after, limit):
    """Counted one by one."""
    pairs = [
        (b, INF if math.isnan(a) else a)
        for b, a in zip(before.tolist(), after.tolist(), strict=True)
    ]
    ordered = sorted(a for _, a in pairs)
    return {
        "median": ordered[len(ordered) // 2],
        "worse": sum(a > b for b, a in pairs),
        "exploded": sum(a > limit for _, a in pairs),
    }


def _plain(before, after, limit):
    worse, exploded = (after > before).sum(), (after > limit).sum()
    return {"median": after.median(), "worse": worse, "exploded": exploded}


def _nan_not_counted(before, after, limit):
    return _plain(before, after, limit) | {"median": _report(before, after, limit)["median"]}


def _nan_left_out(before, after, limit):
    return _plain(before, after, limit) | {"median": after.nanmedian()}


def _nan_as_zero(before, after, limit):
    return _plain(before, after.nan_to_num(), limit)


def _survivors(before, after, limit):
    kept = after.isfinite()
    return _plain(before[kept], after[kept], limit)


def _at_the_limit(before, after, limit):
    counts = {"worse": (~(after < before)).sum(), "exploded": (~(after < limit)).sum()}
    return _report(before, after, limit) | counts


def _shares(before, after, limit):
    right = _report(before, after, limit)
    return right | {k: right[k] / len(after) for k in ("worse", "exploded")}


PARTS = {
    "median": {
        "NaN left out of the median": (
            "`median` leaves out the tasks that are NaN, and so it is the median of the others. "
            "Where in the order do they belong?",
            lambda before, after, limit: after.nanmedian(),
        ),
        "the median of what is finite": (
            "`median` is that of the finite errors. All tasks belong in it: a median bears "
            "infinite values.",
            lambda before, after, limit: after[after.isfinite()].median(),
        ),
        "a mean": (
            "In place of `median` stands a mean, and a single exploded task decides it.",
            lambda before, after, limit: after.nan_to_num(nan=INF, posinf=INF).mean(),
        ),
    },
    "worse": {
        "equal counts as worse": (
            "`worse` counts a task that ends with the error that it began with. Worse means "
            "larger.",
            lambda before, after, limit: (~(after < before)).sum(),
        ),
        "NaN not worse": (
            "`worse` misses the tasks that are NaN: each comparison with NaN is False.",
            lambda before, after, limit: (after > before).sum(),
        ),
        "exploded and not worse": (
            "`worse` misses the tasks that exploded. They ended worse as well.",
            lambda before, after, limit: (after > before)[after <= limit].sum(),
        ),
        "infinite and not worse": (
            "`worse` misses the tasks whose error is NaN or infinite. They end worse than any "
            "other.",
            lambda before, after, limit: (after > before)[after.isfinite()].sum(),
        ),
    },
    "exploded": {
        "the limit counts as above": (
            "`exploded` counts a task exactly at the limit. Above means larger.",
            lambda before, after, limit: (~(after < limit)).sum(),
        ),
        "NaN not exploded": (
            "`exploded` misses the tasks that are NaN: each comparison with NaN is False.",
            lambda before, after, limit: (after > limit).sum(),
        ),
        "exploded only if not finite": (
            "`exploded` counts only errors that are NaN or infinite. A large and finite one, above "
            "`limit`, has exploded as well.",
            lambda before, after, limit: (~after.isfinite()).sum(),
        ),
    },
}

honest_report = PartByPart(
    "honest_report",
    title="an honest report",
    notebook="appendix to 05",
    answer=_report,
    cases=(
        Case(
            "nine tasks, one of them NaN",
            partial(
                _report_case,
                [3.0, 2.0, 5.0, 1.0, 4.0, 2.5, 3.5, 0.5, 6.0],
                [0.2, 0.4, 100.0, 0.1, NAN, 0.3, 3.9, 0.5, 250.0],
                100.0,
            ),
        ),
        Case(
            "seven tasks, two NaN and one infinite",
            partial(
                _report_case,
                [3.0, 2.0, 5.0, 1.0, 4.0, 2.5, 3.5],
                [NAN, 0.4, 0.9, INF, 0.6, NAN, 4.1],
                10.0,
            ),
        ),
        Case(
            "five tasks, three of them NaN",
            partial(_report_case, [3.0, 2.0, 5.0, 1.0, 4.0], [NAN, 0.4, NAN, NAN, 0.6], 10.0),
        ),
        Case(
            "five tasks, and no NaN",
            partial(_report_case, [1.0, 2.0, 3.0, 4.0, 5.0], [0.5, 2.5, 30.0, 0.2, 9.0], 8.0),
        ),
    ),
    mistakes=(
        Mistake(
            "NaN everywhere as it is",
            "The median is NaN as soon as one error is, and the counts miss every NaN: each "
            "comparison with it is False. What should such an error count as?",
            _plain,
        ),
        Mistake(
            "NaN not counted",
            "The median is right. The counts miss every task that is NaN, since each comparison "
            "with NaN is False. These are the worst tasks of all.",
            _nan_not_counted,
        ),
        Mistake(
            "NaN left out everywhere",
            "Every task that is NaN is lost: the median leaves it out, and the counts miss it, "
            "since each comparison with NaN is False.",
            _nan_left_out,
        ),
        Mistake(
            "NaN as 0",
            "NaN counts as 0 here, as the best error there is: `nan_to_num` does so unless it is "
            "told what else to put there.",
            _nan_as_zero,
        ),
        Mistake(
            "survivors only",
            "Every task whose error is NaN or infinite is dropped first. What is left is a report "
            "of the survivors, and it looks the better, the more tasks were lost.",
            _survivors,
        ),
        Mistake(
            "equal counts as above",
            "A task exactly at the limit, or with the same error as before, is counted. Worse and "
            "above mean larger.",
            _at_the_limit,
        ),
        Mistake(
            "shares, not counts",
            "The two counts are divided by the number of tasks. How many tasks were they?",
            _shares,
        ),
    ),
    parts=PARTS,
    means="Your report tells a run with lost tasks from one without, whatever its mean says.",
    returns="a dict with a number for each of median, worse and exploded",
)
