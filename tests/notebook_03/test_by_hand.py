"""The one-parameter explorer: the numbers of the page, moved by hand."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from course_utils.figures import style
from course_utils.notebook_03 import by_hand
from tests import asked


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


# --- what is drawn --------------------------------------------------------------------------------


H, C = np.array([1.0, 4.0]), np.array([0.0, 5.0])


def loss(n, theta):
    return H[n] / 2 * (theta - C[n]) ** 2


def stepped(phi, inner_lr):
    return phi - inner_lr * H * (phi - C)


@pytest.mark.parametrize("phi", [2.5, 5.8])
def test_an_inner_step_runs_down_its_own_tasks_curve_from_phi_to_theta(explorer, phi):
    explorer.set(phi=phi, inner_lr=0.2)
    for n, theta in enumerate(stepped(phi, 0.2)):
        start, end = (phi, loss(n, phi)), (theta, loss(n, theta))
        step = asked.ends(explorer, f"inner step {n + 1}")
        marks = [asked.points(explorer, f"{name} {n + 1}")[0] for name in ("start", "theta")]
        np.testing.assert_allclose(step, (start, end), rtol=1e-5)
        np.testing.assert_allclose(marks, (start, end), rtol=1e-5)
        assert end[1] < start[1]


def test_curve_step_end_and_pulls_of_a_task_have_its_colour(explorer):
    explorer.set(inner_lr=0.125)
    for n, color in enumerate(style.TASKS[:2], start=1):
        x, y = asked.points(explorer, f"loss {n}").T
        np.testing.assert_allclose(y, loss(n - 1, x))
        assert asked.artist(explorer, f"loss {n}").get_color() == color
        assert asked.artist(explorer, f"theta {n}").get_color() == color
        for arrow in (f"inner step {n}", *(f"{method} {n}" for method in by_hand.METHODS)):
            assert asked.artist(explorer, arrow).get_edgecolor() == to_rgba(color)


@pytest.mark.parametrize("phi", [2.5, 3.5, 5.0])
def test_each_pull_points_where_phi_would_go_and_the_bold_arrow_is_their_sum(explorer, phi):
    explorer.set(phi=phi, inner_lr=0.125)
    theta = stepped(phi, 0.125)
    gradients = {
        "transfer": H * (phi - C),
        "first_order": H * (theta - C),
        "maml": (1 - 0.125 * H) * H * (theta - C),
    }
    for method, pulls in gradients.items():
        for name, gradient in (("1", pulls[0]), ("2", pulls[1]), ("sum", pulls.sum())):
            ends = asked.ends(explorer, f"{method} {name}")
            if ends is None:
                assert gradient == pytest.approx(0, abs=1e-3)
            else:
                assert (ends[0][0], ends[1][0]) == pytest.approx((0, -gradient))
        thin, bold = (asked.artist(explorer, f"{method} {name}") for name in ("1", "sum"))
        assert bold.get_linewidth() > thin.get_linewidth()


def test_the_arrows_of_a_method_lie_in_the_row_of_its_name_and_the_sum_has_its_colour(explorer):
    explorer.set(phi=2.5, inner_lr=0.125)
    colors = {"transfer": style.TRANSFER, "first_order": "black", "maml": style.MAML}
    axis = asked.artist(explorer, "maml sum").axes.yaxis
    rows = dict(
        zip((t.get_text() for t in axis.get_ticklabels()), axis.get_ticklocs(), strict=True)
    )
    for method, color in colors.items():
        for name in ("1", "2", "sum"):
            (_, height), _ = asked.ends(explorer, f"{method} {name}")
            assert abs(height - rows[by_hand.NAMES[method]]) < 0.5
        assert asked.artist(explorer, f"{method} sum").get_edgecolor() == to_rgba(color)


def test_at_alpha_zero_no_inner_step_is_drawn_and_phi_lies_on_the_axis(explorer):
    assert asked.ends(explorer, "inner step 1") is None
    assert asked.ends(explorer, "inner step 2") is None
    assert asked.points(explorer, "phi").tolist() == [[4.0, by_hand.ON_AXIS]]


def test_each_row_tells_the_gradients_of_its_own_method(explorer):
    explorer.set(phi=4.0, inner_lr=0.125)
    said = [line for line in asked.readouts(explorer) if " = " in line and "φ" not in line]
    assert said == ["4.00 − 4.00 = 0.00", "3.50 − 2.00 = 1.50", "3.06 − 1.00 = 2.06"]
