"""Notebook 02's explorer and predictions, moved without a browser."""

import numpy as np
import pytest
import torch

from course_utils.learners import KNOBS, kernel_ridge, over_knobs, task_losses
from course_utils.notebook_02 import ridge_knob
from course_utils.tasks import Sinusoids, TaskBatch


def draw(n_tasks, seed):
    generator = torch.Generator().manual_seed(seed)
    return Sinusoids(noise=0.5).sample(n_tasks, shots=10, queries=10, generator=generator)


@pytest.fixture(scope="module")
def tasks():
    return draw(200, seed=0)


@pytest.fixture
def explorer(tasks):
    return ridge_knob.ridge_knob(tasks)


@pytest.fixture
def few(tasks):
    return ridge_knob.few_tasks(draw(300, seed=2), tasks)


def test_the_frame_shows_two_tasks_own_losses_and_the_mean_over_all(tasks):
    curve = over_knobs(kernel_ridge, KNOBS, tasks).mean(dim=1).numpy()
    frame = ridge_knob.knob_frame(tasks, curve, KNOBS[20], pair=3)
    own = task_losses(kernel_ridge(KNOBS[20]), tasks)
    np.testing.assert_allclose(frame.losses, own[6:8])
    assert frame.meta_loss == pytest.approx(own.mean().item())
    assert frame.fits.shape == (2, len(ridge_knob.X_GRID))


def test_a_larger_ridge_flattens_f(tasks):
    curve = np.zeros(len(KNOBS))
    height = [np.abs(ridge_knob.knob_frame(tasks, curve, lam).fits).max() for lam in (0.01, 1, 100)]
    assert height[0] > height[1] > height[2]


def test_it_opens_away_from_the_best_with_the_curve_hidden(explorer):
    assert not explorer.values["curve_shown"]
    assert "curve" not in explorer.alt
    assert explorer.data.meta_loss > 2


@pytest.mark.parametrize("handle", ["knob", "knob on L"])
def test_the_knob_is_dragged_in_the_picture_to_its_nearest_stop(explorer, handle):
    explorer.drag(handle, 0.0123, 3.0)
    assert explorer.values["knob"] == KNOBS[21]
    assert explorer.alt.startswith("λ = 0.013:")
    explorer.drag(handle, -5.0, 0.0)
    assert explorer.values["knob"] == KNOBS[0]


def test_the_best_value_tried_is_kept_and_reset_forgets_it(explorer):
    for lam in (0.1, 0.01, 10):
        explorer.set(knob=lam)
    assert "Values tried: 4" in explorer.alt
    assert explorer.alt.endswith("at λ = 0.01.")
    explorer.reset()
    assert "Values tried: 1" in explorer.alt


def test_showing_the_curve_names_the_best_learner(explorer, tasks):
    least = over_knobs(kernel_ridge, KNOBS, tasks).mean(dim=1).min()
    hidden = explorer.png()
    explorer.set(curve_shown=True)
    assert f"F*: {least:.3f}" in explorer.alt
    assert explorer.png() != hidden


def test_a_press_shows_two_other_tasks_and_the_last_press_still_two(explorer, tasks):
    explorer.set(pair=1)
    assert "the fits of tasks 3 and 4" in explorer.alt
    explorer.set(pair=10_000)
    assert not explorer.message
    assert len(explorer.data.tasks) == 2


def test_other_tasks_than_sinusoids_are_refused():
    others = TaskBatch(*(torch.zeros(3, 1, 1) for _ in range(4)))  # no amplitude
    with pytest.raises(ValueError, match="sinusoid tasks"):
        ridge_knob.ridge_knob(others)


def test_the_support_prediction_answers_only_when_asked(tasks):
    prediction = ridge_knob.support_choice(tasks)
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


def test_the_frame_of_few_tasks_is_one_group_of_three(tasks):
    losses = over_knobs(kernel_ridge, KNOBS, tasks)
    unseen = np.linspace(1, 2, len(KNOBS))
    frame = ridge_knob.few_tasks_frame(losses, unseen, draw=2)
    mean = losses[:, 6:9].mean(dim=1)
    assert frame.knob == KNOBS[int(mean.argmin())]
    assert frame.promise == pytest.approx(mean.min().item())
    assert frame.truth == unseen[int(mean.argmin())]
    assert frame.choices.sum() == len(tasks) // 3


def test_three_tasks_promise_more_than_they_keep(few):
    assert few.message == ""
    few.set(unseen="worse")
    few.reveal()
    assert few.data.mean_truth > 1.2 * few.data.mean_promise
    assert "Worse, as you said" in few.message
    assert "meta-overfitting" in few.message
    few.set(unseen="better")
    assert "Not better" in few.message


def test_three_other_tasks_choose_for_themselves(few):
    few.reveal()
    chosen = set()
    for n in range(8):
        few.set(draw=n)
        chosen.add(few.data.knob)
    assert len(chosen) > 3
    few.set(knob=few.data.knob)
    assert few.message.startswith("Close.")


def test_it_opens_with_the_draw_asked_for_and_says_which_curves_leave_the_picture(tasks):
    few = ridge_knob.few_tasks(draw(3000, seed=11), draw(1000, seed=1), draw=2)
    few.reveal()
    assert few.data.knob == pytest.approx(0.16, abs=0.002)
    assert few.data.promise == pytest.approx(0.66, abs=0.005)
    assert few.data.truth > 1.5 * few.data.promise
    assert few.alt.endswith(
        "nine in ten lie between λ = 0.0004 and 0.16. In the picture task 3 runs off the top."
    )
    few.set(draw=6)
    assert "tasks 1, 2 and 3 run off the top" in few.alt


def test_stored_sentences_do_not_give_the_answers_away(few, explorer, tasks):
    for made in (few, explorer, ridge_knob.support_choice(tasks)):
        assert not any(character.isdigit() for character in made.describe)
        assert "worse" not in made.alt + made.describe
