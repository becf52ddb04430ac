"""Notebook 05 as a learner has it: run, a start dragged over a plane, a guess judged."""

import pytest

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/05-landscapes-of-a-real-network.ipynb"
APPENDIX = "notebooks/appendix-landscapes.ipynb"


def test_a_start_is_dragged_over_the_plane_and_a_guess_is_judged(lab, page, count_shown):
    notebook = lab.open(page, NOTEBOOK)
    count_shown(".jp-OutputArea-output img", notebook.stored_pictures())  # before it is run
    assert "Error displaying widget" not in page.locator(".jp-Notebook").inner_text()

    notebook.run_all()
    assert notebook.bad_outputs() == []

    explorer = notebook.explorer("network_plane(")
    before, alt = explorer.pixels(), explorer.picture.get_attribute("aria-label")
    explorer.drag(explorer.root.get_by_role("slider", name="your φ"), 0.12, -0.1)
    explorer.wait_for_change(before)
    assert explorer.picture.get_attribute("aria-label") != alt

    explorer.slider("inner steps").locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    explorer.wait_for_alt("after 1 step of")
    before = explorer.pixels()
    plane = explorer.root.locator("select").first
    plane.focus()
    page.keyboard.press("ArrowDown")
    explorer.wait_for_change(before)

    prediction = notebook.explorer("fed_noise(")
    before = prediction.pixels()
    prediction.root.get_by_role("radio", name="a wave").check()
    prediction.root.get_by_role("button", name="show the answer").click()
    prediction.wait_for_change(before)
    prediction.root.get_by_text("Right. It is a wave").wait_for(timeout=5000)
    assert notebook.bad_outputs() == []


def test_a_curvature_is_guessed_in_the_appendix(lab, page, count_shown):
    notebook = lab.open(page, APPENDIX)
    count_shown(".jp-OutputArea-output img", notebook.stored_pictures())  # before it is run
    notebook.run_all(timeout=400)  # three trainings: long where others are at work
    assert notebook.bad_outputs() == []

    prediction = notebook.explorer("curvature_guess(")
    before = prediction.pixels()
    assert "Your guess" not in prediction.root.inner_text()
    prediction.drag(prediction.root.locator(".course-handle"), 0.2, 0)
    prediction.wait_for_change(before)
    prediction.root.get_by_role("button", name="show the answer").click()
    prediction.root.get_by_text("At MAML's φ the median is").wait_for(timeout=5000)
    assert notebook.bad_outputs() == []
