"""Two quadratics and three weightings: the numbers of notebook 04."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_04 import task_weights
from tests import asked


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
    assert "and 1 step. " in explorer.alt


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


# --- what is drawn --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "rule", "phi"),
    [(0, "transfer", 4.286), (1, "first_order", 3.158), (2, "maml", 1.643)],
)
def test_phi_is_the_border_of_each_lever(explorer, row, rule, phi):
    explorer.set(h=6.0, inner_lr=0.125, steps=1)
    near = {"atol": 1e-3}
    np.testing.assert_allclose(asked.points(explorer, f"{rule} φ"), [(phi, row)], **near)
    pulled, held = (asked.points(explorer, f"{rule} {part}") for part in ("pulled", "held"))
    np.testing.assert_allclose(pulled, [(0, row), (phi, row)], **near)
    np.testing.assert_allclose(held, [(phi, row), (5, row)], **near)
    assert asked.color(explorer, f"{rule} pulled") == style.TASKS[1]
    assert asked.color(explorer, f"{rule} held") == style.TASKS[0]
    names = [tick.get_text() for tick in asked.artist(explorer, f"{rule} φ").axes.get_yticklabels()]
    assert names[row] == task_weights.RULES[rule]


def test_each_rules_phi_has_its_methods_colour_and_first_orders_is_hollow(explorer):
    assert asked.color(explorer, "transfer φ") == style.TRANSFER
    assert asked.color(explorer, "maml φ") == style.MAML
    hollow = asked.artist(explorer, "first_order φ")
    assert (hollow.get_color(), hollow.get_markeredgecolor()) == ("white", style.MAML)


@pytest.mark.parametrize(("h", "inner_lr", "left"), [(8.0, 0.15, [(10.67, 1)]), (7.0, 0.16, [])])
def test_a_phi_outside_both_optima_or_nowhere_has_no_lever(explorer, h, inner_lr, left):
    explorer.set(h=h, inner_lr=inner_lr, steps=1)
    for part in ("pulled", "held"):
        assert len(asked.points(explorer, f"first_order {part}")) == 0
        assert len(asked.points(explorer, f"maml {part}")) == 2
    found = asked.points(explorer, "first_order φ")
    np.testing.assert_allclose(found, np.reshape(left, (-1, 2)), atol=0.01)


@pytest.mark.parametrize("h", [1.5, 6.0])
def test_both_parabolas_are_their_tasks_losses_in_their_colours_and_the_arm_lies_on_one(
    explorer, h
):
    explorer.set(h=h)
    for n, (curvature, optimum) in enumerate(((1.0, 0.0), (h, 5.0))):
        x, y = asked.points(explorer, f"task {n + 1}").T
        np.testing.assert_allclose(y, curvature / 2 * (x - optimum) ** 2)
        assert asked.color(explorer, f"task {n + 1}") == style.TASKS[n]
    np.testing.assert_allclose(asked.points(explorer, "arm"), [(6.0, h / 2)])
    assert asked.color(explorer, "arm") == style.TASKS[1]
    labels = asked.labelled(asked.artist(explorer, "arm").axes)
    assert labels == {"task 1": style.TASKS[0], "task 2": style.TASKS[1]}


def test_the_prediction_keeps_both_answers_until_asked():
    prediction = task_weights.steeper()
    (before,) = asked.points(prediction, "MAML's φ before")
    assert before[0] == pytest.approx(2.83, abs=0.01)
    answers = {"maml φ": (1.64, style.MAML), "transfer φ": (4.29, style.TRANSFER)}
    for name in answers:
        assert len(asked.points(prediction, name)) == 0
    prediction.reveal()
    for name, (phi, color) in answers.items():
        (found,) = asked.points(prediction, name)
        assert found[0] == pytest.approx(phi, abs=0.01)
        assert found[1] == before[1]
        assert asked.color(prediction, name) == color


def test_the_prediction_shows_task_2_at_4_dashed_and_at_6():
    prediction = task_weights.steeper()
    for name, h, dashes in (("task 2 before", 4.0, "--"), ("task 2", 6.0, "-")):
        x, y = asked.points(prediction, name).T
        np.testing.assert_allclose(y, h / 2 * (x - 5) ** 2)
        assert asked.artist(prediction, name).get_linestyle() == dashes


def test_the_guess_lies_beside_what_it_is_compared_with():
    prediction = task_weights.steeper()
    prediction.drag("guess", 1.0, 0.0)
    (guess,), (before,) = (asked.points(prediction, n) for n in ("guess", "MAML's φ before"))
    assert tuple(guess) == (1.0, before[1])
