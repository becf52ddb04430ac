"""One layer: the two lines are one as long as s is 1, and the parts add up to the answer."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_09 import one_layer
from tests import asked

X, Y = one_layer.SUPPORT_X.numpy(), (one_layer.SLOPE * one_layer.SUPPORT_X).numpy()


@pytest.fixture(scope="module")
def shared():
    return one_layer.one_layer()


@pytest.fixture
def explorer(shared):
    shared.reset()
    return shared


@pytest.mark.parametrize("alpha", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("scale", [0.0, 1.0, 1.7])
def test_both_answers_are_those_of_the_formula(explorer, alpha, scale):
    explorer.set(query=-1.3, alpha=alpha, scale=scale)
    slope = alpha * np.mean(X * Y)  # of one step on ½·mean((wx − y)²) from w = 0
    assert explorer.data.gradient == pytest.approx(-1.3 * slope)
    assert explorer.data.attention == pytest.approx(-1.3 * slope * scale)
    for name, factor in (("gradient step", 1.0), ("attention", scale)):
        ends = asked.points(explorer, name)
        np.testing.assert_allclose(ends[:, 1], factor * slope * ends[:, 0], atol=1e-9)


def test_alpha_moves_both_lines_as_one_and_s_parts_them(explorer):
    for alpha in (0.2, 0.8):
        explorer.set(alpha=alpha)
        step, attention = (asked.points(explorer, n) for n in ("gradient step", "attention"))
        np.testing.assert_allclose(step, attention, atol=1e-12)
    explorer.set(scale=1.5)
    assert np.abs(asked.points(explorer, "attention") - step).max() > 0.5
    np.testing.assert_allclose(asked.points(explorer, "gradient step"), step)


def test_the_parts_add_up_to_the_answer_and_the_far_points_speak_loudest(explorer):
    explorer.set(query=2.0, scale=1.5)
    heights = [asked.points(explorer, f"part {i + 1}")[1, 1] for i in range(5)]
    assert sum(heights) == pytest.approx(explorer.data.attention)
    assert asked.points(explorer, "sum")[1, 1] == pytest.approx(explorer.data.attention)
    assert list(np.argsort(heights)) == list(np.argsort(np.abs(X)))
    explorer.set(query=-2.0)
    turned = [asked.points(explorer, f"part {i + 1}")[1, 1] for i in range(5)]
    np.testing.assert_allclose(turned, -np.array(heights))


def test_the_query_is_dragged_and_its_answer_lies_on_the_line(explorer):
    explorer.drag("query", -0.52, 0.0)
    assert explorer.values["query"] == pytest.approx(-0.5)
    ((x, y),) = asked.points(explorer, "attention answer")
    assert (x, y) == (pytest.approx(-0.5), pytest.approx(explorer.data.attention))


def test_every_slider_changes_the_picture_everywhere_but_at_a_query_of_zero(explorer):
    for change in ({"query": 1.0}, {"alpha": 0.7}, {"scale": 0.4}):
        before = explorer.png()
        explorer.set(**change)
        assert explorer.png() != before, change


def test_colours_are_those_of_the_language(explorer):
    assert asked.artist(explorer, "gradient step").get_color() == style.MAML
    assert asked.artist(explorer, "part 1").get_color() == style.TASKS[0]


def test_the_stored_sentence_knows_no_number(explorer):
    assert not any(letter.isdigit() for letter in explorer.describe)
