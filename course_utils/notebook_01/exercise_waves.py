"""Exercise 1 of notebook 01, many waves: what is right, and the signs of what else is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from course_utils.exercises import Case, Sampler, Sign
from course_utils.notebook_01.exercise_waves_read import A, Ends, P, Waves, X, not_between, off
from course_utils.tasks.sinusoids import uniform


def _waves(
    *,
    amplitude: Ends = A,
    phase: Ends = P,
    at: Ends = X,
    curve: Callable[..., Tensor] = lambda x, a, p: a * torch.sin(x - p),
    sizes: str = "tasks tasks both",
    source: Callable[[torch.Generator], torch.Generator | None] = lambda generator: generator,
) -> Callable[..., tuple[Tensor, Tensor]]:
    """A way to draw waves; `sizes` says whether A, p and x are drawn for each task or point.

    `source` makes, of the generator, the one that is drawn from.
    """

    def sample(n_tasks: int, shots: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        of = {"tasks": (n_tasks, 1, 1), "points": (1, shots, 1), "both": (n_tasks, shots, 1)}
        of["one"] = (1, 1, 1)
        drawn_from = source(generator)
        a, p, x = (
            uniform(ends, *of[size], generator=drawn_from)
            for ends, size in zip((amplitude, phase, at), sizes.split(), strict=True)
        )
        x = x.expand(of["both"])
        return x, curve(x, a, p)

    return sample


def _linked_waves(n_tasks: int, shots: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    once = torch.rand(n_tasks, 1, 1, generator=generator)
    x = uniform(X, n_tasks, shots, 1, generator=generator)
    return x, (0.1 + 4.9 * once) * torch.sin(x - math.pi * once)


def _again_from_its_seed(generator: torch.Generator) -> torch.Generator:
    return torch.Generator().manual_seed(generator.initial_seed())


def _draws(n_tasks: int, shots: int, seed: int, before: int = 0) -> tuple:
    """Arguments of a case; its generator has drawn so many numbers before."""
    generator = torch.Generator().manual_seed(seed)
    torch.rand(before, generator=generator)
    return n_tasks, shots, generator


SIGNS = (
    Sign("", "Two things were asked for, the tensors x and y: `return x, y`.", Waves.no_pair),
    Sign(
        "no dimension of features",
        "Your x and y have the shape (tasks, shots). The course's batches have a third dimension, "
        "of features: each point has one x, hence (tasks, shots, 1).",
        Waves.shaped,
        lambda *args: tuple(part[..., 0] for part in _waves()(*args)),
    ),
    Sign("", "Both tensors were to be (tasks, shots, 1).", lambda waves: not waves.shaped(1)),
    Sign(
        "",
        "Not all of your x and y are real numbers: some are nan, infinite or complex.",
        Waves.no_real_numbers,
    ),
    Sign(
        "all tasks share their x",
        "All tasks have their points at the same x. Each task draws its own.",
        Waves.shared_x,
        _waves(sizes="tasks tasks points"),
    ),
    Sign(
        "generator not used",
        "The generator does not decide what is drawn: the same seed gives other waves, or another "
        "seed the same. Does every `torch.rand` get it, as it was given to you?",
        Waves.not_the_generators,
        _waves(source=lambda generator: None),
    ),
    Sign("", "All points of a task have the same x. Each point has its own.", Waves.one_x_a_task),
    Sign(
        "x and y exchanged",
        "You return y first and x second. Return them as x, y.",
        lambda waves: waves.no_wave and not off(waves.y, waves.x, torch.cos),
        lambda *args: _waves()(*args)[::-1],
    ),
    Sign(
        "the range of x",
        "Your x are not those from −5 to 5. `torch.rand` draws from 0 to 1: how wide must that "
        "become, and where must it begin?",
        lambda waves: not_between(waves.x, X),
        _waves(at=(0.0, 10.0)),
    ),
    Sign(
        "the phase outside the sine",
        "The phase moves your waves down, not to the right: it is subtracted from the sine, not "
        "from x. Look at the parentheses.",
        lambda waves: waves.no_wave and not off(waves.x, waves.y, torch.ones_like),
        _waves(curve=lambda x, a, p: a * torch.sin(x) - p),
    ),
    Sign(
        "not one wave a task",
        "The points of a task do not lie on one wave A sin(x − p). Most often A or p is then "
        "another at each point. Which shape has one number a task, the same for all its points?",
        lambda waves: waves.no_wave,
        _waves(sizes="both tasks both"),
    ),
    Sign(
        "one amplitude for all tasks",
        "All your waves are equally high: one amplitude was drawn, for all tasks. Each task has "
        "its own.",
        lambda waves: bool(waves.amplitudes.std() < 1e-2),
        _waves(sizes="one tasks both"),
    ),
    Sign(
        "one phase for all tasks",
        "All your waves have the same phase: one was drawn, for all tasks. Each task has its own.",
        lambda waves: bool(waves.phases.std() < 1e-2),
        _waves(sizes="tasks one both"),
    ),
    Sign(
        "a sign inside the sine",
        "Your family stands upside down, as the waves A sin(x + p) or A sin(p − x) do. Look at the "
        "signs inside the sine.",
        lambda waves: sum(waves.turns) > 0.95,
        _waves(curve=lambda x, a, p: a * torch.sin(x + p)),
    ),
    Sign(
        "cosine for sine",
        "Your waves begin a quarter of a turn too early. Is there a cosine in place of the sine?",
        lambda waves: waves.turns[0] < 0.002 and 0.3 < waves.turns[1] < 0.7,
        _waves(curve=lambda x, a, p: a * torch.cos(x - p)),
    ),
    Sign(
        "a whole turn of phases",
        "Your phases come from a whole turn, 2π, or more. This family has those from 0 to π, so "
        "another mean and another floor.",
        lambda waves: min(waves.turns) > 0.1,
        _waves(phase=(0.0, 2 * math.pi)),
    ),
    Sign(
        "the range of the phase",
        "Your phases are not those from 0 to π. What must `torch.rand`, from 0 to 1, be "
        "multiplied by?",
        lambda waves: not_between(waves.phases, P),
        _waves(phase=(0.0, 1.0)),
    ),
    Sign(
        "the range of the amplitude",
        "Your amplitudes are not those from 0.1 to 5. How wide is that range, and where does it "
        "begin?",
        lambda waves: not_between(waves.amplitudes, A),
        _waves(amplitude=(0.0, 5.0)),
    ),
    Sign(
        "A and p from one number",
        "High waves have other phases than low ones: A and p come from the same random number. "
        "Draw one for each.",
        Waves.linked,
        _linked_waves,
    ),
    Sign(
        "",
        "All ranges are right, but in its range x, A or p is not drawn evenly, as `torch.rand` "
        "does.",
        Waves.uneven,
    ),
    Sign(
        "a generator of its own",
        "You draw from a generator of your own that starts like `generator`, from its seed or its "
        "state. Who calls twice with one generator gets the same waves twice. Draw from "
        "`generator` itself, so that it moves on.",
        Waves.from_the_seed,
        _waves(source=_again_from_its_seed),
    ),
    Sign(
        "",
        "Some tasks share their wave, or its A, its p or an x, with other tasks. Each of the "
        "n_tasks tasks draws its own.",
        Waves.repeated,
    ),
    Sign(
        "",
        "All ranges are right, but some numbers hang together: A, p and x should say nothing of "
        "each other, nor of the place of a task in the row.",
        Waves.by_place,
    ),
)


sample_waves = Sampler(
    "sample_waves",
    title="sample many waves",
    notebook="01",
    answer=_waves(),
    reading=Waves,
    cases=(
        Case("a thousand waves, six points each", partial(_draws, 1000, 6, 0)),
        Case("the same, with the same seed", partial(_draws, 1000, 6, 0)),
        Case("the same, with another seed", partial(_draws, 1000, 6, 1)),
        Case("the first, after the generator has drawn", partial(_draws, 1000, 6, 0, before=9999)),
        Case("three waves, one point each", partial(_draws, 3, 1, 2)),
    ),
    signs=SIGNS,
    means="Every task has its own wave, every point lies on the wave of its task, and the same "
    "seed draws the same tasks. Batches like this one are what all later notebooks learn from.",
)
