"""The exercises of notebook 02: what is right, and what else learners write."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils import learners
from course_utils.exercises import Case, Function, Mistake
from course_utils.learners import Learner, kernel_ridge
from course_utils.notebook_02.two_knobs import noisy_waves, two_knobs
from course_utils.tasks import TaskBatch

__all__ = ["mean_of_nearest", "meta_loss", "two_knobs"]

# Exercise 1: the meta-loss.


def _half_mean(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    return 0.5 * support_y.mean(dim=1, keepdim=True) + 0.1 * query_x


def _task_by_task(learner: Learner, tasks: TaskBatch) -> Tensor:
    losses = [learners.task_losses(learner, tasks[n : n + 1]) for n in range(len(tasks))]
    return torch.cat(losses).mean()


def _errors(learner: Learner, tasks: TaskBatch) -> Tensor:
    return learner(tasks.support_x, tasks.support_y, tasks.query_x) - tasks.query_y


def _fitted_to_queries(learner: Learner, tasks: TaskBatch) -> Tensor:
    x, y = tasks.query_x, tasks.query_y
    return ((learner(x, y, x) - y) ** 2).mean()


def _exchanged(learner: Learner, tasks: TaskBatch) -> Tensor:
    return ((learner(tasks.query_x, tasks.query_y, tasks.support_x) - tasks.support_y) ** 2).mean()


def _all_pairs(learner: Learner, tasks: TaskBatch) -> Tensor:
    predicted = learner(tasks.support_x, tasks.support_y, tasks.query_x)
    return ((predicted - tasks.query_y[..., 0]) ** 2).mean()


def _one_pooled_task(learner: Learner, tasks: TaskBatch) -> Tensor:
    sets = (tasks.support_x, tasks.support_y, tasks.query_x, tasks.query_y)
    *given, y = (points.reshape(1, -1, 1) for points in sets)
    return ((learner(*given) - y) ** 2).mean()


meta_loss = Function(
    "meta_loss",
    title="the meta-loss",
    notebook="02",
    answer=_task_by_task,
    cases=(
        # As many tasks as points, or one task: torch then stretches shapes that do not fit.
        Case("five tasks", lambda: (kernel_ridge(0.1), noisy_waves(5, 7, 5, seed=0))),
        Case("six tasks", lambda: (kernel_ridge(0.02), noisy_waves(6, 10, 6, seed=1))),
        Case(
            "a learner that is no kernel ridge", lambda: (_half_mean, noisy_waves(4, 3, 4, seed=2))
        ),
        Case("three tasks", lambda: (kernel_ridge(0.5), noisy_waves(3, 5, 3, seed=3))),
        Case("one task", lambda: (kernel_ridge(1.0), noisy_waves(1, 6, 4, seed=4))),
        Case("one task, seven query points", lambda: (_half_mean, noisy_waves(1, 2, 7, seed=5))),
    ),
    mistakes=(
        Mistake(
            "support loss",
            "You asked the learner at the support points and compared with the support y. That "
            "says how well it remembers. Where do the formula's points come from?",
            lambda learner, tasks: learners.task_losses(learner, tasks, on="support").mean(),
        ),
        Mistake(
            "support and query exchanged",
            "The two sets are exchanged: the learner was given the query set and judged on the "
            "support set.",
            _exchanged,
        ),
        Mistake(
            "fitted to the query set",
            "The learner was given the query set to learn from, and then asked about it. It saw "
            "the answers on which it is judged. What may go into F?",
            _fitted_to_queries,
        ),
        Mistake(
            "summed over the tasks",
            "Your loss grows with the number of tasks. The formula adds over them; here the mean "
            "is asked for, so that batches of different sizes can be compared.",
            lambda learner, tasks: (_errors(learner, tasks) ** 2).mean(dim=(1, 2)).sum(),
        ),
        Mistake(
            "summed over tasks and points",
            "You added up all squared errors. The mean over tasks and points is asked for.",
            lambda learner, tasks: (_errors(learner, tasks) ** 2).sum(),
        ),
        Mistake(
            "summed over the points",
            "Your loss grows with the number of query points: they are added up, and the mean is "
            "taken over the tasks alone.",
            lambda learner, tasks: (_errors(learner, tasks) ** 2).sum(dim=1).mean(),
        ),
        Mistake(
            "absolute errors",
            "You took the mean of the absolute errors. The meta-loss has the squared ones.",
            lambda learner, tasks: _errors(learner, tasks).abs().mean(),
        ),
        Mistake(
            "the root",
            "You took the root at the end. The meta-loss is the mean squared error itself.",
            lambda learner, tasks: (_errors(learner, tasks) ** 2).mean().sqrt(),
        ),
        Mistake(
            "the root of each task",
            "You took the root of each task's loss before the mean. The meta-loss is the mean of "
            "the squared errors themselves.",
            lambda learner, tasks: learners.task_losses(learner, tasks).sqrt().mean(),
        ),
        Mistake(
            "mean before the square",
            "You squared the mean of the errors. Errors above and below the curve cancel then: "
            "square each of them first.",
            lambda learner, tasks: _errors(learner, tasks).mean() ** 2,
        ),
        Mistake(
            "every point against every other",
            "Predictions were compared with the y of other points or tasks. Print the shape of the "
            "difference: (tasks, points, 1) and (tasks, points) stretch each other.",
            _all_pairs,
        ),
        Mistake(
            "one pooled task",
            "The learner was given the support points of all tasks at once, as one large task. "
            "Each task has a function of its own: leave the task dimension as it is.",
            _one_pooled_task,
        ),
        Mistake(
            "the first task only",
            "This is the loss of the first task. The mean over all of them is asked for.",
            lambda learner, tasks: learners.meta_loss(learner, tasks[:1]),
        ),
    ),
    means="One number judges any learner, whatever is inside it. All that this course trains is "
    "trained to make this number small.",
    returns="one number, the mean over all tasks and query points",
)


# Exercise 2: the mean of the nearest.


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
