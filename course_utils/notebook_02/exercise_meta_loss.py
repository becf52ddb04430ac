"""The exercise on the meta-loss (02): what is right, and what else learners write."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import learners
from course_utils.exercises import Case, Function, Mistake
from course_utils.learners import Learner, kernel_ridge
from course_utils.tasks import Sinusoids, TaskBatch


def noisy_waves(n_tasks: int, shots: int, queries: int, seed: int) -> TaskBatch:
    generator = torch.Generator().manual_seed(seed)
    return Sinusoids(noise=0.5).sample(n_tasks, shots=shots, queries=queries, generator=generator)


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
