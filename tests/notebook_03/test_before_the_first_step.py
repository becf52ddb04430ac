"""Before the first step: the question, the measured answer, and nothing of it too early."""

import numpy as np
import pytest

from course_utils.evaluation import Mean
from course_utils.figures import style
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


# --- what is drawn --------------------------------------------------------------------------------


def test_points_bars_and_words_wait_for_the_answer_and_the_floor_does_not():
    prediction = before(3.04, 2.97)
    (axes,) = prediction._stage.figure.axes
    parts = [part for bars in axes.containers for part in bars.get_children()]
    words = [text for text in axes.texts if "floor" not in text.get_text()]
    assert len(words) == 4
    assert not any(part.get_visible() for part in (*parts, *words))
    prediction.reveal()
    assert all(part.get_visible() for part in (*parts, *words))
    (floor,) = (line for line in axes.get_lines() if line.get_linestyle() == ":")
    assert floor.get_ydata()[0] == pytest.approx(3.01, abs=0.005)
    assert floor.get_visible()


def test_each_method_has_its_errors_in_its_colour_with_half_widths_to_either_side():
    prediction = before(3.04, 2.97)
    (axes,) = prediction._stage.figure.axes
    wanted = ((style.MAML, 3.04, 0.6), (style.TRANSFER, 2.97, 2.5))
    for bars, (color, *errors) in zip(axes.containers, wanted, strict=True):
        assert bars.lines[0].get_color() == color
        x, y = np.array(bars.lines[0].get_data(), float)
        assert list(y) == errors
        assert np.round(x).tolist() == [0, 1]  # before any step, after one step
        ends = np.array(bars.lines[2][0].get_segments())
        np.testing.assert_allclose(ends[:, :, 0], np.c_[x, x])
        np.testing.assert_allclose(ends[:, :, 1] - np.c_[y, y], [[-0.06, 0.06], [-0.05, 0.05]])


def test_each_word_belongs_to_the_point_above_it():
    prediction = before(3.04, 2.97)
    (axes,) = prediction._stage.figure.axes
    places = {text.get_text(): text.xy for text in axes.texts if "floor" not in text.get_text()}
    points = {
        f"{name} {y:.2f}": (x, y)
        for name, bars in zip(("MAML", "transfer"), axes.containers, strict=True)
        for x, y in bars.lines[0].get_xydata()
    }
    assert places == points
