"""Samplers whose draws look right one by one, and are not right together: none is called right."""

import math
from functools import partial

import pytest
import torch

from course_utils import check
from course_utils.exercises.verdict import RIGHT, WRONG
from course_utils.tasks import Sinusoids

OWN = "a generator of its own"


def unit(*shape, generator):
    return torch.rand(*shape, generator=generator)


def waves(n_tasks, shots, generator, change=lambda a, p, x: (a, p, x)):
    """The right waves; `change` works on numbers from 0 to 1."""
    a, p = (unit(n_tasks, 1, 1, generator=generator) for _ in range(2))
    a, p, x = change(a, p, unit(n_tasks, shots, 1, generator=generator))
    x = 10 * x - 5
    return x, (0.1 + 4.9 * a) * torch.sin(x - math.pi * p)


def wave_by_wave(n_tasks, shots, generator):
    sizes = {"shots": shots, "queries": 1, "generator": generator}
    tasks = [Sinusoids().sample(1, **sizes) for _ in range(n_tasks)]
    return torch.cat([t.support_x for t in tasks]), torch.cat([t.support_y for t in tasks])


def sorted_in_each_task(a, p, x):
    return a, p, x.sort(dim=1).values


def by_a_drawn_seed(n_tasks, shots, generator):
    seed = int(torch.randint(2**31, (1,), generator=generator))
    return waves(n_tasks, shots, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    "answer", [wave_by_wave, partial(waves, change=sorted_in_each_task), by_a_drawn_seed]
)
def test_other_ways_to_draw_waves_are_right(answer):
    assert check.sample_waves.judge(answer).kind == RIGHT


@pytest.mark.parametrize("seed", range(20))
def test_right_waves_are_right_from_many_seeds(seed):
    """What is looked for must not come by chance."""

    def answer(n_tasks, shots, generator):
        unit(seed, generator=generator)
        return waves(n_tasks, shots, generator)

    assert check.sample_waves.judge(answer).kind == RIGHT


def from_its_seed(generator):
    return torch.Generator().manual_seed(generator.initial_seed())


def seeded_again(generator):
    return generator.manual_seed(generator.initial_seed())


def copied(generator):
    own = torch.Generator()
    own.set_state(generator.get_state())
    return own


@pytest.mark.parametrize("made", [from_its_seed, seeded_again, copied])
@pytest.mark.parametrize(("exercise", "n"), [("sample_waves", 2), ("episode", 4)])
def test_a_generator_made_anew_has_its_name(exercise, n, made):
    check_of = getattr(check, exercise)

    def answer(*args):
        return check_of.answer(*args[:n], made(args[n]))

    assert check_of.judge(answer).names == (OWN,)


def phases_from_its_seed(n_tasks, shots, generator):
    def change(a, p, x):
        return a, unit(n_tasks, 1, 1, generator=from_its_seed(generator).manual_seed(7)), x

    again = from_its_seed(generator)
    phases = unit(n_tasks, 1, 1, generator=again)
    unit(3, generator=generator)
    return waves(n_tasks, shots, generator, lambda a, p, x: (a, phases, x))


def test_phases_alone_from_the_seed_are_seen():
    assert check.sample_waves.judge(phases_from_its_seed).names == (OWN,)


def half_twice(part):
    half = part[: (len(part) + 1) // 2]
    return torch.cat([half, half])[: len(part)]


CHANGES = {
    "500 waves each there twice": lambda a, p, x: (half_twice(a), half_twice(p), x),
    "twice, one after the other": lambda a, p, x: (
        a[: (len(a) + 1) // 2].repeat_interleave(2, 0)[: len(a)],
        p[: (len(a) + 1) // 2].repeat_interleave(2, 0)[: len(a)],
        x,
    ),
    "each amplitude twice": lambda a, p, x: (half_twice(a), p, x),
    "each phase twice": lambda a, p, x: (a, half_twice(p), x),
    "each x in two tasks": lambda a, p, x: (a, p, half_twice(x)),
    "ten waves come again": lambda a, p, x: (*(torch.cat([v[:10], v[:-10]]) for v in (a, p)), x),
    "phases are the amplitudes reversed": lambda a, p, x: (a, a.flip(0), x),
    "phases are 1 minus the amplitudes": lambda a, p, x: (a, 1 - a, x),
    "phases are the next task's amplitudes": lambda a, p, x: (a, a.roll(1, 0), x),
    "phases fall and rise with the amplitudes": lambda a, p, x: (a, (2 * a - 1).abs(), x),
    "phases are the amplitudes shuffled": lambda a, p, x: (a, a[p.flatten().argsort()], x),
    "waves in the order of their height": lambda a, p, x: (a.sort(0).values, p, x),
    "waves in the order of their phase": lambda a, p, x: (a, p.sort(0).values, x),
    "the first x says the amplitude": lambda a, p, x: (
        a,
        p,
        torch.cat([a, x[:, 1:]], 1),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_waves_that_repeat_or_hang_together_are_refused(change):
    verdict = check.sample_waves.judge(partial(waves, change=change))
    assert verdict.kind == WRONG
    assert set(verdict.names) <= {"A and p from one number"}
    assert verdict.names or "first case" in verdict.lines[0]


def episodes(order=torch.randperm, pile=torch.randperm):
    def answer(pools, ways, shots, queries, generator):
        found = []
        for n in order(len(pools), generator=generator)[:ways].tolist():
            places = pile(len(pools[n]), generator=generator)
            found.append((pools[n][places[:shots]], pools[n][places[shots : shots + queries]]))
        y = torch.arange(ways)
        support, query = (torch.cat(part) for part in zip(*found, strict=True))
        return support, y.repeat_interleave(shots), query, y.repeat_interleave(queries)

    return answer


def moved(draw, by):
    """Without the last places, or without the first where `by` is above 0."""

    def drawn(n, generator):
        return draw(n - abs(by), generator=generator) + max(by, 0)

    return drawn


@pytest.mark.parametrize("by", [-1, 1, -2])
def test_a_class_that_never_comes_has_its_name(by):
    answer = episodes(order=moved(torch.randperm, by))
    assert check.episode.judge(answer).names == ("a class left out",)


@pytest.mark.parametrize("by", [-1, 1, -2])
def test_pictures_that_never_come_have_their_name(by):
    answer = episodes(pile=moved(torch.randperm, by))
    assert check.episode.judge(answer).names == ("a picture left out",)


def test_pictures_of_the_largest_pools_that_never_come_have_their_name():
    def pile(n, generator):
        return torch.randperm(min(n, 15), generator=generator)

    assert check.episode.judge(episodes(pile=pile)).names == ("a picture left out",)


@pytest.mark.parametrize("seed", range(20))
def test_right_episodes_are_right_from_many_seeds(seed):
    def answer(*args):
        unit(seed, generator=args[-1])
        return episodes()(*args)

    assert check.episode.judge(answer).kind == RIGHT


@pytest.mark.parametrize("part", ["classes", "pictures"])
def test_classes_or_pictures_alone_from_the_seed_are_seen(part):
    def seeded(n, generator):
        unit(1, generator=generator)
        return torch.randperm(n, generator=from_its_seed(generator))

    def spread(n, generator):  # of each class its own order, so that no earlier sign shows
        unit(1, generator=generator)
        own = torch.Generator().manual_seed(generator.initial_seed() * 97 + len(drawn) % 5)
        drawn.append(n)
        return torch.randperm(n, generator=own)

    drawn = []
    answer = episodes(order=seeded) if part == "classes" else episodes(pile=spread)
    assert check.episode.judge(answer).kind == WRONG
