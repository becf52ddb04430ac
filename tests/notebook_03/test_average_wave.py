"""The average wave: guessed, then shown."""

import numpy as np
import pytest
import torch

from course_utils import evaluation, networks
from course_utils.figures import style
from course_utils.notebook_03 import average_wave
from tests import asked

NETWORK = networks.mlp([1, 40, 40, 1])


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


# --- what is drawn --------------------------------------------------------------------------------


def test_the_revealed_curves_are_the_networks_and_the_average(single_function):
    for name in ("transfer", "average"):
        assert len(asked.points(single_function, name)) == 0
    single_function.reveal()
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    x, y = asked.points(single_function, "transfer").T
    network = NETWORK(phi, torch.tensor(x, dtype=torch.float32)[:, None])
    np.testing.assert_allclose(y, network[:, 0].detach())
    assert asked.artist(single_function, "transfer").get_color() == style.TRANSFER
    x, y = asked.points(single_function, "average").T
    np.testing.assert_allclose(y, -2.55 * 2 / np.pi * np.cos(x))
    assert asked.artist(single_function, "average").is_dashed()


def test_the_guess_is_one_black_curve_through_its_square(single_function):
    single_function.drag("height", 1.0, -3.0)
    x, y = asked.points(single_function, "guess").T
    np.testing.assert_allclose(y, -3 * np.cos(x))
    assert asked.points(single_function, "square").tolist() == [[0, -3]]
    assert asked.artist(single_function, "guess").get_color() == "black"


def test_each_thin_grey_wave_is_a_task(single_function):
    axes = asked.artist(single_function, "guess").axes
    waves = [line for line in axes.get_lines() if line.get_color() == style.FAINT]
    assert len(waves) == 40
    for wave in waves:
        x, y = wave.get_data()
        fit, miss, *_ = np.linalg.lstsq(np.c_[np.sin(x), -np.cos(x)], y)
        assert miss == pytest.approx(0, abs=1e-8)
        assert 0.1 <= np.hypot(*fit) <= 5
        assert fit[1] >= 0  # the phase is in the half turn from 0
