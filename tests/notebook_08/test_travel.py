"""How far learning travels: errors are judged as they are, and each way leads where it says."""

import math

import pytest
import torch

from course_utils import checkpoints
from course_utils.learners import task_losses, wave_fit
from course_utils.notebook_08 import places, travel
from course_utils.tasks import Sinusoids, Waves, sine_wave, wave

# --- errors of many tasks -------------------------------------------------------------------------


def test_what_exploded_is_counted_and_is_not_in_the_mean():
    errors = torch.tensor([1.0] * 20 + [3.0] * 20 + [1e9, math.inf, math.nan])
    found = travel.judged(errors)
    assert (found.mean, found.median, found.exploded) == (2.0, 3.0, 3)
    assert found.worse is None
    assert found.n_tasks == 43


def test_a_task_that_ends_above_its_start_or_nowhere_is_worse():
    before = torch.full((30,), 2.0)
    after = torch.cat([torch.full((20,), 1.0), torch.tensor([2.0, 2.1, 5e4, math.nan] + [0.0] * 6)])
    assert travel.judged(after, before).worse == 3


def test_errors_of_other_tasks_are_refused():
    with pytest.raises(ValueError, match=r"before must hold the errors of the same tasks, \(30,\)"):
        travel.judged(torch.ones(30), torch.ones(20))


# --- learners -------------------------------------------------------------------------------------


def test_the_three_starts_are_two_trainings_and_where_both_began():
    starts = travel.starts(1)
    assert list(starts) == ["MAML", "transfer", "random"]
    for name in ("MAML", "transfer"):
        phi = checkpoints.load(f"sinusoids-{name.lower()}-k5-seed1").phi
        assert all(torch.equal(starts[name][leaf], phi[leaf]) for leaf in phi)
    zero = checkpoints.sinusoid_start(1)
    assert all(torch.equal(starts["random"][leaf], zero[leaf]) for leaf in zero)


def test_two_points_give_a_wave_away_and_one_does_not():
    for shots, most in ((2, 1e-6), (5, 1e-6)):
        tasks = travel.home(50, shots=shots)
        assert task_losses(wave_fit, tasks).median() < most
    assert task_losses(wave_fit, travel.home(50, shots=1)).mean() > 0.5


def test_the_ridge_that_is_tuned_is_the_best_of_those_that_were_tried():
    tasks = travel.home(60, shots=6, seed=3)
    best = task_losses(travel.tuned_ridge(6, tasks), tasks).mean()
    for width in travel.WIDTHS:
        for knob in travel.KNOBS:
            other = task_losses(travel.kernel_ridge(knob, width=width), tasks).mean()
            assert best <= other
    with pytest.raises(ValueError, match="shots must be a whole number of at least 1, got 0"):
        travel.tuned_ridge(0)


# --- ways -----------------------------------------------------------------------------------------


def facts(batch):
    return {name: fact[:, None, None] for name, fact in batch.facts.items()}


def test_the_way_of_shapes_begins_at_home_and_ends_at_lines():
    for place, name in ((0, "sine"), (places.TRIANGLE_AT, "triangle"), (10, "line")):
        batch, expected = places.tasks_at("shape", place, 12), travel.shape(name, 12)
        torch.testing.assert_close(batch.support_x, expected.support_x)
        torch.testing.assert_close(batch.query_y, expected.query_y, atol=1e-5, rtol=1e-5)


def test_between_two_shapes_a_function_lies_between():
    for place, one, other, share in ((2, "sine", "triangle", 0.5), (7, "triangle", "line", 0.5)):
        middle = places.tasks_at("shape", place, 12).query_y
        first, last = (travel.shape(name, 12).query_y for name in (one, other))
        torch.testing.assert_close(middle, (1 - share) * first + share * last, atol=1e-5, rtol=0)
        assert "50 %" in places.WAYS["shape"].words(place)


@pytest.mark.parametrize("way", ["amplitude", "phase"])
def test_on_the_other_ways_one_fact_changes(way):
    for place in (0, 5, 10):
        batch = places.tasks_at(way, place, 12)
        of = {name: facts(batch)[name] for name in ("amplitude", "phase")}
        of[way] = torch.tensor(places.WAYS[way].values[place])
        torch.testing.assert_close(batch.query_y, sine_wave(batch.query_x, **of), atol=2e-5, rtol=0)
        assert torch.equal(batch.support_x, places.tasks_at("shape", 0, 12).support_x)


def test_home_is_what_training_knew():
    assert places.WAYS["amplitude"].home == Sinusoids().amplitude
    assert places.WAYS["phase"].home == Sinusoids().phase
    assert places.WAYS["phase"].values[-1] == pytest.approx(2 * math.pi)
    assert max(places.WAYS["amplitude"].values) == 2 * Sinusoids().amplitude[1]


def test_a_function_is_drawn_where_its_points_lie():
    batch = places.tasks_at("shape", 9, 5)
    again = places.function_at("shape", 9, batch.facts, batch.support_x)
    torch.testing.assert_close(again, batch.support_y)
    line = wave("line", batch.query_x, **{n: facts(batch)[n] for n in ("slope", "offset")})
    end = places.function_at("shape", 10, batch.facts, batch.query_x)
    torch.testing.assert_close(end, line)


@pytest.mark.parametrize(
    ("way", "place", "said"),
    [("sideways", 0, "way must be one of shape, amplitude, phase"), ("shape", 11, "from 0 to 10")],
)
def test_a_place_that_there_is_not_is_refused(way, place, said):
    with pytest.raises(ValueError, match=said):
        places.tasks_at(way, place, 3)


# --- what the notebook says of the trainings ------------------------------------------------------


@pytest.fixture(scope="module")
def ends():
    """Median errors {(shape, steps): {start: of three trainings}}, 200 tasks."""
    found = {}
    for shape, family in {
        "steep": Waves("line"),
        "gentle": Waves("line", slope=(-0.5, 0.5)),
        "constant": Waves("constant"),
        "parabola": Waves("parabola"),
    }.items():
        generator = torch.Generator().manual_seed(5)
        batch = family.sample(200, shots=5, queries=50, generator=generator)
        each = [travel.errors_from(travel.starts(seed), batch, (1, 5)) for seed in travel.SEEDS]
        for steps in (1, 5):
            found[shape, steps] = {
                name: [errors[name][steps].median().item() for errors in each] for name in each[0]
            }
    return found


def test_untrained_beats_both_off_the_shape_in_every_training(ends):
    for found in ends.values():
        for random, maml, transfer in zip(
            *(found[name] for name in ("random", "MAML", "transfer")), strict=True
        ):
            assert random < min(maml, transfer)


def test_transfer_beats_maml_on_steep_lines_and_only_there(ends):
    steep, gentle = ends["steep", 5], ends["gentle", 5]
    assert max(steep["transfer"]) < min(steep["MAML"])
    assert max(gentle["transfer"]) > min(gentle["MAML"])


def test_a_long_training_is_about_level_with_a_short_one_on_lines():
    batch = Waves("line").sample(
        300, shots=5, queries=100, generator=torch.Generator().manual_seed(8)
    )
    for seed in travel.SEEDS:
        phis = travel.starts(seed)
        phis["short"] = checkpoints.load(f"alike-100-maml-seed{seed}").phi
        found = travel.errors_from(phis, batch, (5,))
        end = {name: errors[5].median().item() for name, errors in found.items()}
        assert 0.8 < end["short"] / end["MAML"] < 1.7
        assert end["random"] < 0.6 * min(end["short"], end["MAML"])


def test_the_one_trained_with_ten_points_is_hardly_better_at_ten():
    batch = travel.home(300, shots=10)
    five, ten = (
        [
            travel.errors_from({"MAML": travel.starts(seed, shots)["MAML"]}, batch, (5,))
            for seed in travel.SEEDS
        ]
        for shots in (5, 10)
    )
    of_five, of_ten = (
        torch.tensor([found["MAML"][5].median() for found in each]).mean() for each in (five, ten)
    )
    assert 0.7 < of_ten / of_five < 1.1


@pytest.mark.parametrize("draws", [8, 9])  # to choose, and to report
def test_half_the_step_and_twice_the_steps_mend_high_waves(draws):
    family = Sinusoids(amplitude=(10.0, 10.0))
    high = family.sample(200, shots=5, queries=100, generator=torch.Generator().manual_seed(draws))
    for seed in travel.SEEDS:
        phi = travel.starts(seed)["MAML"]
        medians = {}
        for inner_lr, steps in ((0.01, 1), (0.005, 10), (0.003, 20)):
            how = {"inner_lr": inner_lr, "steps": (steps,)}
            errors = travel.evaluation.errors_after(travel.LOSS, phi, high, **how)[steps]
            medians[inner_lr] = errors.median()
            assert (errors <= travel.EXPLODED).float().mean() > 0.99
        assert max(medians[0.005], medians[0.003]) < 0.95 * medians[0.01]
