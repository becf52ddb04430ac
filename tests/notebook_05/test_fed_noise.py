"""Fed noise: the change of the output stays hidden until it is asked for, and is the one given."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.notebook_05 import fed_noise
from tests import asked

X = np.linspace(-5, 5, 51)
POINTS = np.array([[-4.0, -1.0, 0.0, 2.0, 3.0]] * 5)
ASKED = np.arange(25.0).reshape(5, 5) / 5 - 2
# Waves with more or less of another in them, at right angles to the first; by purity 2, 0, 4, 1, 3.
OTHER = np.array([0.25, 0.75, 0.0, 1.0, 0.5])[:, None]
CHANGES = np.sin(X) + OTHER * np.sin(2 * np.pi * X / 5)
DRAWN = [1, 4, 0]


@pytest.fixture
def prediction():
    return fed_noise.fed_noise(X, POINTS, ASKED, CHANGES)


def curves(prediction):
    return [asked.artist(prediction, f"change of set {n}") for n in (1, 2, 3)]


def axes(prediction):
    return prediction._stage.figure.axes


def test_the_part_that_is_a_wave():
    mixed = 3 * np.sin(X - 0.3) + np.zeros((2, 1))
    assert fed_noise.wave_share(X, mixed) == pytest.approx([1, 1])
    assert fed_noise.wave_share(X, np.stack([np.ones(51), np.cos(9 * X)])).max() < 0.1


def test_the_sets_drawn_are_those_at_the_quartiles():
    assert fed_noise.shown(X, CHANGES).tolist() == DRAWN


def test_it_opens_with_the_points_and_without_the_answer(prediction):
    for n, ax in zip(DRAWN, axes(prediction), strict=True):
        assert ax.lines[0].get_xydata().tolist() == np.stack([POINTS[n], ASKED[n]], 1).tolist()
    assert [len(curve.get_xdata()) for curve in curves(prediction)] == [0, 0, 0]
    assert prediction.message == ""
    assert "wave" not in prediction.alt
    assert prediction.values["guess"] is None


def test_the_answer_is_the_change_of_the_first_three_sets(prediction):
    hidden = prediction.png()
    prediction.reveal()
    for curve, change in zip(curves(prediction), CHANGES[DRAWN], strict=True):
        assert curve.get_ydata() == pytest.approx(change)
    assert prediction.png() != hidden
    assert "wave" in prediction.alt
    assert prediction.message.startswith("You said: nothing yet.")


def test_a_panel_shows_the_change_of_the_set_whose_points_it_has(prediction):
    prediction.reveal()
    for n, ax, curve in zip(DRAWN, axes(prediction), curves(prediction), strict=True):
        assert curve.axes is ax
        assert curve.get_xydata() == pytest.approx(np.column_stack([X, CHANGES[n]]))
        assert ax.lines[0].get_ydata() == pytest.approx(ASKED[n])


def test_the_words_have_the_marks_of_what_they_name(prediction):
    dots, curve = axes(prediction)[0].lines[0], curves(prediction)[0]
    for shown, change in ((False, ""), (True, "the step's change")):
        prediction.set(revealed=shown)
        first, second = prediction._stage.figure.findobj(Readout)
        assert (first.text, second.text) == ("noise", change)
    assert first.mark == {"color": dots.get_color(), "marker": dots.get_marker()}
    assert second.mark == {"color": curve.get_color(), "marker": "-"}
    assert curve.get_color() == style.MAML


@pytest.mark.parametrize("guess", [fed_noise.NOTHING, fed_noise.THROUGH, fed_noise.WAVE])
def test_a_guess_is_judged_in_its_own_words(prediction, guess):
    prediction.set(guess=guess)
    assert prediction.message == ""
    prediction.reveal()
    judged = "Right." if guess == fed_noise.WAVE else f"You said: {fed_noise.SAID[guess]}."
    assert prediction.message.startswith(judged)


def test_reset_hides_the_answer_again(prediction):
    start = prediction.png()
    prediction.set(guess=fed_noise.WAVE)
    prediction.reveal()
    prediction.reset()
    assert prediction.png() == start
    assert prediction.message == ""


@pytest.mark.parametrize(
    ("points", "changes"), [(POINTS[:2], CHANGES), (POINTS, CHANGES[:2]), (POINTS, CHANGES.T)]
)
def test_arrays_that_do_not_fit_are_said(points, changes):
    with pytest.raises(ValueError, match=r"points and asked must have one shape \(n, K\)"):
        fed_noise.fed_noise(X, points, ASKED, changes)
