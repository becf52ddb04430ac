"""The knob of a learner: turned without a browser."""

import numpy as np
import pytest
import torch

from course_utils.learners import KNOBS, kernel_ridge, over_knobs, task_losses
from course_utils.notebook_02 import ridge_knob
from course_utils.tasks import TaskBatch


@pytest.fixture
def explorer(tasks):
    return ridge_knob.ridge_knob(tasks)


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


def test_the_stored_sentence_does_not_give_the_best_learner_away(explorer):
    assert not any(character.isdigit() for character in explorer.describe)
