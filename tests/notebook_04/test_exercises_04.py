"""The exercise on steps until the jump: no rule on α times steps is right, and no tie decides."""

import math

import pytest

from course_utils import check, landscape
from course_utils.exercises.verdict import WRONG
from course_utils.notebook_04.one_axis import GRID
from course_utils.tasks import exact

ALPHAS = [case.make()[0] for case in check.steps_until_jump.cases]


@pytest.mark.parametrize("rule", [math.ceil, round, math.floor, lambda x: math.floor(x) + 1])
def test_no_multiple_of_1_by_alpha_is_right_in_all_cases(rule):
    expected = check.steps_until_jump.expected
    for c in range(50, 3000):
        assert [rule(round(c / 1000 / alpha, 6)) for alpha in ALPHAS] != expected, c


@pytest.mark.parametrize("c", [1.2, 1.25, 1.28, 1.3, 1.35, 1.6])
def test_the_check_says_so(c):
    assert check.steps_until_jump.judge(lambda alpha: math.ceil(c / alpha)).kind == WRONG


@pytest.mark.parametrize("alpha", ALPHAS)
def test_neither_before_nor_after_the_jump_the_two_minima_are_alike(alpha):
    """Else rounding would decide how many steps it takes."""
    steps = check.steps_until_jump.answer(alpha)
    for k in (steps - 1, steps):
        axis = landscape.along_axis(
            exact.wells_loss, exact.two_wells(), GRID, inner_lr=alpha, steps=k
        )
        left, right = axis.maml[axis.grid <= -1].min(), axis.maml[axis.grid > -1].min()
        assert abs(left - right) > 1e-3 * max(left, right)
