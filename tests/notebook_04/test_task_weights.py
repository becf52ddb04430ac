"""Two quadratics and three weightings: the numbers of notebook 04."""

import pytest

from course_utils.notebook_04 import task_weights


@pytest.fixture(scope="module")
def explorer():
    return task_weights.task_weights()


def test_opens_with_three_equal_levers(explorer):
    explorer.reset()
    assert list(explorer.data.optima.values()) == pytest.approx([4.0, 4.0, 4.0])


def test_the_three_optima(explorer):
    explorer.set(h=4.0, inner_lr=0.125, steps=1)
    expected = {"transfer": 4.0, "first_order": 3.478, "maml": 2.832}
    assert explorer.data.optima == pytest.approx(expected, abs=1e-3)
    assert "transfer 4.00 (1.00 : 4.00), first-order 3.48" in explorer.alt


def test_a_task_solved_in_one_step_has_no_weight(explorer):
    explorer.set(h=4.0, inner_lr=0.25, steps=1)
    assert explorer.data.weights["maml"][1] == 0
    assert explorer.data.optima["maml"] == 0


def test_overshooting_turns_first_orders_weight_negative(explorer):
    explorer.set(h=8.0, inner_lr=0.2, steps=1)
    assert explorer.data.weights["first_order"][1] < 0 < explorer.data.weights["maml"][1]
    assert not 0 <= explorer.data.optima["first_order"] <= 5


def test_the_arm_is_pulled(explorer):
    explorer.reset()
    explorer.drag("arm", 3.0, 3.0)
    assert explorer.values["h"] == 6.0


def test_prediction_goes_away_from_the_steeper_task():
    prediction = task_weights.steeper()
    assert "1.64" not in prediction.alt + prediction.message
    prediction.drag("guess", 3.4, 0)
    prediction.reveal()
    assert "1.64" in prediction.message
    assert "the other way" in prediction.message
    assert "from 4.00 to 4.29" in prediction.message
    prediction.set(phi=1.5)
    assert "the right way" in prediction.message
