"""Generated wrong functions, thrown at every check: no crash, and none of them is called right.

40 for each check here; 300 in .ci/run (`make test ONLY=long`).
"""

import copy
import itertools

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import HealthCheck, given, settings

from course_utils import check
from course_utils.exercises import Function, Numbers, Place, Sampler
from course_utils.exercises.called import just_called
from course_utils.exercises.comparing import numbers, same
from course_utils.exercises.verdict import RIGHT, WRONG, Card

EXERCISES = check.all_of_them()
FUNCTIONS = {name: e for name, e in EXERCISES.items() if isinstance(e, Function)}
SAMPLERS = {name: e for name, e in EXERCISES.items() if isinstance(e, Sampler)}
VALUES = {name: e for name, e in EXERCISES.items() if isinstance(e, Numbers)}
LOOSE = {"rtol": 1e-2, "atol": 1e-3}  # nearer than this is no wrong answer to be sure of

shapes = st.lists(st.integers(0, 4), max_size=3)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=5),
    st.complex_numbers(),
    st.just(...),
    st.just(len),
    shapes.map(torch.zeros),
    shapes.map(lambda shape: torch.full(shape, torch.nan)),
    shapes.map(lambda shape: torch.ones(shape, dtype=torch.bool)),
    shapes.map(lambda shape: torch.ones(shape).numpy()),
)
anything = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.tuples(parts, parts),
        st.dictionaries(st.sampled_from(["W1", "b1", "lam", "a"]), parts, max_size=3),
    ),
    max_leaves=5,
)
ERRORS = (
    ValueError,
    RuntimeError,
    IndexError,
    KeyError,
    SystemExit,
    StopIteration,
    ZeroDivisionError,
)
errors = st.sampled_from(ERRORS)


def moved(result, how, size):
    """A result with something wrong in it, whatever it is made of."""
    if isinstance(result, dict):
        keys = list(result)
        key = keys[int(size * 7) % len(keys)]
        return {**result, key: moved(result[key], how, size)}
    if isinstance(result, tuple | list) and result:
        at = int(size * 7) % len(result)
        return type(result)(moved(r, how, size) if i == at else r for i, r in enumerate(result))
    if isinstance(result, torch.Tensor):
        return _moved_tensor(result, how, size)
    if isinstance(result, bool):
        return not result
    if isinstance(result, int | float):
        return result + size * (1 + abs(result))
    return None


def _moved_tensor(result, how, size):
    if how == "shape":
        return result[None]
    if how == "nan" and result.is_floating_point():
        return torch.full_like(result, torch.nan)
    if how == "one" and result.numel():
        changed = result.detach().clone().double()
        changed.view(-1)[int(size * 100) % result.numel()] += size * (1 + changed.abs().max())
        return changed
    return result.detach().double() * (1 + size) + size


@st.composite
def wrong_functions(draw, exercise):
    """A function that is wrong in some way, built on what is right and on known mistakes."""
    kind = draw(st.sampled_from(["anything", "error", "moved", "mixed", "one case", "changes"]))
    size = draw(st.floats(0.05, 3.0))
    how = draw(st.sampled_from(["shape", "nan", "one", "all"]))
    right, n = exercise.expected, len(exercise.cases)
    if kind == "anything":
        results = [draw(anything)] * n
    elif kind == "error":
        results = [*right[: draw(st.integers(0, n - 1))], draw(errors)]
    elif kind == "moved":
        results = [moved(result, how, size) for result in right]
    elif kind == "mixed":
        known = [right, *exercise.known.values()]
        results = [draw(st.sampled_from(known))[i] for i in range(n)]
    else:
        at = draw(st.integers(0, n - 1))
        results = [
            r if (i == at) is (kind == "one case") else moved(r, how, size)
            for i, r in enumerate(right)
        ]
    return kind, results


def answering(results):
    """A function that answers so, call after call."""
    left = itertools.cycle(results)

    def answer(*_):
        result = next(left)
        if isinstance(result, type):
            raise result
        return copy.deepcopy(result)

    return answer


def is_wrong(exercise, results):
    """Whether results are surely wrong, and not just near what is right."""
    if any(isinstance(result, type) for result in results):
        return True
    return not all(same(r, e, **LOOSE) for r, e in zip(results, exercise.expected, strict=True))


def throw(exercise, examples):
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(wrong_functions(exercise))
    def thrown(case):
        _, results = case
        if not is_wrong(exercise, results):
            return
        verdict = _judged(exercise, answering(results))
        assert verdict.kind == WRONG, (case, verdict)
        card = Card(exercise.title, verdict)
        assert repr(card)
        assert card._repr_html_()

    thrown()


def _judged(exercise, answer):
    """The verdict on results as they are, also where an answer is a function of functions."""
    call, exercise.call = exercise.call, just_called
    try:
        return exercise.judge(answer)
    finally:
        exercise.call = call


each = pytest.mark.parametrize("exercise", FUNCTIONS.values(), ids=FUNCTIONS)


@each
def test_no_wrong_function_is_right_and_no_check_crashes(exercise):
    throw(exercise, 40)


@pytest.mark.long
@each
def test_nor_of_three_hundred(exercise):
    throw(exercise, 300)


@pytest.mark.parametrize("exercise", SAMPLERS.values(), ids=SAMPLERS)
def test_no_wrong_sampler_is_right(exercise):
    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(anything, errors), st.booleans(), st.floats(0.2, 3.0))
    def thrown(odd, spoil, size):
        def answer(*args):
            if spoil:
                return moved(exercise.answer(*args), "all", size)
            if isinstance(odd, type):
                raise odd
            return odd

        verdict = exercise.judge(answer)
        assert verdict.kind == WRONG, verdict
        assert repr(Card(exercise.title, verdict))

    thrown()


@pytest.mark.parametrize("exercise", VALUES.values(), ids=VALUES)
def test_no_wrong_values_are_right(exercise):
    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: anything for name in exercise.expected}), st.floats(0.6, 9))
    def thrown(odd, size):
        if isinstance(exercise, Place):
            verdict = exercise.judge(odd)
            assert verdict.kind != RIGHT
            return
        if not all(v is None or v is ... for v in odd.values()):
            close = [same(odd[name], e, **LOOSE) for name, e in exercise.expected.items()]
            verdict = exercise.judge(**odd)
            assert verdict.kind == WRONG or all(close), verdict
        for name, value in exercise.expected.items():
            if numbers(value) is not None:
                verdict = exercise.judge(**{**exercise.expected, name: moved(value, "all", size)})
                assert verdict.kind == WRONG, (name, verdict)

    thrown()
