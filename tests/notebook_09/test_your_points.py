"""Your points: dragged as a reader drags them."""

from functools import partial

import numpy as np
import pytest
import torch

from course_utils import in_context
from course_utils.figures import style
from course_utils.notebook_09 import kinds, looks, your_points
from course_utils.tasks import TaskBatch
from tests import asked

ENCODER = in_context.set_encoder(8)
FORMER = in_context.transformer(8, layers=1, heads=2, hidden=8)
READERS = {
    "set encoder": partial(ENCODER, ENCODER.init(torch.Generator().manual_seed(1))),
    "transformer": partial(FORMER, FORMER.init(torch.Generator().manual_seed(2))),
}
PHI = kinds.NETWORK.init(torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def shared():
    return your_points.your_points(PHI, *READERS.values())


@pytest.fixture
def explorer(shared):
    shared.reset()
    return shared


def learner_of(name, steps):
    if name == "MAML":
        return kinds.few_steps(PHI, steps)
    return kinds.ridge() if name == "kernel ridge" else READERS[name]


@pytest.mark.parametrize("shape", your_points.SHAPES)
def test_each_learner_s_curve_and_error_are_its_own(explorer, shape):
    explorer.set(shape=shape, shots=4, steps=2, also=True)
    function, points = your_points.your_function(shape, 0)
    task = TaskBatch(points[:, :4, :1], points[:, :4, 1:], your_points.GRID, function)
    for name in your_points.NAMES:
        learner = learner_of(name, 2)
        with torch.no_grad():
            curve = learner(task.support_x, task.support_y, task.query_x)[0, :, 0].numpy()
        np.testing.assert_allclose(asked.points(explorer, f"{name} answer")[:, 1], curve, atol=1e-5)
        error = kinds.errors(learner, task).item()
        ((_, height),) = asked.points(explorer, f"{name} error")
        assert height == pytest.approx(looks.on_axis(error), rel=1e-4)
        for part in ("answer", "error"):
            drawn = asked.artist(explorer, f"{name} {part}").get_color()
            assert drawn == looks.LOOKS[name]["color"]


def test_kernel_ridge_stands_beside_them_only_when_it_is_asked_for(explorer):
    assert len(asked.points(explorer, "kernel ridge answer")) == 0
    assert "3 learners" in explorer.alt
    explorer.set(also=True)
    assert len(asked.points(explorer, "kernel ridge answer")) == len(your_points.X)
    assert "4 learners" in explorer.alt


def test_every_control_changes_the_picture(explorer):
    for change in (
        {"shots": 4},
        {"steps": 9},
        {"shape": "triangle"},
        {"shape": "line"},
        {"also": True},
        {"draw": 1},
    ):
        before = explorer.png()
        explorer.set(**change)
        assert explorer.png() != before, change


def test_raising_k_adds_points_to_those_that_are_there(explorer):
    explorer.set(shots=3)
    few = asked.points(explorer, "support")
    explorer.set(shots=12)
    many = asked.points(explorer, "support")
    assert len(many) == 12
    np.testing.assert_array_equal(many[:3], few)
    assert asked.artist(explorer, "support").get_color() == style.TASKS[0]


@pytest.mark.parametrize("shape", your_points.SHAPES)
def test_points_lie_on_the_function_until_they_are_dragged(explorer, shape):
    explorer.set(shape=shape, shots=5)
    on_it = np.interp(*explorer_points(explorer), explorer.data.function)
    np.testing.assert_allclose(explorer.data.support_y, on_it, atol=0.05)


def explorer_points(explorer):
    return explorer.data.support_x, your_points.X


def test_a_dragged_point_moves_alone_stays_inside_and_goes_back_on_reset(explorer):
    explorer.set(shots=4)
    before = asked.points(explorer, "support")
    explorer.drag("point2", 1.5, 99.0)
    after = asked.points(explorer, "support")
    np.testing.assert_allclose(after[2], [1.5, your_points.LIMIT])
    np.testing.assert_array_equal(np.delete(after, 2, 0), np.delete(before, 2, 0))
    explorer.reset()
    explorer.set(shots=4)
    np.testing.assert_array_equal(asked.points(explorer, "support"), before)


def test_a_dragged_point_belongs_to_its_function(explorer):
    explorer.drag("point0", 0.0, 5.0)
    explorer.set(draw=1)
    assert explorer.data.support_y[0] != 5.0
    explorer.set(draw=0)
    assert explorer.data.support_y[0] == 5.0
    explorer.set(shape="line")
    assert explorer.data.support_y[0] != 5.0


def test_only_points_of_the_support_set_have_a_handle(explorer):
    explorer.set(shots=3)
    names = {handle["name"] for handle in explorer.canvas.handles}
    assert names == {"point0", "point1", "point2"}


def test_every_function_fits_into_the_picture():
    for shape in your_points.SHAPES:
        for draw in range(20):
            function, points = your_points.your_function(shape, draw)
            assert function.abs().max() <= your_points.LIMIT
            assert points[..., 1].abs().max() <= your_points.LIMIT


def test_what_leaves_the_picture_is_said(explorer):
    wild = your_points.your_points({k: 30 * v for k, v in PHI.items()}, *READERS.values())
    wild.set(steps=0)
    assert "outside the picture: MAML" in asked.readouts(wild)
    assert not any("outside" in words for words in asked.readouts(explorer))


def test_the_stored_sentence_knows_no_number(explorer):
    assert not any(letter.isdigit() for letter in explorer.describe)
