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
def test_a_question_stands_off_from_the_answer_above_it(path):
    """A fold has no margin in JupyterLab, a paragraph has one below it only."""
    markdown, _ = words(path)
    section = markdown.partition("## Questions")[2]
    later = re.findall(r"</details>\n(.*?)\*\*[2-9]\. ", section)
    stood_off = re.findall(r"</details>\n<br>\n\n\*\*[2-9]\. ", section)
    assert later == []
    assert len(stood_off) == len(quiz(path)) - 1


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


# Numbers of a quiz that are not the notebook's, and why they may stand there.
ELSEWHERE = {
    ("02-the-meta-loss", "1.04"): "tests/notebook_02/test_quiz_02.py works it out",
    ("02-the-meta-loss", "1.14"): "tests/notebook_02/test_quiz_02.py works it out",
    ("04-maml-against-transfer", "2.20"): "tests/notebook_04/test_quiz_04.py works it out",
    ("04-maml-against-transfer", "1.40"): "tests/notebook_04/test_quiz_04.py works it out",
    ("06-few-shot-pictures", "98.2"): "of the two papers that the question makes up",
}
TOKEN = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?|(?<![\w\d])\.\d+")
SENTENCE = re.compile(r"\n+|(?<=[.?!])\s+(?=[A-Z(*$])")


def numbers(text):
    """The numbers of a text that are more than a count, digit for digit: .5 as 0.5, 1,000 as 1000.

    How exact a number is, is part of what it says: 0.30 is not 0.3.
    """
    found = (token.replace(",", "") for token in TOKEN.findall(text))
    found = ("0" + token if token[:1] == "." else token for token in found)
    return {token for token in found if token and (float(token) > 12 or "." in token)}


def content_words(text):
    """The words of a text that say what it is about: four letters or more, without plural s."""
    return {word.lower().rstrip("s") for word in re.findall(r"[^\W\d_]{4,}", text)}


def outside_the_quiz(path):
    """A notebook's sentences and lines of output, without its quiz."""
    markdown, written = words(path)
    before, _, rest = markdown.partition("## Questions")
    after = rest.partition("\n## ")[2]
    return [line for line in SENTENCE.split("\n".join((before, after, written))) if line.strip()]


def source_of(number, about, lines):
    """The line about the same things that holds a number: as it is, finer, or as a share."""
    places = len(number.partition(".")[2])
    for line in lines:
        for other in numbers(line):
            finer = len(other.partition(".")[2]) - places
            near = {round(float(other), places)} if finer > 0 else set()
            near |= {round(100 * float(other), places)} if finer > 1 else set()
            if (number == other or float(number) in near) and content_words(line) & about:
                return line
    return None


def not_its_own(path):
    """The numbers of a quiz that its notebook does not have: {number: the sentence it is in}.

    A number is the notebook's own if it stands there, with the same digits or rounded from more,
    in a line that has a word in common with the sentence or its question; or if the text itself
    works it out. A question may make numbers up, as long as they occur.
    """
    lines, found = outside_the_quiz(path), {}
    known = set().union(*map(numbers, lines))
    for question, choices in quiz(path):
        found |= dict.fromkeys(numbers(question) - known, question)
        # A choice that is wrong may hold a wrong number: only what is said to be so is looked at.
        said = [re.sub(r"```.*?```", "", answer, flags=re.S) for _, answer in choices]
        for sentence in SENTENCE.split("\n".join(said)):
            about = content_words(sentence) | content_words(question)
            for number in numbers(sentence) - numbers(question):
                worked = worked_out(float(number), " ".join(said))
                if not worked and not source_of(number, about, lines):
                    found[number] = sentence
    return found


@each
def test_the_numbers_of_a_quiz_are_the_notebooks_own(path):
    elsewhere = {number for stem, number in ELSEWHERE if stem == path.stem}
    found = not_its_own(path)
    assert {n: found[n] for n in set(found) - elsewhere} == {}
    assert elsewhere <= set(found), "a number is excused that needs no excuse"


def test_a_number_that_is_nearly_the_notebooks_is_found_out(tmp_path):
    """One digit changed, a digit too many, and a number that rounds from one of another matter."""
    answer = "No. After the step transfer learning has {} here, and MAML has less."
    for number, own in (("2.49", True), ("2.5", True), ("2.4", False), ("2.490", False)):
        said = answer.format(number)
        quiz_ = f"**1. Which?**\n\n<details><summary>a</summary>\n\n{said}\n\n</details>"
        cells = [
            markdown_cell("Transfer has 2.49 afterwards. Elsewhere all is 2.44 metres long."),
            markdown_cell(f"## Questions\n\n{quiz_}\n\n## Recap\n\nNothing."),
        ]
        (tmp_path / "09-x.ipynb").write_text(json.dumps({"cells": cells}))
        assert (not_its_own(tmp_path / "09-x.ipynb") == {}) == own, number


def markdown_cell(text):
    return {"cell_type": "markdown", "source": [text]}


@each
def test_the_quiz_comes_before_the_recap(path):
    """A reader answers from memory, and then reads what was to be remembered."""
    markdown, _ = words(path)
    recap = "What follows, and what does not" if path.stem == "appendix-landscapes" else "Recap"
    headings = re.findall(r"^## (.*)$", markdown, flags=re.M)
    assert headings[headings.index("Questions") + 1] == recap


def worked_out(value, said):
    """Whether a number is the result of a sum or product that the text itself writes."""
    spelled = {f"{value:g}", f"{value:,.0f}", f"{value:.2f}", f"{value:g}".lstrip("0")}
    return any(re.search(rf"(=|≈) ?\$?{re.escape(s)}", said) for s in spelled)
