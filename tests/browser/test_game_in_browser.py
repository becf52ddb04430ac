"""The one-shot game of notebook 01 is played with the mouse, and with the keyboard alone."""

import pytest

pytestmark = pytest.mark.browser


def test_the_game_takes_clicks_in_the_picture_digits_enter_and_its_buttons(lab, page):
    notebook = lab.open(page, "notebooks/01-learning-from-tasks.ipynb")
    notebook.run_all()
    assert notebook.bad_outputs() == []
    cells = page.locator(".jp-Notebook .jp-CodeCell").count()
    game = page.locator(".course-explorer", has_text="it is character")
    picture = game.locator(".course-frame > svg")

    def waits(n):
        page.wait_for_function(
            "([svg, text]) => svg.getAttribute('aria-label').includes(text)",
            arg=[picture.element_handle(), f"Query picture {n} of 10 waits"],
            timeout=10_000,
        )

    waits(1)
    third = game.get_by_role("button", name="it is character 3")
    box, frame = third.bounding_box(), picture.bounding_box()
    assert 0.1 < box["width"] / frame["width"] < 0.2
    third.click()
    waits(2)
    page.keyboard.press("2")
    waits(3)
    page.keyboard.press("Enter")
    waits(4)
    game.get_by_role("button", name="5", exact=True).click()
    waits(5)
    assert "picture 4" in picture.get_attribute("aria-label").lower()
    game.get_by_role("button", name="new game").click()
    waits(1)
    # JupyterLab has taken none of the keys for itself.
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == cells
    assert notebook.bad_outputs() == []
