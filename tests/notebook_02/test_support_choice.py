"""What the support loss would choose: asked, then answered."""

import pytest

from course_utils.learners import KNOBS
from course_utils.notebook_02 import support_choice


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
    assert prediction.message.startswith("You saw it.")
    prediction.reset()
    assert prediction.message == ""


def test_the_stored_sentences_do_not_give_the_answer_away(prediction):
    assert not any(character.isdigit() for character in prediction.describe)
    assert "worse" not in prediction.alt + prediction.describe
