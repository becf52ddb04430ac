"""The family explorer: one wave under the hand, points that stay when more come."""

import numpy as np
import pytest

from course_utils.notebook_01.sinusoid_family import (
    GRID,
    LIMITS,
    MOST_SHOTS,
    family_frame,
    sinusoid_family,
)


@pytest.fixture(scope="module")
def explorer():
    return sinusoid_family()


@pytest.fixture(autouse=True)
def _at_the_start(explorer):
    explorer.reset()
    explorer.set(all_shown=True)


def test_raising_k_adds_points_to_those_that_are_there():
    most = family_frame(2.0, 1.0, MOST_SHOTS, 0.3)
    for shots in range(1, MOST_SHOTS):
        fewer = family_frame(2.0, 1.0, shots, 0.3)
        assert len(fewer.support) == shots
        np.testing.assert_array_equal(fewer.support, most.support[:shots])
        np.testing.assert_array_equal(fewer.query, most.query)


def test_without_noise_every_point_is_on_the_wave():
    data = family_frame(3.0, 0.7, 8, 0.0)
    for points in (data.support, data.query):
        np.testing.assert_allclose(points[:, 1], 3 * np.sin(points[:, 0] - 0.7), atol=1e-5)


def test_noise_moves_points_up_and_down_only():
    still, noisy = (family_frame(3.0, 0.7, 8, noise) for noise in (0.0, 0.5))
    np.testing.assert_array_equal(still.support[:, 0], noisy.support[:, 0])
    assert (still.support[:, 1] != noisy.support[:, 1]).all()
    np.testing.assert_array_equal(still.curve, noisy.curve)


def test_no_point_is_support_and_query():
    data = family_frame(3.0, 0.7, MOST_SHOTS, 0.0)
    assert not set(data.support[:, 0]) & set(data.query[:, 0])


def test_the_crest_is_dragged_to_amplitude_and_phase(explorer):
    explorer.drag("crest", 3.0, 1.5)
    assert explorer.values["amplitude"] == 1.5
    assert explorer.values["phase"] == pytest.approx(3.0 - np.pi / 2, abs=0.011)
    curve = explorer.data.curve
    near = np.abs(GRID - 3.0) < 1
    assert curve.max() == pytest.approx(1.5, abs=0.01)
    assert GRID[near][curve[near].argmax()] == pytest.approx(3.0, abs=0.05)


def test_points_about_the_highest_wave_stay_in_the_picture(explorer):
    for new in range(10):
        explorer.set(amplitude=5.0, noise=1.0, shots=MOST_SHOTS, new=new)
        points = np.concatenate([explorer.data.support, explorer.data.query])
        assert np.abs(points[:, 1]).max() < LIMITS[1]


def test_a_drag_out_of_the_family_stops_at_its_edge(explorer):
    explorer.drag("crest", -5.0, 9.0)
    assert explorer.values["amplitude"] == 5.0
    assert explorer.values["phase"] == 0.0


def test_the_button_draws_other_points_of_the_same_task(explorer):
    before = explorer.data
    explorer._widgets["new"].click()
    assert not np.array_equal(explorer.data.support, before.support)
    np.testing.assert_array_equal(explorer.data.curve, before.curve)


def test_it_opens_with_the_wave_hidden_in_picture_words_and_handles(explorer):
    shown, handles = explorer.png(), explorer.canvas.handles
    explorer.reset()
    assert not explorer.values["all_shown"]
    assert explorer.canvas.handles == []
    assert "hidden" in explorer.alt
    assert "amplitude" not in explorer.alt
    hidden = explorer.png()
    assert hidden != shown
    assert [handle["name"] for handle in handles] == ["crest"]
    explorer.set(all_shown=True)
    assert explorer.png() == shown


def test_alt_text_follows_the_state(explorer):
    explorer.set(amplitude=1.2, phase=2.0, shots=9, noise=0.25)
    for part in ("amplitude 1.2", "phase 2.00", "9 support points", "noise 0.25"):
        assert part in explorer.alt
    explorer.set(noise=0)
    assert "10 query points on it" in explorer.alt
    assert explorer.message == ""
