"""Notebook 08's still pictures show the medians that they are given; what it measures fits them."""

import numpy as np
import pytest

from course_utils.checkpoints.alike import alike
from course_utils.notebook_08 import looks, measured, pictures, travel
from course_utils.tasks import Sinusoids


def test_the_ring_has_a_line_for_each_training_at_its_phases():
    phases = np.linspace(0, 2 * np.pi, 9)
    medians = {"MAML": np.array([[1.0] * 9, [2.0] * 9]), "random": np.full((1, 9), 3.0)}
    ax = pictures.ring(phases, medians)
    found = {line.get_gid(): line for line in ax.lines}
    assert set(found) == {"MAML 0", "MAML 1", "random 0"}
    assert found["MAML 1"].get_ydata().tolist() == [2.0] * 9
    assert found["random 0"].get_color() == looks.LOOKS["random"]["color"]
    assert found["MAML 0"].get_xdata() == pytest.approx(phases)


def test_each_shape_has_a_row_and_each_training_a_mark():
    found = {
        "sine": {"MAML": [0.1, 0.2], "random": [3.0]},
        "line": {"MAML": [2.0], "random": [0.9]},
    }
    ax = pictures.shapes(found)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["sine", "line"]
    marks = [line for line in ax.lines if line.get_marker() == looks.LOOKS["MAML"]["marker"]]
    drawn = [(line.get_xdata().tolist(), round(float(line.get_ydata()[0]))) for line in marks[:2]]
    assert drawn == [([0.1, 0.2], 0), ([2.0], 1)]


def test_errors_beyond_an_axis_lie_at_its_end():
    errors = np.array([1e-9, 0.5, 1e9, np.inf, np.nan])
    assert looks.clipped(errors, (0.01, 10)).tolist() == [0.01, 0.5, 10, 10, 10]


def test_medians_are_those_of_three_trainings_and_two_learners_without():
    batch = travel.home(40)
    found = measured.medians(batch)
    assert {name: len(values) for name, values in found.items()} == {
        "MAML": 3,
        "transfer": 3,
        "random": 3,
        "kernel ridge": 1,
        "sin and cos": 1,
    }
    errors = travel.errors_from(travel.starts(2), batch, (5,))
    for name in ("MAML", "transfer", "random"):
        assert found[name][2] == pytest.approx(travel.judged(errors[name][5]).median)


def test_a_training_with_fixed_points_is_asked_at_these_points():
    found = measured.from_few_waves(40)
    assert found.errors["fixed"]["own"][:, 0].max() < 0.01
    assert found.errors["fixed"]["unseen"].shape == (3, len(found.counts))
    assert found.endless < found.transfer / 2


def test_the_spread_has_a_line_for_each_training_and_a_name_for_each_way():
    errors = {name: np.array([[0.01, 1.0], [0.02, 2.0]]) for name in pictures.SPREAD_LOOKS}
    ax = pictures.spread((5, 100), errors)
    assert ax.get_ylabel() == "median squared error"
    found = {line.get_gid(): line for line in ax.lines}
    assert set(found) == {f"{name} {seed}" for name in errors for seed in (0, 1)}
    assert found["MAML, one step 1"].get_ydata().tolist() == [0.02, 2.0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(errors)


def test_of_tasks_that_are_alike_the_medians_are_drawn():
    """A few tasks have nearly all of the mean: it is above 1 there."""
    spreads, errors = measured.over_spread()
    alike_most = errors["transfer, five steps"][:, spreads.index(5)]
    assert alike_most.shape == (3,)
    assert alike_most.max() < 0.1


def test_tasks_that_are_alike_fill_the_middle_of_the_ranges():
    assert alike(100).amplitude == pytest.approx(Sinusoids().amplitude)
    half = alike(50)
    assert half.amplitude == pytest.approx((1.325, 3.775))
    assert half.phase == pytest.approx((np.pi / 4, 3 * np.pi / 4))
    with pytest.raises(ValueError, match="spread must be at most 100 per cent, got 101"):
        alike(101)
    with pytest.raises(ValueError, match="spread must be finite and at least 0, got -1"):
        alike(-1)
