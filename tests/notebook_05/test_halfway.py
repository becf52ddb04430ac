"""Halfway between two φ: the prediction starts on the straight line and answers when asked."""

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox
from matplotlib.text import Text

from course_utils.figures import style
from course_utils.notebook_05 import halfway
from tests import asked

T = np.linspace(-0.2, 1.2, 15)
BEFORE = np.full(15, 3.0)
PLATEAU = np.where(T < 0.55, 2.5, 0.5)  # a step is worth something near MAML's end only


def made(after=PLATEAU):
    return halfway.halfway(T, BEFORE, after)


def test_the_guess_starts_half_way_up_between_the_ends():
    prediction = made()
    assert prediction.values["loss"] == pytest.approx(1.5)
    assert prediction.message == ""
    assert "Halfway it is" not in prediction.alt
    assert "2.50 at transfer's φ and 0.50 at MAML's" in prediction.alt


def test_the_curve_before_any_step_is_shown_and_the_one_after_it_waits():
    prediction = made()
    before, after = (asked.artist(prediction, name) for name in ("before", "after"))
    assert before.get_ydata().tolist() == BEFORE.tolist()
    assert (before.get_color(), after.get_color()) == (style.TRANSFER, style.MAML)
    for name in ("after", "answer"):
        assert len(asked.points(prediction, name)) == 0
    prediction.reveal()
    assert asked.points(prediction, "after") == pytest.approx(np.column_stack([T, PLATEAU]))
    assert asked.points(prediction, "answer") == pytest.approx(np.array([[0.5, 2.5]]))


def test_both_phi_stand_where_a_step_from_them_ends_up():
    prediction = made()
    for name, t, height in (("transfer", 0, 2.5), ("MAML", 1, 0.5)):
        assert asked.points(prediction, name) == pytest.approx(np.array([[t, height]]))
        assert asked.artist(prediction, name).get_color() == style.METHODS[name]


def test_the_white_diamond_is_the_guess():
    prediction = made()
    prediction.set(loss=3.2)
    assert asked.points(prediction, "guess") == pytest.approx(np.array([[0.5, 3.2]]))


def test_words_have_the_marks_of_the_curves_that_they_name():
    found = made()._stage.figure.findobj(AnnotationBbox)
    words = [(box.findobj(Text)[0].get_text(), box.findobj(Line2D)[0].get_color()) for box in found]
    after = ("after one step", style.MAML)
    assert sorted(words) == [after, after, ("before any step", style.TRANSFER)]


def test_the_diamond_moves_up_and_down_only():
    prediction = made()
    picture = prediction.png()
    prediction.drag("guess", 0.9, 2.22)
    assert prediction.values["loss"] == pytest.approx(2.2)
    assert prediction.png() != picture
    prediction.drag("guess", 0.9, -3)
    assert prediction.values["loss"] == 0
    prediction.drag("guess", 0.9, 99)
    assert prediction.values["loss"] == halfway.TOP


def test_the_answer_is_the_curve_at_one_half_and_the_distance_is_said():
    prediction = made()
    prediction.drag("guess", 0.5, 1.2)
    hidden = prediction.png()
    prediction.reveal()
    assert prediction.data == pytest.approx(2.5)
    assert "1.30 too low" in prediction.message
    assert "2.50" in prediction.message
    assert "Halfway it is 2.50" in prediction.alt
    assert prediction.png() != hidden


def test_a_good_guess_is_praised_and_reset_asks_again():
    prediction = made()
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
    prediction = made(after)
    prediction.reveal()
    assert said in prediction.message


def test_the_stored_sentence_knows_no_number():
    assert not any(letter.isdigit() for letter in made().describe)


@pytest.mark.parametrize(
    ("t", "after"), [(T[:-1], PLATEAU), (T + 0.5, PLATEAU), (T, PLATEAU[None])], ids=repr
)
def test_curves_that_do_not_fit_are_said(t, after):
    with pytest.raises(ValueError, match="t, before and after must be one row each"):
        halfway.halfway(t, BEFORE, after)
