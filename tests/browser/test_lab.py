"""What a learner moved and saved is there the next day, in a new server."""

import json

import pytest

pytestmark = pytest.mark.browser

SLIDER = """\
import ipywidgets as widgets

slider = widgets.IntSlider(description="value", min=0, max=10)
text = widgets.HTML("untouched")
slider.observe(lambda change: setattr(text, "value", f"moved to {change.new}"), "value")
widgets.VBox([slider, text])
"""


def write_notebook(path, source):
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "only",
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }
    kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    content = {"cells": [cell], "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content | {"metadata": {"kernelspec": kernelspec}}))


def test_a_widget_moved_and_saved_is_shown_by_a_new_server(lab, page):
    write_notebook(lab.root / "slider.ipynb", SLIDER)
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
