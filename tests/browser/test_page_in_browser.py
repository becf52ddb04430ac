"""A page of a notebook in a browser without a network: all is shown, nothing is asked for."""

import pytest

from course_utils.export.pages import page as page_of
from tests.course import NOTEBOOKS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_asks_for_nothing_and_shows_every_picture(browser, tmp_path, width):
    text, _ = page_of(NOTEBOOKS / "04-maml-against-transfer.ipynb")
    made = tmp_path / "page.html"
    made.write_text(text, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(made.as_uri())
    seen = page.locator("img").evaluate_all("all => all.map(i => [i.naturalWidth, i.alt])")
    assert len(seen) >= 15
    assert all(wide and words for wide, words in seen)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert page.locator("math").count() > 50
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    context.close()
