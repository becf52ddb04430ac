"""Every page says and shows what its explorer does, and is moved by hand, keys and addresses.

Two films are played in each run of the tests, all of them in the stage `pages`, after `make pages`.
"""

import base64
import copy
import gzip
import json

import numpy as np
import pytest
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from course_utils import pages, rooms
from course_utils.explorers.controls import Slider
from course_utils.explorers.scene import Scene
from course_utils.figures.readout import Readout
from course_utils.films import page as films
from course_utils.films import svg
from course_utils.films.page import Shown
from course_utils.films.recorder import film
from course_utils.films.states import States

NAMES = list(rooms.shown())
TWO = ("by_hand", "one_shot_game")  # of every kind: grips, sliders, arrows; buttons, pictures
PLAYED = [
    pytest.param(name, marks=pytest.mark.browser if name in TWO else pytest.mark.pages)
    for name in NAMES
]
# Of each mark's group in the page: what is in it, and the box around it, in pixels.
MARKS = """() => [...document.querySelectorAll('.course-frame > svg > g')].slice(1).map((group) => {
  const box = group.getBBox();
  const text = group.querySelector('text');
  const at = (name) => text.getAttribute(name) / 10;
  return { count: group.childElementCount, text: text && [at('x'), at('y'), text.textContent],
           box: [box.x, box.y, box.width, box.height].map(v => v / 10) };
})"""
# What a picture draws, the played one or the text of one that stands still: so they do not differ.
DRAWN = """(text) => {
  const root = text ? new DOMParser().parseFromString(text, 'text/html')
    : document.querySelector('.course-frame');
  const outside = (name) => [...root.querySelectorAll(name)].filter(node => !node.closest('defs'));
  return [outside('path').length + outside('use').length, outside('image').length,
          outside('text').map(t => [t.textContent, t.getAttribute('x'), t.getAttribute('fill')])];
}"""
MOVE = "(state) => document.getElementById('film').player.move([...state.entries()])"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page, explorer and states of a film by name; the film is made if it is not there."""

    def make(name):
        folder = pages.ROOT / "build/films"
        folder = folder if folder.exists() else tmp_path_factory.mktemp("films")
        film, _ = pages.kept_film(name, folder, pages.source())
        path = tmp_path_factory.mktemp("pages") / f"{name}.html"
        path.write_text(pages.page_of(film), encoding="utf-8")
        explorer, plan = rooms.planned(name)
        return path, film, explorer, States(explorer, plan)

    return make


@pytest.mark.parametrize("name", PLAYED)
def test_a_page_shows_what_the_explorer_shows(name, made, page):
    path, film, explorer, states = made(name)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda r: r.url.startswith("http") and said.append(r.url))
    page.context.set_offline(True)
    page.goto(path.as_uri())
    page.wait_for_function("() => document.getElementById('film').player")

    assert page.evaluate(DRAWN) == page.evaluate(DRAWN, svg.still(film))
    for n in range(8):
        state = states.start if n == 0 else states.some()
        pose = explorer.pose(**states.values(state))
        page.evaluate(MOVE, [*state])
        assert page.locator(".course-frame > svg").get_attribute("aria-label") == pose.alt
        assert page.locator(".course-note").text_content() == pose.remark
        if n < 3:
            _compare(explorer, page.evaluate(MARKS))
    assert said == []
    assert film.at(film.content["alt"], state) == pose.alt


def _compare(explorer, groups):
    """Each mark stands in the page where its artist stands in the kernel, within a pixel."""
    height = explorer.stage.size[1]
    assert len(groups) == len(explorer.stage.moving)
    for artist, found in zip(explorer.stage.moving, groups, strict=True):
        name = artist.get_gid() or type(artist).__name__
        if isinstance(artist, Readout):
            shown = bool(artist.text) and artist.get_visible()
            assert (found["text"] is not None) == shown, name
            if shown and artist.mark is None:
                x, y = artist.axes.transAxes.transform(artist._at)
                assert found["text"][:2] == pytest.approx([x, height - y], abs=1), name
                assert found["text"][2] == artist.text, name
        elif isinstance(artist, Line2D):
            _compare_line(artist, found, height, name)
        elif isinstance(artist, AxesImage):
            box = artist.get_window_extent()
            wanted = [box.x0, height - box.y1, box.width, box.height]
            assert found["box"] == pytest.approx(wanted, abs=1), name


def _compare_line(line, found, height, name):
    points = line.get_transform().transform(line.get_xydata())
    points = points[np.isfinite(points).all(axis=1)]
    width = line.get_figure().bbox.width
    inside = ((points >= -20) & (points <= [width + 20, height + 20])).all()
    if not len(points) or not line.get_visible():
        assert found["count"] == 0 or not found["box"][2], name
    elif inside and line.get_linestyle() in ("None", "") and line.get_marker() in "oDs":
        # The middle of the box around markers is the middle of their places.
        left, top, wide, high = found["box"]
        middle = (points.min(0) + points.max(0)) / 2
        wanted = [middle[0], height - middle[1]]
        assert [left + wide / 2, top + high / 2] == pytest.approx(wanted, abs=1), name
    elif inside and line.get_marker() in ("None", ""):
        (left, low), (right, high) = points.min(0), points.max(0)
        wanted = [left, height - high, right - left, high - low]
        assert found["box"] == pytest.approx(wanted, abs=1), name


@pytest.mark.browser
def test_a_page_is_moved_by_hand_by_keys_and_by_its_address(made, page):
    path, *_ = made("by_hand")
    page.goto(path.as_uri() + "#inner_lr=0.125&phi=5")
    picture = page.locator(".course-frame > svg")
    page.wait_for_function("() => document.getElementById('film').player")
    assert "From φ = 5.00 one inner step of size α = 0.125" in picture.get_attribute("aria-label")

    grip = page.get_by_role("slider", name="φ", exact=True)
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y, steps=5)
    page.mouse.up()
    dragged = picture.get_attribute("aria-label")
    assert "From φ = 5.00" not in dragged
    page.keyboard.press("ArrowRight")
    assert picture.get_attribute("aria-label") != dragged
    page.keyboard.press("ArrowLeft")
    assert picture.get_attribute("aria-label") == dragged

    slider = page.get_by_label("α inner step size")
    slider.focus()
    page.keyboard.press("Home")
    assert "α = 0.000" in picture.get_attribute("aria-label")
    assert slider.get_attribute("aria-valuetext") == "0.000"
    page.get_by_role("button", name="reset").click()
    assert "From φ = 4.00" in picture.get_attribute("aria-label")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("#phi=99", "phi = 99, which is not here: it goes from 2.00 to 6.00"),
        ("#phi=high", "phi = high, which is not here"),
        ("#phi=", "phi = , which is not here"),
        ("#beta=1", "beta, which is not here: there are phi, inner_lr"),
        ("#phi=3&phi=5", "The address asks for phi twice"),
    ],
)
def test_an_odd_address_is_said_and_the_start_is_shown(made, page, address, said):
    path, *_ = made("by_hand")
    page.goto(path.as_uri() + address)
    page.locator(".course-note", has_text="The start is shown.").wait_for()
    assert said in page.locator(".course-note").inner_text()
    assert "From φ = 4.00" in page.locator(".course-frame > svg").get_attribute("aria-label")


@pytest.mark.browser
def test_an_address_between_two_values_is_said(made, page):
    path, *_ = made("by_hand")
    page.goto(path.as_uri() + "#phi=4.03")
    page.locator(".course-note", has_text="phi = 4.03 is not here: the nearest, 4.00,").wait_for()
    page.goto(path.as_uri() + "#phi=4.1")
    page.locator(".course-frame > svg[aria-label*='From φ = 4.10']").wait_for()
    assert page.locator(".course-note").inner_text() == ""


@pytest.mark.browser
def test_no_address_leads_where_no_reader_gets(made, page):
    path, *_ = made("one_shot_game")
    page.goto(path.as_uri() + "#answer 5=2")
    page.locator(".course-note", has_text="there are new. The start is shown.").wait_for()


@pytest.mark.browser
def test_a_grip_on_a_curve_follows_the_pointer_over_hill_and_valley(page, tmp_path):
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        axes.set(xlim=(-3, 3), ylim=(-2, 2))
        scene.grip(axes, lambda f: (f.phi, np.cos(4 * f.phi)), "φ", x="phi")
    explorer = scene.explorer(
        lambda phi: phi,
        Slider("phi", "φ", "start", -3.0, 3.0, 0.1, -3.0),
        alt=lambda f: f"φ = {f.phi:.1f}",
        describe="Explorer: hills.",
    )
    path = tmp_path / "hills.html"
    path.write_text(films.page(Shown(film(explorer, name="hills"), "00", "Start")), "utf-8")
    page.goto(path.as_uri())
    grip = page.get_by_role("slider", name="φ", exact=True)
    grip.wait_for()
    box, picture = grip.bounding_box(), page.locator(".course-frame > svg").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for wanted in np.linspace(x, picture["x"] + 0.9 * picture["width"], 20):
        page.mouse.move(wanted, y)
        box = grip.bounding_box()
        assert abs(box["x"] + box["width"] / 2 - wanted) < 0.02 * picture["width"]
    before = page.locator(".course-frame > svg").get_attribute("aria-label")
    page.keyboard.press("ArrowUp")  # no value goes up or down
    assert page.locator(".course-frame > svg").get_attribute("aria-label") == before


@pytest.mark.browser
def test_a_slider_that_plays_goes_on_to_its_end_pauses_and_begins_again(page, tmp_path):
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        scene.line(axes, lambda f: (f.taken, 0), marker="o")
    explorer = scene.explorer(
        lambda taken: taken,
        Slider("taken", "", "steps", 0, 3, 1, 0, plays=True),
        alt=lambda f: f"{f.taken} taken",
        describe="Explorer: a dot that walks.",
    )
    path = tmp_path / "walk.html"
    path.write_text(films.page(Shown(film(explorer, name="walk"), "00", "Start")), "utf-8")
    page.goto(path.as_uri())
    said = page.locator(".course-frame > svg")
    play = page.get_by_role("button", name="play steps")
    play.evaluate("button => { button.click(); button.click(); }")  # and paused at once
    page.wait_for_timeout(900)
    assert said.get_attribute("aria-label") == "1 taken"
    play.click()
    page.wait_for_function(
        "() => document.querySelector('.course-frame > svg').ariaLabel === '3 taken'"
    )
    play.wait_for()  # it stops by itself
    play.evaluate("button => { button.click(); button.click(); }")
    assert said.get_attribute("aria-label") == "0 taken"
    slider = page.get_by_role("slider", name="steps")
    slider.press("End")
    slider.press("ArrowLeft")
    play.click()  # one step before the end: it takes that one, and stops
    page.wait_for_timeout(900)
    assert said.get_attribute("aria-label") == "3 taken"
    play.wait_for()
    slider.press("Home")
    play.click()
    slider.press("ArrowRight")  # a hand on the slider stops it
    play.wait_for()


@pytest.mark.browser
def test_a_page_prints_dark_on_white_and_shows_the_focus_in_forced_colours(made, page):
    path, *_ = made("by_hand")
    page.emulate_media(color_scheme="dark", forced_colors="active")
    page.goto(path.as_uri())
    page.get_by_role("slider", name="φ", exact=True).focus()
    page.keyboard.press("ArrowRight")
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.emulate_media(media="print", color_scheme="dark", forced_colors="none")
    ink = "() => getComputedStyle(document.body).color"
    assert page.evaluate(ink) == "rgb(28, 28, 28)"


@pytest.mark.browser
def test_the_game_is_played_to_its_end_with_keys(made, page):
    path, _, _, states = made("one_shot_game")
    page.goto(path.as_uri())
    page.wait_for_function("() => document.getElementById('film').player")
    key = states.plan.quiz.key[0]
    page.get_by_role("button", name=f"it is character {key[0]}").click()
    page.get_by_role("button", name="it is character 1").focus()
    for n in range(1, 10):
        page.keyboard.press(str(key[n] if n % 3 else key[n] % 5 + 1))
    assert page.locator(".course-note").inner_text() == "7 of 10 right."
    assert page.locator(".course-spot:visible").count() == 0
    page.get_by_role("button", name="new game").click()
    label = page.locator(".course-frame > svg").get_attribute("aria-label")
    assert "Query picture 1 of 10 waits" in label
    assert page.evaluate("() => Object.keys(localStorage).length + document.cookie.length") == 0


@pytest.mark.browser
def test_a_broken_film_in_a_page_is_said_beside_its_picture(made, page, tmp_path):
    path, film, *_ = made("by_hand")
    text = path.read_text(encoding="utf-8")
    middle = text.index('getElementById("film"), "') + 4000
    other = "A" if text[middle] != "A" else "B"
    broken = tmp_path / "broken.html"
    broken.write_text(text[:middle] + other + text[middle + 1 :], encoding="utf-8")
    page.goto(broken.as_uri())
    page.get_by_role("alert").wait_for()
    assert "This film is broken" in page.get_by_role("alert").inner_text()
    label = page.locator(".course-frame > svg").get_attribute("aria-label")
    assert label == film.at(film.content["alt"], film.start)


@pytest.mark.browser
@pytest.mark.parametrize(
    "edit",
    [
        lambda film: film["marks"][0]["states"].pop(),
        lambda film: film["tracks"][0].update(start=999),
        lambda film: film.update(handles=[{"name": "x"}]),
        lambda film: film["still"].append(["z", 0, "M0 0"]),
        lambda film: film.pop("looks"),
    ],
)
def test_an_altered_film_is_refused_whole_and_its_picture_stays(edit, made, page, tmp_path):
    path, whole, *_ = made("by_hand")
    content = copy.deepcopy(whole.content)
    edit(content)
    altered = base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()
    text = path.read_text(encoding="utf-8")
    broken = tmp_path / "altered.html"
    broken.write_text(text.replace(base64.b64encode(whole.pack()).decode(), altered), "utf-8")
    page.goto(broken.as_uri())
    page.get_by_role("alert").wait_for()
    assert "This film is broken (it is not whole)" in page.get_by_role("alert").inner_text()
    label = page.locator(".course-frame > svg").get_attribute("aria-label")
    assert label == whole.at(whole.content["alt"], whole.start)
