"""Notebook 08's explorers show what adapting does, at every place, and count how tasks end."""

import numpy as np
import pytest
import torch

from course_utils import maml
from course_utils.checkpoints.recipes import SINE_NETWORK
from course_utils.notebook_08 import distance, looks, more_points, places, travel
from tests import asked


@pytest.fixture(scope="module")
def starts():
    return travel.starts()


@pytest.fixture(scope="module")
def away(starts):
    return distance.distance(starts)


def moved(explorer, **values):
    explorer.reset()
    explorer.set(**values)
    return explorer


def test_the_functions_are_those_of_the_adapted_networks(away, starts):
    moved(away, way="amplitude", place=7, steps=5, task=1)
    one = slice(distance.SHOWN[1], distance.SHOWN[1] + 1)
    batch = places.tasks_at("amplitude", 7, distance.N_DRAWN)[one]
    for name, phi in starts.items():
        support = batch.support_x, batch.support_y
        theta = maml.adapt(travel.LOSS, phi, *support, inner_lr=travel.INNER_LR, steps=5)
        expected = SINE_NETWORK(theta, distance.GRID[0])[0].detach()
        shown = asked.points(away, f"{name} function")
        assert shown[:, 1] == pytest.approx(expected[:, 0].numpy(), abs=1e-4)
        assert asked.artist(away, f"{name} function").get_color() == looks.LOOKS[name]["color"]
    dots = asked.points(away, "support")
    assert dots == pytest.approx(np.column_stack([batch.support_x[0], batch.support_y[0]]))
    truth = asked.points(away, "truth")
    assert truth[:, 1].max() == pytest.approx(7, abs=0.05)


def test_the_curve_is_the_median_of_many_tasks_and_the_mark_is_on_it(away, starts):
    moved(away, way="shape", place=10, steps=1)
    batch = places.tasks_at("shape", 10, distance.N_TASKS)
    errors = travel.errors_from(starts, batch, (0, 1))
    for name, found in errors.items():
        median = travel.judged(found[1]).median
        assert asked.points(away, f"{name} here") == pytest.approx(np.array([[10, median]]))
        assert asked.points(away, f"{name} medians")[10, 1] == pytest.approx(median)
        worse = int((found[1] > found[0]).sum())
        assert f"{looks.NAMES[name]}: median error {median:.2f}, {worse} worse" in away.alt
    assert asked.points(away, "one step")[:, 1] == pytest.approx(
        asked.points(away, "MAML medians")[:, 1]
    )


def test_the_fifth_step_hurts_high_waves_and_nothing_else(away):
    for way, first in (("shape", 11), ("amplitude", 7), ("phase", 11)):
        moved(away, way=way, steps=5)
        one, five = (asked.points(away, of)[:, 1] for of in ("one step", "MAML medians"))
        assert (five[:first] < one[:first]).all()
        assert (five[first:] > one[first:]).all()


def test_before_the_first_step_none_is_worse(away):
    moved(away, steps=0)
    assert "worse" not in away.alt
    assert "after 0 steps" in away.alt


def test_each_way_says_where_it_is_and_what_training_knew(away):
    for way, place, said, bar in (
        ("shape", 4, "a triangle", (-0.25, 0.25)),
        ("amplitude", 5, "A = 5", (-0.25, 5.25)),
        ("phase", 5, "p = 1π", (-0.25, 5.25)),
    ):
        moved(away, way=way, place=place)
        assert said in asked.readouts(away)[0] or any(said in t for t in asked.readouts(away))
        assert asked.points(away, "trained")[:, 0] == pytest.approx(np.array(bar))


def test_another_task_is_another_function_of_the_same_place(away):
    first = asked.points(moved(away, place=10), "truth")
    other = asked.points(moved(away, place=10, task=1), "truth")
    again = asked.points(moved(away, place=10, task=len(distance.SHOWN)), "truth")
    assert not np.allclose(first, other)
    assert np.allclose(first, again)


def test_all_sliders_change_the_picture(away):
    moved(away)
    seen = away.png()
    for change in ({"place": 9}, {"steps": 10}, {"way": "phase"}, {"task": 2}):
        away.set(**change)
        assert away.png() != seen
        seen = away.png()


# --- more points ----------------------------------------------------------------------------------


def test_functions_and_errors_are_those_after_so_many_steps(starts):
    found = more_points.fitted({"MAML": starts["MAML"]}, "line", 10, n_tasks=30)
    batch = travel.shape("line", 30, shots=10)
    one = batch[more_points.TASK : more_points.TASK + 1]
    for row, steps in enumerate(more_points.STEPS[:3]):
        how = {"inner_lr": travel.INNER_LR, "steps": steps}
        with torch.no_grad():
            theta = maml.adapt(travel.LOSS, starts["MAML"], one.support_x, one.support_y, **how)
            expected = SINE_NETWORK(theta, more_points.GRID)[0, :, 0]
        assert found.curves["MAML"][row] == pytest.approx(expected.numpy(), abs=1e-5)
        errors = travel.errors_from({"MAML": starts["MAML"]}, batch, (steps,))["MAML"][steps]
        assert found.medians["MAML"][row] == pytest.approx(travel.judged(errors).median)
    assert np.interp(found.support_x, more_points.X, found.truth) == pytest.approx(
        found.support_y, abs=1e-3
    )


def test_points_and_steps_bring_maml_to_the_line(starts):
    explorer = more_points.more_points(starts)
    place = {steps: n for n, steps in enumerate(more_points.STEPS)}
    few = explorer.data.medians
    assert few["random"][place[100]] < few["random"][place[5]] / 2
    assert few["MAML"][place[100]] > few["MAML"][place[5]] / 2
    explorer.set(shots=50, steps=100)
    many = explorer.data.medians
    assert many["MAML"][-1] < 0.03 > many["random"][-1]
    assert many["transfer"][-1] > 2 * many["MAML"][-1]
    assert asked.points(explorer, "MAML function")[:, 1] == pytest.approx(
        explorer.data.curves["MAML"][-1]
    )
    assert len(asked.points(explorer, "support")) == 50
    assert "MAML 0.01" in explorer.alt
    explorer.set(shape="sine", shots=5, steps=1)
    home = explorer.data.medians
    assert home["MAML"][1] < home["transfer"][1] / 3
    assert home["random"][-1] > home["MAML"][-1] * 3
    assert explorer.alt.startswith("A wave, as trained, 5 points, 1 step.")
