"""The exercises of the appendix on words: their cases, other right answers, and what folds say."""

import json
import re
from pathlib import Path

import pytest
import torch

from course_utils import check
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG
from course_utils.tasks import Words
from course_utils.tasks.words import _places, _table, rarity

PATH = Path(__file__).resolve().parents[2] / "notebooks" / "appendix-words.ipynb"
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
TEXT = "\n".join("".join(c["source"]) for c in CELLS if c["cell_type"] == "markdown")


def solution(name):
    """The function `name` as the fold of its card has it."""
    blocks = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
    (code,) = (block for block in blocks if f"def {name}(" in block)
    known = {"torch": torch}
    exec(code, known)
    return known[name]


def test_idf_by_hand_is_the_idf_of_the_words():
    train = torch.cat(_places(Words("train").languages))[:, 0]
    table, unseen = _table(1024), torch.cat(_places(Words("test").languages))[:40, 0]
    found = solution("my_idf")(table[train].float(), table[unseen].float())
    torch.testing.assert_close(found, Words("test")._weighted(table[unseen]))
    assert check.idf.judge(solution("my_idf")).kind == RIGHT
    assert rarity(1024).shape == (1024,)


def test_the_cases_have_a_place_of_every_training_word_and_one_of_none():
    for case in check.idf.cases:
        train, counts = case.make()
        assert (train[:, 0] > 0).all()
        assert not train[:, -1].any()
        assert counts[:, -1].any()
        assert train.max() > 1 < counts.max()
        assert (counts.sum(1) > 0).all()


def test_the_words_to_try_are_sorted_as_the_fold_says():
    blocks = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)
    (code,) = (block for block in blocks if block.startswith("known = {"))
    printed = []
    exec(
        code,
        {"my_sort_words": solution("my_sort_words"), "test": Words("test")}
        | {"print": printed.append},
    )
    assert printed == [["Danish", "German", "French"]]
    assert "It prints Danish, German and French" in TEXT


def test_no_word_lies_in_the_middle_between_two_means():
    """Else rounding would decide what is right."""
    for case in check.sort_words.cases:
        features, known, asked = case.make()
        means = torch.stack([features(own).mean(0) for own in known.values()])
        near = torch.cdist(features(asked), means).sort(1).values
        assert (near[:, 1] - near[:, 0] > 0.01).all()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"gradient": 5, "change": 5, "bias": 1, "alpha": 5}, "x counted once"),
        ({"gradient": 5, "change": 25, "bias": 1, "alpha": 5}, "x counted once"),
        ({"gradient": 5, "change": 5, "bias": 5, "alpha": 5}, "five for all"),
        ({"gradient": 25, "change": 25, "bias": 1, "alpha": 25}, "squared too early"),
        ({"gradient": 5, "change": 25, "bias": 25, "alpha": 25}, None),
        ({"gradient": 0.2, "change": 0.04, "bias": 1, "alpha": 25}, None),
    ],
)
def test_answers_in_part_right_are_told_apart(given, name):
    verdict = check.scale_and_alpha.judge(**given)
    assert verdict.kind == WRONG
    assert len(verdict.names) == 1
    assert name is None or verdict.names == (name,)


def test_some_of_the_numbers_are_right_so_far_and_none_is_open():
    assert "Still to be found" in check.scale_and_alpha.judge(gradient=5).says
    dots = dict.fromkeys(("gradient", "change", "bias", "alpha"), ...)
    assert check.scale_and_alpha.judge(**dots).kind == OPEN


@pytest.mark.parametrize("factor", [1.96, 2])
@pytest.mark.parametrize("less", [0, 1])
def test_tensors_without_axes_are_floats_and_each_usual_deviation_and_factor_is_right(factor, less):
    def of_tensors(ours, rule):
        differences = (ours - rule).mean(0)
        deviation = differences.std(correction=less)
        return differences.mean(), factor * deviation / len(rule) ** 0.5

    def of_numpy(ours, rule):
        differences = (ours - rule).mean(0).numpy()
        return differences.mean(), factor * differences.std(ddof=less) / len(rule) ** 0.5

    assert check.three_seeds.judge(of_tensors).kind == RIGHT
    assert check.three_seeds.judge(of_numpy).kind == RIGHT


def test_the_pooled_interval_is_the_narrower_one():
    """The diagnosis says so."""
    for case in check.three_seeds.cases:
        ours, rule = case.make()
        pooled = 1.96 * (ours - rule).std() / ours.numel() ** 0.5
        assert pooled < 0.9 * check.three_seeds.answer(ours, rule)[1]


def test_the_quiz_has_one_right_answer_a_question():
    quiz = TEXT.partition("## Questions")[2].partition("## Where to read more")[0]
    questions = re.split(r"^\*\*\d\. ", quiz, flags=re.M)[1:]
    assert len(questions) == 4
    for question in questions:
        begins = re.findall(r"</summary>\n\n(Yes|No)\. ", question)
        assert begins.count("Yes") == 1
        assert len(begins) == question.count("<details>") in (3, 4)


def printed(mark):
    """The means of what the one cell of code with this text in it has printed, line by line."""
    (cell,) = (c for c in CELLS if c["cell_type"] == "code" and mark in "".join(c["source"]))
    text = "".join("".join(out.get("text", "")) for out in cell["outputs"])
    return [[float(n) for n in re.findall(r"(-?\d+\.\d+) ±", line)] for line in text.splitlines()]


def test_seen_languages_take_the_defeat_away_as_more_steps_do():
    (simple,), *home = printed("home[seed, k]")
    unseen = [line for line in printed('("weights", weighted[seed, shots])') if line[1] < -1]
    assert len(unseen) == len(home[::2]) == 3
    assert "by more than eleven points in each training" in TEXT
    for (seen, ahead), (right, behind) in zip(home[::2], unseen, strict=True):
        assert ahead > 11
        assert seen - right == pytest.approx(10, abs=1)  # "MAML is about ten points better"
        # "The class means are about five points worse there"
        assert right - behind - simple == pytest.approx(5, abs=1)
