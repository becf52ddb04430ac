"""The knob of a learner: turned without a browser."""

import numpy as np
import pytest
import torch

from course_utils.figures import style
from course_utils.learners import KNOBS, kernel_ridge, over_knobs, task_losses
from course_utils.notebook_02 import ridge_knob
from course_utils.tasks import TaskBatch, sine_wave
from tests import asked


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
    assert "Values tried" not in explorer.alt


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


# --- what is drawn --------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [0, 2])
def test_filled_points_go_in_hollow_points_judge_and_f_is_what_the_learner_makes(
    explorer, tasks, pair
):
    explorer.set(pair=pair, knob=0.1)
    for n, task in enumerate(range(2 * pair, 2 * pair + 2), start=1):
        one = tasks[task : task + 1]
        for name, x, y in (
            ("support", one.support_x, one.support_y),
            ("query", one.query_x, one.query_y),
        ):
            points = asked.points(explorer, f"{name} {n}")
            np.testing.assert_allclose(points, torch.cat([x[0], y[0]], dim=1), rtol=1e-6)
        assert asked.artist(explorer, f"query {n}").get_markerfacecolor() == "white"
        assert asked.artist(explorer, f"support {n}").get_markerfacecolor() == style.TASKS[n - 1]
        x, f = asked.points(explorer, f"f {n}").T
        made = kernel_ridge(KNOBS[30])(one.support_x, one.support_y, torch.tensor(x)[None, :, None])
        np.testing.assert_allclose(f, made[0, :, 0])


def test_each_task_has_its_own_colour_and_its_wave_behind_it(explorer, tasks):
    for n in (1, 2):
        for name in ("f", "support", "query"):
            assert asked.artist(explorer, f"{name} {n}").get_color() == style.TASKS[n - 1]
        x, y = asked.points(explorer, f"wave {n}").T
        facts = (tasks.facts[fact][n - 1] for fact in ("amplitude", "phase"))
        np.testing.assert_allclose(y, sine_wave(torch.tensor(x), *facts), rtol=1e-5)


def test_the_diamond_lies_on_the_axis_and_the_dot_at_the_height_of_l(explorer, tasks):
    explorer.set(knob=0.1)
    own = task_losses(kernel_ridge(KNOBS[30]), tasks).mean().item()
    assert asked.points(explorer, "knob").tolist() == [[KNOBS[30], ridge_knob.ON_AXIS]]
    np.testing.assert_allclose(asked.points(explorer, "L"), [[KNOBS[30], own]])


def test_each_place_leaves_a_dot_until_reset(explorer):
    tried = [explorer.values["knob"]]
    for knob in (KNOBS[5], KNOBS[50]):
        explorer.set(knob=knob)
        tried.append(knob)
        assert asked.points(explorer, "tried")[-1].tolist() == [knob, explorer.data.meta_loss]
    assert asked.points(explorer, "tried")[:, 0].tolist() == tried
    explorer.reset()
    assert len(asked.points(explorer, "tried")) == 1


def test_the_curve_and_its_least_place_are_hidden_until_they_are_asked_for(explorer, tasks):
    assert len(asked.points(explorer, "L at every knob")) == 0
    assert len(asked.points(explorer, "best")) == 0
    explorer.set(curve_shown=True)
    curve = over_knobs(kernel_ridge, KNOBS, tasks).mean(dim=1).numpy()
    np.testing.assert_allclose(asked.points(explorer, "L at every knob"), np.c_[KNOBS, curve])
    least = [KNOBS[curve.argmin()], curve.min()]
    np.testing.assert_allclose(asked.points(explorer, "best"), [least])
