"""The one-axis explorer and its prediction say what notebook 04 says of them."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course_utils.figures import style
from course_utils.notebook_04 import one_axis


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
