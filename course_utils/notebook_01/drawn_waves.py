"""What shows, in waves that a learner's code has drawn, how it draws them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from course_utils.exercises import Sign
from course_utils.exercises.sampler import Try
from course_utils.tasks.sinusoids import uniform

A, P, X = (0.1, 5.0), (0.0, math.pi), (-5.0, 5.0)
Ends = tuple[float, float]


def _no_pair(tries: Sequence[Try]) -> bool:
    def pair(result: object) -> bool:
        if isinstance(result, Tensor):  # x and y stacked
            return result.ndim > 0 and len(result) == 2
        two = isinstance(result, tuple | list) and len(result) == 2
        return two and all(isinstance(part, Tensor) for part in result)

    return not all(pair(one.result) for one in tries)


def _shaped(tries: Sequence[Try], *more: int) -> bool:
    return all(part.shape == (*one.args[:2], *more) for one in tries for part in one.result)


def _not_the_generators(tries: Sequence[Try]) -> bool:
    (x, y), (x_again, y_again), (other_x, other_y), _ = (one.result for one in tries)
    same = torch.equal(x, x_again) and torch.equal(y, y_again)
    return not same or torch.equal(x, other_x) or torch.equal(y, other_y)


def _thousand(tries: Sequence[Try]) -> tuple[Tensor, Tensor]:
    return tuple(part.detach().double() for part in tries[0].result)


def _shared_x(tries: Sequence[Try]) -> bool:
    x, _ = _thousand(tries)
    return torch.equal(x, x[:1].expand(x.shape))


def _one_x_a_task(tries: Sequence[Try]) -> bool:
    x, _ = _thousand(tries)
    return torch.equal(x, x[:, :1].expand(x.shape))


def _off(x: Tensor, y: Tensor, second: Callable[[Tensor], Tensor]) -> bool:
    """Whether tasks have points off the best u·sin x + v·second(x)."""
    basis = torch.cat([x.sin(), second(x)], dim=2)
    error = basis @ torch.linalg.lstsq(basis, y).solution - y
    return bool((error.abs() > 1e-3).any(dim=1).double().mean() > 0.01)


def _no_wave(tries: Sequence[Try]) -> bool:
    return _off(*_thousand(tries), torch.cos)


def _exchanged(tries: Sequence[Try]) -> bool:
    y, x = _thousand(tries)
    return _no_wave(tries) and not _off(x, y, torch.cos)


def _phase_outside(tries: Sequence[Try]) -> bool:
    return _no_wave(tries) and not _off(*_thousand(tries), torch.ones_like)


def _amplitudes_and_phases(tries: Sequence[Try]) -> tuple[Tensor, Tensor]:
    """A and p of every wave, (tasks,) each, with p from −π to π."""
    x, y = _thousand(tries)
    u, v = torch.linalg.lstsq(torch.cat([x.sin(), x.cos()], dim=2), y).solution[..., 0].T
    return torch.hypot(u, v), torch.atan2(-v, u)


def _amplitudes(tries: Sequence[Try]) -> Tensor:
    return _amplitudes_and_phases(tries)[0]


def _phases(tries: Sequence[Try]) -> Tensor:
    return _amplitudes_and_phases(tries)[1]


def _share(true: Tensor) -> float:
    return true.double().mean().item()


def _not_between(values: Tensor, ends: Ends) -> bool:
    """Whether values lie outside, or keep clear of an end."""
    low, high = ends
    slack = 0.02 * (high - low)
    outside = _share((values < low - 1e-3) | (values > high + 1e-3)) > 0.002
    return bool(outside or values.min() > low + slack or values.max() < high - slack)


def _not_even(values: Tensor, ends: Ends) -> bool:
    """Whether mean or spread are not those of numbers drawn evenly (six standard errors)."""
    low, high = ends
    spread, n = (high - low) / math.sqrt(12), values.numel()
    mean_off = abs(values.mean().item() - (low + high) / 2) > 6 * spread / math.sqrt(n)
    return mean_off or abs(values.std().item() / spread - 1) > 6 * math.sqrt(0.2 / n)


def _uneven(tries: Sequence[Try]) -> bool:
    drawn = (_thousand(tries)[0], X), (_amplitudes(tries), A), (_phases(tries), P)
    return any(_not_even(values.flatten(), ends) for values, ends in drawn)


def _linked(tries: Sequence[Try]) -> bool:
    return bool(torch.corrcoef(torch.stack(_amplitudes_and_phases(tries)))[0, 1].abs() > 0.5)


def _turns(tries: Sequence[Try]) -> tuple[float, float]:
    """The shares of phases from −π to −π/2 and from −π/2 to 0: there are none."""
    p = _phases(tries)
    return _share(p < -math.pi / 2 - 1e-3), _share((p < -1e-3) & (p > -math.pi / 2 - 1e-3))


def _plus(tries: Sequence[Try]) -> bool:
    return sum(_turns(tries)) > 0.95


def _cosine(tries: Sequence[Try]) -> bool:
    early, late = _turns(tries)
    return early < 0.002 and 0.3 < late < 0.7


def _whole_turn(tries: Sequence[Try]) -> bool:
    return min(_turns(tries)) > 0.1


def _waves(
    *,
    amplitude: Ends = A,
    phase: Ends = P,
    at: Ends = X,
    curve: Callable[..., Tensor] = lambda x, a, p: a * torch.sin(x - p),
    sizes: str = "tasks tasks both",
    repeatable: bool = True,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """A way to draw waves; `sizes` says whether A, p and x are drawn for each task or point."""

    def sample(n_tasks: int, shots: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        of = {"tasks": (n_tasks, 1, 1), "points": (1, shots, 1), "both": (n_tasks, shots, 1)}
        of["one"] = (1, 1, 1)
        source = generator if repeatable else None
        a, p, x = (
            uniform(ends, *of[size], generator=source)
            for ends, size in zip((amplitude, phase, at), sizes.split(), strict=True)
        )
        x = x.expand(of["both"])
        return x, curve(x, a, p)

    return sample


def _linked_waves(n_tasks: int, shots: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    once = torch.rand(n_tasks, 1, 1, generator=generator)
    x = uniform(X, n_tasks, shots, 1, generator=generator)
    return x, (0.1 + 4.9 * once) * torch.sin(x - math.pi * once)


SIGNS = (
    Sign("", "Two things were asked for, the tensors x and y: `return x, y`.", _no_pair),
    Sign(
        "no dimension of features",
        "Your x and y have the shape (tasks, shots). The course's batches have a third dimension, "
        "of features: each point has one x, hence (tasks, shots, 1).",
        _shaped,
        lambda *args: tuple(part[..., 0] for part in _waves()(*args)),
    ),
    Sign("", "Both tensors were to be (tasks, shots, 1).", lambda tries: not _shaped(tries, 1)),
    Sign(
        "all tasks share their x",
        "All tasks have their points at the same x. Each task draws its own.",
        _shared_x,
        _waves(sizes="tasks tasks points"),
    ),
    Sign(
        "generator not used",
        "The generator does not decide what is drawn: the same seed gives other waves, or another "
        "seed the same. Does every `torch.rand` get it, as it was given to you?",
        _not_the_generators,
        _waves(repeatable=False),
    ),
    Sign("", "All points of a task have the same x. Each point has its own.", _one_x_a_task),
    Sign(
        "x and y exchanged",
        "You return y first and x second. Return them as x, y.",
        _exchanged,
        lambda *args: _waves()(*args)[::-1],
    ),
    Sign(
        "the range of x",
        "Your x are not those from −5 to 5. `torch.rand` draws from 0 to 1: how wide must that "
        "become, and where must it begin?",
        lambda tries: _not_between(_thousand(tries)[0], X),
        _waves(at=(0.0, 10.0)),
    ),
    Sign(
        "the phase outside the sine",
        "The phase moves your waves down, not to the right: it is subtracted from the sine, not "
        "from x. Look at the parentheses.",
        _phase_outside,
        _waves(curve=lambda x, a, p: a * torch.sin(x) - p),
    ),
    Sign(
        "not one wave a task",
        "The points of a task do not lie on one wave A sin(x − p). Most often A or p is then "
        "another at each point. Which shape has one number a task, the same for all its points?",
        _no_wave,
        _waves(sizes="both tasks both"),
    ),
    Sign(
        "one amplitude for all tasks",
        "All your waves are equally high: one amplitude was drawn, for all tasks. Each task has "
        "its own.",
        lambda tries: bool(_amplitudes(tries).std() < 1e-2),
        _waves(sizes="one tasks both"),
    ),
    Sign(
        "one phase for all tasks",
        "All your waves have the same phase: one was drawn, for all tasks. Each task has its own.",
        lambda tries: bool(_phases(tries).std() < 1e-2),
        _waves(sizes="tasks one both"),
    ),
    Sign(
        "a sign inside the sine",
        "Your family stands upside down, as the waves A sin(x + p) or A sin(p − x) do. Look at the "
        "signs inside the sine.",
        _plus,
        _waves(curve=lambda x, a, p: a * torch.sin(x + p)),
    ),
    Sign(
        "cosine for sine",
        "Your waves begin a quarter of a turn too early. Is there a cosine in place of the sine?",
        _cosine,
        _waves(curve=lambda x, a, p: a * torch.cos(x - p)),
    ),
    Sign(
        "a whole turn of phases",
        "Your phases come from a whole turn, 2π, or more. This family has those from 0 to π, so "
        "another mean and another floor.",
        _whole_turn,
        _waves(phase=(0.0, 2 * math.pi)),
    ),
    Sign(
        "the range of the phase",
        "Your phases are not those from 0 to π. What must `torch.rand`, from 0 to 1, be "
        "multiplied by?",
        lambda tries: _not_between(_phases(tries), P),
        _waves(phase=(0.0, 1.0)),
    ),
    Sign(
        "the range of the amplitude",
        "Your amplitudes are not those from 0.1 to 5. How wide is that range, and where does it "
        "begin?",
        lambda tries: _not_between(_amplitudes(tries), A),
        _waves(amplitude=(0.0, 5.0)),
    ),
    Sign(
        "A and p from one number",
        "High waves have other phases than low ones: A and p come from the same random number. "
        "Draw one for each.",
        _linked,
        _linked_waves,
    ),
    Sign(
        "",
        "All ranges are right, but in its range x, A or p is not drawn evenly, as `torch.rand` "
        "does.",
        _uneven,
    ),
)
