"""Any number of shots: each batch of a family with its own, so that a learner meets them all."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getattr_static

import torch

from course_utils.support.check_input import whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.augmented import HasSample
from course_utils.tasks.batch import ADAPTS_TO, TaskBatch


@dataclass(frozen=True)
class AnyShots:
    """A family whose batches have from `least` to `shots` support points, drawn anew for each.

    Raises ValueError if the family has no `sample`, or `least` is below 1.
    """

    family: HasSample
    least: int = 1

    def __post_init__(self) -> None:
        missing = getattr_static(self.family, "sample", None) is None
        if missing or isinstance(self.family, type):
            raise ValueError(
                f"family must be one that tasks are drawn from, got {self.family!r}: "
                "write AnyShots(Sinusoids())"
            )
        whole_number("least", self.least, least=1, why=ADAPTS_TO)

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """Draw tasks as the family does, all of one batch with the same number of shots.

        Raises ValueError if `shots` is below `least`, and as the family does.
        """
        drawn = self.shots_of_a_batch(shots, generator)
        return self.family.sample(n_tasks, shots=drawn, queries=queries, generator=generator)

    def shots_of_a_batch(self, shots: int, generator: torch.Generator | None = None) -> int:
        """Draw the number of support points that all tasks of a batch will have.

        Raises ValueError if `shots` is below `least`.
        """
        check_generator(generator)
        whole_number("shots", shots, least=self.least, why="it is the largest number to be drawn")
        return int(torch.randint(self.least, int(shots) + 1, (), generator=generator))
