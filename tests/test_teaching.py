"""What the lecture plans name is there: slides, sliders, exercises. Their minutes add up."""

import re

import pytest

from course_utils import check, pages
from course_utils.slides import making

TEXT = (pages.ROOT / "docs/teaching.md").read_text(encoding="utf-8")
ROWS = re.compile(r"^\| (\d+)–(\d+) \| (.*?) \|(.*)\|$", flags=re.M)
PLANS = [ROWS.findall(part) for part in re.split(r"^##+ ", TEXT, flags=re.M)]
PLANS = [plan for plan in PLANS if plan]
SHOWN = [
    one for plan in PLANS for row in plan if row[2] != "Break" for one in row[2].split("; ")
]


def headings_of(number):
    (path,) = making.NOTEBOOKS.glob(f"{number}-*.ipynb")
    found = (slide.heading.lstrip("# ") for slide in making.planned(path)[1])
    return {re.sub(r"^\d\d · ", "", heading) for heading in found}


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


@pytest.mark.parametrize("number", sorted({shown[:2] for shown in SHOWN}))
def test_each_slide_that_a_plan_shows_is_in_its_deck(number):
    named = {shown[5:] for shown in SHOWN if shown.startswith(f"{number} · ")}
    assert named
    assert named - headings_of(number) == set()


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


def test_each_command_is_in_the_makefile():
    there = re.findall(r"^(\w+):", (pages.ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    named = set(re.findall(r"`make (\w+)", TEXT)) - {"site"}
    assert named - set(there) == set()
