"""A deck is paged to its end with no network, all of it in sight, its films moved by keys.

One deck is looked at in each run of the tests, all of them in the stage `pages`.
"""

import re

import pytest

from course_utils import pages
from course_utils.slides import making
from tests.browser.conftest import ALL_FRAGMENTS

DECKS = sorted(making.NOTEBOOKS.glob("*.ipynb"))
ONE = "00"
SEEN = [
    pytest.param(
        path, id=path.stem, marks=pytest.mark.browser if path.name[:2] == ONE else pytest.mark.pages
    )
    for path in DECKS
]
# What of the slide in sight lies outside it or under its lower edge, where page numbers are.
OUTSIDE = """() => {
  const page = Reveal.getCurrentSlide().querySelector('.page');
  const { left, right, top, bottom } = page.getBoundingClientRect();
  const found = [];
  if (right - left < 1279 || bottom - top < 719) found.push(`a slide of ${right - left} pixels`);
  if (page.scrollHeight > page.clientHeight + 1) found.push(`${page.scrollHeight} pixels high`);
  for (const node of page.querySelectorAll('*')) {
    const inner = node.closest('svg, math, .highlight');
    if ((inner && inner !== node) || node.matches('.course-handle, script, legend')) continue;
    const box = node.getBoundingClientRect();
    if (box.width && (box.right > right - 10 || box.bottom > bottom - 18 || box.left < left
      || box.top < top - 1)) found.push(node.outerHTML.slice(0, 80));
  }
  return found.slice(0, 3);
}"""
# What of the slide in sight lies under the arrows: pictures as they are painted, and words.
UNDER = """() => {
  const page = Reveal.getCurrentSlide().querySelector('.page');
  const arrows = [...document.querySelectorAll('.controls button')]
    .map((arrow) => arrow.getBoundingClientRect()).filter((box) => box.width);
  const under = (box) => arrows.some((arrow) => box.left < arrow.right && arrow.left < box.right
    && box.top < arrow.bottom && arrow.top + 1 < box.bottom);
  const found = [];
  for (const picture of page.querySelectorAll('.part img')) {
    const { left, top, width, height } = picture.getBoundingClientRect();
    const scale = Math.min(width / picture.naturalWidth, height / picture.naturalHeight);
    const wide = scale * picture.naturalWidth, high = scale * picture.naturalHeight;
    const [x, y] = getComputedStyle(picture).objectPosition.split(' ').map(parseFloat);
    const [at, from] = [left + (width - wide) * x / 100, top + (height - high) * y / 100];
    const box = { left: at, top: from, right: at + wide, bottom: from + high };
    if (under(box)) found.push(picture.alt.slice(0, 60));
  }
  const walk = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, words = node.textContent.trim();
    if (!words || node.parentElement.closest('script, style, .course-says, legend')) continue;
    const place = document.createRange();
    place.selectNodeContents(node);
    if ([...place.getClientRects()].some(under)) found.push(words.slice(0, 60));
  }
  return found;
}"""
# What the last row cannot read: [pixels, what], of words as they are painted. Numbers at an axis
# may be smaller, and so may what is small by its place in a formula. Of a picture that is a file
# the smallest letters are known: 9.5 points, which are `natural` pixels of it.
SMALL = """() => {
  const LEAST = 18, TICK = 16, CODE = 20;
  const NUMBER = /^−?[\\d.,]*%?$|^\\d?π(?:\\/\\d)?$/;
  const page = Reveal.getCurrentSlide().querySelector('.page');
  const found = [];
  const walk = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, parent = node.parentElement, words = node.textContent.trim();
    if (!words || parent.closest('script, style, math, .course-says, legend')) continue;
    const place = document.createRange();
    place.selectNodeContents(node);
    if (!place.getBoundingClientRect().width) continue;
    let size = parseFloat(getComputedStyle(parent).fontSize), least = LEAST;
    if (parent.closest('svg')) {
      const { a, b } = parent.getScreenCTM();
      size *= Math.hypot(a, b);
      if (NUMBER.test(words)) least = TICK;
    } else if (parent.closest('pre')) least = CODE;
    if (size < least - 0.05) found.push([Math.round(10 * size) / 10, words.slice(0, 60)]);
  }
  for (const picture of page.querySelectorAll('.part img')) {
    const { width, height } = picture.getBoundingClientRect();
    const dots = /^data:image.svg/.test(picture.src) ? 96 : picture.closest('.output') ? 140 : 100;
    const natural = 9.5 * dots / 72;
    const size = natural * Math.min(width / picture.naturalWidth, height / picture.naturalHeight);
    if (size < TICK - 0.05) found.push([Math.round(10 * size) / 10, picture.alt.slice(0, 60)]);
  }
  for (const picture of page.querySelectorAll('.part img, .course-frame, .still > svg')) {
    const { width, height } = picture.getBoundingClientRect();
    if (width < 600 && height < 300) found.push([width, `a picture of ${width} x ${height}`]);
  }
  return found;
}"""
# Pictures whose letters stay small, and the pixels that they have at least: each is a tall figure
# of many rows or panels, and its slide says in words what is to be seen.
SMALL_LETTERS = {
    "Five tasks as rows, each with": 13.5,  # drawings, five rows of them
    "Four maps with level lines.": 13.0,  # two rows of maps
    "Median errors of five learners": 15.0,  # nine families, five learners
}
NO_ALT = """() => [...document.querySelectorAll('.slides img, .slides .course-frame > svg')]
  .filter(node => !(node.alt || node.getAttribute('aria-label')))
  .map(node => node.outerHTML.slice(0, 80))"""
PLACE = "() => JSON.stringify(Reveal.getIndices())"


@pytest.fixture
def open_deck(library, page, tmp_path):
    """A function that makes a notebook's deck and opens it: the deck, and what goes wrong there."""

    def opened(path, ask=""):
        folder = pages.ROOT / "build/films"
        folder = folder if folder.exists() else tmp_path
        made = making.page(path, folder, library, pages.source())
        target = tmp_path / f"{path.stem}.html"
        target.write_text(made.text, encoding="utf-8")
        said = []
        page.set_viewport_size({"width": 1280, "height": 720})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request", lambda r: r.url.startswith(("file:", "data:", "blob:")) or said.append(r.url)
        )
        page.context.set_offline(True)
        page.goto(target.as_uri() + ask)
        page.wait_for_function("() => window.Reveal?.isReady()")
        return made, said

    return opened


@pytest.mark.parametrize("path", SEEN)
def test_a_deck_is_paged_to_its_end_and_all_of_it_is_in_sight(path, open_deck, page):
    made, said = open_deck(path)
    assert 10 <= len(made.slides) <= 36
    assert page.evaluate(NO_ALT) == []
    for n, slide in enumerate(made.slides):
        where = f"slide {n + 1}, {slide.heading}"
        assert page.evaluate("() => Reveal.getSlides().indexOf(Reveal.getCurrentSlide())") == n
        for part in slide.parts:
            if part.kind == "film":
                film = page.locator(f"#film-{part.source}")
                film.locator("button", has_text=re.compile("^reset$")).wait_for()
                answer = film.get_by_role("button", name="show the answer")
                if answer.count():  # what it says must have room, too
                    answer.click()
        page.evaluate(ALL_FRAGMENTS)
        assert page.evaluate(OUTSIDE) == [], where
        assert page.evaluate(UNDER) == [], where
        assert page.evaluate(MEET) == [], where
        small = page.evaluate(SMALL)
        assert [one for one in small if not _may_be_small(*one)] == [], where
        page.keyboard.press("PageDown")
    assert page.evaluate("() => Reveal.isLastSlide()")
    assert said == []


def _may_be_small(size, words):
    return any(words.startswith(begin) and size >= least for begin, least in SMALL_LETTERS.items())


# Words in a film that meet now and did not as they were drawn, and those that leave its picture.
MEET = """() => {
  const picture = Reveal.getCurrentSlide().querySelector('.course-frame > svg, .still > svg');
  if (!picture) return [];
  const nodes = [...picture.querySelectorAll('text')];
  const boxes = () => nodes.map((node) => node.getBoundingClientRect());
  const [now, edge] = [boxes(), picture.getBoundingClientRect()];
  const kept = nodes.map((node) => node.getAttribute('transform'));
  nodes.forEach((node) => node.setAttribute('transform', node.dataset.plain ?? ''));
  const drawn = boxes();
  nodes.forEach((node, n) => node.setAttribute('transform', kept[n] ?? ''));
  const meet = (a, b) => a.left < b.right - 3 && b.left < a.right - 3
    && a.top < b.bottom - 5 && b.top < a.bottom - 5;
  const found = [];
  nodes.forEach((node, n) => {
    if (!node.textContent.trim()) return;
    const out = (box) => box.right > edge.right + 2 || box.left < edge.left - 2;
    if (out(now[n]) && !out(drawn[n])) found.push(`${node.textContent} leaves the picture`);
    for (let m = 0; m < n; m += 1) {
      if (nodes[m].textContent.trim() && meet(now[n], now[m]) && !meet(drawn[n], drawn[m])) {
        found.push(`${nodes[m].textContent} | ${node.textContent}`);
      }
    }
  });
  return found;
}"""


@pytest.mark.browser
def test_arrows_move_the_slider_that_has_the_focus_and_not_the_slide(open_deck, page):
    made, _ = open_deck(DECKS[0])
    film = next(n for n, slide in enumerate(made.slides) if slide.parts[-1].kind == "film")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(PLACE) != '{"h":0,"v":0}'
    page.evaluate("(n) => { while (Reveal.getSlidePastCount() < n) Reveal.next(); }", film)
    shown, before = page.locator("#film-by_eye .course-frame > svg"), page.evaluate(PLACE)
    slider = page.locator("#film-by_eye input[type=range]").first
    slider.wait_for()
    label = shown.get_attribute("aria-label")
    slider.focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "End"):
        page.keyboard.press(key)
    assert page.evaluate(PLACE) == before
    assert shown.get_attribute("aria-label") != label

    label = shown.get_attribute("aria-label")
    page.locator("#film-by_eye .course-handle").first.focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#film-by_eye select").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(PLACE) == before
    assert shown.get_attribute("aria-label") != label

    page.keyboard.press("Escape")  # the keys go back to the slides
    page.keyboard.press("ArrowRight")
    assert page.evaluate(PLACE) != before
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(PLACE) == before
    slider.focus()
    page.keyboard.press("PageDown")  # a presenter's clicker turns the slide in any case
    assert page.evaluate(PLACE) != before
    assert page.evaluate("() => document.activeElement === document.body")


@pytest.mark.browser
def test_on_a_phone_an_address_opens_its_slide(open_deck, page):
    made, said = open_deck(DECKS[0])
    place = page.evaluate("(n) => Reveal.getIndices(Reveal.getSlides()[n])", 2)
    assert making.films_of(made.slides[2:3]) == ["by_eye"]
    page.set_viewport_size({"width": 390, "height": 844})
    address = page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(f"{address}#/{place['h']}/{place['v']}")
    page.wait_for_function("() => window.Reveal?.isReady()")
    page.wait_for_function(
        """() => {
          const { top, bottom } = document.querySelector('#film-by_eye').getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }"""
    )
    assert said == []


@pytest.mark.browser
def test_a_deck_prints_a_page_for_each_slide(open_deck, page, tmp_path):
    made, said = open_deck(DECKS[0], "?view=print")
    page.locator(".pdf-page").nth(len(made.slides) - 1).wait_for(state="attached")
    assert page.locator(".pdf-page").count() == len(made.slides)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(made.slides)
    assert said == []


@pytest.mark.browser
def test_the_speakers_window_has_the_notes_and_the_time(open_deck, page):
    made, said = open_deck(DECKS[0])
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    window = opened.value
    window.locator(".speaker-controls-notes .value", has_text="until minute").wait_for()
    total = f"of {made.slides[-1].until:.0f}"
    assert total in window.locator(".speaker-controls-notes .value").inner_text()
    assert said == []
