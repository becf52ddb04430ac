"""Each notebook ends with links to the pages of its explorers, on the site and in exports, too."""

import json
import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from course_utils import rooms, solutions
from course_utils.export.alone import stand_alone
from course_utils.site import chapters, links
from tests.course import NOTEBOOKS

NAMES = list(rooms.shown())
ALL = chapters.chapters(NOTEBOOKS)
each = pytest.mark.parametrize("chapter", ALL, ids=lambda chapter: chapter.stem)
WRITE = "python -m course_utils.site.links writes it"


def folds(cells):
    return ["".join(cell["source"]) for cell in cells if cell["id"] == links.CELL]


@each
def test_a_notebook_ends_with_a_link_to_the_page_of_each_of_its_explorers(chapter):
    cells = json.loads(chapter.path.read_text(encoding="utf-8"))["cells"]
    shown = chapters.shown_in(chapter.path, NAMES)
    assert folds(cells) == ([links.fold(shown)] if shown else []), WRITE
    if shown:
        assert cells[-1]["id"] == links.CELL
        assert cells[-1]["metadata"] == {"slideshow": {"slide_type": "skip"}}
        pages = re.findall(r"\]\(\.\./build/pages/(\w+)\.html\)", folds(cells)[0])
        assert pages == shown


@each
def test_on_the_site_they_lead_to_the_page_of_all_explorers(chapter):
    shown = chapters.shown_in(chapter.path, NAMES)
    made = links.on_site(chapters.chapter(chapter, NAMES, str), shown)
    for fold in folds(made["cells"]):
        soup = BeautifulSoup(fold, "html.parser")
        wanted = [f"../explorers.html#{name}" for name in shown]
        assert [link["href"] for link in soup.find_all("a")] == wanted
        assert "build/" not in fold


def test_writing_twice_changes_nothing_and_an_old_fold_is_mended(tmp_path):
    path = tmp_path / ALL[4].path.name
    text = ALL[4].path.read_text(encoding="utf-8")
    path.write_text(text.replace("one_axis.html", "another.html"), encoding="utf-8")
    assert links.write(path)
    assert path.read_text(encoding="utf-8") == text
    assert not links.write(path)


def test_in_an_export_a_page_that_is_not_there_is_named_without_a_link(tmp_path):
    made = '<p><a href="../build/pages/a%20b.html#x">A</a> <a href="#b">B</a> <a href="//c">C</a>'
    assert ">A<" not in stand_alone(made, tmp_path / "notebooks")[0]
    page = tmp_path / "build/pages/a b.html"
    page.parent.mkdir(parents=True)
    page.touch()
    (tmp_path / "notebooks").mkdir()
    kept = BeautifulSoup(stand_alone(made, tmp_path / "notebooks")[0], "html.parser")
    assert [link.text for link in kept.find_all("a")] == ["A", "B", "C"]


def test_in_a_solved_copy_they_lead_to_the_same_pages(tmp_path):
    (written,) = solutions.write([ALL[4].path], tmp_path / "build/solutions")
    (fold,) = folds(nbformat.read(written, as_version=4).cells)
    assert "](../pages/one_axis.html)" in fold
