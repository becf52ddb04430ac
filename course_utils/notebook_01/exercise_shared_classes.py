"""The exercise on shared classes (01): what is right, and what else learners write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch

from course_utils.exercises import Case, Function, Mistake
from course_utils.tasks import Digits, TaskBatch


def _digits_of(batch: TaskBatch) -> set[int]:
    return {int(digit) for task in batch.facts["digit"] for digit in task}


def _sets(combine: Callable[[set, set], Any], of: Callable[[TaskBatch], set] = _digits_of) -> Any:
    return lambda train, test: combine(of(train), of(test))


def _same_place(train: TaskBatch, test: TaskBatch) -> set[int]:
    """In the same task and under the same label."""
    a, b = (batch.facts["digit"] for batch in (train, test))
    both = min(len(a), len(b)), min(a.shape[1], b.shape[1])
    a, b = (digits[: both[0], : both[1]] for digits in (a, b))
    return set(a[a == b].tolist())


def _task_by_task(train: TaskBatch, test: TaskBatch) -> set[int]:
    pairs = zip(train.facts["digit"].tolist(), test.facts["digit"].tolist(), strict=False)
    return {digit for mine, other in pairs for digit in set(mine) & set(other)}


def _two_batches(
    train: Sequence[int], test: Sequence[int], n_tasks: tuple[int, int], seed: int
) -> tuple[TaskBatch, TaskBatch]:
    generator = torch.Generator().manual_seed(seed)
    sizes = {"ways": 3, "shots": 1, "queries": 1, "generator": generator}
    return tuple(
        Digits(digits).sample(n, **sizes) for digits, n in zip((train, test), n_tasks, strict=True)
    )


shared_classes = Function(
    "shared_classes",
    title="the shared classes",
    notebook="01",
    answer=_sets(set.intersection),
    cases=(
        Case(
            "digits 0 to 5 and 5 to 9",
            partial(_two_batches, range(6), range(5, 10), (20, 20), seed=0),
        ),
        Case(
            "digits 0 to 5 and 6 to 9",
            partial(_two_batches, range(6), range(6, 10), (20, 20), seed=1),
        ),
        Case(
            "all digits, few tasks",
            partial(_two_batches, range(10), range(10), (3, 4), seed=3),
        ),
        Case("one task each", partial(_two_batches, range(10), range(10), (1, 1), seed=3)),
    ),
    mistakes=(
        Mistake(
            "labels compared",
            "You compare the labels. They are 0, 1 and 2 in every task, and say nothing about "
            "which digits these are: the facts do.",
            _sets(set.intersection, lambda batch: set(batch.support_y.flatten().tolist())),
        ),
        Mistake(
            "tensors in sets",
            "Your set is always empty. Are its elements tensors? No two tensors are the same "
            "element of a set, even where their numbers are equal: make them plain numbers first.",
            _sets(set.intersection, lambda batch: set(batch.facts["digit"].flatten())),
        ),
        Mistake(
            "in one of both",
            "You return the digits of both batches together. Those that are in *both* were asked "
            "for.",
            _sets(set.union),
        ),
        Mistake(
            "what is not shared",
            "You return the digits of `train` that `test` has not. Those that it has are the leak.",
            _sets(set.difference),
        ),
        Mistake(
            "what test has alone",
            "You return the digits of `test` that `train` has not. Those that both have are the "
            "leak.",
            _sets(lambda train, test: test - train),
        ),
        Mistake(
            "in one only",
            "You return the digits that only one of the two batches has. Those that *both* have "
            "were asked for.",
            _sets(set.symmetric_difference),
        ),
        Mistake(
            "or for &",
            "You return all digits of `train`. Between two sets `or` gives the first one that has "
            "elements; what both have is `&`.",
            _sets(lambda train, test: train or test),
        ),
        Mistake(
            "and for &",
            "You return all digits of `test`. Between two sets `and` gives the second one; what "
            "both have is `&`.",
            _sets(lambda train, test: train and test),
        ),
        Mistake(
            "the first tasks only",
            "You look at the first task of each batch only. A digit may be in any task of `train` "
            "and in any of `test`.",
            lambda train, test: _digits_of(train[:1]) & _digits_of(test[:1]),
        ),
        Mistake(
            "task by task",
            "You compare the first task of one batch with the first of the other, the second with "
            "the second, and so on. A digit may be in one's first task and in the other's last.",
            _task_by_task,
        ),
        Mistake(
            "under the same label only",
            "A digit counts for you only where both batches have it at the same place, in the "
            "same task and under the same label. It may be at any place.",
            _same_place,
        ),
        Mistake(
            "how many",
            "That is how many digits are shared. Which ones are they?",
            _sets(lambda train, test: len(train & test)),
        ),
    ),
    means="An empty set is what you want to see before you call tasks unseen. Here it would have "
    "shown the leak in the memory of all ten digits.",
    returns="a set of whole numbers, say {3, 5}",
)
