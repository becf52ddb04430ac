"""Ordinary classification, seen as meta-learning sees it: one big task, the same at each step."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getattr_static
from numbers import Integral
from typing import Protocol

import torch
from torch import Tensor

from course_utils.support.check_input import room_for, shown, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import JUDGED_ON, TaskBatch


class HasPictures(Protocol):
    """A family whose classes have pictures, as many each: `Characters` and `Omniglot` are such."""

    @property
    def pictures(self) -> Tensor:
        """All of them, (classes, pictures, 1, 28, 28), uint8: 255 is ink."""


@dataclass(frozen=True)
class AllClasses:
    """One task that sorts all characters of a family, each with the same label in every batch.

    Its query set is new each time, drawn from all pictures: with `maml.transfer_loss` this is the
    training of an ordinary classifier. Nothing adapts to it: its support set, which a batch must
    have, is the first query picture once more, and is not used. Raises ValueError for a
    family without `pictures`.
    """

    family: HasPictures

    def __post_init__(self) -> None:
        # Statically, since to ask a family for its pictures is to have them drawn.
        missing = getattr_static(self.family, "pictures", None) is None
        if missing or isinstance(self.family, type):
            raise ValueError(
                "family must have pictures of each class, as Characters and Omniglot have, "
                f"got {self.family!r}"
            )

    def sample(
        self,
        n_tasks: int = 1,
        *,
        shots: int = 1,
        queries: int,
        generator: torch.Generator | None = None,
    ) -> TaskBatch:
        """Draw `queries` pictures: query_x (1, queries, 1, 28, 28), query_y (1, queries).

        Raises ValueError for other numbers of tasks or support pictures than 1 (there is only one
        task), or if `queries` is no whole number above 0.
        """
        for name, value in (("n_tasks", n_tasks), ("shots", shots)):
            if not isinstance(value, Integral) or value != 1:
                raise ValueError(f"{name} must be 1, there is one task here, got {shown(value)}")
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        check_generator(generator)
        pictures = self.family.pictures
        room_for(int(queries) * pictures[0, 0].numel(), "a batch", queries=queries)
        labels = torch.randint(len(pictures), (queries,), generator=generator)
        which = torch.randint(pictures.shape[1], (queries,), generator=generator)
        x, y = pictures[labels, which].float()[None] / 255, labels[None]
        return TaskBatch(x[:, :1], y[:, :1], x, y)
