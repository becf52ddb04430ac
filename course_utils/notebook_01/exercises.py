"""The exercises of notebook 01: what is right, and what else learners write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake, Sampler
from course_utils.notebook_01.drawn_waves import SIGNS
from course_utils.tasks import Digits, Sinusoids, TaskBatch

# Exercise 1: many waves.


def _wave_by_wave(n_tasks: int, shots: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A loop over the tasks, as the notebook draws one."""
    tasks = [
        Sinusoids().sample(1, shots=shots, queries=1, generator=generator) for _ in range(n_tasks)
    ]
    return torch.cat([t.support_x for t in tasks]), torch.cat([t.support_y for t in tasks])


def _draws(n_tasks: int, shots: int, seed: int) -> tuple[int, int, torch.Generator]:
    return n_tasks, shots, torch.Generator().manual_seed(seed)


sample_waves = Sampler(
    "sample_waves",
    title="sample many waves",
    notebook="01",
    answer=_wave_by_wave,
    cases=(
        Case("a thousand waves, six points each", partial(_draws, 1000, 6, 0)),
        Case("the same, with the same seed", partial(_draws, 1000, 6, 0)),
        Case("the same, with another seed", partial(_draws, 1000, 6, 1)),
        Case("three waves, one point each", partial(_draws, 3, 1, 2)),
    ),
    signs=SIGNS,
    means="Every task has its own wave, every point lies on the wave of its task, and the same "
    "seed draws the same tasks. Batches like this one are what all later notebooks learn from.",
)


# Exercise 2: count the leaks.

Sets = tuple[Tensor, Tensor]


def _rows(batch: TaskBatch) -> Sets:
    """Query and support examples, each as one row of numbers: (tasks, examples, numbers)."""
    return batch.query_x.flatten(2), batch.support_x.flatten(2)


def _same(batch: TaskBatch) -> Tensor:
    """Which query example is which support example: (tasks, queries, support)."""
    query, support = _rows(batch)
    return (query[:, :, None] == support[:, None]).all(dim=-1)


def _one_by_one(batch: TaskBatch) -> Tensor:
    tasks = zip(batch.query_x, batch.support_x, strict=True)
    return torch.tensor([sum(_is_in(one, support) for one in query) for query, support in tasks])


def _is_in(example: Tensor, examples: Tensor) -> bool:
    return any(torch.equal(example, other) for other in examples)


def _any_number(batch: TaskBatch) -> Tensor:
    query, support = _rows(batch)
    alike = (query[:, :, None] == support[:, None]).any(dim=-1)
    return alike.any(dim=-1).sum(dim=-1)


def _across_tasks(batch: TaskBatch) -> Tensor:
    everywhere = batch.support_x.flatten(0, 1)
    return torch.tensor([sum(_is_in(one, everywhere) for one in query) for query in batch.query_x])


def _at_the_same_place(batch: TaskBatch) -> Tensor:
    query, support = _rows(batch)
    both = min(query.shape[1], support.shape[1])
    return (query[:, :both] == support[:, :both]).all(dim=-1).sum(dim=-1)


def _by_y(batch: TaskBatch) -> Tensor:
    query, support = batch.query_y.flatten(1), batch.support_y.flatten(1)
    return (query[:, :, None] == support[:, None]).any(dim=-1).sum(dim=-1)


def _leaky(batch: TaskBatch, *leaks: tuple[int, int, int]) -> TaskBatch:
    """A batch in which `query` of `task` is its `support` example: (task, query, support) each."""
    x, y = batch.query_x.clone(), batch.query_y.clone()
    for task, query, support in leaks:
        x[task, query], y[task, query] = (
            batch.support_x[task, support],
            batch.support_y[task, support],
        )
    return TaskBatch(batch.support_x, batch.support_y, x, y)


def _waves(*leaks: tuple[int, int, int]) -> tuple[TaskBatch]:
    generator = torch.Generator().manual_seed(3)
    return (_leaky(Sinusoids().sample(4, shots=5, queries=7, generator=generator), *leaks),)


def _digits(*leaks: tuple[int, int, int]) -> tuple[TaskBatch]:
    generator = torch.Generator().manual_seed(4)
    batch = Digits().sample(3, ways=3, shots=2, queries=2, generator=generator)
    return (_leaky(batch, *leaks),)


def _twice() -> tuple[TaskBatch]:
    """In task 0 a support point is there twice, in task 1 a query point; 2 lends to 0 and 3."""
    (batch,) = _waves((0, 4, 2), (1, 0, 3), (1, 5, 3))
    support_x, support_y = batch.support_x.clone(), batch.support_y.clone()
    query_x, query_y = batch.query_x.clone(), batch.query_y.clone()
    support_x[0, 0], support_y[0, 0] = support_x[0, 2], support_y[0, 2]
    for task, query in ((0, 6), (3, 1), (3, 2)):
        query_x[task, query], query_y[task, query] = support_x[2, 1], support_y[2, 1]
    query_y[3, 0] = support_y[3, 4]  # the same height at another x
    return (TaskBatch(support_x, support_y, query_x, query_y),)


count_leaks = Function(
    "count_leaks",
    title="count the leaks",
    notebook="01",
    answer=_one_by_one,
    cases=(
        Case("waves without a leak", _waves),
        Case("waves, three leaks", partial(_waves, (0, 1, 1), (2, 6, 0), (2, 3, 4))),
        Case("digits, three leaks", partial(_digits, (0, 0, 0), (2, 5, 4), (2, 4, 5))),
        Case("waves, some of them twice in a set", _twice),
    ),
    mistakes=(
        Mistake(
            "one number is enough",
            "Two examples count as the same as soon as one of their numbers is. Pictures share "
            "many pixels, blank ones above all: all 64 must be the same.",
            _any_number,
        ),
        Mistake(
            "support examples counted",
            "You count the support examples that are in the query set. Where an example is twice "
            "in one of the sets, that is another number. Over which dimension comes `any`?",
            lambda batch: _same(batch).any(dim=1).sum(dim=-1),
        ),
        Mistake(
            "pairs counted",
            "You count pairs. A query example that equals two support examples has leaked once.",
            lambda batch: _same(batch).sum(dim=(1, 2)),
        ),
        Mistake(
            "the total",
            "That is the number of leaks in all tasks together. One number for each task was "
            "asked for: a batch with a single bad task is then found.",
            lambda batch: _one_by_one(batch).sum(),
        ),
        Mistake(
            "across tasks",
            "You look for a query example in the support sets of all tasks. In another task's "
            "support set it is no leak: this task's learner does not see it there.",
            _across_tasks,
        ),
        Mistake(
            "at the same place only",
            "You compare the first query example with the first support example, the second with "
            "the second, and so on. A leak may lie at any place of the support set.",
            _at_the_same_place,
        ),
        Mistake(
            "y compared",
            "You compare the y. Query pictures have the labels of the support pictures in every "
            "task, as they should: an example is known by its x.",
            _by_y,
        ),
        Mistake(
            "whether, not how many",
            "You say whether a task has a leak. How many of its query examples have leaked?",
            lambda batch: _same(batch).any(dim=2).any(dim=1).long(),
        ),
    ),
    means="A batch that this function finds nothing in is safe from the first leak: no query "
    "example was there to learn from. Keep it for data of your own.",
    returns="a tensor of shape (tasks,), a whole number for each task",
)


# Exercise 3: the shared classes.


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
            partial(_two_batches, range(10), range(10), (3, 4), seed=24),
        ),
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
            "No two tensors are the same element of a set, even where their numbers are equal: so "
            "nothing is ever shared. Make them plain numbers first.",
            lambda train, test: (
                set(train.facts["digit"].flatten()) & set(test.facts["digit"].flatten())
            ),
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
            "in one of both only",
            "You return the digits that are in one batch and not in the other. The leak is the "
            "rest.",
            _sets(set.symmetric_difference),
        ),
        Mistake(
            "task by task",
            "You compare the first task of one batch with the first of the other, the second with "
            "the second, and so on. A digit may be in any task of `train` and in any of `test`.",
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
