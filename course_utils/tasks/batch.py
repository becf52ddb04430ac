"""A batch of tasks: what travels between families of tasks, the core and the figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from course_utils.support.check_input import shown
from course_utils.support.check_tensors import inputs, kind, outputs

ADAPTS_TO = "a task needs a support example to adapt to"
JUDGED_ON = "a task needs a query example to be judged on"
AT_LEAST_ONE = "a batch needs a task"
SETS = ("support_x", "support_y", "query_x", "query_y")


@dataclass(frozen=True)
class TaskBatch:
    """A batch of tasks, each with its support and query set.

    Parameters
    ----------
    support_x, support_y, query_x, query_y
        Tensors (tasks, points, *features), or y of class labels: whole numbers (tasks, points). All
        four share the number of tasks, x and y of one set the number of points, both sets the type
        of number and the device.
    facts
        What the tasks were drawn from, by name (amplitude, phase, ...), each with a leading task
        dimension. For figures and tests: no network ever sees them.

    Raises
    ------
    ValueError
        If shapes do not fit together or a value is not finite.
    """

    support_x: Tensor
    support_y: Tensor
    query_x: Tensor
    query_y: Tensor
    facts: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {name: getattr(self, name) for name in SETS}
        for name, tensor in named.items():
            (inputs if name[-1] == "x" else outputs)(name, tensor)
            if not tensor.numel():
                raise ValueError(
                    f"{name} has the shape {tuple(tensor.shape)}: a batch needs a task at least, "
                    "and each of its tasks a point"
                )
            if not _is_finite(tensor):
                raise ValueError(f"{name} has values that are NaN or infinite: all must be finite")
        self._sets_fit_together(*named.values())
        self._facts_fit()

    def _sets_fit_together(self, *sets: Tensor) -> None:
        support_x, support_y, query_x, query_y = sets
        if len({tensor.shape[0] for tensor in sets}) > 1:
            for name, tensor in zip(SETS, sets, strict=True):
                self._has_all_tasks(name, tensor)
        for which, x, y in (("support", support_x, support_y), ("query", query_x, query_y)):
            if x.shape[1] != y.shape[1]:
                raise ValueError(
                    f"{which}_y has {y.shape[1]} points a task, {which}_x has {x.shape[1]}: "
                    "each x needs its y"
                )
        for which, support, query in (("x", support_x, query_x), ("y", support_y, query_y)):
            if support.dtype is not query.dtype or support.device != query.device:
                raise ValueError(
                    f"query_{which} is {query.dtype} on {query.device}, support_{which} "
                    f"{support.dtype} on {support.device}: both must be the same"
                )

    def _facts_fit(self) -> None:
        if type(self.facts) is not dict and not isinstance(self.facts, Mapping):
            raise ValueError(f"facts must be a dict of tensors by name, got {shown(self.facts)}")
        for name, fact in self.facts.items():
            if not isinstance(fact, Tensor):
                raise ValueError(
                    f"facts[{name!r}] must be a tensor (tasks, ...), one value a task, "
                    f"got {shown(fact)}"
                )
            self._has_all_tasks(name, fact)

    def _has_all_tasks(self, name: str, tensor: Tensor) -> None:
        if not tensor.ndim or tensor.shape[0] != self.support_x.shape[0]:
            raise ValueError(
                f"{name} has the shape {tuple(tensor.shape)}, support_x has "
                f"{len(self.support_x)} tasks: every tensor of a batch needs the same leading "
                "task dimension"
            )

    def __len__(self) -> int:
        """The number of tasks."""
        return len(self.support_x)

    def __getitem__(self, which: slice) -> TaskBatch:
        """The batch of some of the tasks, facts included."""
        if not isinstance(which, slice):
            raise ValueError(
                f"a batch takes a slice, got {shown(which)}: for one task write batch[i:i+1]"
            )
        return TaskBatch(
            self.support_x[which],
            self.support_y[which],
            self.query_x[which],
            self.query_y[which],
            facts={name: fact[which] for name, fact in self.facts.items()},
        )

    def to(self, device: torch.device | str) -> TaskBatch:
        """The same batch on a device, facts included; itself if it is there."""
        if self.support_x.device == (device := torch.device(device)):
            return self
        sets = (getattr(self, name).to(device) for name in SETS)
        return TaskBatch(*sets, facts={name: fact.to(device) for name, fact in self.facts.items()})


def joined(batches: Sequence[TaskBatch]) -> TaskBatch:
    """The tasks of several batches as one batch, in their order.

    Raises ValueError if there is none, or their tasks have not the same shapes and facts.
    """
    shapes = {tuple(getattr(batch, name).shape[1:] for name in SETS) for batch in batches}
    if len(shapes) != 1 or len({frozenset(batch.facts) for batch in batches}) != 1:
        raise ValueError(
            f"batches must have tasks of the same shapes and facts, got {len(shapes)} shapes: "
            "does the family draw a number of points for each batch?"
        )
    sets = (torch.cat([getattr(batch, name) for batch in batches]) for name in SETS)
    facts = {name: torch.cat([b.facts[name] for b in batches]) for name in batches[0].facts}
    return TaskBatch(*sets, facts=facts)


def whole_batch(name: str, batch: TaskBatch) -> TaskBatch:
    """Return the batch, called `name`, if it is one; else raise ValueError."""
    if not isinstance(batch, TaskBatch):
        raise ValueError(f"{name} must be a TaskBatch, got {kind(batch)}")
    return batch


def _is_finite(tensor: Tensor) -> bool:
    # The sum is many times as quick to look at; it is not finite if one of its terms is not.
    return math.isfinite(tensor.sum().item()) or bool(torch.isfinite(tensor).all())
