"""Before the first step: the question, the measured answer, and nothing of it too early."""

import pytest

from course_utils.evaluation import Mean
from course_utils.notebook_03 import before_the_first_step


def before(maml_error, transfer_error):
    rows = [
        {0: Mean(error, 0.06, 10_000), 1: Mean(after, 0.05, 10_000)}
        for error, after in ((maml_error, 0.6), (transfer_error, 2.5))
    ]
    difference = Mean(maml_error - transfer_error, 0.01, 10_000)
    return before_the_first_step.before_the_first_step(*rows, difference)


@pytest.mark.parametrize(
    ("errors", "answer"),
    [
        ((3.0, 3.0), before_the_first_step.SAME),
        ((3.6, 3.0), before_the_first_step.WORSE),
        ((2.0, 3.0), before_the_first_step.BETTER),
    ],
)
def test_the_verdict_follows_the_measured_errors(errors, answer):
    prediction = before(*errors)
    for guess in before_the_first_step.SAID:
        prediction.set(guess=guess, revealed=True)
        assert prediction.message.startswith("Right.") == (guess == answer)


def test_before_the_reveal_nothing_of_the_errors_is_told():
    prediction = before(3.04, 2.97)
    assert prediction.message == ""
    assert "3.04" not in prediction.alt
    hidden = prediction.png()
    prediction.reveal()
    assert "You said: nothing yet" in prediction.message
    assert prediction.png() != hidden
