"""The average wave: guessed, then shown."""

import pytest
import torch

from course_utils import evaluation, networks
from course_utils.notebook_03 import average_wave

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
