"""Every explorer and prediction of the course answers a hand: each is moved once, in a browser."""

import pytest

from course_utils import rooms

pytestmark = pytest.mark.browser

NAMES = list(rooms.shown())


def move(explorer, page):
    """Move the first thing that can be moved, as a hand on the keyboard would."""
    sliders = explorer.root.locator(".noUi-handle")
    choices = explorer.root.locator("input[type=radio]")
    handles = explorer.root.locator(".course-handle")
    if sliders.count():
        sliders.first.focus()
        for _ in range(5):  # a step of a hundredth is not always seen
            page.keyboard.press("ArrowRight")
    elif choices.count():
        choices.last.check()
    else:
        handles.first.click()


def test_each_is_moved_once_and_each_prediction_answers(lab, page):
    makers = [f"shown[{name!r}]()" for name in NAMES]
    lab.write("all.ipynb", "from course_utils import rooms\nshown = rooms.shown()", *makers)
    notebook = lab.open(page, "all.ipynb")
    notebook.run_all()
    assert notebook.bad_outputs() == []

    problems = {}
    for name, maker in zip(NAMES, makers, strict=True):
        explorer = notebook.explorer(maker)
        before = explorer.pixels()
        try:
            move(explorer, page)
            answer = explorer.root.get_by_role("button", name="show the answer")
            if answer.count():  # some guesses are seen only beside it
                answer.click()
                explorer.root.locator(".course-note", has_text=".").wait_for(timeout=5000)
            explorer.wait_for_change(before)
        except Exception as error:  # the others are tried all the same
            problems[name] = str(error).splitlines()[0]
    assert problems == {}
    assert notebook.bad_outputs() == []
