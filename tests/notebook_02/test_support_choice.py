"""What the support loss would choose: asked, then answered."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.learners import KNOBS, kernel_ridge, over_knobs
from course_utils.notebook_02 import pictures, support_choice
from tests import asked


@pytest.fixture
def prediction(tasks):
    return support_choice.support_choice(tasks)


def test_it_answers_only_when_asked(prediction):
    prediction.drag("guess", 0.01, 0)
    assert prediction.message == ""
    assert "falls" not in prediction.alt
    prediction.set(worse="far")
    prediction.reveal()
    assert prediction.data.choice == KNOBS[0]
    assert "You said so." in prediction.message
    assert "falls all the way" in prediction.message
    assert "factor of 100 away" in prediction.message
    prediction.drag("guess", KNOBS[0], 0)
    assert prediction.message.startswith("Right.")
    prediction.reset()
    assert prediction.message == ""


def test_the_stored_sentences_do_not_give_the_answer_away(prediction):
    assert not any(character.isdigit() for character in prediction.describe)
    assert "worse" not in prediction.alt + prediction.describe


# --- what is drawn --------------------------------------------------------------------------------


def test_the_curve_that_is_given_is_the_query_loss_with_hollow_points(prediction, tasks):
    query = over_knobs(kernel_ridge, KNOBS, tasks, on="query").mean(dim=1)
    np.testing.assert_allclose(asked.points(prediction, "query loss"), np.c_[KNOBS, query])
    assert asked.artist(prediction, "query loss").get_markerfacecolor() == "white"


def test_the_curve_that_is_revealed_is_the_support_loss_dashed_with_filled_points(
    prediction, tasks
):
    assert len(asked.points(prediction, "support loss")) == 0
    prediction.reveal()
    support = over_knobs(kernel_ridge, KNOBS, tasks, on="support").mean(dim=1)
    np.testing.assert_allclose(asked.points(prediction, "support loss"), np.c_[KNOBS, support])
    line = asked.artist(prediction, "support loss")
    assert line.get_markerfacecolor() == style.INK
    assert line.is_dashed()


def test_the_revealed_diamond_lies_where_the_support_loss_is_least(prediction):
    assert len(asked.points(prediction, "choice")) == 0
    prediction.reveal()
    curve = asked.points(prediction, "support loss")
    assert asked.points(prediction, "choice").tolist() == [curve[curve[:, 1].argmin()].tolist()]


def test_the_guess_lies_on_the_axis_where_it_was_dragged(prediction):
    prediction.drag("guess", 0.01, 2.0)
    assert asked.points(prediction, "guess").tolist() == [[KNOBS[20], pictures.ON_AXIS]]
