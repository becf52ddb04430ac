"""Two known mistakes at once are both named; a function that returns a constant is no stub."""

import pytest

from course_utils.exercises import Mistake, Numbers
from course_utils.exercises.exercise import is_stub
from course_utils.exercises.verdict import RIGHT

WORDS = {"title": "a sum", "notebook": "00", "means": "Two values and a word are in hand now."}


@pytest.fixture
def exercise():
    return Numbers(
        "a_sum",
        answer=lambda: {"a": 1.0, "b": 2.0, "word": "falls"},
        mistakes=(
            Mistake("ten a", "The first is ten times too large.", lambda: {"a": 10.0}),
            Mistake("ten b", "The second is ten times too large.", lambda: {"b": 20.0}),
            Mistake("both minus", "Both have the wrong sign.", lambda: {"a": -1.0, "b": -2.0}),
            Mistake("rises", "The word is the opposite of what was seen.", lambda: {"word": "up"}),
        ),
        **WORDS,
    )


def test_two_mistakes_at_once_are_both_named(exercise):
    verdict = exercise.judge(a=10.0, b=20.0, word="falls")
    assert verdict.names == ("ten a", "ten b")
    assert "The first is" in verdict.says
    assert "The second is" in verdict.says


def test_one_mistake_that_explains_all_is_named_alone(exercise):
    assert exercise.judge(a=-1.0, b=-2.0, word="falls").names == ("both minus",)


def test_a_value_that_follows_from_a_mistake_may_be_anything():
    exercise = Numbers(
        "a_sum",
        answer=lambda: {"a": 1.0, "b": 2.0},
        mistakes=(Mistake("ten a", "The first is ten times.", lambda: {"a": 10.0, "b": ...}),),
        **WORDS,
    )
    verdict = exercise.judge(a=10.0, b=7.0)
    assert verdict.names == ("ten a",)
    assert "work out `b` anew" in verdict.says
    assert "`b` anew" not in exercise.judge(a=10.0, b=2.0).says
    # It must be met in a value of its own.
    assert exercise.judge(a=1.0, b=7.0).names == exercise.judge(a=9.0, b=7.0).names == ()


@pytest.mark.parametrize("together", [False, True])
def test_a_mistake_of_which_one_value_is_right_is_named_unless_they_belong_together(together):
    exercise = Numbers(
        "a_sum",
        answer=lambda: {"a": 1.0, "b": 2.0},
        mistakes=(Mistake("minus", "Both have the wrong sign.", lambda: {"a": -1.0, "b": -2.0}),),
        together=together,
        **WORDS,
    )
    assert exercise.judge(a=-1.0, b=-2.0).names == exercise.judge(a=-1.0).names == ("minus",)
    assert exercise.judge(a=-1.0, b=2.0).names == (() if together else ("minus",))


def test_where_one_value_is_left_the_others_are_told_and_it_is_named(exercise):
    verdict = exercise.judge(a=10.0, b=7.0, word="falls")
    assert verdict.names == ("ten a",)
    assert "`a`: The first is ten times too large." in verdict.says
    assert "`b`: this is none of the mistakes known here." in verdict.says
    assert verdict.lines == ("b: got 7",)
    assert exercise.judge(a=8.0, b=7.0, word="falls").names == ()


def test_half_of_a_mistake_beside_another_is_not_called_that_mistake(exercise):
    verdict = exercise.judge(a=-1.0, b=20.0, word="falls")
    assert verdict.names == ("ten b",)
    assert "`a`: this is none" in verdict.says


def test_a_word_is_a_word_with_a_capital_too(exercise):
    assert exercise.judge(a=1.0, b=2.0, word=" Falls").kind == RIGHT


def documented(x):
    """Words."""
    ...


def constant(x):
    return 4


def constant_in_words(x):
    """Words."""
    return 4


@pytest.mark.parametrize(
    ("function", "stub"),
    [(documented, True), (constant, False), (constant_in_words, False), (lambda x: "4", False)],
)
def test_a_constant_is_an_answer_and_three_dots_are_none(function, stub):
    assert is_stub(function) is stub
