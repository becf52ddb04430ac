"""Linear regression as tasks: y = w·x, with other weights w in each task."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from course_utils.support.check_input import room_for, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import ADAPTS_TO, AT_LEAST_ONE, JUDGED_ON, TaskBatch


@dataclass(frozen=True)
class LinearTasks:
    """The family y = w·x without noise: x and w have `inputs` entries, all drawn from N(0, 1).

    That of Garg et al. 2022, section 2, and von Oswald et al. 2023, section 3 (who draw x evenly).
    Raises ValueError if `inputs` is below 1.
    """

    inputs: int = 5

    def __post_init__(self) -> None:
        whole_number("inputs", self.inputs, least=1, why="x needs an entry")

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """Draw tasks: support_x (n_tasks, shots, inputs), support_y (n_tasks, shots, 1), ...

        Facts: weights, (n_tasks, inputs). Raises ValueError if a number is below 1, or they make a
        batch too large for memory.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        numbers = int(n_tasks) * (int(shots) + int(queries)) * (int(self.inputs) + 1)
        room_for(numbers, "a batch", n_tasks=n_tasks, shots=shots, queries=queries)
        check_generator(generator)
        weights = torch.randn(n_tasks, self.inputs, generator=generator)
        sets = []
        for points in (shots, queries):
            x = torch.randn(n_tasks, points, self.inputs, generator=generator)
            sets += [x, x @ weights[..., None]]
        return TaskBatch(*sets, facts={"weights": weights})
