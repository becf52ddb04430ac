"""Sine waves as tasks: the family of the MAML paper's toy problem."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.support.check_input import number, room_for, span, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import ADAPTS_TO, AT_LEAST_ONE, JUDGED_ON, TaskBatch


def uniform(ends: tuple[float, float], *shape: int, generator: torch.Generator | None) -> Tensor:
    """Numbers drawn evenly between two ends, as a tensor of the given shape."""
    check_generator(generator)
    low, high = ends if isinstance(ends, tuple) and len(ends) == 2 else span("ends", ends)
    return low + (high - low) * torch.rand(*shape, generator=generator)


@dataclass(frozen=True)
class Sinusoids:
    """The family of sine waves y = A·sin(x − p) with noise, each wave one task.

    Ranges are (low, high) pairs, drawn from evenly; equal ends fix a value. The defaults are those
    of Finn et al. 2017 (MAML), section 5.1; the sign of the phase is that of the authors' code.

    Raises
    ------
    ValueError
        If a range is reversed or not finite, or the noise is negative.
    """

    amplitude: tuple[float, float] = (0.1, 5.0)
    phase: tuple[float, float] = (0.0, math.pi)
    x: tuple[float, float] = (-5.0, 5.0)
    noise: float = 0.0

    def __post_init__(self) -> None:
        for name in ("amplitude", "phase", "x"):
            for end in span(name, getattr(self, name)):
                _moderate(name, end)
        _moderate("noise", number("noise", self.noise, least=0))

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """Draw tasks: support_x (n_tasks, shots, 1), query_x (n_tasks, queries, 1), y alike.

        Facts: amplitude and phase, (n_tasks,). Support and query points are drawn independently.
        Raises ValueError if a number is below 1, or they make a batch too large for memory.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
        self._can_draw(n_tasks, shots, queries, generator)
        amplitude = uniform(self.amplitude, n_tasks, generator=generator)
        phase = uniform(self.phase, n_tasks, generator=generator)
        return self._draw(amplitude, phase, shots, queries, generator)

    def task(
        self,
        amplitude: float,
        phase: float,
        *,
        shots: int,
        queries: int,
        generator: torch.Generator | None = None,
    ) -> TaskBatch:
        """Draw the points of one given wave: a batch of one task.

        The wave may lie outside the family's ranges (to test how far learning travels). Raises
        ValueError if a number is not finite or a count is below 1.
        """
        given = {"amplitude": amplitude, "phase": phase}
        wave = [_moderate(name, number(name, value)) for name, value in given.items()]
        self._can_draw(1, shots, queries, generator)
        return self._draw(*torch.tensor(wave).reshape(2, 1), shots, queries, generator)

    def _can_draw(
        self, n_tasks: int, shots: int, queries: int, generator: torch.Generator | None
    ) -> None:
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        numbers = 2 * int(n_tasks) * (int(shots) + int(queries))
        room_for(numbers, "a batch", n_tasks=n_tasks, shots=shots, queries=queries)
        check_generator(generator)

    def _draw(
        self,
        amplitude: Tensor,
        phase: Tensor,
        shots: int,
        queries: int,
        generator: torch.Generator | None,
    ) -> TaskBatch:
        sets = []
        for points in (shots, queries):
            x = uniform(self.x, len(amplitude), points, 1, generator=generator)
            y = sine_wave(x, amplitude[:, None, None], phase[:, None, None])
            if self.noise:
                y = y + self.noise * torch.randn(y.shape, generator=generator)
            sets += [x, y]
        return TaskBatch(*sets, facts={"amplitude": amplitude, "phase": phase})


def _moderate(name: str, value: float) -> float:
    if abs(value) > 1e15:  # float32 would hold no square of its errors
        raise ValueError(f"{name} must lie between -1e15 and 1e15, got {value:g}")
    return value


def sine_wave(x: Tensor, amplitude: Tensor | float, phase: Tensor | float) -> Tensor:
    """The wave A·sin(x − p), shapes broadcast."""
    return amplitude * torch.sin(x - phase)
