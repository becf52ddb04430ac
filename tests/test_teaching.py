"""What the lecture plans name is there: slides, sliders, exercises. Their minutes add up."""

import re
from functools import cache

import pytest

from course_utils import check, pages
from course_utils.notebook_03 import films
from course_utils.slides import making

TEXT = (pages.ROOT / "docs/teaching.md").read_text(encoding="utf-8")
ROWS = re.compile(r"^\| (\d+)–(\d+) \| (.*?) \|(.*)\|$", flags=re.M)
PLANS = [ROWS.findall(part) for part in re.split(r"^##+ ", TEXT, flags=re.M)]
PLANS = [plan for plan in PLANS if plan]
# "01, 16–18 · One x, many right answers (explorer `one_x_many_y`)": deck, slides, title, explorers
NAMED = re.compile(
    r"(\d\d), (\d+(?:–\d+)?(?:, \d+(?:–\d+)?)*) · ([^(]+?)(?: \(explorers? (`\w+`(?:, `\w+`)*)\))?"
)


def named(row):
    """What a row of a plan shows: (deck, numbers of slides, title, names of explorers) each."""
    for one in row.split("; "):
        deck, numbers, title, films = NAMED.fullmatch(one).groups()
        spans = [(*map(int, span.split("–")),) for span in numbers.split(", ")]
        slides = [n for span in spans for n in range(span[0], span[-1] + 1)]
        yield deck, slides, title, re.findall(r"\w+", films or "")


SHOWN = [one for plan in PLANS for row in plan if row[2] != "Break" for one in named(row[2])]
DECKS = sorted({shown[0] for shown in SHOWN})


@cache
def slides_of(number):
    """The title of each slide of a deck, and the names of the explorers on it."""
    (path,) = making.NOTEBOOKS.glob(f"{number}-*.ipynb")
    return [
        (
            re.sub(r"^\d\d · ", "", slide.heading.lstrip("# ")),
            [part.source for part in slide.parts if part.kind == "film"],
        )
        for slide in making.planned(path)[1]
    ]


def wrong_in(shown):
    """What of a row is not so in its deck, in words; None where all is."""
    deck, numbers, title, films = shown
    slides = slides_of(deck)
    if not 1 <= min(numbers) <= max(numbers) <= len(slides):
        return f"{deck} has {len(slides)} slides, and the plan asks for {max(numbers)}"
    there = [slides[n - 1] for n in numbers]
    if {found for found, _ in there} != {title}:
        return f"{deck}, {numbers}: {title} is {sorted({found for found, _ in there})}"
    seen = [name for _, names in there for name in names]
    return None if seen == films else f"{deck}, {numbers}: {films} is {seen}"


def test_there_are_three_plans_of_four_sessions():
    assert [int(plan[-1][1]) for plan in PLANS] == [50, 50, 50, 210]


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_the_minutes_of_a_plan_follow_each_other(plan):
    ends = ["0", *(end for _, end, *_ in plan)]
    assert [start for start, *_ in plan] == ends[:-1]
    assert all(int(start) < int(end) for start, end, *_ in plan)


def test_the_workshop_has_a_break_of_its_own():
    ((start, end),) = [row[:2] for row in PLANS[-1] if row[2] == "Break"]
    assert int(end) - int(start) >= 10


@pytest.mark.parametrize("number", DECKS)
def test_each_slide_that_a_plan_shows_is_in_its_deck(number):
    assert [wrong for one in SHOWN if one[0] == number and (wrong := wrong_in(one))] == []


def test_a_slide_that_is_not_there_or_shows_another_explorer_is_found():
    deck, numbers, title, films = next(one for one in SHOWN if one[3] == ["glide_or_jump"])
    assert wrong_in((deck, numbers, title, films)) is None
    for numbers_, title_, films_ in (
        ([99], title, films),
        ([0], title, films),
        ([n + 3 for n in numbers], title, films),
        (numbers, "Drag φ", films),
        (numbers, title, ["one_axis"]),
        (numbers, title, []),
    ):
        assert wrong_in((deck, numbers_, title_, films_))


def test_each_exercise_is_one_and_stands_in_the_notebook_that_is_named():
    names = set(re.findall(r"`check\.(\w+)`", TEXT))
    assert names
    assert names - set(dir(check)) == set()
    for name, number in re.findall(r"`check\.(\w+)` \((\d\d)\)", TEXT):
        assert name in check.EXERCISES[number]


def test_each_slider_is_labelled_so_somewhere():
    written = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((pages.PACKAGE).glob("notebook_0*/*.py"))
    ) + (pages.PACKAGE / "explorers/vocabulary.py").read_text(encoding="utf-8")
    for label in ("y your answer", "α inner step size", "k inner steps", "K support points"):
        assert f"`{label}`" in TEXT
        symbol, name = label.split(" ", 1)
        assert f'"{symbol}", "{name}"' in written, label
    for label in ("λ ridge", "L(F) at every λ"):
        assert f"`{label}`" in TEXT


def test_the_waves_are_named_that_a_room_can_choose_in_the_deck():
    (row,) = re.findall(r"Somebody chooses a wave\.[^|]*", TEXT)
    has = films.PLANS["adapt_to_your_sinusoid"].values
    assert "A ({:g} and {:g})".format(*has["amplitude"]) in row
    assert "K is {} or {},".format(*has["shots"]) in row
    assert "k is {}, {}, {}, {} or {}.".format(*has["steps"]) in row
    assert (len(has["phase"]), len(has["amplitude"]) * len(has["phase"])) == (5, 10)


def test_each_command_is_in_the_makefile():
    there = re.findall(r"^(\w+):", (pages.ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    named = set(re.findall(r"`make (\w+)", TEXT)) - {"site"}
    assert named - set(there) == set()
