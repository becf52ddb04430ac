"""The exercise of counting leaks: what is right, and what else learners write (notebook 01)."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake
from course_utils.tasks import Digits, Sinusoids, TaskBatch

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


def _by_sums(batch: TaskBatch) -> Tensor:
    query, support = (rows.sum(dim=-1) for rows in _rows(batch))
    return (query[:, :, None] == support[:, None]).any(dim=-1).sum(dim=-1)


def _number_by_number(batch: TaskBatch) -> Tensor:
    """As `torch.isin` compares: each number of an example with all numbers of the support set."""
    tasks = zip(*_rows(batch), strict=True)
    return torch.stack([torch.isin(query, support).all(-1).sum() for query, support in tasks])


def _numbers_in_all_tasks(batch: TaskBatch) -> Tensor:
    return torch.isin(*_rows(batch)).all(dim=-1).sum(dim=-1)


def _across_tasks(batch: TaskBatch) -> Tensor:
    everywhere = batch.support_x.flatten(0, 1)
    return torch.tensor([sum(_is_in(one, everywhere) for one in query) for query in batch.query_x])


def _merely_near(batch: TaskBatch) -> Tensor:
    return (torch.cdist(*_rows(batch)) < 1e-2).any(dim=-1).sum(dim=-1)


def _at_the_same_place(batch: TaskBatch) -> Tensor:
    query, support = _rows(batch)
    both = min(query.shape[1], support.shape[1])
    return (query[:, :both] == support[:, :both]).all(dim=-1).sum(dim=-1)


def _each_once(batch: TaskBatch) -> Tensor:
    def rows(examples: Tensor) -> set[tuple[float, ...]]:
        return {tuple(one.flatten().tolist()) for one in examples}

    tasks = zip(batch.query_x, batch.support_x, strict=True)
    return torch.tensor([len(rows(query) & rows(support)) for query, support in tasks])


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
    batch = _leaky(batch, *leaks)
    batch.query_x[1, 0] *= 0.97  # a darker picture: of its numbers others have the 0 alone
    batch.query_x[1, 1] = batch.support_x[1, 1].flip(-1)  # mirrored: it has the same sum
    return (batch,)


def _twice() -> tuple[TaskBatch]:
    """In task 0 a support point is there twice, in task 1 a query point; 2 lends to 0 and 3."""
    (batch,) = _waves((0, 4, 2), (1, 0, 3), (1, 5, 3))
    support_x, support_y = batch.support_x.clone(), batch.support_y.clone()
    query_x, query_y = batch.query_x.clone(), batch.query_y.clone()
    support_x[0, 0], support_y[0, 0] = support_x[0, 2], support_y[0, 2]
    for task, query in ((0, 6), (3, 1), (3, 2)):
        query_x[task, query], query_y[task, query] = support_x[2, 1], support_y[2, 1]
    query_y[3, 0] = support_y[3, 4]  # the same height at another x
    query_x[2, 5] = support_x[2, 3] + 2e-3  # a neighbour, and no leak
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
            "sums compared",
            "You compare one number of each example, its sum or its mean. Different pictures may "
            "have the same: compare number with number, each at its place.",
            _by_sums,
        ),
        Mistake(
            "number by number",
            "You ask of each number of a query example whether it is anywhere in its support set. "
            "A picture's numbers are all there, each in some other picture. Two examples are the "
            "same if their numbers are, each at its place.",
            _number_by_number,
        ),
        Mistake(
            "number by number, in all tasks",
            "You ask of each number of a query example whether it is anywhere in the support sets "
            "of all tasks, as `torch.isin` does. Compare whole examples, each at its place, and "
            "only those of the same task.",
            _numbers_in_all_tasks,
        ),
        Mistake(
            "merely near",
            "Examples that are only near to each other count as the same for you. Two points of a "
            "wave may lie close together, and no answer has leaked.",
            _merely_near,
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
            "all for any",
            "A query example counts for you only where it equals *all* support examples of its "
            "task. One that it equals is enough.",
            lambda batch: _same(batch).all(dim=2).sum(dim=-1),
        ),
        Mistake(
            "each once",
            "You count every example once, also where it is in the query set twice. A leaked "
            "example that is asked for twice spoils the measurement twice.",
            _each_once,
        ),
        Mistake(
            "the share",
            "You return the share of the query examples that have leaked. Their number was asked "
            "for.",
            lambda batch: _same(batch).any(dim=2).double().mean(dim=1),
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
