"""The one-parameter explorer: the numbers of the page, moved by hand."""

import numpy as np
import pytest

from course_utils.notebook_03 import by_hand


@pytest.fixture(scope="module")
def explorer():
    return by_hand.by_hand()


@pytest.fixture(autouse=True)
def _fresh(request):
    yield
    if "explorer" in request.fixturenames:
        request.getfixturevalue("explorer").reset()


def test_the_numbers_of_the_page():
    frame = by_hand.by_hand_frame(4.0, 1 / 8)
    assert frame.theta.tolist() == [3.5, 4.5]
    sums = {name: gradient.sum() for name, gradient in frame.gradients.items()}
    assert sums == pytest.approx({"transfer": 0.0, "first_order": 1.5, "maml": 2.0625})
    assert frame.gradients["maml"].tolist() == pytest.approx([3.0625, -1.0])


@pytest.mark.parametrize("phi", [2.0, 3.3, 6.0])
@pytest.mark.parametrize("inner_lr", [0.05, 0.25])
def test_the_gradients_are_those_of_the_chain_rule(phi, inner_lr):
    h, c = np.array([1.0, 4.0]), np.array([0.0, 5.0])
    theta = phi - inner_lr * h * (phi - c)
    frame = by_hand.by_hand_frame(phi, inner_lr)
    assert frame.theta == pytest.approx(theta)
    assert frame.after == pytest.approx(h / 2 * (theta - c) ** 2)
    assert frame.gradients["transfer"] == pytest.approx(h * (phi - c))
    assert frame.gradients["first_order"] == pytest.approx(h * (theta - c))
    assert frame.gradients["maml"] == pytest.approx((1 - inner_lr * h) * h * (theta - c))


def test_it_opens_where_the_three_objectives_are_one(explorer):
    gradients = explorer.data.gradients.values()
    assert explorer.values["inner_lr"] == 0
    assert len({tuple(gradient) for gradient in gradients}) == 1


def test_phi_is_dragged_on_the_axis(explorer):
    before = explorer.png()
    explorer.drag("phi", 2.5, by_hand.ON_AXIS)
    assert explorer.values["phi"] == 2.5
    assert explorer.png() != before
    assert "From φ = 2.50" in explorer.alt


def test_a_drag_beyond_the_ends_stops_at_the_end(explorer):
    explorer.drag("phi", 40.0, 0.0)
    assert explorer.values["phi"] == 6.0
    assert explorer.message == ""


def test_between_the_two_optima_transfer_and_maml_disagree_in_words(explorer):
    explorer.set(phi=3.5, inner_lr=0.125)
    assert "transfer −2.50, so φ moves right" in explorer.alt
    assert "; MAML 1.18, so φ moves left" in explorer.alt


def test_no_arrow_of_a_gradient_leaves_its_axes():
    for phi in (2.0, 6.0):
        for inner_lr in (0.0, 0.125, 0.25):
            for parts in by_hand.by_hand_frame(phi, inner_lr).gradients.values():
                assert max(abs(parts).max(), abs(parts.sum())) <= 12.5
