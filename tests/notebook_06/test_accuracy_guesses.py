"""Notebook 06's predictions: guesses are dragged, told apart, and judged by what was measured."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from course_utils.evaluation import Mean
from course_utils.notebook_06 import accuracy_guesses

BEFORE, AFTER = Mean(20.1, 0.9, 600), Mean(51.2, 1.1, 600)
KNOWN = {"pixels": Mean(62.0, 1.0, 600), "MAML": Mean(89.0, 0.7, 600)}


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.png())).convert("RGB"), dtype=int)


def shuffled():
    return accuracy_guesses.shuffled_labels(BEFORE, AFTER, steps=3)


def strong(mean=92.0):
    return accuracy_guesses.strong_baseline(KNOWN, Mean(mean, 0.6, 600))


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


@pytest.mark.parametrize("prediction", [shuffled(), strong()], ids=["shuffled", "strong"])
def test_the_answer_is_nowhere_before_it_is_asked_for(prediction):
    told = prediction.alt + prediction.message + prediction.describe
    assert not re.search(r"\b(51|92)\b", told)
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
