"""Functions of other shapes as tasks: how far does what was learned from sine waves travel?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.support.check_input import number, room_for, shown, span, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import ADAPTS_TO, AT_LEAST_ONE, JUDGED_ON, TaskBatch
from course_utils.tasks.sinusoids import uniform

# Of one period, which begins at 0 and ends at 1, each between −1 and 1 and with sin's zero at 0.
_PERIODIC: dict[str, Callable[[Tensor], Tensor]] = {
    "sine": lambda turn: torch.sin(2 * math.pi * turn),
    "triangle": lambda turn: 4 * (torch.remainder(turn - 0.25, 1) - 0.5).abs() - 1,
    "sawtooth": lambda turn: 2 * torch.remainder(turn + 0.5, 1) - 1,
    "square": lambda turn: 1 - 2 * (torch.remainder(turn, 1) >= 0.5).to(turn.dtype),
}
# What a shape's functions are made of, by name: its facts.
FACTS = dict.fromkeys(_PERIODIC, ("amplitude", "phase")) | {
    "line": ("slope", "offset"),
    "constant": ("offset",),
    "parabola": ("bend", "offset"),
}
SHAPES = tuple(FACTS)


@dataclass(frozen=True)
class Waves:
    """A family of functions of one shape, each one task: A·s(x − p) for a periodic shape s.

    The shapes are "sine", "triangle", "sawtooth" and "square", with an amplitude A, a phase p and
    the period; "line", y = slope·x + offset; "constant", y = offset; and "parabola", y = bend·x² +
    offset. Ranges are (low, high) pairs, drawn from evenly; those that a shape has no use for
    change nothing. The defaults of the first four are those of `Sinusoids`. Equal seeds draw equal
    points x and equal amplitudes and phases for every shape.

    Raises
    ------
    ValueError
        If the shape is unknown, a range is reversed or not finite, the period not above 0 or the
        noise negative.
    """

    shape: str = "triangle"
    amplitude: tuple[float, float] = (0.1, 5.0)
    phase: tuple[float, float] = (0.0, math.pi)
    period: float = 2 * math.pi
    slope: tuple[float, float] = (-1.0, 1.0)
    offset: tuple[float, float] = (-3.0, 3.0)
    bend: tuple[float, float] = (-0.2, 0.2)
    x: tuple[float, float] = (-5.0, 5.0)
    noise: float = 0.0

    def __post_init__(self) -> None:
        _known(self.shape)
        for name in ("amplitude", "phase", "slope", "offset", "bend", "x"):
            for end in span(name, getattr(self, name)):
                _moderate(name, end)
        _above_zero("period", self.period)
        _moderate("noise", number("noise", self.noise, least=0))

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """Draw tasks: support_x (n_tasks, shots, 1), query_x (n_tasks, queries, 1), y alike.

        Facts: what the shape is made of, as `FACTS` names it, (n_tasks,) each. Raises ValueError if
        a number is below 1, or they make a batch too large for memory.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        numbers = 2 * int(n_tasks) * (int(shots) + int(queries))
        room_for(numbers, "a batch", n_tasks=n_tasks, shots=shots, queries=queries)
        check_generator(generator)
        # All are drawn, those too that the shape has no use for: the points are the same then.
        drawn = {
            name: uniform(getattr(self, name), n_tasks, generator=generator)
            for name in ("amplitude", "phase", "slope", "offset", "bend")
        }
        facts = {name: drawn[name] for name in FACTS[self.shape]}
        sets = []
        for points in (shots, queries):
            x = uniform(self.x, n_tasks, points, 1, generator=generator)
            each = {name: fact[:, None, None] for name, fact in facts.items()}
            y = wave(self.shape, x, **each, period=self.period)
            noise = torch.randn(y.shape, generator=generator)
            sets += [x, y + self.noise * noise]
        return TaskBatch(*sets, facts=facts)


def wave(shape: str, x: Tensor, *, period: float = 2 * math.pi, **facts: Tensor | float) -> Tensor:
    """The function of a shape at x; its facts are those that `FACTS` names, shapes broadcast.

    Raises ValueError if the shape is unknown, x is no tensor, a fact is missing, no number or none
    of its, or the period is not above 0.
    """
    _known(shape)
    if set(facts) != set(FACTS[shape]):
        raise ValueError(
            f"a {shape} is made of {' and '.join(FACTS[shape])}, got "
            f"{', '.join(facts) or 'neither' if facts else 'nothing'}"
        )
    if not isinstance(x, Tensor):
        raise ValueError(f"x must be a tensor, got {shown(x)}")
    for name, fact in facts.items():
        if not isinstance(fact, Tensor):
            number(name, fact)
    if shape in _PERIODIC:
        turn = (x - facts["phase"]) / _above_zero("period", period)
        return facts["amplitude"] * _PERIODIC[shape](turn)
    slope, bend = facts.get("slope", 0.0), facts.get("bend", 0.0)
    return slope * x + bend * x**2 + facts["offset"]


def _known(shape: str) -> None:
    if not isinstance(shape, str) or shape not in FACTS:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}, got {shown(shape)}")


def _above_zero(name: str, value: float) -> float:
    if number(name, value) <= 0:
        raise ValueError(f"{name} must be above 0, got {value!r}: it is the length of one wave")
    return value


def _moderate(name: str, value: float) -> float:
    if abs(value) > 1e15:  # float32 would hold no square of its errors
        raise ValueError(f"{name} must lie between -1e15 and 1e15, got {value:g}")
    return value
