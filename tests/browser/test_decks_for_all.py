"""Nothing serious keeps people from a deck: axe-core on each slide, one deck in each run."""

import pytest

from course_utils import pages
from course_utils.slides import making
from tests.browser.conftest import ALL_FRAGMENTS

ONE = "00"
DECKS = [
    pytest.param(
        path, id=path.stem, marks=pytest.mark.browser if path.name[:2] == ONE else pytest.mark.pages
    )
    for path in sorted(making.NOTEBOOKS.glob("*.ipynb"))
]


@pytest.mark.parametrize("path", DECKS)
def test_nothing_keeps_people_from_a_slide(path, library, page, axe, tmp_path):
    kept = pages.ROOT / "build/films"
    made = making.page(path, kept if kept.exists() else tmp_path, library, pages.source())
    target = tmp_path / f"{path.stem}.html"
    target.write_text(made.text, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(target.as_uri())
    page.add_style_tag(
        content="* { transition: none !important; }"
    )  # what fades in has less contrast
    page.wait_for_function("() => window.Reveal?.isReady()")
    found = {}
    for n, slide in enumerate(made.slides):
        for part in slide.parts:
            if part.kind == "film":
                page.locator(f"#film-{part.source} button").first.wait_for()
        page.evaluate(ALL_FRAGMENTS)
        found |= {(n + 1, said): slide.heading for said in axe.found(page)}
        page.keyboard.press("PageDown")
    assert found == {}
