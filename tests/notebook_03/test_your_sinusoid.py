"""Your sinusoid and the two predictions: moved as a reader moves them."""

import math

import numpy as np
import pytest
import torch

from course_utils import evaluation, maml, networks
from course_utils.evaluation import Mean
from course_utils.notebook_03 import average_wave, your_sinusoid

NETWORK = networks.mlp([1, 40, 40, 1])
NAMES = ("MAML", "transfer", "random")


def starts():
    return {name: NETWORK.init(torch.Generator().manual_seed(i)) for i, name in enumerate(NAMES)}


@pytest.fixture(scope="module")
def shared():
    return your_sinusoid.adapt_to_your_sinusoid(NETWORK, starts())


@pytest.fixture
def explorer(shared):
    shared.reset()
    return shared


def test_each_phi_is_adapted_as_the_core_adapts_it():
    phis, task = starts(), your_sinusoid.your_task(1.0, 2.0, 5, 0, {})
    frame = your_sinusoid.adaptation_frame(NETWORK, phis, task, inner_lr=0.01, steps=3)
    loss = networks.squared_error(NETWORK)
    for name, phi in phis.items():
        theta = maml.adapt(loss, phi, task.support_x, task.support_y, inner_lr=0.01, steps=3)
        curve = NETWORK(theta, your_sinusoid.GRID)[0, :, 0]
        assert frame.curves[name] == pytest.approx(curve.numpy(), abs=1e-5)
        error = loss(theta, task.query_x, task.query_y).item()
        assert frame.errors[name][3] == pytest.approx(error, rel=1e-4)
        support = loss(theta, task.support_x, task.support_y).item()
        assert frame.support_errors[name][3] == pytest.approx(support, rel=1e-4)


def test_the_query_error_is_over_the_whole_wave():
    task = your_sinusoid.your_task(0.5, 3.0, 2, 0, {})
    x = your_sinusoid.GRID[:, 0].numpy()
    assert task.query_y[0, :, 0].numpy() == pytest.approx(3 * np.sin(x - 0.5), abs=1e-5)
    assert x.min() == -5
    assert x.max() == 5


def test_raising_k_adds_points_to_those_that_are_there():
    few, many = (your_sinusoid.your_task(1.0, 2.0, shots, 3, {}) for shots in (4, 9))
    assert torch.equal(few.support_x[0], many.support_x[0, :4])


def test_it_opens_before_the_first_step(explorer):
    assert explorer.values["steps"] == 0
    assert explorer.values["inner_lr"] == your_sinusoid.TRAINED_WITH
    assert "after 0 inner steps" in explorer.alt


def test_every_control_changes_the_picture(explorer):
    for change in (
        {"phase": 2.0},
        {"amplitude": 1.0},
        {"shots": 9},
        {"steps": 4},
        {"inner_lr": 0.005},
        {"draw": 1},
    ):
        before = explorer.png()
        explorer.set(**change)
        assert explorer.png() != before, change


def test_the_crest_is_dragged_to_choose_phase_and_amplitude(explorer):
    explorer.drag("crest", 3.0, 2.0)
    assert explorer.values["phase"] == pytest.approx(3.0 - math.pi / 2, abs=0.011)
    assert explorer.values["amplitude"] == 2.0
    assert "The wave 2.00·sin(x − 1.42)" in explorer.alt


def test_a_support_point_is_dragged_off_the_wave_and_goes_back_on_reset(explorer):
    on_wave = explorer.data.support_y.copy()
    explorer.drag("y2", 0.0, 5.0)
    assert explorer.data.support_y[2] == 5.0
    np.testing.assert_array_equal(np.delete(explorer.data.support_y, 2), np.delete(on_wave, 2))
    explorer.reset()
    np.testing.assert_array_equal(explorer.data.support_y, on_wave)


def test_a_dragged_point_stays_inside_the_picture(explorer):
    explorer.drag("y0", 0.0, 99.0)
    assert explorer.data.support_y[0] == your_sinusoid.LIMIT


def test_new_support_points_lie_on_the_wave(explorer):
    explorer.drag("y1", 0.0, 5.0)
    before = explorer.data.support_x.copy()
    explorer.set(draw=1)
    data = explorer.data
    assert not np.allclose(data.support_x, before)
    wave = 3.5 * np.sin(data.support_x - 0.8)
    assert data.support_y == pytest.approx(wave, abs=1e-5)


def test_only_points_of_the_support_set_have_a_handle(explorer):
    explorer.set(shots=3)
    names = {handle["name"] for handle in explorer.canvas.handles}
    assert names == {"crest", "y0", "y1", "y2"}


def test_too_large_a_step_becomes_a_sentence(explorer):
    steep = {name: {k: 5 * v for k, v in phi.items()} for name, phi in starts().items()}
    wild = your_sinusoid.adapt_to_your_sinusoid(NETWORK, steep)
    wild.set(steps=10, inner_lr=0.03)
    assert "α = 0.030 overshoots for" in wild.alt
    assert "a curve leaves the picture" in wild.alt
    assert "over 1000" in wild.alt
    assert wild.message == ""  # a frame was drawn all the same
    explorer.set(steps=1, inner_lr=0.001)
    assert "overshoots" not in explorer.alt


def test_a_step_that_lowers_the_support_error_has_not_overshot():
    frame = your_sinusoid.adaptation_frame(
        NETWORK, starts(), your_sinusoid.your_task(1.0, 2.0, 5, 0, {}), inner_lr=0.001, steps=10
    )
    for errors in frame.support_errors.values():
        assert (np.diff(errors) < 0).all()
    assert your_sinusoid.remark(frame, 0.001) == ""


# --- predictions ----------------------------------------------------------------------------------


@pytest.fixture
def single_function():
    return average_wave.best_single_function(
        NETWORK, NETWORK.init(torch.Generator().manual_seed(0))
    )


def test_the_average_is_not_told_before_it_is_asked_for(single_function):
    assert single_function.message == ""
    assert "average" not in single_function.alt + single_function.describe
    assert "1.62" not in single_function.alt


@pytest.mark.parametrize(
    ("height", "said"),
    [(-1.6, "You saw it"), (0.0, "do not cancel"), (2.0, "3.62 too high"), (-4.0, "2.38 too low")],
)
def test_the_verdict_says_how_far_the_guess_is(single_function, height, said):
    single_function.drag("height", 0.0, height)
    single_function.reveal()
    assert said in single_function.message
    assert "−1.62·cos x" in single_function.message
    assert "3.01" in single_function.message


def test_reset_takes_the_answer_back(single_function):
    start = single_function.png()
    single_function.reveal()
    assert single_function.png() != start
    single_function.reset()
    assert single_function.png() == start
    assert single_function.message == ""


def test_the_error_of_a_guess_is_the_family_s(single_function):
    single_function.set(height=2.0)
    assert single_function.data.error == pytest.approx(evaluation.average_wave().error(2.0))


def before(maml_error, transfer_error):
    rows = [
        {0: Mean(error, 0.06, 10_000), 1: Mean(after, 0.05, 10_000)}
        for error, after in ((maml_error, 0.6), (transfer_error, 2.5))
    ]
    difference = Mean(maml_error - transfer_error, 0.01, 10_000)
    return average_wave.before_the_first_step(*rows, difference)


@pytest.mark.parametrize(
    ("errors", "answer"),
    [
        ((3.0, 3.0), average_wave.SAME),
        ((3.6, 3.0), average_wave.WORSE),
        ((2.0, 3.0), average_wave.BETTER),
    ],
)
def test_the_verdict_follows_the_measured_errors(errors, answer):
    asked = before(*errors)
    for guess in average_wave.SAID:
        asked.set(guess=guess, revealed=True)
        assert asked.message.startswith("Right.") == (guess == answer)


def test_before_the_reveal_nothing_of_the_errors_is_told():
    asked = before(3.04, 2.97)
    assert asked.message == ""
    assert "3.04" not in asked.alt
    hidden = asked.png()
    asked.reveal()
    assert "You said: nothing yet" in asked.message
    assert asked.png() != hidden
