"""Chapters: every explorer gives its place to its film, and what needs a kernel says so."""

import json

import pytest

from course_utils import rooms
from course_utils.site import chapters
from tests.course import NOTEBOOKS

NAMES = list(rooms.shown())
ALL = chapters.chapters(NOTEBOOKS)
each = pytest.mark.parametrize("chapter", ALL, ids=lambda chapter: chapter.stem)


def test_chapters_stand_in_the_order_of_the_course_with_their_appendices():
    numbers = [chapter.number for chapter in ALL]
    assert numbers[:7] == ["00", "01", "02", "03", "04", "05", "appendix to 05"]
    assert numbers[7:] == ["06", "07", "08", "appendix to 08", "09"]
    assert ALL[4].heading == "04 · MAML against transfer learning"
    assert ALL[6].heading.startswith("Appendix to 05 · ")


def test_every_explorer_is_in_one_chapter():
    found = [name for chapter in ALL for name in chapters.shown_in(chapter.path, NAMES)]
    assert sorted(found) == sorted(NAMES)


@each
def test_a_chapter_has_its_films_and_nothing_that_wants_a_kernel(chapter):
    asked = []
    made = chapters.chapter(chapter, NAMES, lambda name: asked.append(name) or f"<b>{name}</b>")
    assert asked == chapters.shown_in(chapter.path, NAMES)
    text = json.dumps(made, ensure_ascii=False)
    assert chapters.WIDGET not in text
    for name in asked:
        assert f"<b>{name}</b>" in text
    before = json.loads(chapter.path.read_text(encoding="utf-8"))
    assert [cell["id"] for cell in made["cells"]] == [cell["id"] for cell in before["cells"]]
    assert text.count("course-card") == text.count("This page cannot check an answer")


def test_what_a_page_cannot_do_is_said_to_be_in_jupyter():
    cells = {
        cell["id"]: cell for made in ALL for cell in chapters.chapter(made, NAMES, str)["cells"]
    }
    for cell, beginnings in chapters.IN_JUPYTER.items():
        for words in beginnings:
            assert cells[cell]["source"].count(f"*In Jupyter:* {words}") == 1, words


@each
def test_a_chapter_begins_with_its_title_and_the_ways_to_its_notebook(chapter):
    made = chapters.chapter(chapter, NAMES, str)
    title, _, ways, *_ = made["cells"][0]["source"].splitlines()
    assert title.startswith("# ")
    assert f'href="{chapter.path.name}" download' in ways
    assert f"/lab/tree/notebooks/{chapter.path.name}" in ways


@each
def test_what_is_folded_in_the_notebook_is_folded_in_its_chapter(chapter):
    made = chapters.chapter(chapter, NAMES, str)
    for cell in made["cells"]:
        hidden = cell["metadata"].get("jupyter", {})
        tags = cell["metadata"].get("tags", [])
        assert ("hide-input" in tags) == hidden.get("source_hidden", False)
        assert ("hide-output" in tags) == hidden.get("outputs_hidden", False)


def test_a_downloaded_notebook_is_the_same_without_its_outputs():
    before = json.loads(ALL[3].path.read_text(encoding="utf-8"))
    after = json.loads(chapters.to_download(ALL[3]))
    assert [c["source"] for c in after["cells"]] == [c["source"] for c in before["cells"]]
    assert [c for c in after["cells"] if c.get("outputs") or c.get("execution_count")] == []


def notebook(path, *cells):
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    return path


def test_a_notebook_without_a_number_is_named(tmp_path):
    notebook(tmp_path / "x.ipynb", {"cell_type": "markdown", "source": "# Something"})
    with pytest.raises(ValueError, match=r"x\.ipynb must begin with '# NN · title', got '# Some"):
        chapters.chapters(tmp_path)
    (tmp_path / "x.ipynb").write_text("{")
    with pytest.raises(ValueError, match=r"x\.ipynb must be a notebook"):
        chapters.chapters(tmp_path)


def test_a_cell_that_moves_and_names_no_explorer_is_named(tmp_path):
    cell = {"cell_type": "code", "source": "unknown()", "outputs": [{"data": {chapters.WIDGET: 1}}]}
    path = notebook(tmp_path / "x.ipynb", cell)
    with pytest.raises(ValueError, match=r"must call one explorer, got 'unknown\(\)'"):
        chapters.shown_in(path, NAMES)
