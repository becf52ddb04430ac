"""The quiz at a notebook's end: one right choice, the others answered, no number of its own."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = [path for path in sorted(ROOT.glob("notebooks/*.ipynb")) if path.stem[:2] != "00"]
QUESTION = re.compile(r"^\*\*(\d+)\. (.*?)\*\*$", flags=re.M)
CHOICE = re.compile(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", flags=re.S)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def words(path):
    """A notebook's Markdown in one text, and what its code wrote."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    markdown = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    outputs = [o for cell in cells for o in cell.get("outputs", [])]
    written = ["".join(o.get("text") or o["data"].get("text/plain", "")) for o in outputs]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return markdown, "\n".join(written + code)


def quiz(path):
    """The questions of a notebook: [(question, [(choice, answer), ...]), ...]."""
    markdown, _ = words(path)
    section = re.split(r"^## ", markdown.partition("## Questions")[2], flags=re.M)[0]
    parts = QUESTION.split(section)[1:]
    return [(q, CHOICE.findall(rest)) for q, rest in zip(parts[1::3], parts[2::3], strict=True)]


@each
def test_three_to_five_questions_with_three_or_four_choices(path):
    questions = quiz(path)
    assert 3 <= len(questions) <= 5
    for question, choices in questions:
        assert 3 <= len(choices) <= 4, question
        assert len({choice for choice, _ in choices}) == len(choices)


@each
def test_one_choice_is_right_and_every_wrong_one_is_answered(path):
    for question, choices in quiz(path):
        verdicts = [answer.split()[0] for _, answer in choices]
        assert sorted(verdicts) == ["No."] * (len(choices) - 1) + ["Yes."], question
        for choice, answer in choices:
            assert len(answer.split()) >= 6, (question, choice)


def test_neither_the_place_nor_the_length_gives_the_right_choice_away():
    places, longest = [], 0
    for path in NOTEBOOKS:
        for _, choices in quiz(path):
            right = next(i for i, (_, answer) in enumerate(choices) if answer.startswith("Yes."))
            places.append(right)
            longest += len(choices[right][0]) == max(len(choice) for choice, _ in choices)
    assert max(map(places.count, range(4))) <= 0.5 * len(places)
    assert longest <= 0.6 * len(places)


def numbers(text):
    """The numbers of a text that are more than a count, each with its decimals."""
    found = re.findall(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?|(?<![\w\d])\.\d+", text)
    values = {(float(n.replace(",", "")), len(n.partition(".")[2])) for n in found if n != ","}
    return {(value, places) for value, places in values if value > 12 or places}


@each
def test_the_numbers_of_a_quiz_are_the_notebooks_own(path):
    """Each stands, perhaps rounded or as a share, elsewhere in the notebook, or is worked out."""
    markdown, written = words(path)
    before = markdown.partition("## Questions")[0] + written
    known = {value for value, _ in numbers(before)}
    for question, choices in quiz(path):
        # A choice that is wrong may hold a wrong number: only what is said to be so is looked at.
        said = " ".join([question, *(answer for _, answer in choices)])
        for value, places in numbers(said):
            near = any(round(k, places) == value for k in known)
            share = any(abs(value - 100 * k) < 0.51 for k in known)
            assert near or share or worked_out(value, said), (question, value)


def worked_out(value, said):
    """Whether a number is the result of a sum or product that the text itself writes."""
    spelled = {f"{value:g}", f"{value:,.0f}", f"{value:.2f}", f"{value:g}".lstrip("0")}
    return any(re.search(rf"(=|≈) ?\$?{re.escape(s)}", said) for s in spelled)
