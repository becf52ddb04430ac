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


def in_a_row(n, generator):
    """Neighbours, the last beside the first."""
    return torch.arange(n).roll(int(torch.randint(n, (1,), generator=generator)))


def in_a_row_shuffled(ways, n, generator):
    row = in_a_row(n, generator)[:ways]
    return row[torch.randperm(ways, generator=generator)]


def with_class_0_first(ways, n, generator):
    others = torch.randperm(n - 1, generator=generator) + 1
    return torch.cat([torch.zeros(1, dtype=torch.int64), others])[:ways]


def lowest_first(ways, n, generator):
    chosen = torch.randperm(n, generator=generator)[:ways]
    lowest = chosen.min()
    return torch.cat([lowest[None], chosen[chosen != lowest]])


def class_3_never_last(ways, n, generator):
    """Class 3 has label 0 wherever it comes."""
    chosen = torch.randperm(n, generator=generator)[:ways]
    return torch.cat([chosen[chosen == 3], chosen[chosen != 3]])


def in_pairs(ways, n, generator):
    first = 2 * torch.randperm(n // 2, generator=generator)
    pairs = torch.stack([first, first + 1], 1)
    turned = torch.rand(len(pairs), generator=generator) < 0.5
    return torch.where(turned[:, None], pairs.flip(1), pairs).flatten()[:ways]


def ordered(order):
    """Episodes whose classes come in an order that is drawn for so many ways."""

    def answer(pools, ways, shots, queries, generator):
        drawn = episodes(order=lambda n, generator: order(ways, n, generator))
        return drawn(pools, ways, shots, queries, generator)

    return answer


WRONG_EPISODES = {
    "classes in a row": (episodes(order=in_a_row), "evenly"),
    "the same shuffled": (ordered(in_a_row_shuffled), "evenly"),
    "class 0 always": (ordered(with_class_0_first), "evenly"),
    "fixed pairs": (ordered(in_pairs), "evenly"),
    "the lowest has label 0": (ordered(lowest_first), "A label says"),
    "one class has label 0": (ordered(class_3_never_last), "A label says"),
    "neighbouring pictures": (episodes(pile=in_a_row), "neighbours"),
}


@pytest.mark.parametrize(("answer", "says"), WRONG_EPISODES.values(), ids=WRONG_EPISODES)
def test_episodes_that_are_not_drawn_evenly_are_refused(answer, says):
    verdict = check.episode.judge(answer)
    assert (verdict.kind, verdict.names) == (WRONG, ())
    assert says in verdict.says


MADE = {
    "flipped": lambda x: x.flip(-1),
    "upside down": lambda x: x.flip(-2),
    "transposed": lambda x: x.mT,
    "by 255": lambda x: x / 255,
    "empty": torch.zeros_like,
    "no numbers": lambda x: x * math.nan,
    "standardised": lambda x: (x - 0.5) / 0.5,
    "inverted": lambda x: 1 - x,
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_pictures_that_the_pools_do_not_hold_are_said_to_be_so(make):
    def answer(*args):
        support_x, support_y, query_x, query_y = episodes()(*args)
        return make(support_x), support_y, make(query_x), query_y

    verdict = check.episode.judge(answer)
    assert (verdict.kind, verdict.names) == (WRONG, ())
    assert "not in `pools`" in verdict.says


def test_pictures_of_64_bits_are_right():
    def answer(*args):
        support_x, support_y, query_x, query_y = episodes()(*args)
        return support_x.double(), support_y, query_x.double(), query_y

    assert check.episode.judge(answer).kind == RIGHT


def with_one_nan(x):
    x = x.clone()
    x[0, 0, 0] = math.nan
    return x


ODD = {"one nan": with_one_nan, "complex": lambda x: x.to(torch.complex64)}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
@pytest.mark.parametrize("which", [0, 1])
def test_waves_that_are_no_real_numbers_are_said_to_be_so(change, which):
    def answer(*args):
        drawn = list(waves(*args))
        drawn[which] = change(drawn[which])
        return tuple(drawn)

    verdict = check.sample_waves.judge(answer)
    assert (verdict.kind, verdict.names) == (WRONG, ())
    assert "real numbers" in verdict.says
