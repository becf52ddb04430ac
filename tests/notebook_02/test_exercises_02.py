"""The exercise with two knobs: who leaves training tasks out is wrong, and gets no other's name."""

import pytest

from course_utils import check
from course_utils.exercises.verdict import WRONG

PARTS = [slice(10, None), slice(None, 10), slice(1, None), slice(None, -1), slice(None, None, 2)]


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_some_of_the_training_tasks_have_no_name(part):
    def answer(training, *others):
        return check.two_knobs.answer(training[part], *others)

    verdict = check.two_knobs.judge(answer)
    assert (verdict.kind, verdict.names) == (WRONG, ())
