"""The explorer of few-shot pictures, drawn on with mouse, finger and keys; not trained for it.

Notebook 06 trains for a minute, and its cells are run by nbval: here its explorer stands in a
notebook of its own, with a φ that nobody has trained.
"""

import pytest

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/06-few-shot-pictures.ipynb"
EXPLORER = """\
import torch
from course_utils import networks, tasks
from course_utils.notebook_06 import few_shot_pictures

torch.set_num_threads(1)
network = networks.convnet()
phi = network.init(torch.Generator().manual_seed(0))
family = tasks.Characters("test")
few_shot_pictures.few_shot_pictures(network, {"MAML": phi}, family, inner_lr=0.1)
"""


@pytest.fixture
def notebook(lab, page):
    lab.write("pictures.ipynb", EXPLORER)
    notebook = lab.open(page, "pictures.ipynb")
    notebook.run_all()
    assert notebook.bad_outputs() == []
    return notebook


def draw(page, pad, *points):
    """One stroke on the pad with the mouse, through points in shares of its side."""
    box = pad.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_with_the_mouse_a_task_is_chosen_looked_at_and_drawn(notebook, page):
    explorer = notebook.explorer("few_shot_pictures")
    explorer.wait_for_alt("MAML after 0 inner steps")
    before = explorer.pixels()
    explorer.root.get_by_role("button", name="surprise me").click()
    explorer.wait_for_change(before)
    explorer.root.get_by_role("button", name="query picture 7: show it large").click()
    explorer.wait_for_alt("Query 7 is character 4")

    pad, root = explorer.root.locator("canvas.course-pad"), explorer.root
    pad.scroll_into_view_if_needed()
    assert pad.evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    before = explorer.pixels()
    draw(page, pad, (0.2, 0.2), (0.5, 0.8), (0.8, 0.2))
    draw(page, pad, (0.3, 0.5), (0.7, 0.5))
    root.get_by_text("2 strokes").wait_for(timeout=5000)
    root.get_by_role("button", name="5", exact=True).click()
    root.get_by_text("Character 5 is yours").wait_for(timeout=5000)
    root.get_by_text("empty: draw a character").wait_for(timeout=5000)
    explorer.wait_for_change(before)
    explorer.wait_for_alt("of 8 right")

    draw(page, pad, (0.25, 0.2), (0.5, 0.85), (0.75, 0.2))
    draw(page, pad, (0.3, 0.45), (0.7, 0.5))
    root.get_by_text("2 strokes").wait_for(timeout=5000)
    root.get_by_role("button", name="5", exact=True).click()
    explorer.wait_for_alt("Query 9 is your character 5, p = ")

    root.get_by_role("button", name="forget my drawings").click()
    explorer.wait_for_alt("of 10 right")
    assert notebook.bad_outputs() == []


def test_with_keys_alone_it_is_adapted_and_drawn_on(notebook, page):
    explorer = notebook.explorer("few_shot_pictures")
    explorer.slider("inner steps").locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    explorer.wait_for_alt("MAML after 1 inner step:")
    before = explorer.pixels()
    explorer.slider("shots").locator(".noUi-handle").focus()
    page.keyboard.press("ArrowRight")
    explorer.wait_for_alt("2 support pictures of each")
    explorer.wait_for_change(before)

    pad, root = explorer.root.locator("canvas.course-pad"), explorer.root
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    pad.focus()
    ink = "pad => pad.getContext('2d').getImageData(224, 300, 1, 1).data[0]"
    assert pad.evaluate(ink) == 255
    page.keyboard.press("Space")
    for key in ["ArrowDown"] * 5 + ["ArrowRight"] * 5:
        page.keyboard.press(key)
    page.keyboard.press("Space")
    assert pad.evaluate(ink) < 60
    page.keyboard.press("Tab")
    root.get_by_text("1 stroke", exact=True).wait_for(timeout=5000)
    root.get_by_role("button", name="2", exact=True).press("Enter")
    root.get_by_text("Character 2 is yours").wait_for(timeout=5000)

    pad.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    root.get_by_text("empty: draw a character").wait_for(timeout=5000)
    # JupyterLab has taken none of the keys for itself.
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    assert notebook.bad_outputs() == []


def test_an_untouched_clone_shows_its_pictures(lab, page, count_shown):
    notebook = lab.open(page, NOTEBOOK)
    assert notebook.stored_pictures() > 3
    count_shown(".jp-OutputArea-output img", notebook.stored_pictures())
    assert "Error displaying widget" not in page.locator(".jp-Notebook").inner_text()


def test_a_finger_draws_and_does_not_scroll_the_page(lab, browser):
    context = browser.new_context(viewport={"width": 800, "height": 1100}, has_touch=True)
    page = context.new_page()
    lab.write("pictures.ipynb", EXPLORER)
    notebook = lab.open(page, "pictures.ipynb")
    notebook.run_all()
    pad = notebook.explorer("few_shot_pictures").root.locator("canvas.course-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    finger = context.new_cdp_session(page)

    def touch(kind, *places):
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in places
        ]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.5, 0.9))
    for step in range(8):
        touch("touchMove", (0.5, 0.8 - 0.1 * step))
    touch("touchEnd")
    notebook.explorer("few_shot_pictures").root.get_by_text("1 stroke", exact=True).wait_for()
    assert pad.bounding_box() == box
    context.close()
