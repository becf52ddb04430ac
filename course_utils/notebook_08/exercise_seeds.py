"""Exercise 4 of the appendix on words, three seeds: what is right, and what else is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from course_utils.evaluation import Z_95, paired_difference
from course_utils.exercises import Case, Function, Mistake

Pair = tuple[float, float]


def _case(seed: int, seeds: int, towns: int, ahead: float) -> tuple[Tensor, Tensor]:
    """Errors in °C, float64: some towns are hard for all, and some for what was learned alone."""
    generator = torch.Generator().manual_seed(seed)
    town, strange, rule = (
        torch.randn(towns, generator=generator, dtype=torch.float64) for _ in range(3)
    )
    own = torch.randn(seeds, towns, generator=generator, dtype=torch.float64)
    hard = 2.5 + 0.8 * town
    return hard + 0.4 * strange + 0.15 * own - ahead, hard + 0.2 * rule


def _three_seeds(ours, rule):
    found = paired_difference(ours.mean(0), rule)
    return found.mean, found.half_width


def _half(values: Tensor, count: int | None = None, correction: int = 1) -> float:
    count = values.numel() if count is None else count
    return float(Z_95 * values.std(correction=correction) / count**0.5)


def _with(half: Callable[[Tensor, Tensor], float]) -> Callable[[Tensor, Tensor], Pair]:
    """The right mean, and a half width of another kind."""
    return lambda ours, rule: (float((ours - rule).mean()), half(ours, rule))


def _of_one(pick: Callable[[Tensor], int], ours: Tensor, rule: Tensor) -> Pair:
    """One training alone: the one that `pick` finds by the mean errors."""
    differences = ours[pick(ours.mean(1))] - rule
    return float(differences.mean()), _half(differences)


def _by_hand(apart: Tensor, factor: float, less: int) -> float:
    """`factor` standard errors, of a deviation that divides by the number less `less`."""
    return factor / Z_95 * _half(apart.mean(0), correction=less)


def _best_of_each_town(ours, rule):
    return _three_seeds(ours.amin(0, keepdim=True), rule)


def _turned(ours, rule):
    mean, half_width = _three_seeds(ours, rule)
    return -mean, half_width


def _absolute(ours, rule):
    differences = (ours.mean(0) - rule).abs()
    return float(differences.mean()), _half(differences)


def _ends(ours, rule):
    mean, half_width = _three_seeds(ours, rule)
    return mean - half_width, mean + half_width


def _unpaired(ours: Tensor, rule: Tensor) -> float:
    return (_half(ours.mean(0)) ** 2 + _half(rule) ** 2) ** 0.5


three_seeds = Function(
    "three_seeds",
    title="three seeds",
    notebook="appendix to 08",
    answer=_three_seeds,
    # Two standard errors, and a deviation that divides by n, as NumPy's: near enough.
    others=[
        _with(lambda ours, rule, factor=factor, less=less: _by_hand(ours - rule, factor, less))
        for factor, less in ((Z_95, 0), (2.0, 1), (2.0, 0))
    ],
    cases=(
        Case("three seeds, twenty towns", partial(_case, 0, 3, 20, 0.1)),
        Case("two seeds, eight towns", partial(_case, 1, 2, 8, 0.4)),
        Case("five seeds, twelve towns", partial(_case, 2, 5, 12, -0.2)),
    ),
    mistakes=(
        Mistake(
            "sixty towns",
            "You count every training in every town as a town of its own: three seeds make sixty "
            "towns of twenty, and the interval is too narrow. A town that is strange to one "
            "training is strange to all.",
            _with(lambda ours, rule: _half(ours - rule)),
        ),
        Mistake(
            "over seeds",
            "Your interval is one over seeds: it says how much the training varies. How another "
            "set of towns would have answered it does not say.",
            _with(lambda ours, rule: _half((ours - rule).mean(1))),
        ),
        Mistake(
            "towns and seeds mixed",
            "Your deviation is that over towns, but you divide by the root of seeds times towns. "
            "As many numbers count as there are towns.",
            _with(lambda ours, rule: _half((ours - rule).mean(0), ours.numel())),
        ),
        Mistake(
            "the root of the seeds",
            "Your deviation is that over towns, but you divide by the root of the number of seeds. "
            "Which dimension counts towns?",
            _with(lambda ours, rule: _half((ours - rule).mean(0), len(ours))),
        ),
        Mistake(
            "deviation of all trainings",
            "You divide by the root of the number of towns, but your deviation is that of all "
            "trainings in all towns, with the chance of each training in it. Take the mean over "
            "seeds first.",
            _with(lambda ours, rule: _half(ours - rule, len(rule))),
        ),
        Mistake(
            "mean of the half widths",
            "You make an interval for each seed and take the mean of their half widths. Half "
            "widths do not average: make one number of each town first, then one interval.",
            _with(lambda ours, rule: sum(_half(one - rule) for one in ours) / len(ours)),
        ),
        Mistake(
            "not paired",
            "You take the two methods' own intervals together. What makes a town hard for both is "
            "then in it twice; it cancels if you take the differences town by town first.",
            _with(_unpaired),
        ),
        Mistake(
            "standard deviation",
            "You give 1.96 standard deviations of the towns. They say where a town lies; the mean "
            "of many towns is known better than that. By what is to be divided?",
            _with(lambda ours, rule: _half((ours - rule).mean(0), 1)),
        ),
        Mistake(
            "divided by the number",
            "You divide by the number of towns, not by its root: the interval is far too narrow.",
            _with(lambda ours, rule: _half((ours - rule).mean(0), len(rule) ** 2)),
        ),
        Mistake(
            "one standard error",
            "Your half width is one standard error. The factor of a 95 % interval is missing.",
            _with(lambda ours, rule: _half((ours - rule).mean(0)) / Z_95),
        ),
        Mistake(
            "the variance",
            "A root is missing: the variance of the differences is in °C squared, and a half width "
            "in °C.",
            _with(
                lambda ours, rule: _half((ours - rule).mean(0)) * float((ours - rule).mean(0).std())
            ),
        ),
        Mistake(
            "the whole width",
            "Your second number is the whole width of the interval. A half width was asked for: it "
            "stands behind the ±.",
            _with(lambda ours, rule: 2 * _half((ours - rule).mean(0))),
        ),
        Mistake(
            "the ends",
            "You give the two ends of the interval. Asked were its middle and its half width.",
            _ends,
        ),
        Mistake(
            "n − 1 twice",
            "You divide by the root of the number of towns less one. The 1 was taken off already, "
            "in the standard deviation.",
            _with(lambda ours, rule: _half((ours - rule).mean(0), len(rule) - 1)),
        ),
        Mistake(
            "ours alone",
            "Your deviation is that of our errors, without the rule's. What makes a town hard for "
            "both is still in it: take the differences first.",
            _with(lambda ours, rule: _half(ours.mean(0))),
        ),
        Mistake(
            "absolute differences",
            "You take the size of each difference, without its sign. Towns where the learner is "
            "better and towns where it is worse are to cancel.",
            _absolute,
        ),
        Mistake(
            "rule minus ours",
            "The sign of the mean is turned round: you took the rule minus ours. Below 0 should "
            "mean that the learner's error is smaller.",
            _turned,
        ),
        Mistake(
            "the first seed alone",
            "You judge the first training alone. What do the others say?",
            partial(_of_one, lambda means: 0),
        ),
        Mistake(
            "the best seed",
            "You take the training that did best on these very towns. It was chosen for its error "
            "there, so that error is too good to be believed.",
            partial(_of_one, lambda means: int(means.argmin())),
        ),
        Mistake(
            "the best seed of each town",
            "In each town you take the training that did best there. Nobody knows before the test "
            "which one that will be.",
            _best_of_each_town,
        ),
    ),
    means="You have one number a town, and an interval that counts towns: more seeds make the "
    "mean steadier, and only more towns make you surer.",
    returns="two floats: the mean difference and the half width",
)
