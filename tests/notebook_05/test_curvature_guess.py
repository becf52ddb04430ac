"""The curvature along the step: guessed on a logarithmic axis, judged by a factor."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_05 import curvature_guess
from tests import asked

VALUES = {
    "MAML": np.array([150.0, 250.0, 400.0]),
    "transfer": np.array([10.0, 40.0, 50.0]),
    "random": np.array([5.0, 20.0, 60.0]),
}


@pytest.fixture
def prediction():
    return curvature_guess.curvature_guess(VALUES, inner_lr=0.01)


def test_opens_with_transfers_median_and_without_the_answer(prediction):
    assert prediction.values["guess"] == pytest.approx(40, rel=0.06)
    assert "250" not in prediction.alt
    assert prediction.message == ""


def test_mamls_tasks_are_hidden_until_the_answer_and_the_others_are_not(prediction):
    for shown in (False, True):
        prediction.set(revealed=shown)
        for part in ("tasks", "middle-half", "median"):
            seen = [asked.artist(prediction, f"{name}-{part}").get_visible() for name in VALUES]
            assert seen == [shown, True, True]


@pytest.mark.parametrize("name", VALUES)
def test_a_row_has_its_own_methods_tasks_quartiles_and_median(prediction, name):
    prediction.reveal()
    row = [label.get_text() for label in prediction._stage.figure.axes[0].get_yticklabels()]
    dots = asked.points(prediction, f"{name}-tasks")
    assert dots[:, 0].tolist() == VALUES[name].tolist()
    assert set(dots[:, 1].round()) == {row.index(name)}
    assert asked.points(prediction, f"{name}-middle-half")[:, 0].tolist() == [
        VALUES[name][0],
        VALUES[name][2],
    ]
    assert set(asked.points(prediction, f"{name}-median")[:, 0]) == {VALUES[name][1]}
    for part in ("tasks", "middle-half"):
        assert asked.artist(prediction, f"{name}-{part}").get_color() == style.METHODS[name]


def test_the_guess_stands_over_mamls_row(prediction):
    prediction.set(guess=100.0)
    ((x, y),) = asked.points(prediction, "guess")
    assert x == pytest.approx(100)
    prediction.reveal()
    assert -0.7 < y < asked.points(prediction, "MAML-tasks")[:, 1].min()


def test_the_tick_snaps_to_steps_of_equal_ratio(prediction):
    before = prediction.png()
    prediction.drag("guess", 104.0, 1.0)
    assert prediction.values["guess"] == pytest.approx(100)
    assert prediction.png() != before
    ratios = np.divide(curvature_guess.GUESSES[1:], curvature_guess.GUESSES[:-1])
    assert ratios == pytest.approx(10 ** (1 / 20))


def test_the_verdict_says_by_which_factor_the_guess_is_off(prediction):
    prediction.set(guess=25.0)
    hidden = prediction.png()
    prediction.reveal()
    assert "too low, by a factor of 10.0" in prediction.message
    assert "the median is 250, 6 times transfer's" in prediction.message
    assert "At MAML's φ it is 250" in prediction.alt
    assert prediction.png() != hidden
    prediction.set(guess=1000.0)
    assert "too high, by a factor of 4.0" in prediction.message


def test_a_guess_within_the_factor_is_praised(prediction):
    prediction.set(guess=200.0)
    prediction.reveal()
    assert prediction.message.startswith("You saw it, within a factor of 1.3.")


def test_tasks_beyond_the_quadratics_limit_are_counted(prediction):
    prediction.reveal()
    assert "2/α = 200; 67 % of the tasks are beyond it" in prediction.message


def test_reset_hides_the_answer_again(prediction):
    start = prediction.png()
    prediction.set(guess=500.0)
    prediction.reveal()
    prediction.reset()
    assert prediction.png() == start
    assert prediction.message == ""


def test_a_missing_method_is_said():
    with pytest.raises(ValueError, match="no random"):
        curvature_guess.curvature_guess({k: VALUES[k] for k in ("MAML", "transfer")}, inner_lr=0.01)
