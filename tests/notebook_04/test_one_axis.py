"""The one-axis explorer and its prediction say what notebook 04 says of them."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course_utils.figures import style
from course_utils.notebook_04 import one_axis
from tests import asked


@pytest.fixture(scope="module")
def explorer():
    return one_axis.one_axis()


def test_opens_before_the_event(explorer):
    explorer.reset()
    assert explorer.values == {"phi": 3.0, "inner_lr": 0.0, "steps": 3}
    np.testing.assert_array_equal(explorer.data.curves.transfer, explorer.data.curves.maml)
    assert explorer.data.before == explorer.data.after


@pytest.mark.parametrize(("phi", "before", "after"), [(-2.12, 0.867, 0.860), (0.0, 1.423, 0.202)])
def test_the_four_numbers_of_the_notebook(explorer, phi, before, after):
    explorer.set(phi=phi, inner_lr=1.0, steps=3)
    assert explorer.data.before == pytest.approx(before, abs=5e-4)
    assert explorer.data.after == pytest.approx(after, abs=5e-4)
    assert f"{before:.2f} before adapting" in explorer.alt


def test_steps_zero_is_transfer_learning(explorer):
    explorer.set(inner_lr=1.0, steps=0)
    np.testing.assert_array_equal(explorer.data.curves.transfer, explorer.data.curves.maml)


def test_task_2_is_caught_at_transfers_optimum(explorer):
    explorer.set(phi=-2.12, inner_lr=1.0, steps=5)
    assert explorer.data.paths[-1, 1] == pytest.approx(-2.20, abs=0.01)


def test_five_steps_from_the_middle_solve_both_tasks(explorer):
    explorer.set(phi=0.0, inner_lr=1.0, steps=5)
    assert explorer.data.after == pytest.approx(0.012, abs=5e-4)


@pytest.mark.parametrize(
    ("inner_lr", "steps", "phi"), [(0.4, 3, -2.08), (0.5, 3, 0.02), (1.0, 1, -2.07), (1.0, 3, 0.01)]
)
def test_mamls_optimum_jumps(explorer, inner_lr, steps, phi):
    explorer.set(inner_lr=inner_lr, steps=steps)
    assert explorer.data.curves.maml_optimum == pytest.approx(phi, abs=0.011)
    assert explorer.data.curves.transfer_optimum == pytest.approx(-2.12, abs=0.011)


@pytest.mark.parametrize("handle", ["phi", "phi on L"])
def test_phi_follows_the_hand_in_both_pictures(explorer, handle):
    picture = explorer.png()
    explorer.drag(handle, -1.234, 7.0)
    assert explorer.values["phi"] == pytest.approx(-1.23)
    assert explorer.png() != picture
    explorer.drag(handle, 99.0, 0.0)
    assert explorer.values["phi"] == 5.0


def test_prediction_answers_only_when_asked():
    prediction = one_axis.glide_or_jump()
    assert "0.02" not in prediction.alt
    assert prediction.message == ""
    prediction.drag("guess", -1.5, 0.0)
    asked = prediction.png()
    prediction.reveal()
    assert prediction.png() != asked
    assert "1.52 from your guess" in prediction.message
    assert "jumps" in prediction.message


def test_prediction_praises_a_good_guess():
    prediction = one_axis.glide_or_jump()
    prediction.set(phi=0.1)
    prediction.reveal()
    assert prediction.message.startswith("You saw the jump coming.")


def test_the_ground_is_white_and_the_colours_are_the_courses(explorer):
    pixels = np.asarray(Image.open(io.BytesIO(explorer.png())).convert("RGB"))
    assert tuple(pixels[2, 2]) == (255, 255, 255)
    seen = {tuple(color) for color in pixels.reshape(-1, 3)}
    for color in (style.MAML, style.TRANSFER, *style.TASKS[:2]):
        assert tuple(round(255 * part) for part in to_rgb(color)) in seen


# --- what is drawn --------------------------------------------------------------------------------


def loss(n, phi):
    """Task n's loss (n = 1, 2) at some φ, by the notebook's formula."""
    phi, c = np.asarray(phi), (-2, 2)[n - 1]
    side = 0.5 * np.exp(-((phi + 2.4) ** 2)) if n == 2 else 0
    return 1 + 0.02 * (phi - c) ** 2 - np.exp(-(((phi - c) / 2) ** 2)) - side


def steepest(n, phi, inner_lr, steps):
    """Where task n gets to from φ, by central differences."""
    for _ in range(steps):
        phi = phi - inner_lr * (loss(n, phi + 1e-5) - loss(n, phi - 1e-5)) / 2e-5
    return phi


@pytest.mark.parametrize("n", [1, 2])
def test_each_tasks_curve_is_its_loss_in_its_colour_and_so_is_its_label(explorer, n):
    x, y = asked.points(explorer, f"task {n}").T
    np.testing.assert_allclose(y, loss(n, x), atol=1e-9)
    assert asked.color(explorer, f"task {n}") == style.TASKS[n - 1]
    axes = asked.artist(explorer, f"task {n}").axes
    assert asked.labelled(axes)[f"task {n}"] == style.TASKS[n - 1]


@pytest.mark.parametrize("n", [1, 2])
def test_each_way_runs_from_phi_down_its_own_curve_to_its_theta(explorer, n):
    explorer.set(phi=0.5, inner_lr=1.0, steps=3)
    way = asked.points(explorer, f"path {n}")
    stops = [steepest(n, 0.5, 1.0, k) for k in range(4)]
    np.testing.assert_allclose(way, np.column_stack([stops, loss(n, stops)]), atol=1e-6)
    np.testing.assert_array_equal(asked.points(explorer, f"theta {n}"), way[-1:])
    assert asked.color(explorer, f"theta {n}") == style.TASKS[n - 1]


@pytest.mark.parametrize(
    ("method", "steps", "color"), [("transfer", 0, style.TRANSFER), ("MAML", 3, style.MAML)]
)
def test_each_objective_is_the_sum_of_losses_that_its_method_looks_at(
    explorer, method, steps, color
):
    explorer.set(inner_lr=0.8, steps=3)
    x, y = asked.points(explorer, method).T
    expected = sum(loss(n, steepest(n, x, 0.8, steps)) for n in (1, 2))
    np.testing.assert_allclose(y, expected, atol=1e-6)
    (best,) = asked.points(explorer, f"{method}'s φ")
    np.testing.assert_allclose(best, [x[y.argmin()], y.min()])
    assert asked.color(explorer, method) == asked.color(explorer, f"{method}'s φ") == color


def test_both_white_diamonds_are_phi(explorer):
    explorer.set(phi=1.25, inner_lr=0.8, steps=3)
    below, on_curve = (asked.points(explorer, name)[0] for name in ("φ", "φ on L"))
    assert tuple(below) == (1.25, one_axis.ON_AXIS)
    np.testing.assert_allclose(
        on_curve, [1.25, np.interp(1.25, *asked.points(explorer, "MAML").T)], atol=1e-3
    )


def test_the_prediction_shows_the_known_curve_and_keeps_the_other_until_asked():
    prediction = one_axis.glide_or_jump()

    def curve(inner_lr):
        ends = [steepest(n, one_axis.GRID, inner_lr, 3) for n in (1, 2)]
        return loss(1, ends[0]) + loss(2, ends[1])

    np.testing.assert_allclose(asked.points(prediction, "known")[:, 1], curve(0.4), atol=1e-6)
    assert asked.points(prediction, "known φ")[0, 0] == pytest.approx(-2.08, abs=0.011)
    assert len(asked.points(prediction, "answer")) == len(asked.points(prediction, "answer's φ"))
    assert len(asked.points(prediction, "answer")) == 0
    prediction.reveal()
    np.testing.assert_allclose(asked.points(prediction, "answer")[:, 1], curve(0.5), atol=1e-6)
    assert asked.points(prediction, "answer's φ")[0, 0] == pytest.approx(0.02, abs=0.011)


def test_the_guess_lies_on_the_known_curve():
    prediction = one_axis.glide_or_jump()
    prediction.drag("guess", 1.0, 3.0)
    height = np.interp(1.0, *asked.points(prediction, "known").T)
    np.testing.assert_allclose(asked.points(prediction, "guess"), [[1.0, height]])
