"""The drawing of notebook 04: its grips move up and down, show no answer, and are judged."""

import numpy as np
import pytest

from course_utils import check
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG
from course_utils.figures import style
from course_utils.notebook_04 import draw_objective as drawing
from course_utils.notebook_04 import one_axis
from tests import asked

RIGHT_HEIGHTS = {"l1": 0.86, "l2": 0.86, "l3": 0.86, "l4": 0, "l5": 0, "l6": 0, "l7": 0}


@pytest.fixture
def explorer():
    return drawing.draw_objective()


@pytest.mark.parametrize("name", drawing.NAMES)
def test_a_grip_moves_up_and_down_only_and_what_is_joined_to_it_follows(explorer, name):
    place = drawing.PLACES[drawing.NAMES.index(name)]
    explorer.drag(name, 4.0, 0.5)
    assert explorer.values == {**dict.fromkeys(drawing.NAMES, drawing.START), name: 0.5}
    np.testing.assert_allclose(asked.points(explorer, name), [[place, 0.5]])
    pieces = [asked.points(explorer, f"piece {n}") for n in range(1, len(drawing.NAMES))]
    assert sum(bool((piece == [place, 0.5]).all(axis=1).any()) for piece in pieces) in (1, 2)
    assert f"{name} 0.50" in asked.readouts(explorer)
    assert f"0.50 at {style.with_minus_signs(f'{place:.1f}')}" in explorer.alt


def test_a_grip_stays_in_the_picture_and_takes_small_steps(explorer):
    explorer.drag("l1", 0.0, -3.0)
    explorer.drag("l2", 0.0, 9.0)
    explorer.drag("l3", 0.0, 0.871)
    assert [explorer.values[name] for name in ("l1", "l2", "l3")] == [0.0, drawing.HIGH, 0.88]


def test_an_arrow_key_moves_a_grip(explorer):
    """A key is a hundredth of the picture: more than half of a height's finest step."""
    axes = explorer.handles["l1"].axes
    (_, top), (_, bottom) = (explorer.stage.place(axes, 0.2, y) for y in (0.60, 0.61))
    assert abs(top - bottom) > drawing.STEP / 2


def test_the_tasks_are_those_of_the_explorer_before_and_nothing_else_is_given(explorer):
    one = one_axis.one_axis()
    for task in ("task 1", "task 2"):
        np.testing.assert_array_equal(asked.points(explorer, task), asked.points(one, task))
    for name in drawing.NAMES:
        assert asked.points(explorer, name)[0, 1] == drawing.START
    assert asked.color(explorer, "piece 1") == style.MAML


def test_the_crest_of_task_2_is_where_the_solution_says_and_far_from_every_grip():
    grid = np.linspace(-2, 0, 2001)
    well, side = np.exp(-(((grid - 2) / 2) ** 2)), np.exp(-((grid + 2.4) ** 2))
    loss = 1 + 0.02 * (grid - 2) ** 2 - well - 0.5 * side
    crest = grid[np.diff(loss, prepend=loss[0]) > 0].max()
    assert crest == pytest.approx(-1.1, abs=0.05)
    assert min(abs(place - crest) for place in drawing.PLACES) > 0.3


def test_unmoved_it_is_not_attempted_and_the_notebooks_solution_is_right(explorer):
    assert check.draw_objective.judge(explorer).kind == OPEN
    explorer.set(**RIGHT_HEIGHTS)
    assert check.draw_objective.judge(explorer).kind == RIGHT


def test_a_drawing_by_hand_is_right_without_being_exact(explorer):
    explorer.set(l1=0.95, l2=0.8, l3=0.75, l4=0.1, l5=0.0, l6=0.06, l7=0.12)
    assert check.draw_objective.judge(explorer).kind == RIGHT


@pytest.mark.parametrize(
    ("heights", "name"),
    [
        (
            {"l1": 2.0, "l2": 1.0, "l3": 1.0, "l4": 1.4, "l5": 1.4, "l6": 1.3, "l7": 1.5},
            "before adapting",
        ),
        (
            {"l1": 0.9, "l2": 0.9, "l3": 0.9, "l4": 0.4, "l5": 0.4, "l6": 1.0, "l7": 1.3},
            "three steps",
        ),
        (
            {"l1": 0.9, "l2": 0.9, "l3": 0.8, "l4": 0.9, "l5": 0.1, "l6": 0.1, "l7": 0},
            "the cliff at 0",
        ),
        (dict.fromkeys(drawing.NAMES, 0.0), "nothing is in the way"),
    ],
)
def test_a_wrong_drawing_is_named_though_it_is_drawn_by_hand(explorer, heights, name):
    explorer.set(**heights)
    verdict = check.draw_objective.judge(explorer)
    assert (verdict.kind, verdict.names) == (WRONG, (name,))
