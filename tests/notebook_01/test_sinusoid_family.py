"""The family explorer: one wave under the hand, points that stay when more come."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_01.sinusoid_family import (
    GRID,
    LIMITS,
    MOST_SHOTS,
    NEIGHBOURS,
    QUERIES,
    family_frame,
    neighbours,
    sinusoid_family,
)
from tests import asked


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


def test_only_the_support_points_are_drawn_at_first(explorer):
    explorer.set(all_shown=False)
    assert len(asked.points(explorer, "support")) == explorer.values["shots"]
    for name in ("curve", "query", "crest"):
        assert len(asked.points(explorer, name)) == 0


def test_support_and_query_points_are_drawn_where_they_are_and_on_the_wave(explorer):
    explorer.set(amplitude=3.5, phase=1.1, shots=7, new=3)
    support, query = (asked.points(explorer, name) for name in ("support", "query"))
    np.testing.assert_array_equal(support, explorer.data.support)
    np.testing.assert_array_equal(query, explorer.data.query)
    assert (len(support), len(query)) == (7, QUERIES)
    wave = asked.points(explorer, "curve")
    for points in (support, query):
        np.testing.assert_allclose(points[:, 1], np.interp(points[:, 0], *wave.T), atol=0.01)


def test_the_triangle_is_on_the_crest_of_the_wave(explorer):
    explorer.set(amplitude=2.0, phase=0.4)
    (crest,), wave = asked.points(explorer, "crest"), asked.points(explorer, "curve")
    near = wave[np.abs(wave[:, 0] - crest[0]) < 1]
    np.testing.assert_allclose(crest, near[near[:, 1].argmax()], atol=0.03)


def test_support_points_are_filled_and_query_points_hollow(explorer):
    support, query = (asked.artist(explorer, name) for name in ("support", "query"))
    assert support.get_markerfacecolor() == style.TASKS[0]
    assert query.get_markerfacecolor() == "none"
    assert query.get_markeredgecolor() == style.INK


def test_the_family_is_in_grey_and_the_task_in_green(explorer):
    axes = asked.artist(explorer, "curve").axes
    grey = [line for line in axes.lines if line.get_color() == style.FAINT]
    np.testing.assert_array_equal([line.get_ydata() for line in grey], neighbours())
    assert len(grey) == NEIGHBOURS
    assert asked.artist(explorer, "curve").get_color() == style.TASKS[0]


def test_the_legend_calls_each_mark_by_its_name(explorer):
    (legend,) = explorer._stage.figure.legends
    named = {text.get_text() for text in legend.texts}
    marks = {
        "curve": "one task",
        "support": "its support points",
        "query": "its query points",
        "crest": "crest: drag it",
    }
    assert {name: asked.artist(explorer, name).get_label() for name in marks} == marks
    assert named == {"other tasks", *marks.values()}
