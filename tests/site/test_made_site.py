"""What the site is made of: places for films, the page of all explorers, formulas, docstrings."""

import importlib.util
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from course_utils.films.page import Shown
from course_utils.films.recorder import film
from course_utils.site import __main__ as command
from course_utils.site import build, chapters, excerpts, extension, films, gallery
from tests.course import NOTEBOOKS
from tests.films.test_recorder import bowl

ALL = chapters.chapters(NOTEBOOKS)


@pytest.fixture(scope="module")
def small():
    return film(bowl(), name="bowl")


def test_a_film_stands_in_a_chapter_as_a_picture_with_its_words(small):
    soup = BeautifulSoup(films.place(small), "html.parser")
    picture = soup.find("img")
    assert picture["src"] == "../pictures/bowl.svg"
    assert picture["alt"] == small.at(small.content["alt"], small.start)
    assert soup.find("figure")["data-film"] == "bowl"
    view = soup.select_one(".course-view.course-near")  # on a phone as large as when it plays
    assert view["style"] == f"--drawn: {small.content['size'][0] / 10:g}px"
    assert soup.find("a")["href"] == "../explorers.html#bowl"


def test_films_and_pictures_are_files_of_their_own(small, tmp_path):
    films.write_films(tmp_path, [small])
    script = (tmp_path / "films/bowl.js").read_text()
    assert script.startswith('courseFilms.arrived("bowl", "')
    root = ET.fromstring((tmp_path / "pictures/bowl.svg").read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    width, height = small.content["size"]
    assert [float(root.get("width")), float(root.get("height"))] == [width / 10, height / 10]


def test_the_player_needs_no_other_file(small, tmp_path):
    films.write_static(tmp_path, [small])
    style = (tmp_path / "course.css").read_text(encoding="utf-8")
    assert style.count("url(") == style.count("url(data:font/woff;base64,") == 1
    for name in ("course-player.js", "course-site.js"):
        assert "http" not in (tmp_path / name).read_text().replace("http://www.w3.org/2000/svg", "")


def test_the_page_of_all_explorers_has_a_card_for_each_and_names_what_needs_python(small):
    shown = [Shown(small, ALL[4].number, ALL[4].title)]
    text = gallery.gallery([(c, shown if c is ALL[4] else []) for c in ALL])
    soup = BeautifulSoup(text, "html.parser")
    (card,) = soup.select("article[data-film=bowl]")
    assert card.find("a")["href"] == "#bowl"
    assert card.find("img")["alt"]
    assert shown[0].sentence in card.get_text()
    assert soup.select_one("a.course-from")["href"] == f"notebooks/{ALL[4].stem}.html"
    for stem in ("03-maml-on-sinusoids", "06-few-shot-pictures", "09-learning-without-gradients"):
        assert f"(notebooks/{stem}.ipynb)" in text
    assert "full screen" in text
    assert text.count("## ") == 1  # a chapter without explorers is left out


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("leaves (tasks, *S), x and *args", r"leaves (tasks, \*S), x and \*args"),
        ("the *sum* of their losses", "the *sum* of their losses"),
        ("`*S` is code, a|b is not", r"`*S` is code, a\|b is not"),
        ("inner_lr_ and inner_lr", r"inner_lr\_ and inner_lr"),
    ],
)
def test_a_docstring_is_words(written, shown):
    lines = [written]
    extension.plain(None, "function", "f", None, None, lines)
    assert lines == [shown]


def test_items_in_a_docstring_stand_apart():
    lines = ["Takes these:", "question", "    What is asked.", "Then it ends."]
    extension.plain(None, "class", "C", None, None, lines)
    wanted = ["Takes these:", "", "question", "    What is asked.", "", "Then it ends."]
    assert lines == wanted


def test_the_search_has_each_sections_own_words_without_code(tmp_path):
    page = (
        '<article><section id="a"><h1>A<a class="headerlink" href="#a">#</a></h1>'
        "<p>One <em>word</em>, <math><mi>x</mi></math> from .5 on.</p><pre>code</pre>"
        '<section id="b"><p>Two.</p></section></section></article>'
    )
    assert excerpts.sections(page) == [["a", "A One word, … from .5 on."], ["b", "Two."]]
    assert excerpts.sections("<p>no article</p>") == []
    (tmp_path / "search.html").write_text("<html><body></body></html>")
    (tmp_path / "a.html").write_text(page)
    excerpts.write(tmp_path)
    assert f"_static/{excerpts.NAME}" in (tmp_path / "search.html").read_text()
    script = (tmp_path / "_static" / excerpts.NAME).read_text(encoding="utf-8")
    assert script.startswith('const courseTexts = {"a.html":[["a","A One word')


def test_formulas_are_mathml():
    skip = pytest.importorskip("docutils.nodes").SkipNode
    for written, kind in ((extension.inline, 'display="inline"'), (extension.block, "equation")):
        page = SimpleNamespace(body=[])
        with pytest.raises(skip):
            written(page, SimpleNamespace(astext=lambda: r"\hat\theta^n"))
        assert "<math" in page.body[0]
        assert kind in page.body[0]


def test_a_site_is_old_where_what_it_is_made_from_has_changed(tmp_path, monkeypatch):
    assert not build.is_made(tmp_path)
    (tmp_path / "index.html").touch()
    for note, made in (("{", False), ("[]", False), ("{}", False), ('{"source": "a"}', True)):
        monkeypatch.setattr(build, "fingerprint", lambda: "a")
        (tmp_path / build.NOTE).write_text(note)
        assert build.is_made(tmp_path) == made
    monkeypatch.setattr(build, "fingerprint", lambda: "b")
    assert not build.is_made(tmp_path)


def test_a_change_of_text_makes_the_site_old_and_of_a_cache_does_not(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build.pages, "source", lambda: "films")
    seen = []
    for name in ("docs/a.md", "notebooks/b.ipynb", "docs/a.pyc", "notebooks/.kept/b.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("changed")
        seen.append(build.fingerprint())
    assert len(set(seen[:2])) == 2
    assert set(seen[1:]) == {seen[1]}


def test_an_unknown_chapter_and_a_missing_sphinx_are_said(tmp_path, monkeypatch):
    if importlib.util.find_spec("sphinx"):
        with pytest.raises(ValueError, match="there is no chapter 'x'"):
            [*build.save(tmp_path, tmp_path, ["x"])]
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="Sphinx is not installed: make site does that"):
        [*build.save(tmp_path, tmp_path)]


def test_a_site_that_is_as_it_should_be_is_opened_and_not_made(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(build, "is_made", lambda folder: True)
    monkeypatch.setattr(command.webbrowser, "open", opened.append)
    monkeypatch.setattr(command, "has_window", lambda: True)
    assert command.main([]) is None
    assert opened == []
    assert command.main(["--open"]) is None
    assert opened[0].endswith("/build/site/explorers.html")
    assert "is as it should be" in capsys.readouterr().out


def test_without_a_screen_the_address_is_said_and_no_browser_of_the_terminal_opens(
    monkeypatch, capsys
):
    monkeypatch.setattr(build, "is_made", lambda folder: True)
    monkeypatch.setattr(command.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(command.webbrowser, "open", lambda _: pytest.fail("it opened"))
    assert command.main(["--open"]) is None
    assert "/build/site/explorers.html" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[a](../notebooks/04-x.ipynb)", "[a](notebooks/04-x.ipynb)"),
        ("[the map](../README.md)", "the map (`README.md`)"),
        ("[b](troubles.md) [c](https://a.org)", "[b](troubles.md) [c](https://a.org)"),
    ],
)
def test_a_page_of_docs_leads_to_what_the_site_has(written, shown):
    assert build.from_docs(written) == shown


def test_a_site_that_cannot_be_made_is_said_in_a_sentence(monkeypatch):
    def refuse(*_):
        raise ValueError("no room")
        yield

    monkeypatch.setattr(build, "is_made", lambda folder: False)
    monkeypatch.setattr(build, "save", refuse)
    assert command.main([]) == "site: no room"


def test_a_full_disk_is_said_in_a_sentence(monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device", "films/a.js")
        yield

    monkeypatch.setattr(build, "is_made", lambda folder: False)
    monkeypatch.setattr(build, "save", refuse)
    assert command.main([]) == "site: films/a.js cannot be written: No space left on device"


def test_too_large_a_site_is_named(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("x" * 100)
    assert "1 files, 0.0 MB" in build.measured(tmp_path)
    monkeypatch.setattr(build, "MOST_OF_PAGE", 99)
    with pytest.raises(ValueError, match=r"index\.html takes 100 bytes and may take 99"):
        build.measured(tmp_path)


def test_what_the_theme_leaves_out_is_mended():
    text = '<p class="caption" role="heading">a</p><summary aria-label="Toggle hidden content">b'
    wanted = '<p class="caption" role="heading" aria-level="2">a</p><summary>b'
    assert build.mended(text) == wanted
