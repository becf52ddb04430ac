"""Where Reptile rests (07): the grips move what they name, the places are the package's own."""

import math

import numpy as np
import pytest
import torch

from course_utils import check, landscape, variants
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG
from course_utils.figures import style
from course_utils.notebook_07 import exercise_rests, reptile_rests
from course_utils.notebook_07.estimates import gradient
from course_utils.tasks import exact
from tests import asked

SOLUTION = {"a_1": 1.73, "p_1": 1.05, "a_100": 3.0, "p_100": 1.57}


@pytest.fixture
def explorer():
    return reptile_rests.reptile_rests()


@pytest.mark.parametrize("steps", reptile_rests.STEPS)
def test_a_grip_moves_its_own_place_and_its_wave_follows(explorer, steps):
    a, p = f"a_{steps}", f"p_{steps}"
    explorer.drag(f"k{steps}", 2.52, 1.111)
    assert explorer.values == {**reptile_rests.START, a: 2.5, p: 1.12}
    np.testing.assert_allclose(asked.points(explorer, f"k = {steps}"), [[2.5, 1.12]])
    x, y = asked.points(explorer, f"wave {steps}").T
    np.testing.assert_allclose(y, 2.5 * np.sin(x - 1.12))
    assert f"k = {steps}:  {a} 2.50   {p} 1.12" in asked.readouts(explorer)
    assert "a = 2.50, p = 1.12" in explorer.alt
    explorer.drag(f"k{steps}", 9.0, -1.0)
    assert (explorer.values[a], explorer.values[p]) == (5.0, 0.0)


@pytest.mark.parametrize("steps", reptile_rests.STEPS)
def test_an_arrow_key_moves_a_grip_both_ways(explorer, steps):
    """A key is a hundredth of the picture: more than half of the finest step."""
    axes = explorer.handles[f"k{steps}"].axes
    (left, low), (right, high) = (explorer.stage.place(axes, s, s) for s in (0.30, 0.31))
    assert abs(right - left) > reptile_rests.FINEST["a"] / 2
    assert abs(high - low) > reptile_rests.FINEST["p"] / 2


def test_tasks_are_told_by_one_colour_and_yours_by_their_dashes(explorer):
    for n in range(2):
        a, p = reptile_rests.place_of(n)
        np.testing.assert_allclose(asked.points(explorer, f"star {n + 1}"), [[a, p]])
        x, y = asked.points(explorer, f"task {n + 1}").T
        np.testing.assert_allclose(y, a * np.sin(x - p))
        for name in (f"star {n + 1}", f"task {n + 1}"):
            assert asked.color(explorer, name) == style.TASKS[n]
    looks = {asked.artist(explorer, f"wave {steps}").get_linestyle() for steps in (1, 100)}
    assert len(looks) == 2


@pytest.mark.parametrize("steps", reptile_rests.STEPS)
def test_at_rest_the_packages_reptile_moves_no_further(steps):
    a, p = exercise_rests.rest(steps)
    phi = {"a": torch.tensor(a, dtype=torch.float64), "p": torch.tensor(p, dtype=torch.float64)}

    def objective(phi, batch):
        how = {"inner_lr": exercise_rests.INNER_LR, "steps": steps}
        return variants.reptile_loss(exact.sine_loss, phi, batch, **how)

    found = gradient(objective, phi, reptile_rests.TASKS)
    assert max(abs(leaf.item()) for leaf in found.values()) < 1e-4
    elsewhere = gradient(objective, {**phi, "a": phi["a"] + 0.5}, reptile_rests.TASKS)
    assert max(abs(leaf.item()) for leaf in elsewhere.values()) > 1e-2


def test_with_one_step_it_is_the_average_of_the_curves_with_a_hundred_of_the_parameters():
    x = np.linspace(-5, 5, 50)
    waves = [a * np.sin(x - p) for a, p in map(reptile_rests.place_of, (0, 1))]
    a, p = exercise_rests.rest(1)
    np.testing.assert_allclose(a * np.sin(x - p), sum(waves) / 2, atol=1e-6)
    assert (a, p) == pytest.approx((math.sqrt(3), math.pi / 3))
    assert exercise_rests.rest(100) == pytest.approx((3.0, math.pi / 2), abs=1e-4)


def test_what_the_solution_says_of_two_steps_and_of_maml():
    assert exercise_rests.rest(2) == pytest.approx((2.24, 1.30), abs=0.005)
    assert exercise_rests.mamls() == pytest.approx((3.3, 1.9), abs=0.051)


def test_from_a_small_wave_in_a_corner_it_rests_at_the_mean_of_other_parameters():
    """At (1, 0), or at (−1, π), the same curve: there one task ends at a negative amplitude."""
    assert exercise_rests.rest(100, exercise_rests.CORNER) == pytest.approx((1, 0), abs=1e-3)
    assert exercise_rests.rest(100, (0.5, 3.0)) == pytest.approx((-1, math.pi), abs=1e-3)
    phi = {"a": torch.ones(1).double(), "p": torch.zeros(1).double()}
    how = {"inner_lr": exercise_rests.INNER_LR, "steps": 100}
    ends = landscape.on_points(exact.sine_loss, phi, reptile_rests.TASKS, **how).theta
    np.testing.assert_allclose(ends["a"], [[4, -2]], atol=1e-3)
    np.testing.assert_allclose(ends["p"], [[math.pi / 6, -math.pi / 6]], atol=1e-3)
    for between in (reptile_rests.place_of(0), (2.5, 2.0), reptile_rests.place_of(1)):
        assert exercise_rests.rest(100, between) == pytest.approx((3.0, math.pi / 2), abs=1e-3)


def test_right_is_what_is_within_a_twentieth_of_the_plane():
    for name, apart in check.reptile_rests._within.items():
        assert apart == pytest.approx(reptile_rests.HIGHEST[name[0]] / 20, rel=0.1)


def test_each_diamonds_mistake_is_told_by_itself(explorer):
    explorer.set(a_1=0.0, p_1=1.56, a_100=4.0, p_100=0.52)
    says = check.reptile_rests.judge(explorer).says
    assert says.startswith("k = 1: You let the two waves cancel.")
    assert " anew. k = 100: That is task 1's own wave." in says
    explorer.set(a_1=0.75, p_1=0.34, a_100=1.73, p_100=1.05)
    verdict = check.reptile_rests.judge(explorer)
    begins = "k = 1: not there yet, and none of the places known here. k = 100: You took the wave"
    assert verdict.says.startswith(begins)
    assert verdict.lines == ("a_1 is at 0.75", "p_1 is at 0.34")


def test_unmoved_it_is_not_attempted_and_the_notebooks_solution_is_right(explorer):
    assert check.reptile_rests.judge(explorer).kind == OPEN
    explorer.set(**SOLUTION)
    assert check.reptile_rests.judge(explorer).kind == RIGHT


def test_as_long_as_one_diamond_was_not_moved_no_mistake_is_guessed(explorer):
    explorer.drag("k100", 3.1, 1.5)
    verdict = check.reptile_rests.judge(explorer)
    assert (verdict.kind, verdict.names) == (WRONG, ())
    assert verdict.says.startswith("Right: `a_100`, `p_100`. Not right: `a_1`, `p_1`.")
    assert "Not moved yet: `a_1`, `p_1`." in verdict.says
    explorer.drag("k1", 0.0, 1.0)
    verdict = check.reptile_rests.judge(explorer)
    assert verdict.says.startswith("Right: `p_1`, `a_100`, `p_100`. Not right: `a_1`. k = 1: You")
    explorer.drag("k1", 5.0, 1.0)
    verdict = check.reptile_rests.judge(explorer)
    right = "Right: `p_1`, `a_100`, `p_100`. Not right: `a_1`. "
    assert verdict.says == right + "k = 1: not there yet, and none of the places known here."
    assert (verdict.names, verdict.lines) == ((), ("a_1 is at 5",))


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ({"k1": (3.1, 1.6), "k100": (1.8, 1.1)}, ("exchanged",)),
        ({"k1": (3.1, 1.6), "k100": (3.0, 1.5)}, ("k = 1 midway between the stars",)),
        ({"k1": (1.7, 1.0), "k100": (1.8, 1.1)}, ("k = 100 at the average wave",)),
        ({"k1": (1.7, 1.55), "k100": (3.0, 1.5)}, ("k = 1 between the phases",)),
        ({"k1": (1.2, 1.55), "k100": (3.0, 1.5)}, ("k = 1 between the phases",)),
        ({"k1": (1.7, 1.0), "k100": (3.9, 0.6)}, ("k = 100 at task 1",)),
        ({"k1": (1.7, 1.0), "k100": (2.1, 2.6)}, ("k = 100 at task 2",)),
        ({"k1": (1.7, 1.0), "k100": (3.4, 1.95)}, ("MAML's place for k = 100",)),
        ({"k1": (3.4, 1.95), "k100": (3.0, 1.5)}, ("MAML's place for k = 1",)),
        ({"k1": (3.0, 1.05), "k100": (3.0, 1.5)}, ("k = 1 with the amplitudes averaged",)),
        ({"k1": (3.45, 1.0), "k100": (3.0, 1.5)}, ("k = 1 at the sum of the curves",)),
        ({"k1": (0.0, 1.6), "k100": (3.0, 1.5)}, ("k = 1 where the waves cancel",)),
        ({"k1": (4.1, 0.5), "k100": (3.0, 1.5)}, ("k = 1 at task 1",)),
        ({"k1": (2.0, 2.7), "k100": (3.0, 1.5)}, ("k = 1 at task 2",)),
        ({"k1": (1.7, 1.0), "k100": (1.0, 0.1)}, ("k = 100 in the corner",)),
        ({"k1": (3.1, 1.6)}, ()),
        ({"k1": (5.0, 2.0), "k100": (3.0, 1.5)}, ()),
        ({"k1": (0.75, 0.34), "k100": (1.73, 1.05)}, ("k = 100 at the average wave",)),
        (
            {"k1": (0.0, 1.57), "k100": (1.0, 0.0)},
            ("k = 1 where the waves cancel", "k = 100 in the corner"),
        ),
    ],
)
def test_a_wrong_place_is_named_though_it_is_set_by_hand(explorer, places, names):
    for grip, place in places.items():
        explorer.drag(grip, *place)
    verdict = check.reptile_rests.judge(explorer)
    assert (verdict.kind, verdict.names) == (WRONG, names)
