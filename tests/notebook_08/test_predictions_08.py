"""Notebook 08's predictions: what is asked is hidden, the answer is what was measured."""

import numpy as np
import pytest
import torch

from course_utils.figures import style
from course_utils.notebook_08 import how_many, looks, more_steps, order, overtaken
from course_utils.tasks import Waves
from tests import asked

THREE = np.array([1.0, 1.1, 1.2])
ON_WAVES = {
    "MAML": 0.15 * THREE,
    "transfer": 1.2 * THREE,
    "random": 3.0 * THREE,
    "kernel ridge": np.array([0.4]),
    "sin and cos": np.array([0.0]),
}
ON_LINES = {
    "MAML": 3.0 * THREE,
    "transfer": 2.0 * THREE,
    "random": 1.0 * THREE,
    "kernel ridge": np.array([0.1]),
    "sin and cos": np.array([8.0]),
}


def lines(explorer, start):
    """The lines whose name begins so, in order of their names."""
    found = explorer._stage.figure.findobj(lambda a: str(a.get_gid() or "").startswith(start))
    return sorted(found, key=lambda artist: artist.get_gid())


# --- five points of a line ------------------------------------------------------------------------


def a_line():
    return Waves("line").sample(1, shots=5, queries=20, generator=torch.Generator().manual_seed(1))


def ordered(waves=ON_WAVES, lines=ON_LINES):
    return order.order_on_a_line(waves, lines, a_line())


def test_waves_are_shown_and_lines_wait():
    prediction = ordered()
    for name in ON_WAVES:
        shown, hidden = (asked.artist(prediction, f"{name} {at}") for at in ("waves", "lines"))
        assert shown.get_color() == hidden.get_color() == looks.LOOKS[name]["color"]
        assert shown.get_ydata() == pytest.approx(ON_WAVES[name])
        assert not hidden.get_visible()
    assert "On straight lines" not in prediction.alt
    prediction.reveal()
    for name in ON_LINES:
        hidden = asked.artist(prediction, f"{name} lines")
        assert hidden.get_visible()
        assert hidden.get_ydata() == pytest.approx(ON_LINES[name])
    assert "kernel ridge 0.10, untrained 1.10, transfer 2.20, MAML 3.30" in prediction.alt


def test_each_training_has_its_own_line_from_waves_to_lines():
    prediction = ordered()
    prediction.reveal()
    axes = prediction._stage.figure.axes[1]
    slopes = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_lw() == 1.5]
    assert len(slopes) == 3 * 3 + 2
    maml = [line.get_ydata() for line in slopes if line.get_color() == style.MAML]
    assert sorted(maml, key=lambda y: y[0]) == [
        pytest.approx([0.15 * k, 3.0 * k]) for k in THREE.tolist()
    ]


def test_the_points_lie_on_the_line():
    prediction, task = ordered(), a_line()
    points, line = (asked.points(prediction, name) for name in ("support", "the line"))
    assert points == pytest.approx(np.column_stack([task.support_x[0], task.support_y[0]]))
    assert np.interp(points[:, 0], *line.T) == pytest.approx(points[:, 1], abs=0.2)


@pytest.mark.parametrize(
    ("guess", "said"), [("random", "Right."), ("MAML", "You said: MAML."), (None, "nothing yet")]
)
def test_the_best_on_lines_is_judged(guess, said):
    prediction = ordered()
    prediction.set(guess=guess)
    assert prediction.message == ""
    prediction.reveal()
    assert said in prediction.message
    assert "MAML 3.30, transfer 2.20, untrained 1.10" in prediction.message


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (ON_LINES, "On lines the order has turned round: MAML 3.30"),
        (ON_WAVES, "On lines the order is the same: MAML 0.17"),
        (ON_LINES | {"MAML": 1.5 * THREE}, "On lines the order is another one: MAML 1.65"),
    ],
)
def test_whether_the_order_turns_round_is_read_off_the_errors(lines, said):
    prediction = ordered(lines=lines)
    prediction.set(guess="random", revealed=True)
    assert said in prediction.message
    assert ("stands in the way" in prediction.message) == (lines is ON_LINES)


def test_a_learner_that_is_missing_is_named():
    with pytest.raises(ValueError, match="waves and lines must both have MAML, transfer, random"):
        ordered(waves={"MAML": THREE}, lines={"MAML": THREE})
    with pytest.raises(ValueError, match="name the same learners"):
        ordered(lines={k: v for k, v in ON_LINES.items() if k != "kernel ridge"})


# --- one step or five -----------------------------------------------------------------------------

AMPLITUDES = (1.0, 3.0, 5.0, 7.0, 10.0)
ONE = np.array([[0.2, 0.4, 1.5, 5.0, 16.0]] * 3) * THREE[:, None]
FIVE = np.array([[0.1, 0.2, 1.0, 5.5, 25.0]] * 3) * THREE[:, None]


def stepped(one=ONE, five=FIVE):
    return more_steps.more_steps(AMPLITUDES, {1: one, 5: five}, (8.0, 5.0, 9.0))


def test_what_lies_beyond_the_training_waits():
    prediction = stepped()
    inside, beyond = lines(prediction, "1 steps, 0")
    if inside.get_gid().endswith(", 5"):
        inside, beyond = beyond, inside
    assert inside.get_xdata().tolist() == [1, 3, 5]
    assert beyond.get_xdata().tolist() == [5, 7, 10]
    assert (inside.get_visible(), beyond.get_visible()) == (True, False)
    assert "at A = 10" not in prediction.alt
    prediction.set(guess="one", revealed=True)
    assert beyond.get_visible()
    assert beyond.get_ydata() == pytest.approx(ONE[0, 2:])
    assert prediction.message.startswith("Right. The median error is 16 to 19 after one step and ")
    assert "25 to 30 after five" in prediction.message
    assert "5 to 9 %" in prediction.message
    assert "at A = 10 it is 17.60 after one step and 27.50 after five" in prediction.alt


def test_another_truth_is_said_where_another_was_measured():
    for one, five, right in ((FIVE, ONE, "five"), (ONE, ONE, "same")):
        prediction = stepped(one, five)
        prediction.set(guess=right, revealed=True)
        assert prediction.message.startswith("Right.")


def test_steps_that_do_not_fit_the_amplitudes_are_said():
    with pytest.raises(ValueError, match=r"medians must hold 1 and 5 steps, \(trainings, 5\) each"):
        stepped(five=FIVE[:, 1:])
    with pytest.raises(ValueError, match="1 and 5 steps"):
        more_steps.more_steps(AMPLITUDES, {1: ONE}, (1.0,))


# --- overtaken ------------------------------------------------------------------------------------

SHOTS = (1, 2, 5, 10, 20)
FOUND = {
    "MAML": np.array([[1.2, 0.5, 0.15, 0.06, 0.03]] * 3) * THREE[:, None],
    "transfer": np.array([[2.0, 1.6, 1.2, 1.1, 1.0]] * 3) * THREE[:, None],
    "kernel ridge": np.array([[2.5, 2.0, 0.4, 0.004, 1e-5]]),
}


def test_the_crossing_is_the_first_from_which_on_ridge_stays_below_every_training():
    maml, ridge = FOUND["MAML"], FOUND["kernel ridge"]
    assert overtaken.crossing(np.array(SHOTS), maml, ridge) == 10
    back = ridge.copy()
    back[0, 3] = 0.061  # below two trainings of three only
    assert overtaken.crossing(np.array(SHOTS), maml, back) == 20
    assert overtaken.crossing(np.array(SHOTS), maml, ridge + 5) == 0
    assert overtaken.crossing(np.array(SHOTS), maml, 0 * ridge) == 1


def test_only_five_points_are_known_at_first():
    prediction = overtaken.overtaken(SHOTS, FOUND, 20)
    for name, values in FOUND.items():
        at_five = asked.points(prediction, f"{name} at five")
        assert at_five == pytest.approx(np.column_stack([[5] * len(values), values[:, 2]]))
        assert not asked.artist(prediction, f"{name} 0").get_visible()
    prediction.drag("guess", 9.0, 0.5)
    assert prediction.values["guess"] == 10
    assert asked.points(prediction, "rule")[:, 0].tolist() == [10, 10]
    prediction.reveal()
    assert prediction.message.startswith("Right. The median of kernel ridge is lower from K = 10")
    assert "its mean from K = 20 on" in prediction.message
    ridge = asked.points(prediction, "kernel ridge 0")
    assert ridge[:, 1].tolist() == pytest.approx([2.5, 2.0, 0.4, 0.004, overtaken.LIMITS[0]])


def test_the_question_counts_the_tasks_of_the_training():
    assert "trained on 1.75 million tasks" in overtaken.overtaken(SHOTS, FOUND, 20).question


def test_shots_without_five_and_rows_that_do_not_fit_are_said():
    with pytest.raises(ValueError, match="shots must hold 5"):
        overtaken.overtaken((1, 2, 4, 10, 20), FOUND, 10)
    with pytest.raises(ValueError, match=r"medians must hold MAML, transfer, kernel ridge"):
        overtaken.overtaken(SHOTS[1:], FOUND, 10)


# --- how many waves -------------------------------------------------------------------------------

COUNTS = (5, 20, 100, 1_000)
ERRORS = {
    "fresh": {"own": [[0.3, 0.7, 0.8, 0.8]] * 3, "unseen": [[1.5, 0.84, 0.8, 0.8]] * 3},
    "fixed": {"own": [[0.0, 0.2, 0.6, 0.7]] * 3, "unseen": [[5.0, 2.5, 1.1, 0.8]] * 3},
}
ERRORS = {p: {w: np.array(v) for w, v in found.items()} for p, found in ERRORS.items()}


def many(errors=ERRORS):
    return how_many.how_many_waves(COUNTS, errors, endless=0.8, transfer=2.4)


def test_enough_is_the_first_count_from_which_on_all_trainings_are_near_endless_ones():
    unseen = np.array([[1.5, 0.9, 0.8, 0.8], [0.9, 0.9, 1.0, 0.9]])
    assert how_many.enough(COUNTS, unseen, 0.8) == 1_000
    assert how_many.enough(COUNTS, unseen, 0.9) == 20
    assert how_many.enough(COUNTS, unseen + 5, 0.8) == 0


def test_both_guesses_are_judged_by_what_was_measured():
    prediction = many()
    assert (prediction.values["fresh"], prediction.values["fixed"]) == (5, 5)  # not the answer
    assert not any(line.get_visible() for line in lines(prediction, "unseen "))
    prediction.drag("fresh", 25.0, 0.0)
    prediction.drag("fixed", 80.0, 0.0)
    assert (prediction.values["fresh"], prediction.values["fixed"]) == (20, 100)
    prediction.reveal()
    assert "With new points about 20 waves are enough (as you said)" in prediction.message
    assert "with fixed ones about 1,000 waves are enough (you said 100)" in prediction.message
    assert "own loss is 0.00 and unseen waves have 5.0" in prediction.message
    shown = lines(prediction, "unseen ")
    assert len(shown) == 6
    assert {line.axes.get_title(loc="left"): line.get_ydata()[0] for line in shown} == {
        how_many.POINTS["fresh"]: 1.5,
        how_many.POINTS["fixed"]: 5.0,
    }
    assert "fixed points, 5 waves: own 0.00, unseen 5.00" in prediction.alt


def test_endless_training_is_a_line_in_both_panels():
    prediction = many()
    for name, level in (("MAML endless", 0.8), ("transfer endless", 2.4)):
        for line in lines(prediction, name):
            assert line.get_ydata() == [level, level]
        assert len(lines(prediction, name)) == 2


def test_errors_that_do_not_fit_the_counts_are_named():
    wrong = {**ERRORS, "fixed": {"own": np.ones((3, 3)), "unseen": np.ones((3, 4))}}
    with pytest.raises(ValueError, match=r"errors\['fixed'\]\['own'\] must be \(trainings, 4\)"):
        many(wrong)


@pytest.mark.parametrize("make", [ordered, stepped, many])
def test_the_stored_sentence_knows_no_result(make):
    prediction = make()
    assert not any(
        character == "." and prediction.describe[n + 1 : n + 2].isdigit()
        for n, character in enumerate(prediction.describe)
    )
    picture = prediction.png()
    prediction.reveal()
    assert prediction.png() != picture
    prediction.reset()
    assert prediction.message == ""
