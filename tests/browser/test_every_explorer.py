"""Every explorer and prediction of the course answers a hand: each is moved once, in a browser."""

import pytest

from course_utils import rooms

pytestmark = pytest.mark.browser

NAMES = list(rooms.shown())


def move(explorer, page):
    """Move the first thing that can be moved, as a hand on the keyboard would."""
    sliders = explorer.root.locator(".noUi-handle")
    grips = explorer.root.locator(".course-handle[role=slider]")
    choices = explorer.root.locator("input[type=radio]")
    handles = explorer.root.locator(".course-handle")
    if sliders.count():
        sliders.first.focus()
        for _ in range(5):  # a step of a hundredth is not always seen
            page.keyboard.press("ArrowRight")
    elif choices.count():
        choices.last.check()
    elif grips.count():
        grips.first.focus()
        for _ in range(5):
            page.keyboard.press("ArrowUp")
    else:
        handles.first.click()


# What is wider than its explorer, which hides what does not fit.
CUT = """(explorers) => explorers.flatMap((explorer) => {
  const box = explorer.getBoundingClientRect();
  const parts = '.widget-readout, .widget-label, button:not(.course-handle), select, svg, canvas';
  return [...explorer.querySelectorAll(parts)]
    .filter((part) => part.getBoundingClientRect().right > box.right + 1)
    .map((part) => `${part.className} of ${explorer.innerText.slice(0, 40)}`);
})"""
SPOKEN = """(handles) => handles.map((handle) =>
  ["label", "valuenow", "valuemin", "valuemax", "valuetext"]
    .map((name) => handle.getAttribute(`aria-${name}`)))"""


def test_each_is_moved_once_and_each_prediction_answers(lab, page, axe):
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

    handles = page.locator(".course-explorer [role=slider]").evaluate_all(SPOKEN)
    assert len(handles) > 40
    for name, now, low, high, text in handles:
        assert name
        assert float(low) <= float(now) <= float(high)
        assert len(text) < 40
        assert "00000000" not in text
    for theme in ("Dark", "Light"):
        notebook.theme(theme)
        assert axe.found(page, ".course-explorer") == []
    # The list of files takes a phone's whole width.
    page.locator(".jp-SideBar [data-id=filebrowser]").first.click()
    page.set_viewport_size({"width": 390, "height": 900})
    page.locator(".jp-FileBrowser").wait_for(state="hidden")
    page.wait_for_timeout(1000)
    assert page.locator(".course-explorer").evaluate_all(CUT) == []
    buttons = page.locator(".course-spot").evaluate_all("all => all.map(b => b.offsetHeight)")
    assert min(buttons) >= 24
