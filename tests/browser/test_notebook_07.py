"""Notebook 07's race is played, paused and stepped in the browser."""

import re

import pytest

pytestmark = pytest.mark.browser


def test_the_race_plays_pauses_and_goes_on_by_hand(lab, page, axe):
    lab.write("race.ipynb", "from course_utils.notebook_07 import race\n\nrace.race()")
    notebook = lab.open(page, "race.ipynb")
    notebook.run_all()
    assert notebook.bad_outputs() == []
    explorer = notebook.explorer("race.race()")
    explorer.wait_for_alt("After 0 meta-steps")
    assert axe.found(page, ".course-explorer") == []
    play = explorer.root.locator(".widget-play button")
    play.first.click()
    explorer.wait_for_alt("After 3 meta-steps")
    play.first.click()  # pause
    alt = explorer.root.locator(".course-frame > svg").get_attribute("aria-label")
    taken = int(re.search(r"After (\d+)", alt).group(1))
    slider = explorer.root.locator(".noUi-handle").first
    slider.press("ArrowRight")
    page.wait_for_function(
        "(taken) => [...document.querySelectorAll('.course-frame > svg')].some(one => "
        "Number(one.ariaLabel.match(/After (\\d+)/)[1]) > taken)",
        arg=taken,
    )
