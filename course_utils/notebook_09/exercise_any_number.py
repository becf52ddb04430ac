"""Exercise 2 of notebook 09, any number of points: what is right, and what else is written."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from course_utils import networks
from course_utils.exercises import Case, Function, Mistake


def _filled(seed: int, most: int, counts: tuple[int, ...], zero: tuple[int, int]) -> tuple:
    """A network, pairs with a filling of zeros, and counts; one real pair is (0, 0)."""
    network = networks.mlp([2, 6, 3])
    generator = torch.Generator().manual_seed(seed)
    params = network.init(generator)
    params = {name: leaf + 0.3 for name, leaf in params.items()}  # biases that are not 0

    def encode(pairs: Tensor) -> Tensor:
        return network(params, pairs)

    pairs = torch.randn(len(counts), most, 2, generator=generator)
    pairs[zero] = 0.0
    for row, count in zip(pairs, counts, strict=True):
        row[count:] = 0.0
    return encode, pairs, torch.tensor(counts)


def _mean_of_points(encode, pairs, counts):
    """Task by task, each cut where its filling begins."""
    cut = zip(pairs, counts.tolist(), strict=True)
    return torch.stack([encode(row[None, :count])[0].mean(0, keepdim=True) for row, count in cut])


def _counted(pairs: Tensor, counts: Tensor, more: int = 0) -> Tensor:
    """1 where a point is among the first of its task, else 0: (tasks, most, 1)."""
    return (torch.arange(pairs.shape[1]) < counts[:, None] + more)[..., None].float()


def _masked(encode, pairs, mask, by):
    return (encode(pairs) * mask).sum(1, keepdim=True) / by


def _column(counts: Tensor) -> Tensor:
    return counts[:, None, None]


def _all_in_sum(encode, pairs, counts):
    return encode(pairs).sum(1, keepdim=True) / _column(counts)


def _filling_counted(encode, pairs, counts):
    return encode(pairs).mean(1, keepdim=True)


def _divided_by_most(encode, pairs, counts):
    return _masked(encode, pairs, _counted(pairs, counts), pairs.shape[1])


def _not_divided_at_all(encode, pairs, counts):
    return _masked(encode, pairs, _counted(pairs, counts), 1)


def _one_off(more, encode, pairs, counts):
    return _masked(encode, pairs, _counted(pairs, counts, more), _column(counts))


def _mean_first(encode, pairs, counts):
    return encode(_masked(lambda x: x, pairs, _counted(pairs, counts), _column(counts)))


def _to_the_shortest(encode, pairs, counts):
    return encode(pairs[:, : counts.min()]).mean(1, keepdim=True)


def _to_the_longest(encode, pairs, counts):
    return encode(pairs[:, : counts.max()]).mean(1, keepdim=True)


def _from_the_end(encode, pairs, counts):
    return _mean_of_points(encode, pairs.flip(1), counts)


def _filling_alone(encode, pairs, counts):
    return _masked(encode, pairs, 1 - _counted(pairs, counts), _column(counts))


def _mean_count(encode, pairs, counts):
    return _masked(encode, pairs, _counted(pairs, counts), counts.float().mean())


def _found_by_zeros(encode, pairs, counts):
    mask = (pairs != 0).any(-1, keepdim=True).float()
    return _masked(encode, pairs, mask, mask.sum(1, keepdim=True))


def _zeros_left_out(encode, pairs, counts):
    return _masked(encode, pairs, (pairs != 0).any(-1, keepdim=True).float(), _column(counts))


mean_of_points = Function(
    "mean_of_points",
    title="any number of points",
    notebook="09",
    answer=_mean_of_points,
    cases=(
        Case("three tasks of 2, 5 and 3 points", partial(_filled, 0, 5, (2, 5, 3), (1, 2))),
        Case("two tasks of 6 and 1 points", partial(_filled, 1, 6, (6, 1), (0, 3))),
        Case("4 and 3 points in rows of eight", partial(_filled, 2, 8, (4, 3), (0, 0))),
    ),
    mistakes=(
        Mistake(
            "filling counted as points",
            "This is the plain mean over whole rows: the zeros of the filling count as points at "
            "(0, 0), and the shorter a task is, the more of them it has.",
            _filling_counted,
        ),
        Mistake(
            "filling in the sum",
            "You divide by the right numbers, but the filling is still in your sum. A pair of "
            "zeros is no zero once it is encoded: a network has biases. Where in the order of "
            "things must it be left out?",
            _all_in_sum,
        ),
        Mistake(
            "divided by the row's length",
            "Your sum is right. But you divide it by the length of a row, filling included: tasks "
            "of few points then have a small mean.",
            _divided_by_most,
        ),
        Mistake(
            "not divided",
            "This is the sum of the real points, not their mean: it grows with their number, and "
            "the second network has never seen such large vectors.",
            _not_divided_at_all,
        ),
        Mistake(
            "one point too many",
            "The first of the filling is counted as real. Places count from 0: which is the last "
            "real one?",
            partial(_one_off, 1),
        ),
        Mistake(
            "one point too few",
            "The last real point of each task is missing in your sum. Places count from 0: which "
            "is the last real one?",
            partial(_one_off, -1),
        ),
        Mistake(
            "mean before encoding",
            "You take the mean of the pairs, and encode that: all that is left of the points is "
            "their centre. Encode each point first.",
            _mean_first,
        ),
        Mistake(
            "the mean count for all",
            "You divide all tasks by one number, the mean of `counts`. Each task has its own.",
            _mean_count,
        ),
        Mistake(
            "cut to the shortest",
            "You cut all tasks to the length of the shortest. That is a mean of real points, but "
            "most of what the longer tasks know is thrown away.",
            _to_the_shortest,
        ),
        Mistake(
            "cut to the longest",
            "You cut all tasks to the length of the longest. In the shorter ones the filling still "
            "counts as points at (0, 0).",
            _to_the_longest,
        ),
        Mistake(
            "taken from the end",
            "You take as many places as `counts` says, but from the end of each row, where the "
            "filling is. The real points come first.",
            _from_the_end,
        ),
        Mistake(
            "filling for points",
            "You keep the filling and leave the real points out: your comparison is turned round.",
            _filling_alone,
        ),
        Mistake(
            "filling known by its zeros",
            "You take every pair of zeros for filling. But (0, 0) may be a real point, as one case "
            "here has it: `counts` knows, the zeros don't.",
            _found_by_zeros,
        ),
        Mistake(
            "a real zero left out of the sum",
            "You divide by `counts`, but leave every pair of zeros out of the sum. One case here "
            "has a real point at (0, 0), and it is missing.",
            _zeros_left_out,
        ),
    ),
    means="Tasks of any length fit into one batch now, and each has the mean that it would have "
    "alone. Padding and masks in large models are just this.",
    returns="a tensor (tasks, 1, d)",
)
