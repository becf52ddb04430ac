"""Tasks of your own: arrays or a file of numbers, one task a name, of any number of points."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from course_utils.support.check_input import expanded_path, room_for, shown, some_of, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import ADAPTS_TO, AT_LEAST_ONE, JUDGED_ON, TaskBatch

TASKS = "tasks of the family"


@dataclass(frozen=True, eq=False)
class Own:
    """A family of named tasks that you bring, with values to be predicted.

    Parameters
    ----------
    tasks
        {name: (x, y)}, with x (points, features) and y (points, outputs), or (points,) where there
        is only one. Lists, NumPy arrays and tensors of any type of number become float32. Tasks may
        have different numbers of points.

    Raises
    ------
    ValueError
        If there is no task, shapes do not fit together, or a value is no number, NaN or infinite:
        it names the task, and the point.
    """

    tasks: Mapping[str, tuple[Any, Any]]

    def __post_init__(self) -> None:
        if not isinstance(self.tasks, Mapping) or not self.tasks:
            raise ValueError(
                "tasks must be a dict {name: (x, y)} of one task at least, got "
                f"{shown(self.tasks)}"
            )
        found = {str(name): _task(str(name), pair) for name, pair in self.tasks.items()}
        if len(found) < len(self.tasks):
            raise ValueError(
                "tasks must have names that differ as text, and two of these do not: "
                f"{shown(list(self.tasks))}"
            )
        first, *others = found
        for which, what in enumerate(("features", "outputs")):
            for name in others:
                wanted, got = (found[one][which].shape[1] for one in (first, name))
                if got != wanted:
                    raise ValueError(
                        f"tasks[{name!r}] has {got} {what} a point, tasks[{first!r}] has {wanted}: "
                        "all tasks need the same"
                    )
        object.__setattr__(self, "tasks", found)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tasks; the fact `task` of a batch counts in them."""
        return tuple(self.tasks)

    def sample(
        self,
        n_tasks: int,
        *,
        shots: int,
        queries: int,
        generator: torch.Generator | None = None,
    ) -> TaskBatch:
        """Draw tasks: x (n_tasks, points, features), y (n_tasks, points, outputs).

        A task may come more than once in a batch, each time with other points of its own: `shots`
        in the support, `queries` in the query set, none in both. Raises ValueError for impossible
        numbers, or names a task that has too few points.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
        room_for(int(n_tasks), "a batch", n_tasks=n_tasks)
        check_generator(generator)
        which = torch.randint(len(self.tasks), (n_tasks,), generator=generator)
        return self._drawn(which.tolist(), shots, queries, generator)

    def each(
        self,
        times: int = 1,
        *,
        shots: int,
        queries: int,
        generator: torch.Generator | None = None,
    ) -> TaskBatch:
        """Every task `times` times, with other points each time: to judge on. As `sample` else.

        Draws of one task are no independent tasks: `by_task` takes their mean.
        """
        whole_number("times", times, least=1, why="each task is to be judged")
        check_generator(generator)
        return self._drawn([*range(len(self.tasks))] * times, shots, queries, generator)

    def by_task(self, errors: Tensor) -> Tensor:
        """One error a task, (tasks,): the mean over the draws that `each` made, (times·tasks,)."""
        vector = isinstance(errors, Tensor) and errors.ndim == 1 and len(errors)
        if not vector or len(errors) % len(self.tasks):
            got = tuple(errors.shape) if isinstance(errors, Tensor) else shown(errors)
            raise ValueError(
                f"errors must be one number for each task of `each`, a multiple of "
                f"{len(self.tasks)}, got {got}"
            )
        return errors.reshape(-1, len(self.tasks)).mean(0)

    def split(self, unseen: Sequence[str]) -> tuple[Own, Own]:
        """The family without the tasks of these names, and the family of these alone.

        Raises ValueError if a name is unknown or given twice, or no task is left to learn from.
        """
        chosen = some_of("unseen", unseen, self.names, what=TASKS)
        if len(chosen) == len(self.tasks):
            raise ValueError("unseen must leave a task to learn from, got all of them")
        seen = {name: pair for name, pair in self.tasks.items() if name not in chosen}
        return Own(seen), Own({name: self.tasks[name] for name in chosen})

    def scales(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Mean and standard deviation of x, (features,), and of y, (outputs,), over all points."""
        columns = (torch.cat(part) for part in zip(*self.tasks.values(), strict=True))
        x, y = ((part.mean(0), _spread(part)) for part in columns)
        return x, y

    def scaled_by(self, other: Own) -> Own:
        """The tasks in units in which `other`, the seen tasks, has mean 0 and deviation 1.

        Raises ValueError if `other` is no such family, or has other features or outputs.
        """
        if not isinstance(other, Own):
            raise ValueError(f"other must be a family of tasks, Own(...), got {shown(other)}")
        ours, theirs = (
            tuple(part.shape[1] for part in next(iter(own.tasks.values()))) for own in (self, other)
        )
        if ours != theirs:
            raise ValueError(
                f"other must have {ours[0]} features and {ours[1]} outputs, as these tasks have, "
                f"got {theirs[0]} and {theirs[1]}"
            )
        (x_mean, x_unit), (y_mean, y_unit) = other.scales()
        return Own(
            {
                name: ((x - x_mean) / x_unit, (y - y_mean) / y_unit)
                for name, (x, y) in self.tasks.items()
            }
        )

    def _drawn(
        self, which: list[int], shots: int, queries: int, generator: torch.Generator | None
    ) -> TaskBatch:
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        for name, (x, _) in self.tasks.items():
            if len(x) < shots + queries:
                raise ValueError(
                    f"shots + queries must be at most {len(x)}, the points of the task {name!r}, "
                    f"got {shots} + {queries}: take fewer, or leave that task out"
                )
        pairs, drawn = list(self.tasks.values()), []
        width = sum(part.shape[1] for part in pairs[0])
        numbers = len(which) * (int(shots) + int(queries)) * width
        room_for(numbers, "a batch", n_tasks=len(which), shots=shots, queries=queries)
        for place in which:
            x, y = pairs[place]
            order = torch.randperm(len(x), generator=generator)[: shots + queries]
            drawn.append((x[order], y[order]))
        x, y = (torch.stack(part) for part in zip(*drawn, strict=True))
        sets = x[:, :shots], y[:, :shots], x[:, shots:], y[:, shots:]
        return TaskBatch(*sets, facts={"task": torch.tensor(which)})


def own_tasks(
    path: str | os.PathLike[str], *, task: str, x: Sequence[str], y: Sequence[str]
) -> Own:
    """The tasks of a CSV file with a line of column names: a point a line.

    `task` names the column that says which task a line belongs to; x and y name columns of numbers.
    Raises ValueError if the file cannot be read, a column is missing, or a value is no number: it
    names the line.
    """
    path, wanted = expanded_path("path", path), {"x": x, "y": y}
    for name, columns in wanted.items():
        if isinstance(columns, str) or not isinstance(columns, Sequence) or not columns:
            raise ValueError(
                f'{name} must be a list of columns, say ["hour"], got {shown(columns)}'
            )
    every = [task, *x, *y]
    if twice := [column for column in every if every.count(column) > 1]:
        raise ValueError(
            f"task, x and y must name different columns, got {twice[0]!r} twice: what is to be "
            "predicted is no input"
        )
    rows: dict[str, tuple[list, list]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _has_columns(path.name, reader.fieldnames or [], every)
            for row in reader:
                pair = rows.setdefault(_name(row, task, reader.line_num), ([], []))
                for columns, points in zip((x, y), pair, strict=True):
                    points.append([_value(row, column, reader.line_num) for column in columns])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"path must be a CSV file in UTF-8, got {path.name!r}: {error}") from None
    if not rows:
        raise ValueError(f"path must be a file with a line of numbers at least, got {path.name!r}")
    return Own(rows)


def _has_columns(file: str, found: Sequence[str], wanted: Sequence[str]) -> None:
    for column in wanted:
        if column not in found:
            raise ValueError(f"{file} has no column {column!r}: there are {', '.join(found)}")
        if list(found).count(column) > 1:
            raise ValueError(f"{file} has two columns {column!r}: rename one")


def _name(row: Mapping[str, str | None], task: str, line: int) -> str:
    """Of the task that a line belongs to, without blanks around it."""
    if None in row:  # where the reader puts what is left over
        raise ValueError(
            f"line {line} must have a cell for each column, got more: a number is written 1.5 with "
            "a point, text with a comma in quotes"
        )
    name = (row[task] or "").strip()
    if not name:
        raise ValueError(f"line {line}, column {task!r} must name a task, got an empty cell")
    return name


def _value(row: Mapping[str, str | None], column: str, line: int) -> float:
    text = (row[column] or "").strip()
    try:
        return float(text)
    except ValueError:
        raise ValueError(
            f"line {line}, column {column!r} must hold a number, got {text!r}: leave out lines "
            "where it is missing, write 1.5 with a point"
        ) from None


def _task(name: str, pair: Any) -> tuple[Tensor, Tensor]:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
        raise ValueError(f"tasks[{name!r}] must be a pair (x, y), got {shown(pair)}")
    x, y = (
        _points(f"{which} of tasks[{name!r}]", part) for which, part in zip("xy", pair, strict=True)
    )
    if len(x) != len(y):
        raise ValueError(
            f"tasks[{name!r}] has {len(x)} points in x, {len(y)} in y: each x needs its y"
        )
    return x, y


def _points(what: str, values: Any) -> Tensor:
    """Values as (points, features) float32."""
    try:
        found = torch.as_tensor(values).detach()
        found = found.to("cpu", torch.float32) if not found.is_complex() else None
    except (TypeError, ValueError, RuntimeError):  # text, rows of unequal length, objects
        found = None
    if found is None:
        raise ValueError(f"{what} must be numbers, (points, features), got {shown(values)}")
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or not found.numel():
        raise ValueError(
            f"{what} must be (points, features), a point at least, got {tuple(found.shape)}"
        )
    bad = (~torch.isfinite(found)).any(1).nonzero()
    if len(bad):
        place = bad[0].item()
        raise ValueError(
            f"{what} must be finite, got {found[place].tolist()} at point {place}: NaN marks what "
            "is missing; leave such points out"
        )
    return found


def _spread(part: Tensor) -> Tensor:
    deviation = part.std(0, correction=0)
    return torch.where(deviation > 0, deviation, torch.ones_like(deviation))
