"""Exercise 1 of notebook 08, a step for high waves: what is right, and what else learners write."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from course_utils import evaluation
from course_utils.exercises import Case, Function, Mistake
from course_utils.exercises.comparing import same
from course_utils.notebook_08 import travel
from course_utils.tasks import Sinusoids, TaskBatch

Pair = tuple[float, int]
Errors = Callable[[Any, float, int], Tensor]
Judge = Callable[[Tensor], Any]  # errors (tasks,) -> what is to be least

TRIED: list[Pair] = [(0.01, 1), (0.01, 5), (0.014, 5), (0.005, 10), (0.003, 20)]


# --- cases ----------------------------------------------------------------------------------------


@cache
def _high_waves(seed: int) -> TaskBatch:
    generator = torch.Generator().manual_seed(seed)
    high = Sinusoids(amplitude=(10.0, 10.0))
    return high.sample(51, shots=travel.SHOTS, queries=50, generator=generator)


def _after(batch: TaskBatch, inner_lr: float, steps: int) -> Tensor:
    phi = travel.starts(0)["MAML"]
    how = {"inner_lr": inner_lr, "steps": (steps,)}
    return evaluation.errors_after(travel.LOSS, phi, batch, **how)[steps]


@cache
def _stored(seed: int, inner_lr: float, steps: int) -> Tensor:
    return _after(_high_waves(seed), inner_lr, steps)


def _errors_of_maml(batch: TaskBatch, inner_lr: float, steps: int) -> Tensor:
    """MAML's errors on a batch, measured once."""
    for seed in (1, 2):
        if torch.equal(batch.query_y, _high_waves(seed).query_y):
            return _stored(seed, inner_lr, steps).clone()
    return _after(batch, inner_lr, steps)


def _with_maml() -> tuple[Any, ...]:
    return _errors_of_maml, deepcopy(_high_waves(1)), deepcopy(_high_waves(2)), [*TRIED]


def _looked_up(batch: dict[Pair, Tensor], inner_lr: float, steps: int) -> Tensor:
    """Errors that stand in a table."""
    return batch[inner_lr, steps].clone()


# Of each pair the middle of its errors, and how many of 51 end beyond 1,000, infinite and as NaN.
# At least 20 end below, as `median_with_interval` needs, and an odd number whatever is dropped.
ENDS = {
    (0.01, 1): (4.0, 0, 0, 0),
    (0.01, 5): (2.6, 0, 0, 2),
    (0.02, 5): (2.0, 6, 6, 4),
    (0.05, 2): (1.0, 10, 8, 6),
    (0.1, 1): (9.0, 0, 0, 0),
    (0.2, 1): (3.4, 2, 0, 0),
    (0.005, 10): (2.8, 2, 0, 0),
}


def _made_up(seed: int, tried: Sequence[Pair]) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(seed)
    batches: list[dict[Pair, Tensor]] = [{}, {}]
    for batch in batches:
        for pair, (middle, *ends) in ENDS.items():
            errors = middle * (0.8 * torch.randn(51, generator=generator)).exp()
            worst = [*(5_000.0,) * ends[0], *(math.inf,) * ends[1], *(math.nan,) * ends[2]]
            errors[: len(worst)] = torch.tensor(worst)
            batch[pair] = errors[torch.randperm(51, generator=generator)]
    return _looked_up, *batches, [*tried]


def _tables() -> list[Case]:
    """Seeds and orders at which no two ways to choose agree everywhere."""
    pairs = list(ENDS)
    backwards, turned = pairs[::-1], pairs[2:] + pairs[:2]
    orders = {38: pairs, 51: turned, 1: backwards, 48: backwards, 22: pairs}
    return [
        Case(f"made-up errors, table {n}", partial(_made_up, *drawn))
        for n, drawn in enumerate(orders.items(), 1)
    ]


# --- right and wrong ------------------------------------------------------------------------------


def _median(errors: Tensor) -> float:
    return travel.judged(errors).median


def _chosen_step(
    errors: Errors, to_choose: Any, to_report: Any, tried: Sequence[Pair]
) -> tuple[Pair, float]:
    medians = [_median(errors(to_choose, *pair)) for pair in tried]
    chosen = tried[medians.index(min(medians))]
    return chosen, _median(errors(to_report, *chosen))


def _by(judge: Judge, errors, to_choose, to_report, tried):
    """Chosen and reported by something else than the median of all tasks."""
    chosen = min(tried, key=lambda pair: judge(errors(to_choose, *pair)))
    return chosen, judge(errors(to_report, *chosen))


def _mean(errors: Tensor) -> float:
    return errors.mean().item()


def _mean_of_fine(errors: Tensor) -> float:
    return errors[errors <= travel.EXPLODED].mean().item()


def _median_of_fine(errors: Tensor) -> float:
    return errors[errors <= travel.EXPLODED].median().item()


def _median_of_finite(errors: Tensor) -> float:
    return errors[errors.isfinite()].median().item()


def _median_without_nan(errors: Tensor) -> float:
    return errors.nanmedian().item()


def _median_with_zeros(errors: Tensor) -> float:
    return errors.nan_to_num().median().item()


def _plain_median(errors: Tensor) -> float:
    return errors.median().item()


def _largest(errors, to_choose, to_report, tried):
    chosen = max(tried, key=lambda pair: _median(errors(to_choose, *pair)))
    return chosen, _median(errors(to_report, *chosen))


def _on_reported(errors, to_choose, to_report, tried):
    return _chosen_step(errors, to_report, to_report, tried)


def _where_chosen(errors, to_choose, to_report, tried):
    return _chosen_step(errors, to_choose, to_choose, tried)


def _on_both(errors, to_choose, to_report, tried):
    def both(pair):
        return torch.cat([errors(batch, *pair) for batch in (to_choose, to_report)])

    chosen = min(tried, key=lambda pair: _median(both(pair)))
    return chosen, _median(errors(to_report, *chosen))


def _chosen_by_mean(errors, to_choose, to_report, tried):
    chosen = min(tried, key=lambda pair: _mean(errors(to_choose, *pair)))
    return chosen, _median(errors(to_report, *chosen))


def _best_reported(errors, to_choose, to_report, tried):
    chosen, _ = _chosen_step(errors, to_choose, to_report, tried)
    return chosen, min(_median(errors(to_report, *pair)) for pair in tried)


def _fewest_exploded(errors, to_choose, to_report, tried):
    chosen = min(tried, key=lambda pair: travel.judged(errors(to_choose, *pair)).exploded)
    return chosen, _median(errors(to_report, *chosen))


def _reading(args: tuple[Any, ...], found: Any) -> str:
    """The pair and the number each on its own."""
    errors, to_choose, to_report, tried = args
    pair, number = found
    pair = tuple(pair)
    if pair not in tried:
        return "its pair is none of those that were tried"
    right = _chosen_step(*args)[0]
    said = "the pair is right" if pair == right else "another pair has the least median"
    for name, batch in {"to_report": to_report, "to_choose": to_choose}.items():
        if same(number, _median(errors(batch, *pair)), rtol=1e-4, atol=1e-5):
            return f"here {said}; the number is this pair's median on {name}"
    return f"here {said}; the number is this pair's median on neither set"


chosen_step = Function(
    "chosen_step",
    title="a step for high waves",
    notebook="08",
    answer=_chosen_step,
    cases=(Case("MAML's φ, 51 waves of A = 10 in each set", _with_maml), *_tables()),
    mistakes=(
        Mistake(
            "chosen on the tasks it reports",
            "The pair is chosen on `to_report`, the tasks that are to judge it. Of several tries "
            "the best one looks better there than it is.",
            _on_reported,
        ),
        Mistake(
            "reported where it was chosen",
            "The pair is right, but its median is that of `to_choose`. It won on those tasks, so "
            "there it looks better than it is.",
            _where_chosen,
        ),
        Mistake(
            "the two sets exchanged",
            "You choose on `to_report` and report on `to_choose`: it is the other way round.",
            lambda errors, first, second, tried: _chosen_step(errors, second, first, tried),
        ),
        Mistake(
            "chosen on both sets",
            "The pair is chosen on the tasks of both sets together. So those that are to judge it "
            "had a say in the choice.",
            _on_both,
        ),
        Mistake(
            "the best median of the report",
            "The pair is right, but the median beside it is another pair's: the least one on "
            "`to_report`. Report what the chosen pair does there.",
            _best_reported,
        ),
        Mistake(
            "chosen by the mean",
            "The median is reported, but the pair is chosen by the mean. One task that exploded "
            "is the whole mean, or makes it NaN.",
            _chosen_by_mean,
        ),
        Mistake(
            "mean",
            "This is the mean. One task that exploded is the whole mean, or makes it NaN.",
            partial(_by, _mean),
        ),
        Mistake(
            "mean of those that did not explode",
            "This is a mean, and the tasks that exploded are left out of it. Then a step that "
            "destroys many tasks may look best.",
            partial(_by, _mean_of_fine),
        ),
        Mistake(
            "exploded tasks left out",
            "The tasks that exploded are left out before the median is taken. The more tasks a "
            "step destroys, the fewer count against it.",
            partial(_by, _median_of_fine),
        ),
        Mistake(
            "not finite left out",
            "Tasks with an infinite error, or NaN, are left out before the median is taken. They "
            "ended worst of all, and are to count so.",
            partial(_by, _median_of_finite),
        ),
        Mistake(
            "NaN left out",
            "Infinite errors count here, but NaN is left out. It is an error beyond all others, "
            "and is to count as one.",
            partial(_by, _median_without_nan),
        ),
        Mistake(
            "NaN as 0",
            "NaN counts as 0 here, the best error there is. `nan_to_num` puts 0 in its place "
            "unless it is told what else.",
            partial(_by, _median_with_zeros),
        ),
        Mistake(
            "median that is NaN",
            "Where one error is NaN, so is this median, and a comparison with NaN is never true. "
            "`min` then takes a NaN that comes first, and passes by one that comes later.",
            partial(_by, _plain_median),
        ),
        Mistake(
            "largest",
            "The pair with the largest median is chosen. These are errors: which end is good?",
            _largest,
        ),
        Mistake(
            "fewest exploded",
            "The pair is chosen by how few tasks explode. One short step makes none explode, but "
            "what does it leave of the error?",
            _fewest_exploded,
        ),
    ),
    means="A choice is judged on tasks that had no part in it, and every task counts. On high "
    "waves several shorter steps end better than one long one, and no task need explode.",
    returns="the pair, and its median as a number: ((inner_lr, steps), median)",
    reading=_reading,
)
