"""Tasks and families of tasks: where a meta-learner's data comes from.

An example of ordinary learning is a pair (x, y). An example of meta-learning is a whole task: a
*support set* to learn from and a *query set* to be judged on. A family draws such tasks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from numbers import Integral

import torch
from torch import Tensor

from course_utils.check_input import number, span, whole_number

ADAPTS_TO = "a task needs a support example to adapt to"
JUDGED_ON = "a task needs a query example to be judged on"
AT_LEAST_ONE = "a batch needs a task"


@dataclass(frozen=True)
class TaskBatch:
    """A batch of tasks, each with its support and query set.

    Parameters
    ----------
    support_x, support_y, query_x, query_y
        Tensors (tasks, points, *features); all four share the number of tasks, x and y of one set
        share the number of points.
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
        named = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "facts"}
        for name, tensor in named.items():
            if not isinstance(tensor, Tensor) or tensor.ndim < 2:
                raise ValueError(
                    f"{name} must be a tensor (tasks, points, ...), got {tensor!r:.60}"
                )
            if 0 in tensor.shape[:2]:
                raise ValueError(
                    f"{name} has the shape {tuple(tensor.shape)}: a batch needs a task at least, "
                    "and each of its tasks a point"
                )
            if tensor.is_floating_point() and not torch.isfinite(tensor).all():
                raise ValueError(f"{name} has values that are NaN or infinite: all must be finite")
        for name, fact in self.facts.items():
            if not isinstance(fact, Tensor):
                raise ValueError(
                    f"facts[{name!r}] must be a tensor (tasks, ...), one value a task, "
                    f"got {fact!r:.60}"
                )
        for name, tensor in (named | dict(self.facts)).items():
            if tensor.shape[:1] != self.support_x.shape[:1]:
                raise ValueError(
                    f"{name} has the shape {tuple(tensor.shape)}, support_x has "
                    f"{len(self.support_x)} tasks: every tensor of a batch needs the same leading "
                    "task dimension"
                )
        for kind in ("support", "query"):
            x, y = named[f"{kind}_x"], named[f"{kind}_y"]
            if x.shape[1] != y.shape[1]:
                raise ValueError(
                    f"{kind}_y has {y.shape[1]} points a task, {kind}_x has {x.shape[1]}: "
                    "each x needs its y"
                )

    def __len__(self) -> int:
        """The number of tasks."""
        return len(self.support_x)

    def __getitem__(self, which: slice) -> TaskBatch:
        """The batch of some of the tasks, facts included."""
        if not isinstance(which, slice):
            raise ValueError(
                f"a batch takes a slice, got {which!r}: for one task write batch[i:i+1]"
            )
        return TaskBatch(
            self.support_x[which],
            self.support_y[which],
            self.query_x[which],
            self.query_y[which],
            facts={name: fact[which] for name, fact in self.facts.items()},
        )


def uniform(ends: tuple[float, float], *shape: int, generator: torch.Generator | None) -> Tensor:
    """Numbers drawn evenly between two ends, as a tensor of the given shape."""
    low, high = ends
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
            span(name, getattr(self, name))
        number("noise", self.noise, least=0)

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None = None
    ) -> TaskBatch:
        """Draw tasks: support_x (n_tasks, shots, 1), query_x (n_tasks, queries, 1), y alike.

        Facts: amplitude and phase, (n_tasks,). Support and query points are drawn independently.
        Raises ValueError if a number is below 1.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
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
        wave = [number("amplitude", amplitude), number("phase", phase)]
        return self._draw(*torch.tensor(wave).reshape(2, 1), shots, queries, generator)

    def _draw(
        self,
        amplitude: Tensor,
        phase: Tensor,
        shots: int,
        queries: int,
        generator: torch.Generator | None,
    ) -> TaskBatch:
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        sets = []
        for points in (shots, queries):
            x = uniform(self.x, len(amplitude), points, 1, generator=generator)
            y = sine_wave(x, amplitude[:, None, None], phase[:, None, None])
            if self.noise:
                y = y + self.noise * torch.randn(y.shape, generator=generator)
            sets += [x, y]
        return TaskBatch(*sets, facts={"amplitude": amplitude, "phase": phase})


def sine_wave(x: Tensor, amplitude: Tensor | float, phase: Tensor | float) -> Tensor:
    """The wave A·sin(x − p), shapes broadcast."""
    return amplitude * torch.sin(x - phase)


@cache
def _digit_images() -> tuple[Tensor, ...]:
    """scikit-learn's handwritten digits by digit, each (examples, 1, 8, 8) in [0, 1]."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(data.target)
    return tuple(images[labels == digit] for digit in range(10))


@dataclass(frozen=True)
class Digits:
    """Few-shot tasks on real handwritten digits: each task sorts `ways` of the given digits.

    The pictures are the 1,797 8 x 8 digits that scikit-learn ships (UCI, Alpaydin & Kaynak 1998),
    so nothing is downloaded. Raises ValueError if a digit is not one of 0 to 9, or twice there.
    """

    digits: tuple[int, ...] = tuple(range(10))

    def __post_init__(self) -> None:
        whole = isinstance(self.digits, Sequence) and all(
            isinstance(digit, Integral) and 0 <= digit <= 9 for digit in self.digits
        )
        if not whole or not self.digits:
            raise ValueError(
                f"digits must be some of 0 to 9, got {self.digits!r}: write them as a tuple of "
                "whole numbers, say (3, 5, 8)"
            )
        if len(set(self.digits)) < len(self.digits):
            raise ValueError(f"digits must name each digit once, got {self.digits!r}")

    def sample(
        self,
        n_tasks: int,
        *,
        ways: int = 5,
        shots: int,
        queries: int,
        generator: torch.Generator | None = None,
    ) -> TaskBatch:
        """Draw tasks: x (n_tasks, ways·shots, 1, 8, 8), y (n_tasks, ways·shots) in 0..ways−1.

        `shots` and `queries` count *per class*; no picture is in both sets. Labels are shuffled
        anew for each task. Fact: digit, (n_tasks, ways), the digit behind each label. Raises
        ValueError for impossible numbers.
        """
        whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
        whole_number("ways", ways, least=2, why="sorting needs two classes")
        whole_number("shots", shots, least=1, why=ADAPTS_TO)
        whole_number("queries", queries, least=1, why=JUDGED_ON)
        images = _digit_images()
        if ways > len(self.digits):
            raise ValueError(
                f"ways must be at most {len(self.digits)}, the digits here, got {ways}"
            )
        fewest = min(len(images[digit]) for digit in self.digits)
        if shots + queries > fewest:
            raise ValueError(
                f"shots + queries must be at most {fewest}, the pictures of a digit, "
                f"got {shots} + {queries}"
            )
        tasks = [self._one(images, ways, shots, queries, generator) for _ in range(n_tasks)]
        pictures, chosen = (torch.stack(part) for part in zip(*tasks, strict=True))
        x = pictures.split([shots, queries], dim=2)
        y = [torch.arange(ways).repeat_interleave(k).repeat(n_tasks, 1) for k in (shots, queries)]
        support_x, query_x = (part.flatten(1, 2) for part in x)
        return TaskBatch(support_x, y[0], query_x, y[1], facts={"digit": chosen})

    def _one(
        self,
        images: tuple[Tensor, ...],
        ways: int,
        shots: int,
        queries: int,
        generator: torch.Generator | None,
    ) -> tuple[Tensor, Tensor]:
        """The pictures (ways, shots + queries, 1, 8, 8) and digits (ways,) of one task."""
        order = torch.randperm(len(self.digits), generator=generator)[:ways]
        chosen = torch.tensor(self.digits)[order]
        pictures = []
        for digit in chosen.tolist():
            pool = images[digit]
            pictures.append(pool[torch.randperm(len(pool), generator=generator)[: shots + queries]])
        return torch.stack(pictures), chosen
