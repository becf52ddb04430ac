"""Notebook 09's predictions: the question first, the answer when asked, and the right one."""

from functools import partial

import numpy as np
import pytest
import torch

from course_utils import in_context
from course_utils.figures import style
from course_utils.learners import wave_fit
from course_utils.notebook_09 import fifty_on_a_line, found_step, kinds, looks, twenty_points
from course_utils.tasks import Sinusoids, Waves
from tests import asked

SHOTS = (5, 10, 20)


def over_k(many):
    return {
        "MAML": np.array([0.4, 0.2, 0.1]),
        "kernel ridge": np.array([1.0, 0.1, 0.01]),
        "set encoder": np.array([0.1, 0.05, many]),
        "transformer": np.array([0.2, 0.1, 0.08]),
    }


# --- more points ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("many", "right", "words"),
    [
        (0.02, "better", "A mean does not care"),
        (0.1, "same", "nothing new"),
        (0.3, "worse", "never met"),
    ],
)
def test_whether_twenty_points_help_is_read_off_the_errors(many, right, words):
    prediction = twenty_points.twenty_points(SHOTS, over_k(many))
    assert prediction.message == ""
    prediction.set(guess=right)
    prediction.reveal()
    assert prediction.message.startswith("Right.")
    assert words in prediction.message
    wrong = "same" if right != "same" else "worse"
    prediction.set(guess=wrong)
    assert prediction.message.startswith(f"You said: {twenty_points.SAID[wrong]}.")


def test_curves_of_the_learners_that_read_wait_for_the_answer():
    prediction = twenty_points.twenty_points(SHOTS, over_k(0.02))
    assert asked.points(prediction, "known").tolist() == [[5, 0.1]]
    for name in twenty_points.ASKED_OF:
        assert len(asked.points(prediction, name)) == 0
    prediction.reveal()
    for name in (*twenty_points.ASKED_OF, *twenty_points.SHOWN):
        drawn = asked.points(prediction, name)
        np.testing.assert_allclose(drawn, np.column_stack([SHOTS, over_k(0.02)[name]]))
        assert asked.artist(prediction, name).get_color() == looks.LOOKS[name]["color"]


def test_errors_that_are_missing_are_named():
    errors = over_k(0.02)
    del errors["transformer"]
    with pytest.raises(ValueError, match="errors must hold an error of transformer"):
        twenty_points.twenty_points(SHOTS, errors)
    with pytest.raises(ValueError, match="shots must hold 20"):
        twenty_points.twenty_points((5, 10, 15), over_k(0.02))


# --- fifty points of a line -----------------------------------------------------------------------


def lines():
    generator = torch.Generator().manual_seed(3)
    return Waves("line").sample(6, shots=50, queries=20, generator=generator)


def encoder():
    learner = in_context.set_encoder(8)
    phi = learner.init(torch.Generator().manual_seed(0))
    return partial(learner, {k: 2 * leaf for k, leaf in phi.items()})


@pytest.fixture(scope="module")
def shared():
    return fifty_on_a_line.fifty_on_a_line(lines(), kinds.ridge(), encoder())


@pytest.fixture
def on_a_line(shared):
    shared.reset()
    return shared


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_set_encoder_has_a_quarter_of_mamls_error_at_home_as_the_question_says(on_a_line, seed):
    assert "about a quarter of what MAML's is after five steps" in on_a_line.question
    generator = torch.Generator().manual_seed(90)
    unseen = Sinusoids().sample(300, shots=5, queries=100, generator=generator)
    learners = kinds.maml_after(5, seed), kinds.reader("set encoder", seed)
    maml, encoder = (kinds.errors(learner, unseen).mean() for learner in learners)
    assert 0.15 < encoder / maml < 0.35


def test_the_answer_is_the_mean_error_on_all_lines(on_a_line):
    error = kinds.errors(encoder(), lines()).mean().item()
    assert len(asked.points(on_a_line, "answer")) == 0
    on_a_line.reveal()
    assert asked.points(on_a_line, "answer")[0, 1] == pytest.approx(error)
    assert f"error is {looks.spelt(error)}" in on_a_line.message
    zero = lines().query_y.square().mean().item()
    assert ("no worse" in on_a_line.message) == (error <= zero)


def test_the_curves_are_those_of_the_steepest_line(on_a_line):
    tasks = lines()
    n = int(np.argmax([y.std() for y in tasks.support_y.numpy()]))
    task, grid = tasks[n : n + 1], fifty_on_a_line.GRID
    on_a_line.reveal()
    for name, learner in (
        ("MAML", kinds.ridge()),
        ("set encoder", encoder()),
        ("nearest wave", wave_fit),
    ):
        with torch.no_grad():
            curve = learner(task.support_x, task.support_y, grid[None, :, None])[0, :, 0]
        np.testing.assert_allclose(asked.points(on_a_line, name)[:, 1], curve, atol=1e-4)


def test_the_bar_is_dragged_up_and_down(on_a_line):
    on_a_line.drag("guess", 0.1, 9.0)
    assert on_a_line.values["guess"] == pytest.approx(10.0, rel=0.15)
    assert asked.points(on_a_line, "guess").tolist() == [[0.5, on_a_line.values["guess"]]]
    assert "the guess for the set encoder is" in on_a_line.alt


def test_a_guess_is_judged_by_its_factor(on_a_line):
    error = kinds.errors(encoder(), lines()).mean().item()
    on_a_line.set(guess=error)
    on_a_line.reveal()
    assert on_a_line.message.startswith("You saw it")
    on_a_line.set(guess=0.01)
    assert "too low, by a factor of" in on_a_line.message


# --- the step that a trained layer finds ----------------------------------------------------------


def test_the_curve_of_losses_is_measured_too():
    from course_utils.linear_attention import gradient_answer
    from course_utils.tasks import LinearTasks

    batch = LinearTasks(3).sample(
        20_000, shots=6, queries=3, generator=torch.Generator().manual_seed(0)
    )
    for alpha in (0.2, 0.6, 1.0):
        answer = gradient_answer(batch.support_x, batch.support_y, batch.query_x, alpha=alpha)
        measured = (answer - batch.query_y).square().mean().item()
        formula = float(found_step.loss_of_step(np.array(alpha), 3, 6))
        assert measured == pytest.approx(formula, rel=0.04)


def test_the_step_is_asked_for_before_it_is_shown():
    prediction = found_step.found_step([0.62, 0.63], inputs=5, shots=10)
    for name in ("loss", "best", "found"):
        assert len(asked.points(prediction, name)) == 0
    assert "0.62" not in prediction.alt
    prediction.drag("guess", 0.4, 2.0)
    assert asked.points(prediction, "guess")[0, 0] == pytest.approx(0.4)
    prediction.reveal()
    assert asked.points(prediction, "found")[:, 0].tolist() == [0.62, 0.63]
    assert asked.points(prediction, "best")[0, 0] == pytest.approx(0.625)
    least = asked.points(prediction, "loss")[:, 1].argmin()
    assert asked.points(prediction, "loss")[least, 0] == pytest.approx(0.625, abs=0.006)
    assert "0.22 too low. Training found 0.620, 0.630." in prediction.message
    assert "n/(n + d + 1) = 10/16 = 0.625" in prediction.message
    prediction.set(guess=0.61)
    assert prediction.message.startswith("You saw it")
    assert asked.artist(prediction, "loss").get_color() == style.MAML


def test_no_stored_sentence_knows_a_number(on_a_line):
    for prediction in (
        on_a_line,
        twenty_points.twenty_points(SHOTS, over_k(0.02)),
        found_step.found_step([0.6], inputs=5, shots=10),
    ):
        assert not any(letter.isdigit() for letter in prediction.describe)
