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
