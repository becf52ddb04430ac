"""Notebook 04 as a learner has it: run, moved by keyboard and mouse, saved, reopened, exported."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/04-maml-against-transfer.ipynb"
EXPLORERS = 6


@pytest.fixture
def notebook(lab, page):
    notebook = lab.open(page, NOTEBOOK)
    notebook.run_all()
    assert notebook.bad_outputs() == []
    return notebook


def test_keyboard_and_mouse_move_the_picture(notebook, page):
    explorer = notebook.explorer("axis.one_axis()")
    before, alt = explorer.pixels(), explorer.picture.get_attribute("aria-label")
    explorer.slider("inner step size").locator(".noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    explorer.wait_for_change(before)
    page.wait_for_timeout(500)
    assert explorer.value("inner step size") == "0.15"
    assert explorer.picture.get_attribute("aria-label") != alt

    before = explorer.pixels()
    assert explorer.value("initial parameter") == "3.00"
    handle = explorer.root.locator(".course-handle").first
    explorer.drag(handle, -0.3, 0)
    explorer.wait_for_change(before)
    page.wait_for_timeout(500)
    assert -1.5 < float(explorer.value("initial parameter")) < 0.5

    before = explorer.pixels()
    handle.focus()
    page.keyboard.press("ArrowLeft")
    explorer.wait_for_change(before)
    explorer.root.get_by_role("button", name="reset").click()
    page.wait_for_timeout(500)
    assert explorer.value("initial parameter") == "3.00"
    assert notebook.bad_outputs() == []


def test_a_list_takes_the_arrow_keys_and_a_prediction_answers(notebook, page):
    steps = notebook.explorer("meta_step.meta_step()")
    before = steps.pixels()
    choice = steps.root.locator("select")
    choice.focus()
    page.keyboard.press("ArrowDown")
    steps.wait_for_change(before)
    assert choice.evaluate("list => list.selectedIndex") == 1

    prediction = notebook.explorer("weights.steeper()")
    assert "1.64" not in prediction.root.inner_text()
    prediction.root.get_by_role("button", name="show the answer").click()
    prediction.root.locator(".course-note", has_text="1.64").wait_for(timeout=5000)


def test_no_picture_is_cut_off_by_the_frame_of_another(notebook, page):
    names = page.locator("clipPath").evaluate_all("all => all.map(one => one.id)")
    assert len(names) == len(set(names)) >= EXPLORERS


def test_saved_and_reopened_in_a_new_server_shows_its_pictures(notebook, lab, page, count_shown):
    notebook.save()
    lab.start()
    lab.open(page, NOTEBOOK)
    count_shown(".course-frame > svg", EXPLORERS)
    assert "Error displaying widget" not in page.locator(".jp-Notebook").inner_text()


def test_an_untouched_clone_shows_its_pictures(lab, page, count_shown):
    lab.open(page, NOTEBOOK)
    count_shown(".jp-OutputArea-output img", EXPLORERS)
    count_shown(".jp-MarkdownOutput img", 2)
    assert "Error displaying widget" not in page.locator(".jp-Notebook").inner_text()


def test_exported_html_shows_its_pictures_without_a_network(lab, page, count_shown):
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", NOTEBOOK]
    subprocess.run(command, cwd=lab.root, check=True, capture_output=True)
    page.context.set_offline(True)
    page.goto((lab.root / NOTEBOOK).with_suffix(".html").as_uri())
    count_shown(".jp-OutputArea-output img", EXPLORERS)
    missing = "pictures => pictures.filter(p => !p.alt).length"
    assert page.locator(".jp-OutputArea-output img").evaluate_all(missing) == 0
