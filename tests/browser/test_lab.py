"""What a learner moved and saved is there the next day, in a new server."""

import pytest

pytestmark = pytest.mark.browser

SLIDER = """\
import ipywidgets as widgets

slider = widgets.IntSlider(description="value", min=0, max=10)
text = widgets.HTML("untouched")
slider.observe(lambda change: setattr(text, "value", f"moved to {change.new}"), "value")
widgets.VBox([slider, text])
"""


def test_a_widget_moved_and_saved_is_shown_by_a_new_server(lab, page):
    lab.write("slider.ipynb", SLIDER)
    notebook = lab.open(page, "slider.ipynb")
    notebook.run_all()
    assert notebook.bad_outputs() == []

    page.locator(".noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_text("moved to 3", exact=True).wait_for()
    assert "widgets" in notebook.save()["metadata"]

    lab.start()
    lab.open(page, "slider.ipynb")
    page.get_by_text("moved to 3", exact=True).wait_for()
    assert page.locator(".noUi-handle").count() == 1


def test_a_drag_says_that_the_kernel_is_gone_and_a_new_run_that_it_is_back(lab, page):
    lab.write(
        "gone.ipynb", "from course_utils.notebook_03 import shown", "shown.shown()['by_hand']()"
    )
    notebook = lab.open(page, "gone.ipynb")
    notebook.run_all()
    explorer = notebook.explorer("by_hand")
    told = explorer.root.locator(".course-told")
    before = explorer.pixels()
    explorer.drag(explorer.root.locator(".course-handle"), 0.1, 0)
    explorer.wait_for_change(before)

    notebook.menu("Kernel", "Shut Down Kernel")
    page.locator(".jp-StatusBar-TextItem", has_text="No Kernel").wait_for(timeout=20_000)
    explorer.drag(explorer.root.locator(".course-handle"), -0.1, 0)
    told.filter(has_text="No answer from the kernel").wait_for(timeout=10_000)


def test_a_cell_that_runs_again_leaves_one_explorer_in_the_saved_file(lab, page):
    source = "shown()['by_hand']()"
    lab.write("again.ipynb", "from course_utils.notebook_03.shown import shown", source)
    notebook = lab.open(page, "again.ipynb")
    counts = []
    for _ in range(3):
        notebook.run_all()
        assert notebook.bad_outputs() == []
        explorer = notebook.explorer(source)
        before = explorer.pixels()
        explorer.drag(explorer.root.locator(".course-handle"), 0.1, 0)
        explorer.wait_for_change(before)
        (states,) = notebook.save()["metadata"]["widgets"].values()
        counts.append(len(states["state"]))
    assert counts[0] > 15
    assert counts == [counts[0]] * 3
