"""The site from its files with the network off: one chapter in every run, all after `make site`."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from course_utils import rooms
from course_utils.site import build, chapters
from tests.course import NOTEBOOKS

CHAPTERS = chapters.chapters(NOTEBOOKS)
NAMES = list(rooms.shown())
FIRST = "00-start-here"
# In a process of its own: Sphinx leaves much behind in the one that calls it.
MAKE = """import sys, pathlib; from course_utils.site import build
if __name__ == "__main__":
    folder, kept, stem = sys.argv[1:]
    print(*build.save(pathlib.Path(folder), pathlib.Path(kept), [stem]), sep="\\n")
"""
PLAYS = "([name]) => document.querySelector(`[data-film=${name}] .course-player`).player"
BEFORE = "(node) => getComputedStyle(node, '::before').content"
WIDTHS = "(all) => all.map((image) => image.clientWidth)"
LEAST_WIDTH = 640  # of pictures that are drawn for 760 pixels, with letters of 13
UNFOLD = "() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
SHOWN = "(figure) => figure.querySelector('svg').outerHTML + figure.querySelector('svg').ariaLabel"
# The time from a slider's event to the painted picture, in milliseconds, twenty times.
PAINTED = """async (slider) => {
  const times = [];
  for (let n = 0; n < 20; n += 1) {
    slider.value = (+slider.value + 1) % (+slider.max + 1);
    const start = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((painted) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = painted;
      channel.port2.postMessage(0);
    }));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[10];
}"""


def missing(sentence):
    """Skipped with a sentence; in CI nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    """A site of one chapter."""
    if importlib.util.find_spec("sphinx") is None:
        missing("Sphinx is not installed, so no site was made: python .ci/install.py --test")
    folder = tmp_path_factory.mktemp("course") / "site"
    kept = build.ROOT / "build/films"
    kept = kept if kept.exists() else folder.with_name("films")
    made = subprocess.run([sys.executable, "-c", MAKE, folder, kept, FIRST], timeout=120)
    assert made.returncode == 0
    return folder


@pytest.fixture(scope="module")
def site():
    """The whole site, as `make site` made it."""
    folder = build.ROOT / "build/site"
    if not build.is_made(folder):
        missing("build/site is not there, or old: make site, then this")
    return folder


@pytest.fixture
def opened(browser):
    """A function (path, address, width) that opens a page offline; at the end nothing was said."""
    said, contexts = [], []

    def open_page(path, address="", width=1280, **how):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **how)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        local = ("file:", "data:", "blob:")
        page.on("request", lambda r: r.url.startswith(local) or said.append(r.url))
        page.goto(Path(path).as_uri() + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def in_view(page, name):
    """The figure of a film, scrolled to until it plays."""
    figure = page.locator(f"figure[data-film={name}]")
    figure.scroll_into_view_if_needed()
    page.wait_for_function(PLAYS, arg=[name])
    return figure


def control_moved(figure):
    """Whether some control or grip of a film changes what is seen."""
    controls = figure.locator(
        "input[type=range], select, input[type=radio], .course-bar button:visible"
    )
    for n in range(controls.count()):
        control, before = controls.nth(n), figure.evaluate(SHOWN)
        kind = control.evaluate("c => c.type")
        if kind == "range":
            control.press("End")
            if figure.evaluate(SHOWN) == before:
                control.press("Home")
        elif kind.startswith("select"):
            control.select_option(index=1)
        else:
            control.click()
        if figure.evaluate(SHOWN) != before:
            return True
    grips = figure.locator("div[role=slider]:visible")
    for n in range(grips.count()):
        before = figure.evaluate(SHOWN)
        for key in ("ArrowUp", "ArrowRight", "ArrowDown"):
            grips.nth(n).press(key)
        if figure.evaluate(SHOWN) != before:
            return True
    return False


@pytest.mark.browser
def test_a_chapter_shows_a_picture_then_its_film_and_asks_for_nothing(chapter, opened):
    path = chapter / f"notebooks/{FIRST}.html"
    still = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    assert still.select_one("figure[data-film=by_eye] img")["alt"]
    page = opened(path)
    figure = in_view(page, "by_eye")
    assert control_moved(figure)
    before = figure.evaluate(SHOWN)
    grip = figure.get_by_role("slider").last
    grip.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert figure.evaluate(SHOWN) != before
    median = figure.locator("input[type=range]").first.evaluate(PAINTED)
    assert median < 100  # 9 ms on a free machine
    figure.get_by_role("link", name="Alone and large").click()
    page.get_by_role("dialog").get_by_role("button", name="close").click()


@pytest.mark.browser
def test_an_address_opens_one_explorer_in_one_state_large_if_wanted(chapter, opened):
    page = opened(chapter / "explorers.html", "#by_eye?a=0.35&p=0.14")
    dialog = page.get_by_role("dialog")
    dialog.locator("svg[aria-label*='0.35 sin(x - 0.14)']").wait_for()
    dialog.get_by_role("slider").first.press("ArrowRight")
    dialog.get_by_role("button", name="address of this state").click()
    moved = dialog.locator("svg").get_attribute("aria-label")
    address = page.evaluate("() => location.href")
    assert "#by_eye?" in address
    dialog.get_by_role("button", name="full screen").click()
    page.wait_for_function("() => document.fullscreenElement")
    # The controls are beside the picture, which gets the width.
    page.wait_for_function("() => document.querySelector('dialog svg').clientWidth > 960")
    dialog.get_by_role("button", name="leave full screen").click()
    page.wait_for_function("() => !document.fullscreenElement")
    page.reload()
    dialog.locator("svg").wait_for()
    page.wait_for_function(
        "(label) => document.querySelector('dialog svg').ariaLabel === label", arg=moved
    )
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog').open && !location.hash")
    page.evaluate("() => { location.hash = '#by_eye?a=99'; }")
    dialog.get_by_text("a = 99, which is not here").wait_for()
    for odd in ("nonsense", "%E0%A4%A"):
        page.evaluate("(odd) => { location.hash = odd; }", odd)
        page.get_by_text(f"The address asks for {odd}, which is not here.").wait_for()
        assert not dialog.is_visible()
    page.evaluate("() => { location.hash = 'all-explorers'; }")
    page.wait_for_function("() => !document.querySelector('.course-said').textContent")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_people_from_a_chapter_or_an_explorer(scheme, chapter, opened, axe):
    page = opened(chapter / f"notebooks/{FIRST}.html", color_scheme=scheme)
    in_view(page, "by_eye")
    page.evaluate(UNFOLD)
    assert axe.found(page) == []
    page = opened(chapter / "explorers.html", "#by_eye", color_scheme=scheme)
    page.locator("dialog[open] svg[aria-label]").wait_for()
    assert axe.found(page) == []


@pytest.mark.browser
def test_on_a_phone_a_film_alone_is_as_large_as_it_was_drawn_or_whole(chapter, opened):
    page = opened(chapter / "explorers.html", "#by_eye", width=390)
    view = page.locator("dialog .course-view")
    page.locator("dialog .course-view[tabindex='0']").wait_for()
    assert view.evaluate("(view) => view.scrollWidth") == 760
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="whole picture").click()
    page.locator("dialog .course-view:not([tabindex])").wait_for()
    assert view.evaluate("(view) => view.scrollWidth") < 390
    page.get_by_role("button", name="large picture").click()
    page.locator("dialog .course-view[tabindex='0']").wait_for()


@pytest.mark.browser
def test_on_a_phone_a_film_in_a_chapter_is_as_large_as_it_was_drawn_or_whole(chapter, opened):
    page = opened(chapter / f"notebooks/{FIRST}.html", width=390)
    figure = in_view(page, "by_eye")
    assert figure.locator("svg").evaluate("(picture) => picture.clientWidth") == 760
    assert "sideways" in figure.locator(".course-wide").evaluate(BEFORE)
    figure.get_by_role("button", name="whole picture").click()
    figure.locator(".course-view:not(.course-wide)").wait_for()
    assert figure.locator("svg").evaluate("(picture) => picture.clientWidth") < 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_a_chapter_without_its_films_says_so_beside_its_picture(chapter, page, tmp_path):
    path = chapter / f"notebooks/{FIRST}.html"
    alone = tmp_path / "notebooks" / path.name
    alone.parent.mkdir()
    text = path.read_text(encoding="utf-8")
    alone.write_text(text.replace("../_static/", f"{(chapter / '_static').as_uri()}/"), "utf-8")
    page.goto(alone.as_uri())
    page.locator("figure[data-film]").scroll_into_view_if_needed()
    page.get_by_text("This picture does not move: Its film is not beside this page.").wait_for()


@pytest.mark.pages
@pytest.mark.parametrize("made", CHAPTERS, ids=lambda chapter: chapter.stem)
@pytest.mark.parametrize("width", [1280, 390])
def test_every_explorer_of_a_chapter_moves_and_it_asks_for_nothing(made, width, site, opened):
    page = opened(site / f"notebooks/{made.stem}.html", width=width)
    for name in chapters.shown_in(made.path, NAMES):
        assert control_moved(in_view(page, name)), name
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    seen = page.locator("article img:visible")
    seen.evaluate_all("all => all.forEach((image) => { image.loading = 'eager'; })")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    letters = LEAST_WIDTH if width < 500 else 0
    assert [size for size in seen.evaluate_all(WIDTHS) if size < letters] == []
    assert [
        size for size in seen.evaluate_all("all => all.map(i => i.naturalWidth)") if not size
    ] == []


@pytest.mark.pages
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_explorer_opens_on_the_page_of_all(scheme, site, opened):
    page = opened(site / "explorers.html", color_scheme=scheme)
    cards = page.locator("article[data-film]")
    assert cards.evaluate_all("all => all.map((card) => card.dataset.film)") == [
        name for made in CHAPTERS for name in chapters.shown_in(made.path, NAMES)
    ]
    for name in NAMES:
        page.locator(f"article[data-film={name}] a").first.click()
        page.locator("dialog[open] svg[aria-label]").wait_for()
        page.keyboard.press("Escape")
        page.wait_for_function("() => !document.querySelector('dialog').open")


@pytest.mark.pages
@pytest.mark.parametrize("made", CHAPTERS, ids=lambda chapter: chapter.stem)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "dark")])
def test_nothing_keeps_people_from_any_chapter(width, scheme, made, site, opened, axe):
    page = opened(site / f"notebooks/{made.stem}.html", width=width, color_scheme=scheme)
    for name in chapters.shown_in(made.path, NAMES):
        in_view(page, name)
    page.evaluate(UNFOLD)
    assert axe.found(page) == []


@pytest.mark.pages
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "explorers", "search", "teaching", "reference/maml"])
def test_nothing_keeps_people_from_the_pages_beside_the_chapters(scheme, name, site, opened, axe):
    assert axe.found(opened(site / f"{name}.html", color_scheme=scheme)) == []


@pytest.mark.pages
def test_the_search_finds_from_a_file(site, opened):
    page = opened(site / "search.html", "?q=overshoots")
    page.locator("#search-results a").first.wait_for()
    excerpts = page.locator("#search-results .course-excerpt")
    excerpts.first.wait_for()
    assert all("overshoot" in words for words in excerpts.all_inner_texts())


@pytest.mark.pages
def test_every_picture_has_words_and_every_link_of_the_site_leads_somewhere(site):
    anchors, links = {}, []
    for path in sorted(site.rglob("*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert [image["src"] for image in soup.find_all("img") if not image.get("alt")] == []
        anchors[path] = {tag["id"] for tag in soup.find_all(id=True)}
        for tag in soup.find_all(["a", "img", "script", "link"]):
            if tag.get("href") or tag.get("src"):
                links.append((path, tag.get("href") or tag.get("src")))
    broken = []
    for path, link in links:
        parts = urlsplit(link)
        if parts.scheme:  # elsewhere: it is followed where the reader wants to
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        film = parts.fragment in NAMES and target.name == "explorers.html"
        known = target.exists() and (
            not parts.fragment or film or unquote(parts.fragment) in anchors.get(target, ())
        )
        if not known:
            broken.append((path.name, link))
    assert broken == []


@pytest.mark.pages
def test_no_page_names_a_file_of_another_host(site):
    for path in site.rglob("*.html"):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for tag in soup.find_all(["script", "link", "img", "iframe", "source"]):
            assert not urlsplit(tag.get("src") or tag.get("href") or "").netloc, (path.name, tag)
