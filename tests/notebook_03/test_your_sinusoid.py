"""Your sinusoid: moved as a reader moves it."""

import math

import numpy as np
import pytest
import torch

from course_utils import maml, networks
from course_utils.figures import style
from course_utils.notebook_03 import your_sinusoid
from tests import asked

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
    assert "a curve is outside" in wild.alt
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


# --- what is drawn --------------------------------------------------------------------------------


COLORS = {"MAML": style.MAML, "transfer": style.TRANSFER, "random": style.RANDOM}


def adapted(explorer, phi, steps):
    """The function that phi becomes, and its error over the wave."""
    loss, values = networks.squared_error(NETWORK), explorer.values
    task = your_sinusoid.your_task(values["phase"], values["amplitude"], values["shots"], 0, {})
    theta = maml.adapt(loss, phi, task.support_x, task.support_y, inner_lr=0.01, steps=steps)
    function = NETWORK(theta, your_sinusoid.GRID)[0, :, 0].numpy()
    return function, loss(theta, task.query_x, task.query_y).item()


def test_each_function_is_that_of_its_own_phi_in_its_own_colour(explorer):
    explorer.set(steps=3, shots=8)
    for name, phi in starts().items():
        function, _ = adapted(explorer, phi, 3)
        drawn = asked.points(explorer, f"{name} function")
        np.testing.assert_allclose(drawn[:, 1], function, atol=1e-4)
        for part in ("function", "errors", "now"):
            assert asked.artist(explorer, f"{name} {part}").get_color() == COLORS[name]


def test_the_errors_run_from_no_step_to_the_last_where_the_mark_stands(explorer):
    explorer.set(steps=2)
    for name, phi in starts().items():
        track = asked.points(explorer, f"{name} errors")
        assert track[:, 0].tolist() == [0, 1, 2]
        errors = [adapted(explorer, phi, k)[1] for k in range(3)]
        np.testing.assert_allclose(track[:, 1], errors, rtol=1e-4)
        assert asked.points(explorer, f"{name} now").tolist() == [track[-1].tolist()]


def test_wave_crest_and_support_points_are_one_task(explorer):
    explorer.set(phase=0.5, amplitude=2.0, shots=4)
    x, y = asked.points(explorer, "wave").T
    np.testing.assert_allclose(y, 2 * np.sin(x - 0.5), atol=1e-5)
    np.testing.assert_allclose(asked.points(explorer, "crest"), [[0.5 + math.pi / 2, 2.0]])
    support = asked.points(explorer, "support")
    assert len(support) == 4
    np.testing.assert_allclose(support[:, 1], 2 * np.sin(support[:, 0] - 0.5), atol=1e-5)
    colors = {asked.artist(explorer, name).get_color() for name in ("wave", "support")}
    assert colors == {asked.artist(explorer, "crest").get_markeredgecolor()} == {style.TASKS[0]}


def test_a_support_point_is_drawn_where_its_handle_lies(explorer):
    explorer.drag("y1", 0.0, -4.0)
    place = asked.points(explorer, "support")[1]
    assert place[1] == -4.0
    axes = asked.artist(explorer, "support").axes
    (handle,) = (h for h in explorer.canvas.handles if h["name"] == "y1")
    assert (handle["x"], handle["y"]) == pytest.approx(explorer._stage.fraction(axes, *place))


def test_a_score_stands_after_the_mark_of_its_method(explorer):
    explorer.set(steps=1)
    axes = asked.artist(explorer, "MAML now").axes
    scores = [artist for artist in axes.artists if getattr(artist, "mark", None)]
    assert [score.text.split()[0] for score in scores] == list(NAMES)
    for score, (name, color) in zip(scores, COLORS.items(), strict=True):
        assert score.mark["color"] == color
        assert score.mark["marker"] == asked.artist(explorer, f"{name} now").get_marker()
