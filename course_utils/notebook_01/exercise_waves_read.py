"""What can be read off waves that a learner's code has drawn: all tasks at once, and once only."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import torch
from torch import Tensor

from course_utils.exercises.comparing import share
from course_utils.exercises.sampler import Try, not_moved_on

A, P, X = (0.1, 5.0), (0.0, math.pi), (-5.0, 5.0)
Ends = tuple[float, float]
GROUPS = 4  # of equally many tasks, by the size of a number, where two numbers are compared


class Waves:
    """The tries of `sample_waves`, and what is read off them where a sign asks for it.

    The first four tries are of a thousand tasks: a seed, the seed again, another seed, and the
    first seed when its generator has drawn something before.
    """

    def __init__(self, tries: Sequence[Try]):
        self.tries = tries

    @cached_property
    def x(self) -> Tensor:
        """The first try's x, (tasks, shots, 1)."""
        return self.tries[0].result[0].detach().double()

    @cached_property
    def y(self) -> Tensor:
        """The first try's y, (tasks, shots, 1)."""
        return self.tries[0].result[1].detach().double()

    @cached_property
    def no_wave(self) -> bool:
        """Whether tasks have points off every wave A sin(x − p)."""
        return off(self.x, self.y, torch.cos)

    @cached_property
    def amplitudes(self) -> Tensor:
        """A of every wave, (tasks,)."""
        return self._amplitudes_and_phases[0]

    @cached_property
    def phases(self) -> Tensor:
        """Each wave's p, (tasks,), from −π to π."""
        return self._amplitudes_and_phases[1]

    @cached_property
    def _amplitudes_and_phases(self) -> tuple[Tensor, Tensor]:
        return amplitudes_and_phases(self.x, self.y)

    @cached_property
    def turns(self) -> tuple[float, float]:
        """The shares of phases from −π to −π/2 and from −π/2 to 0: there are none."""
        p = self.phases
        return share(p < -math.pi / 2 - 1e-3), share((p < -1e-3) & (p > -math.pi / 2 - 1e-3))

    def no_pair(self) -> bool:
        def pair(result: object) -> bool:
            if isinstance(result, Tensor):  # x and y stacked
                return result.ndim > 0 and len(result) == 2
            two = isinstance(result, tuple | list) and len(result) == 2
            return two and all(isinstance(part, Tensor) for part in result)

        return not all(pair(one.result) for one in self.tries)

    def shaped(self, *more: int) -> bool:
        """Whether both are (tasks, shots) and then `more`, in each try."""
        return all(
            part.shape == (*one.args[:2], *more) for one in self.tries for part in one.result
        )

    def no_real_numbers(self) -> bool:
        parts = [part for one in self.tries for part in one.result]
        return any(part.is_complex() or not part.isfinite().all() for part in parts)

    def not_the_generators(self) -> bool:
        (x, y), (x_again, y_again), (other_x, other_y) = (one.result for one in self.tries[:3])
        same = torch.equal(x, x_again) and torch.equal(y, y_again)
        return not same or torch.equal(x, other_x) or torch.equal(y, other_y)

    def from_the_seed(self) -> bool:
        """Whether something is drawn from the generator's seed, wherever the generator stands."""
        if not_moved_on(self.tries):
            return True
        x, y = (part.detach().double() for part in self.tries[3].result)
        numbers = (self.x, self.amplitudes, self.phases)
        after_a_draw = (x, *amplitudes_and_phases(x, y))
        return any(map(_alike, numbers, after_a_draw))

    def shared_x(self) -> bool:
        return torch.equal(self.x, self.x[:1].expand(self.x.shape))

    def one_x_a_task(self) -> bool:
        return torch.equal(self.x, self.x[:, :1].expand(self.x.shape))

    def uneven(self) -> bool:
        drawn = (self.x, X), (self.amplitudes, A), (self.phases, P)
        return any(_not_even(values.flatten(), ends) for values, ends in drawn)

    def linked(self) -> bool:
        """Whether A and p hang together, in each task or over the row of tasks.

        Both ways through the row, and as sets: the same random numbers in another order.
        """
        a, p = self.amplitudes, self.phases
        if any(hang_together(a, p.roll(by)) for by in (-1, 0, 1)) or hang_together(a, p.flip(0)):
            return True
        a, p = ((v - low) / (high - low) for v, (low, high) in ((a, A), (p, P)))
        return any(_alike(a.sort().values, other.sort().values) for other in (p, 1 - p))

    def repeated(self) -> bool:
        """Whether numbers come in more than one task: whole waves, or A, p or x alone."""
        a, p = self.amplitudes, self.phases
        near = ((a[:, None] - a).abs() < 1e-3) & ((p[:, None] - p).abs() < 1e-3)
        waves = share(near.sum(1) > 1) > 0.005
        x = self.x.flatten().sort().values.diff() == 0
        return waves or share(x) > 0.02 or any(share(_gaps(v) < 1e-4) > 0.2 for v in (a, p))

    def by_place(self) -> bool:
        """Whether waves, or their x, follow the place of a task in the row, or one the other."""
        place = torch.arange(len(self.x), dtype=torch.float64)
        x = self.x[..., 0]
        pairs = [
            (place, self.amplitudes),
            (place, self.phases),
            (place, x[:, 0]),
            (place, x[:, -1]),
        ]
        pairs += [(v, x[:, k]) for v in (self.amplitudes, self.phases) for k in (0, -1)]
        return any(hang_together(one, other) for one, other in pairs)


def amplitudes_and_phases(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """A and p of every wave, (tasks,) each, with p from −π to π."""
    u, v = torch.linalg.lstsq(torch.cat([x.sin(), x.cos()], dim=2), y).solution[..., 0].T
    return torch.hypot(u, v), torch.atan2(-v, u)


def off(x: Tensor, y: Tensor, second: Callable[[Tensor], Tensor]) -> bool:
    """Whether tasks have points off the best u·sin x + v·second(x)."""
    basis = torch.cat([x.sin(), second(x)], dim=2)
    error = basis @ torch.linalg.lstsq(basis, y).solution - y
    return bool((error.abs() > 1e-3).any(dim=1).double().mean() > 0.01)


def hang_together(one: Tensor, other: Tensor) -> bool:
    """Whether two rows of numbers depend on each other: by how often their groups meet.

    Of a thousand independent pairs the measure (chi-square by number) is about 0.009, and
    0.06 is twelve standard deviations from that.
    """
    groups = [v.argsort().argsort() * GROUPS // len(v) for v in (one, other)]
    met = torch.bincount(groups[0] * GROUPS + groups[1], minlength=GROUPS**2) / len(one)
    expected = 1 / GROUPS**2
    return bool(((met - expected) ** 2 / expected).sum() > 0.06)


def not_between(values: Tensor, ends: Ends) -> bool:
    """Whether values lie outside, or keep clear of an end."""
    low, high = ends
    slack = 0.02 * (high - low)
    outside = share((values < low - 1e-3) | (values > high + 1e-3)) > 0.002
    return bool(outside or values.min() > low + slack or values.max() < high - slack)


def _alike(one: Tensor, other: Tensor) -> bool:
    """Whether nearly all numbers are the same; a wave's are read with a small error."""
    return share((one - other).abs() < 1e-3) > 0.9


def _gaps(values: Tensor) -> Tensor:
    return values.sort().values.diff()


def _not_even(values: Tensor, ends: Ends) -> bool:
    """Whether mean or spread are not those of numbers drawn evenly (six standard errors)."""
    low, high = ends
    spread, n = (high - low) / math.sqrt(12), values.numel()
    mean_off = abs(values.mean().item() - (low + high) / 2) > 6 * spread / math.sqrt(n)
    return mean_off or abs(values.std().item() / spread - 1) > 6 * math.sqrt(0.2 / n)
