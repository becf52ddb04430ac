"""A fixed number of waves instead of endless ones: what few training tasks do to meta-learning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from course_utils.support.check_input import room_for, shown, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import ADAPTS_TO, AT_LEAST_ONE, JUDGED_ON, TaskBatch
from course_utils.tasks.sinusoids import Sinusoids, sine_wave, uniform


@dataclass(frozen=True)
class FewSinusoids:
    """A family of no more than `n_waves` sine waves, drawn from `Sinusoids` with `seed`.

    With `fresh` points every task is one of these waves, measured at new x. Without, the points of
    each wave are drawn once and are the same for ever; then all calls of `sample` must ask for the
    same numbers of points to see the same ones.

    Raises
    ------
    ValueError
        If n_waves is below 1, fresh is no bool or the seed is no whole number of at least 0.
    """

    n_waves: int
    fresh: bool
    seed: int = 0

    def __post_init__(self) -> None:
        whole_number("n_waves", self.n_waves, least=1, why="a family needs a task")
        whole_number("seed", self.seed, least=0, why="it seeds a generator")
        if not isinstance(self.fresh, bool):
            raise ValueError(f"fresh must be True or False, got {shown(self.fresh)}")

    def all_waves(
        self, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """All n_waves tasks, in order: at the points of the family, or at new ones of a generator.

        Facts: amplitude, phase, (n_waves,). Raises ValueError if a number is below 1.
        """
        if generator is None:
            again = torch.Generator().manual_seed(self.seed)
            return Sinusoids().sample(self.n_waves, shots=shots, queries=queries, generator=again)
        return self._measured(torch.arange(self.n_waves), shots, queries, generator)

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """Draw n_tasks of the waves, a wave more than once if it comes so; as `Sinusoids.sample`.

        Facts: amplitude, phase and index, the place of the wave in `all_waves`, (n_tasks,). Raises
        ValueError if a number is below 1, or they make a batch too large for memory.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        numbers = 2 * int(n_tasks) * (int(shots) + int(queries))
        room_for(numbers, "a batch", n_tasks=n_tasks, shots=shots, queries=queries)
        check_generator(generator)
        index = torch.randint(self.n_waves, (n_tasks,), generator=generator)
        if self.fresh:
            return self._measured(index, shots, queries, generator)
        kept = self._points_kept(shots, queries)
        sets = (kept.support_x, kept.support_y, kept.query_x, kept.query_y)
        facts = {name: fact[index] for name, fact in kept.facts.items()} | {"index": index}
        return TaskBatch(*(tensor[index] for tensor in sets), facts=facts)

    @cached_property
    def _kept(self) -> dict[tuple[int, int], TaskBatch]:
        return {}

    def _points_kept(self, shots: int, queries: int) -> TaskBatch:
        if (shots, queries) not in self._kept:
            self._kept[shots, queries] = self.all_waves(shots=shots, queries=queries)
        return self._kept[shots, queries]

    def _measured(
        self, index: Tensor, shots: int, queries: int, generator: torch.Generator | None
    ) -> TaskBatch:
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        waves = self._points_kept(1, 1).facts  # the waves are drawn before their points
        facts = {name: fact[index] for name, fact in waves.items()} | {"index": index}
        amplitude, phase = (facts[name][:, None, None] for name in ("amplitude", "phase"))
        sets = []
        for points in (shots, queries):
            x = uniform(Sinusoids.x, len(index), points, 1, generator=generator)
            sets += [x, sine_wave(x, amplitude, phase)]
        return TaskBatch(*sets, facts=facts)
