"""The exercise on the mean of the nearest (02): what is right, and what else is written."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake
from course_utils.learners import Learner
from course_utils.notebook_02.exercise_meta_loss import noisy_waves


def _answers(
    choose: Callable[[Tensor, int], Tensor], signed: bool = False, merge: str = "mean"
) -> Callable[[int], Learner]:
    """The learner of k whose points `choose(distance, k)` picks: their places along dim 2."""

    def of_k(k: int) -> Learner:
        def learner(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
            apart = query_x - support_x.mT
            places = choose(apart if signed else apart.abs(), k).expand(*apart.shape[:2], -1)
            y = support_y.mT.expand(apart.shape).gather(2, places)
            merged = getattr(y, merge)(dim=2, keepdim=True)
            return merged if torch.is_tensor(merged) else merged.values

        return learner

    return of_k


def _nearest(distance: Tensor, k: int) -> Tensor:
    return distance.topk(k, dim=2, largest=False).indices


def _sorted_by_hand(k: int) -> Learner:
    """The right answer, point by point."""

    def learner(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
        def one(xs: Tensor, ys: Tensor, at: Tensor) -> float:
            near = sorted(zip(xs, ys, strict=True), key=lambda point: abs(point[0] - at))
            return sum(y for _, y in near[:k]) / k

        tasks = zip(support_x[..., 0], support_y[..., 0], query_x[..., 0], strict=True)
        return torch.tensor([[[one(xs, ys, at)] for at in asked] for xs, ys, asked in tasks])

    return learner


def _the_nearest_alone(k: int) -> Learner:
    return _sorted_by_hand(1)


def _the_kth(distance: Tensor, k: int) -> Tensor:
    return _nearest(distance, k)[..., -1:]


def _nearest_to_the_middle(distance: Tensor, k: int) -> Tensor:
    return _nearest(distance.mean(dim=1, keepdim=True), k)


def _mean_distance(k: int) -> Learner:
    def learner(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
        distance = (query_x - support_x.mT).abs()
        return distance.topk(k, dim=2, largest=False).values.mean(dim=2, keepdim=True)

    return learner


def _case(k: int, *sizes: int, seed: int) -> tuple[int, Tensor, Tensor, Tensor]:
    tasks = noisy_waves(*sizes, seed=seed)
    return k, tasks.support_x, tasks.support_y, tasks.query_x


mean_of_nearest = Function(
    "mean_of_nearest",
    title="the mean of the nearest",
    notebook="02",
    answer=_sorted_by_hand,
    cases=(
        # The points nearest on average are those nearest to the middle of the query set, too.
        Case("k = 1", lambda: _case(1, 2, 5, 3, seed=1)),
        Case("k = 2", lambda: _case(2, 3, 5, 4, seed=2)),
        Case("k = 3, as many query points", lambda: _case(3, 2, 6, 6, seed=3)),
        Case("k = all", lambda: _case(4, 2, 4, 3, seed=4)),
    ),
    mistakes=(
        Mistake(
            "the farthest",
            "Your learner takes the support points that are farthest away. Which end does topk or "
            "sort start from?",
            _answers(lambda distance, k: distance.topk(k, dim=2).indices),
        ),
        Mistake(
            "distances with a sign",
            "Your distances have a sign, so that the least is the most negative: the support "
            "points farthest to the right, wherever the query point is.",
            _answers(_nearest, signed=True),
        ),
        Mistake(
            "the first k",
            "Your learner takes the first k support points, in the order in which they were "
            "drawn. Which are near depends on the query point.",
            _answers(lambda distance, k: torch.arange(k).expand(*distance.shape[:2], k)),
        ),
        Mistake(
            "the nearest alone",
            "Your learner answers with the nearest point, whatever k is.",
            _the_nearest_alone,
        ),
        Mistake(
            "the k-th nearest alone",
            "Your learner answers with one point, the k-th nearest. The mean of all k is asked "
            "for: keep the nearer ones, too.",
            _answers(_the_kth),
        ),
        Mistake(
            "all of them",
            "Your learner answers with the mean of all support points, whatever k is.",
            _answers(lambda distance, k: _nearest(distance, distance.shape[2])),
        ),
        Mistake(
            "distances, not y",
            "You return the mean of the distances. They say which points are nearest; the answer "
            "is the mean of those points' y.",
            _mean_distance,
        ),
        Mistake(
            "x, not y",
            "You return the mean x of the nearest points. The answer is the mean of their y.",
            lambda k: lambda x, y, query_x: _sorted_by_hand(k)(x, x, query_x),
        ),
        Mistake(
            "one more",
            "Your mean takes in one point too many: k + 1 instead of k.",
            _answers(lambda distance, k: _nearest(distance, min(k + 1, distance.shape[2]))),
        ),
        Mistake(
            "the median",
            "Your learner answers with the median of the k nearest y. Their mean is asked for.",
            _answers(_nearest, merge="median"),
        ),
        Mistake(
            "the sum",
            "The y of the nearest points are added up. Their mean is asked for.",
            _answers(_nearest, merge="sum"),
        ),
        Mistake(
            "one neighbourhood for all",
            "All query points of a task get the same neighbours, those nearest to their middle. "
            "Each has its own: a row of distances for every query point.",
            _answers(_nearest_to_the_middle),
        ),
    ),
    means="You have made a family of learners: every k is another F. In what follows the knob is "
    "a number that can be turned smoothly.",
    call=lambda answer, k, *sets: answer(k)(*sets),
    returns="a function that returns predictions of the shape of query_x, (tasks, points, 1)",
)
