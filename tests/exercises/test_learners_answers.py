"""Wrong answers of people who had not seen the checks: right names, no wrong ones, nothing "right".

`learners/judged.json` says which names are true of each answer, decided from its words and code
alone, by somebody who ran no check: none where no name fits, "ERROR" where the code stops. `since`
holds names that were made afterwards, each read beside the answer. `learners/fresh.py` was written
after the checks were mended.
"""

import importlib
import json
import pkgutil
from pathlib import Path

import pytest

from course_utils import check
from course_utils.exercises import Numbers, Place
from course_utils.exercises.verdict import RIGHT
from tests.exercises import learners

FOLDER = Path(learners.__file__).parent
for module in pkgutil.iter_modules(learners.__path__):
    importlib.import_module(f"tests.exercises.learners.{module.name}")
JUDGED = {
    (one["exercise"], one["words"]): {*one["names"], *one.get("since", [])}
    for one in json.loads((FOLDER / "judged.json").read_text(encoding="utf-8"))
}
# The drawings, in words at first, at the places that the picture has.
HEIGHTS = {
    "draws the summed loss before any step, transfer's objective": (
        1.93,
        0.97,
        1.04,
        1.38,
        1.39,
        1.26,
        1.46,
    ),
    "draws the curve of three steps from the explorer: low in the middle, high to its right": (
        0.88,
        0.86,
        0.87,
        0.41,
        0.37,
        1.0,
        1.29,
    ),
    "believes that with enough steps every task reaches its best well from anywhere": (0.0,) * 7,
    "takes the mean of the two tasks where L(φ) is their sum": (
        0.43,
        0.43,
        0.43,
        0.0,
        0.0,
        0.0,
        0.0,
    ),
    "believes that both tasks end in the well nearest to φ, whichever task's it is": (
        0.88,
        0.88,
        0.88,
        0.88,
        1.3,
        1.3,
        1.3,
    ),
}


def verdict(exercise, words, answer):
    """What the check says of an answer."""
    if isinstance(exercise, Place):
        heights = HEIGHTS.get(words) or tuple(answer.values())
        return exercise.verdict_on(dict(zip(exercise.expected, heights, strict=True)))
    return exercise.judge(**answer) if isinstance(exercise, Numbers) else exercise.judge(answer)


def told(found, true):
    """How a verdict stands to the names that are true of an answer."""
    if found.kind == RIGHT:
        return "taken for right"
    if found.names:
        return "right name" if true.intersection(found.names) else "wrong name"
    return "rightly none" if true in (set(), {"ERROR"}) else "no name"


@pytest.fixture(scope="module")
def confusion():
    """Each answer with how it was told: {(exercise, words): (told, verdict)}."""
    found = {}
    for name, words, answer, _ in learners.ANSWERS:
        said = verdict(getattr(check, name), words, answer)
        found[name, words] = told(said, JUDGED[name, words]), said
    return found


def test_every_answer_was_judged_by_its_words():
    answers = {(name, words) for name, words, *_ in learners.ANSWERS}
    assert answers == set(JUDGED)
    assert len(answers) == len(learners.ANSWERS) >= 100
    assert {name for name, _ in answers} == set(check.all_of_them())


def listed(confusion, kind):
    return [(*which, said.names) for which, (how, said) in confusion.items() if how == kind]


def test_none_is_taken_for_right(confusion):
    assert listed(confusion, "taken for right") == []


def test_at_most_one_in_a_hundred_gets_a_wrong_name(confusion):
    wrong = listed(confusion, "wrong name")
    assert len(wrong) <= 0.01 * len(confusion), wrong


def test_ninety_in_a_hundred_get_the_right_name_or_rightly_none(confusion):
    told_right = [how in ("right name", "rightly none") for how, _ in confusion.values()]
    assert sum(told_right) >= 0.9 * len(told_right), listed(confusion, "no name")
