"""Halfway between two φ: the prediction starts on the straight line and answers when asked."""

import numpy as np
import pytest

from course_utils.notebook_05 import halfway

T = np.linspace(-0.2, 1.2, 15)
BEFORE = np.full(15, 3.0)
PLATEAU = np.where(T < 0.55, 2.5, 0.5)  # a step is worth something near MAML's end only


def asked(after=PLATEAU):
    return halfway.halfway(T, BEFORE, after)


def test_the_guess_starts_half_way_up_between_the_ends():
    prediction = asked()
    assert prediction.values["loss"] == pytest.approx(1.5)
    assert prediction.message == ""
    assert "Halfway it is" not in prediction.alt
    assert "2.50 at transfer's φ and 0.50 at MAML's" in prediction.alt


def test_the_diamond_moves_up_and_down_only():
    prediction = asked()
    picture = prediction.png()
    prediction.drag("guess", 0.9, 2.22)
    assert prediction.values["loss"] == pytest.approx(2.2)
    assert prediction.png() != picture
    prediction.drag("guess", 0.9, -3)
    assert prediction.values["loss"] == 0
    prediction.drag("guess", 0.9, 99)
    assert prediction.values["loss"] == halfway.TOP


def test_the_answer_is_the_curve_at_one_half_and_the_distance_is_said():
    prediction = asked()
    prediction.drag("guess", 0.5, 1.2)
    hidden = prediction.png()
    prediction.reveal()
    assert prediction.data == pytest.approx(2.5)
    assert "1.30 too low" in prediction.message
    assert "2.50" in prediction.message
    assert "Halfway it is 2.50" in prediction.alt
    assert prediction.png() != hidden


def test_a_good_guess_is_praised_and_reset_asks_again():
    prediction = asked()
    prediction.drag("guess", 0.5, 2.6)
    prediction.reveal()
    assert prediction.message.startswith("You saw it: only 0.10 off.")
    prediction.reset()
    assert prediction.message == ""
    assert prediction.values["loss"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (PLATEAU, "no more than one from transfer's φ"),
        (2.5 - 2 * T, "gradually"),
        (np.where(T > 0.45, 0.5, 2.5), "as much as one from MAML's"),
    ],
)
def test_what_is_said_about_the_line_is_what_its_curve_shows(after, said):
    prediction = asked(after)
    prediction.reveal()
    assert said in prediction.message


def test_the_stored_sentence_knows_no_number():
    assert not any(letter.isdigit() for letter in asked().describe)


@pytest.mark.parametrize(
    ("t", "after"), [(T[:-1], PLATEAU), (T + 0.5, PLATEAU), (T, PLATEAU[None])], ids=repr
)
def test_curves_that_do_not_fit_are_said(t, after):
    with pytest.raises(ValueError, match="t, before and after must be one row each"):
        halfway.halfway(t, BEFORE, after)
