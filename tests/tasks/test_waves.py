"""Other shapes are what they are called; a fixed number of waves stays what it is."""

import math

import pytest
import torch

from course_utils.tasks import FewSinusoids, Sinusoids, Waves, sine_wave, wave
from course_utils.tasks.waves import FACTS, SHAPES


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(shape, n_tasks=40, **how):
    counts = {"shots": 5, "queries": 30, "generator": seeded()}
    return Waves(shape, **how).sample(n_tasks, **counts)


# --- shapes ---------------------------------------------------------------------------------------

AT = {  # over a turn of 2π: at 0, an eighth, a quarter, three eighths, a half, three quarters
    "triangle": (0.0, 0.5, 1.0, 0.5, 0.0, -1.0),
    "sawtooth": (0.0, 0.25, 0.5, 0.75, -1.0, -0.5),
    "square": (1.0, 1.0, 1.0, 1.0, -1.0, -1.0),
    "sine": (0.0, math.sqrt(0.5), 1.0, math.sqrt(0.5), 0.0, -1.0),
}


@pytest.mark.parametrize("shape", AT)
def test_a_periodic_shape_has_these_values_over_a_turn(shape):
    x = 2 * math.pi * torch.tensor([0, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4], dtype=torch.float64)
    for turns in (-1, 0, 2):
        y = wave(shape, x + 0.3 + 2 * math.pi * turns + 1e-12, amplitude=2.0, phase=0.3)
        torch.testing.assert_close(y, 2 * torch.tensor(AT[shape], dtype=x.dtype), atol=1e-9, rtol=0)


@pytest.mark.parametrize("shape", AT)
def test_half_the_period_passes_twice_as_fast(shape):
    x = torch.linspace(0.01, 3, 50)
    how = {"amplitude": 1.0, "phase": 0.0}
    quick = wave(shape, x, **how, period=math.pi)
    torch.testing.assert_close(quick, wave(shape, 2 * x, **how), atol=1e-5, rtol=0)


def test_its_sine_is_that_of_the_sinusoids():
    batch = drawn("sine")
    facts = {name: fact[:, None, None] for name, fact in batch.facts.items()}
    expected = sine_wave(batch.query_x, **facts)
    torch.testing.assert_close(batch.query_y, expected, atol=2e-6, rtol=1e-5)
    assert Waves("sine").amplitude == Sinusoids().amplitude
    assert Waves("sine").phase == Sinusoids().phase


def test_lines_constants_and_parabolas():
    x = torch.linspace(-5, 5, 21)
    torch.testing.assert_close(wave("line", x, slope=0.5, offset=1.0), 0.5 * x + 1)
    torch.testing.assert_close(wave("constant", x, offset=-2.0), torch.full_like(x, -2.0))
    torch.testing.assert_close(wave("parabola", x, bend=0.1, offset=1.0), 0.1 * x**2 + 1)


# --- families -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_tasks_lie_on_the_function_of_their_facts(shape):
    batch = drawn(shape)
    assert tuple(batch.facts) == FACTS[shape]
    assert batch.support_x.shape == batch.support_y.shape == (40, 5, 1)
    assert batch.query_x.shape == batch.query_y.shape == (40, 30, 1)
    each = {name: fact[:, None, None] for name, fact in batch.facts.items()}
    torch.testing.assert_close(batch.support_y, wave(shape, batch.support_x, **each))
    torch.testing.assert_close(batch.query_y, wave(shape, batch.query_x, **each))
    assert batch.query_x.abs().max() <= 5


@pytest.mark.parametrize("shape", SHAPES)
def test_facts_fill_their_ranges(shape):
    batch = drawn(shape, 400)
    for name, fact in batch.facts.items():
        low, high = getattr(Waves(), name)
        assert low <= fact.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < fact.max() <= high


def test_equal_seeds_draw_equal_points_and_phases_for_every_shape():
    first = drawn("sine")
    for shape in SHAPES:
        other = drawn(shape)
        torch.testing.assert_close(other.support_x, first.support_x)
        torch.testing.assert_close(other.query_x, first.query_x)
        if "phase" in other.facts:
            torch.testing.assert_close(other.facts["phase"], first.facts["phase"])


def test_noise_has_the_size_that_was_asked_for():
    quiet, noisy = drawn("line"), drawn("line", noise=0.5)
    torch.testing.assert_close(noisy.query_x, quiet.query_x)
    assert (noisy.query_y - quiet.query_y).std().item() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"shape": "circle"}, "shape must be one of sine, triangle, .*, got 'circle'"),
        ({"shape": 3}, "shape must be one of"),
        ({"slope": (1.0, -1.0)}, r"slope must run from low to high, got \(1.0, -1.0\)"),
        ({"offset": (0.0, math.inf)}, "offset must have finite ends"),
        ({"bend": 0.1}, "bend must be a pair"),
        ({"x": (0.0, 1e30)}, "x must lie between"),
        ({"period": 0.0}, "period must be above 0, got 0.0"),
        ({"noise": -0.5}, "noise must be finite and at least 0, got -0.5"),
    ],
)
def test_a_wrong_family_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Waves(**wrong)


@pytest.mark.parametrize("count", ["n_tasks", "shots", "queries"])
def test_a_count_below_one_is_refused(count):
    counts = {"n_tasks": 2, "shots": 2, "queries": 2} | {count: 0}
    with pytest.raises(ValueError, match=f"{count} must be a whole number of at least 1, got 0"):
        Waves("line").sample(**counts, generator=seeded())


def test_a_wave_of_other_facts_is_refused():
    x = torch.zeros(3)
    with pytest.raises(ValueError, match="a line is made of slope and offset, got amplitude"):
        wave("line", x, amplitude=1.0)
    with pytest.raises(ValueError, match="a sine is made of amplitude and phase, got nothing"):
        wave("sine", x)
    with pytest.raises(ValueError, match="period must be above 0, got -1"):
        wave("sine", x, amplitude=1.0, phase=0.0, period=-1)


# --- few waves ------------------------------------------------------------------------------------


def few(fresh, n_waves=3, seed=0):
    return FewSinusoids(n_waves, fresh=fresh, seed=seed)


@pytest.mark.parametrize("fresh", [True, False])
def test_no_more_waves_are_drawn_than_there_are(fresh):
    family, generator = few(fresh), seeded(7)
    first = family.sample(200, shots=2, queries=4, generator=generator)
    later = family.sample(200, shots=2, queries=4, generator=generator)
    for fact in ("amplitude", "phase"):
        known = family.all_waves(shots=2, queries=4).facts[fact]
        for batch in (first, later):
            torch.testing.assert_close(batch.facts[fact], known[batch.facts["index"]])
            assert len(batch.facts[fact].unique()) == 3
            expected = sine_wave(
                batch.query_x,
                batch.facts["amplitude"][:, None, None],
                batch.facts["phase"][:, None, None],
            )
            torch.testing.assert_close(batch.query_y, expected)


def test_fixed_points_are_the_same_for_ever_and_fresh_ones_never():
    distinct = {}
    for fresh in (True, False):
        family, generator = few(fresh), seeded(7)
        batches = [
            family.sample(50, shots=2, queries=4, generator=generator).query_x for _ in range(2)
        ]
        distinct[fresh] = len(torch.cat(batches).unique())
    assert distinct[False] == 3 * 4
    assert distinct[True] > 350


def test_another_seed_has_other_waves_and_the_same_seed_the_same():
    counts = {"shots": 2, "queries": 4}
    one, again, other = (few(False, seed=seed).all_waves(**counts) for seed in (0, 0, 1))
    torch.testing.assert_close(one.query_y, again.query_y)
    assert not torch.allclose(one.facts["phase"], other.facts["phase"])


def test_its_own_waves_can_be_measured_anew():
    family = few(False)
    kept = family.all_waves(shots=2, queries=4)
    anew = family.all_waves(shots=2, queries=4, generator=seeded(3))
    torch.testing.assert_close(anew.facts["amplitude"], kept.facts["amplitude"])
    assert not torch.allclose(anew.query_x, kept.query_x)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n_waves": 0}, "n_waves must be a whole number of at least 1, got 0"),
        ({"fresh": 1}, "fresh must be True or False, got 1"),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
    ],
)
def test_a_wrong_number_of_waves_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        FewSinusoids(**({"n_waves": 3, "fresh": True} | wrong))


def test_few_waves_refuse_counts_below_one():
    for count in ("n_tasks", "shots", "queries"):
        counts = {"n_tasks": 2, "shots": 2, "queries": 2} | {count: 0}
        for fresh in (True, False):
            with pytest.raises(ValueError, match=f"{count} must be a whole number of at least 1"):
                few(fresh).sample(**counts, generator=seeded())


@pytest.mark.parametrize("fresh", [True, False])
def test_few_waves_refuse_a_batch_that_memory_does_not_hold(fresh):
    with pytest.raises(ValueError, match="n_tasks and shots and queries must make a batch"):
        few(fresh).sample(10**12, shots=2, queries=2, generator=seeded())


@pytest.mark.parametrize(
    ("x", "slope", "said"),
    [
        ([1.0], 1.0, "x must be a tensor, got"),
        (torch.ones(2), None, "slope must be a number, got None"),
        (torch.ones(2), float("nan"), "slope must be finite, got nan"),
    ],
)
def test_a_line_of_no_numbers_is_refused(x, slope, said):
    with pytest.raises(ValueError, match=said):
        wave("line", x, slope=slope, offset=0.0)
