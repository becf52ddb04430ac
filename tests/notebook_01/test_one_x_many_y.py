"""One x, a thousand tasks: the best single y is the mean, and it is not good."""

import math

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_01.one_x_many_y import BINS, GRID, one_x_frame, one_x_many_y
from course_utils.notebook_01.shown_tasks import SHOWN, waves_at
from tests import asked


@pytest.mark.parametrize("x", [-4.0, 0.0, 1.0, 2.5])
def test_no_y_beats_the_mean(x):
    known = one_x_frame(0.0, x)
    errors = [one_x_frame(known.mean + off, x).error for off in (-0.5, -0.05, 0.05, 0.5)]
    assert min(errors) > known.least
    assert one_x_frame(known.mean, x).error == pytest.approx(known.least)


def test_a_guess_costs_its_squared_distance_from_the_mean_more():
    known = one_x_frame(0.3, 2.5)
    assert known.error - known.least == pytest.approx((0.3 - known.mean) ** 2)


def test_the_mean_is_the_formula_of_the_text():
    """-(2/π)·2.55·cos x, within what a thousand tasks allow."""
    average = one_x_frame(0.0, 0.0).average
    formula = -2 / math.pi * 2.55 * np.cos(GRID)
    assert np.abs(average - formula).max() < 0.15
    assert one_x_frame(0.0, 2.5).mean == pytest.approx(1.3, abs=0.05)
    assert one_x_frame(0.0, 2.5).least > 2.3


def test_every_task_is_in_the_histogram():
    for x in (-5.0, 0.0, 2.5):
        assert one_x_frame(0.0, x).counts.sum() == 1000


def test_the_prediction_says_nothing_before_it_is_asked():
    prediction = one_x_many_y()
    known = prediction.data
    prediction.drag("guess", 0.0, -1.0)
    assert prediction.values["guess"] == -1.0
    assert prediction.values["x"] == 2.5
    assert prediction.message == ""
    assert f"{known.mean:.2f}" not in prediction.alt
    before = prediction.png()
    prediction.reveal()
    assert prediction.png() != before
    assert f"{known.mean:.2f}" in prediction.alt
    assert prediction.message.startswith("Not close.")
    assert f"{1 + known.mean:.2f} from it" in prediction.message
    prediction.set(guess=known.mean)
    assert prediction.message.startswith("Exactly.")
    prediction.reset()
    assert prediction.message == ""
    assert prediction.png() != before


def test_the_dotted_line_can_be_moved_and_the_answer_with_it():
    prediction = one_x_many_y()
    prediction.reveal()
    prediction.set(x=0)
    assert "At x = 0.00" in prediction.alt
    assert prediction.data.mean < -1.4


def test_the_answers_names_are_in_the_legend_only_once_it_is_shown():
    prediction = one_x_many_y()
    always, answers = prediction._stage.figure.legends
    assert next(text.get_text() for text in always.texts) == "your y"
    assert not answers.get_visible()
    prediction.reveal()
    assert answers.get_visible()
    assert len(answers.texts) == 2


def test_nothing_of_the_answer_is_drawn_before_it_is_shown():
    prediction = one_x_many_y()
    answers = ("average", "best", "best level")
    for shown in (False, True, False):
        prediction.set(revealed=shown)
        assert [bool(len(asked.points(prediction, name))) for name in answers] == [shown] * 3
        assert asked.artist(prediction, "bars").get_visible() is shown


def test_the_circle_stands_on_the_dotted_line_and_its_y_is_beside_it_too():
    prediction = one_x_many_y()
    prediction.set(x=-1.0, guess=2.0)
    assert asked.points(prediction, "mine").tolist() == [[-1.0, 2.0]]
    assert asked.points(prediction, "rule")[:, 0].tolist() == [-1.0, -1.0]
    assert asked.artist(prediction, "rule").get_linestyle() == ":"
    level = asked.artist(prediction, "my level")
    assert level.get_ydata().tolist() == [2.0, 2.0]
    assert level.axes.get_ylim() == asked.artist(prediction, "mine").axes.get_ylim()


def test_the_square_is_the_mean_of_the_tasks_and_on_the_black_curve():
    prediction = one_x_many_y()
    prediction.set(x=1.0, guess=2.0, revealed=True)
    mean = waves_at(1.0).mean()
    np.testing.assert_allclose(asked.points(prediction, "best"), [[1.0, mean]])
    np.testing.assert_allclose(asked.points(prediction, "best level")[:, 1], [mean, mean])
    curve = asked.points(prediction, "average")
    np.testing.assert_allclose(curve[:, 1], waves_at(GRID).mean(0))
    assert np.interp(1.0, *curve.T) == pytest.approx(mean, abs=0.01)
    assert asked.artist(prediction, "average").get_color() == style.INK


def test_each_bar_is_as_long_as_there_are_tasks_at_its_y():
    prediction = one_x_many_y()
    prediction.set(x=3.0, revealed=True)
    corners = asked.artist(prediction, "bars").get_xy()
    counts, _ = np.histogram(waves_at(3.0), BINS)
    np.testing.assert_allclose(corners[1:81:2], np.column_stack([counts, BINS[:-1]]))
    np.testing.assert_allclose(corners[2:82:2], np.column_stack([counts, BINS[1:]]))


def test_the_grey_waves_are_the_first_of_the_thousand_tasks():
    axes = asked.artist(one_x_many_y(), "mine").axes
    grey = [line.get_ydata() for line in axes.lines if line.get_color() == style.FAINT]
    np.testing.assert_array_equal(grey, waves_at(GRID)[:SHOWN])
