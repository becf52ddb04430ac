"""Notebook 06's predictions: guesses are dragged, told apart, and judged by what was measured."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from course_utils.evaluation import Mean
from course_utils.notebook_06 import accuracy_guesses, pictures
from tests import asked

BEFORE, AFTER = Mean(20.1, 0.9, 600), Mean(51.2, 1.1, 600)
KNOWN = {"pixels": Mean(62.0, 1.0, 600), "MAML": Mean(89.0, 0.7, 600)}


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.png())).convert("RGB"), dtype=int)


def shuffled():
    return accuracy_guesses.shuffled_labels(BEFORE, AFTER, steps=3)


def strong(mean=92.0):
    return accuracy_guesses.strong_baseline(KNOWN, Mean(mean, 0.6, 600))


def frozen(head=93.6, body=27.0):
    return accuracy_guesses.frozen_layers(
        Mean(94.0, 0.7, 600), Mean(head, 0.6, 600), Mean(body, 1.2, 600)
    )


def seen_intervals(prediction):
    """{row: (low, high)} of the error bars that are seen."""
    (axes,) = prediction._stage.figure.axes
    segments = [
        segment
        for container in axes.containers
        for bars in container.lines[2]
        for segment in bars.get_segments()
        if bars.get_visible()
    ]
    return {round(y): (low, high) for (low, y), (high, _) in segments}


def seen_marks(prediction):
    """{row: (accuracy, color, marker)} of the measured marks that are seen."""
    (axes,) = prediction._stage.figure.axes
    marks = [container.lines[0] for container in axes.containers]
    return {
        round(mark.get_ydata()[0]): (mark.get_xdata()[0], mark.get_color(), mark.get_marker())
        for mark in marks
        if mark.get_visible()
    }


def test_each_guess_is_measured_against_its_own_truth():
    truth = {"before": BEFORE, "after": AFTER}
    frame = accuracy_guesses.guesses_frame(truth, {"before": 30.0, "after": 50.0})
    assert frame.off == pytest.approx({"before": 9.9, "after": -1.2})


@pytest.mark.parametrize(
    ("off", "words"), [(2.4, "close: 2 off"), (-2.4, "close: 2 off"), (31, "31 too high")]
)
def test_distances_are_told_in_words(off, words):
    assert accuracy_guesses.said(off) == words
    assert accuracy_guesses.said(-31.0) == "31 too low"


@pytest.mark.parametrize(
    "prediction", [shuffled(), strong(), frozen()], ids=["shuffled", "strong", "frozen"]
)
def test_the_answer_is_nowhere_before_it_is_asked_for(prediction):
    told = prediction.alt + prediction.message + prediction.describe
    assert not re.search(r"\b(51|92|27)\b", told)
    asked, where = pixels(prediction), prediction.values
    prediction.reveal()
    assert (pixels(prediction) != asked).any()
    assert "measured were" in prediction.alt
    assert prediction.message
    prediction.reset()
    assert prediction.values == where
    assert (pixels(prediction) == asked).all()
    assert prediction.message == ""


def test_the_two_guesses_move_apart():
    prediction = shuffled()
    prediction.drag("before", 20.3, 0.4)
    assert (prediction.values["before"], prediction.values["after"]) == (20, 50)
    prediction.drag("after", 140.0, 1.0)
    assert prediction.values["after"] == 100
    prediction.reveal()
    assert "your guess there is close: 0 off" in prediction.message
    assert "your guess is 49 too high" in prediction.message
    assert f"{BEFORE}" in prediction.message
    assert f"{AFTER}" in prediction.message


@pytest.mark.parametrize(
    ("after", "words"), [(AFTER, "the support set"), (BEFORE, "The steps change nothing")]
)
def test_what_the_steps_did_is_told_as_it_was_measured(after, words):
    prediction = accuracy_guesses.shuffled_labels(BEFORE, after, steps=3)
    prediction.reveal()
    assert words in prediction.message


def test_each_answer_appears_in_its_own_row_with_its_whole_interval():
    prediction = shuffled()
    assert seen_intervals(prediction) == seen_marks(prediction) == {}
    prediction.reveal()
    found = seen_intervals(prediction)
    assert found[0] == pytest.approx((19.2, 21.0))
    assert found[1] == pytest.approx((50.1, 52.3))
    look = tuple(pictures.LOOKS["transfer"].values())
    assert seen_marks(prediction) == {0: (20.1, *look), 1: (51.2, *look)}


def test_the_known_methods_stand_with_their_intervals_and_the_asked_one_follows():
    prediction = strong()
    known = {0: pytest.approx((61.0, 63.0)), 1: pytest.approx((88.3, 89.7))}
    assert seen_intervals(prediction) == known
    prediction.reveal()
    assert seen_intervals(prediction) == known | {2: pytest.approx((91.4, 92.6))}
    names = ("pixels", "MAML", "classifier, class means")
    looks = [tuple(pictures.LOOKS[name].values()) for name in names]
    accuracies = (62.0, 89.0, 92.0)
    wanted = {n: (at, *look) for n, (at, look) in enumerate(zip(accuracies, looks, strict=True))}
    assert seen_marks(prediction) == wanted


def test_each_white_square_stands_at_its_guess_in_its_row():
    prediction = shuffled()
    prediction.set(before=12, after=73)
    np.testing.assert_allclose(asked.points(prediction, "guess before"), [[12, 0]])
    np.testing.assert_allclose(asked.points(prediction, "guess after"), [[73, 1]])
    assert asked.artist(prediction, "guess before").get_marker() == "s"
    assert asked.artist(prediction, "guess before").get_markerfacecolor() == "white"


def test_handles_lie_on_their_rows():
    at = {handle["name"]: handle for handle in shuffled().canvas.handles}
    assert at["before"]["y"] < at["after"]["y"]
    assert at["before"]["x"] == pytest.approx(at["after"]["x"])


@pytest.mark.parametrize(
    ("mean", "words"),
    [(92.0, "3.0 points above MAML"), (80.0, "9.0 points below MAML"), (89.5, "level with MAML")],
)
def test_the_strong_baseline_is_judged_as_it_was_measured(mean, words):
    prediction = strong(mean)
    prediction.drag("strong", 60, 0)
    prediction.reveal()
    assert words in prediction.message
    assert "too low" in prediction.message
    assert f"measured were {mean:.0f} %" in prediction.alt


def test_each_frozen_part_is_judged_against_all_layers_in_its_own_row():
    prediction = frozen()
    assert seen_marks(prediction).keys() == {0}
    prediction.drag("head", 90, 1)
    prediction.drag("body", 90, 2)
    prediction.reveal()
    marks = seen_marks(prediction)
    assert [marks[row][0] for row in range(3)] == [94.0, 93.6, 27.0]
    assert len({mark[1:] for mark in marks.values()}) == 1
    convolutions, last = prediction.message.split("Last layer frozen: ")
    assert "your guess is 4 too low; nothing is lost" in convolutions
    assert "your guess is 63 too high; 67 points below all layers" in last


@pytest.mark.parametrize(("head", "words"), [(97.0, "3 points above"), (80.0, "14 points below")])
def test_a_part_that_is_not_level_is_said_to_be_above_or_below(head, words):
    prediction = frozen(head=head)
    prediction.reveal()
    assert f"{words} all layers" in prediction.message


def test_the_known_methods_stand_in_the_picture_from_the_start():
    prediction = strong()
    assert "pixels 62 %; MAML 89 %" in prediction.alt
    blue = np.abs(pixels(prediction) - (0x00, 0x72, 0xB2)).sum(axis=2) < 40
    assert blue.sum() > 20


def test_chance_is_said_only_where_it_was_measured():
    chance, better = (
        accuracy_guesses.shuffled_labels(before, AFTER, steps=3)
        for before in (BEFORE, Mean(30.0, 1.0, 600))
    )
    chance.reveal()
    better.reveal()
    assert "that is chance" in chance.message
    assert "chance" not in better.message


def test_a_comparison_without_maml_is_refused():
    with pytest.raises(ValueError, match="known must hold 'MAML'"):
        accuracy_guesses.strong_baseline({"pixels": BEFORE}, AFTER)
