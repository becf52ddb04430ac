"""A deck is one file that asks for nothing: reveal.js, films, pictures and words are in it."""

import re

import nbformat
import pytest

from course_utils.explorers.controls import Slider
from course_utils.explorers.scene import Scene
from course_utils.films.recorder import film
from course_utils.slides.deck import deck
from course_utils.slides.plan import slides_of

LIBRARY = {"style": ".reveal {}", "script": "/* </script> */", "licence": "MIT"}
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0"/></svg>'


@pytest.fixture(scope="module")
def bowl():
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        scene.line(axes, lambda f: (f.phi, 0), marker="o")
    explorer = scene.explorer(
        lambda phi: phi,
        Slider("phi", "φ", "start", 0, 3, 1, 0),
        alt=lambda f: f"φ = {f.phi:.0f}",
        describe="Explorer: a dot.",
    )
    return film(explorer, name="bowl")


@pytest.fixture
def made(bowl, tmp_path):
    (tmp_path / "dot.svg").write_text(DOT, encoding="utf-8")
    for name in ("02-more.ipynb", "appendix-words.ipynb"):
        (tmp_path / name).touch()
    v4 = nbformat.v4
    picture = v4.new_output("display_data", {"image/png": "eA==", "text/plain": "Explorer: a dot."})
    cells = [
        v4.new_markdown_cell(
            "# 01 · A dot\n\n$\\theta$ and [next](02-more.ipynb), [more](appendix-words.ipynb)"
        ),
        v4.new_markdown_cell('## Two\n\n<img src="dot.svg" alt="A dot.">\n\nOnly said: $\\phi$'),
        v4.new_code_cell("room.bowl()", outputs=[picture]),
        v4.new_code_cell("print(1)", outputs=[v4.new_output("stream", text="1\n")]),
    ]
    for cell, kind in zip(cells, ("slide", "slide", "-", "subslide"), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
    cells[1].metadata["course"] = {"show": ["heading", "picture"]}
    notebook = v4.new_notebook(cells=cells)
    return deck(notebook, slides_of(cells, ["bowl"]), {"bowl": bowl}, LIBRARY, tmp_path)


def test_its_sections_are_slides_and_subslides(made):
    assert made.count("<section") == made.count("</section>") == 4  # one holds the two below it
    assert re.search(r"<section>\s*<section [^>]*>.*?Two.*?</section>\s*<section", made, re.DOTALL)


def test_all_that_it_needs_is_in_it(made):
    fetched = re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"|url\((?!data:|#)([^)]*)\)', made)
    assert fetched == [("02-more.html", ""), ("appendix-words.html", "")]  # the decks beside it
    assert '<img alt="A dot." src="data:image/svg+xml;base64,' in made
    assert "<math" in made
    assert made.count("</script>") == made.count("<script")


def test_a_film_stands_still_until_it_plays(made):
    assert 'aria-label="φ = 0"' in made
    assert '<div class="film" id="film-bowl">' in made
    assert "room.bowl()" not in made


def test_the_notes_have_the_time_and_what_is_only_said(made):
    notes = re.findall(r'<aside class="notes">(.*?)</aside>', made, re.DOTALL)
    assert len(notes) == 3
    assert all(re.search(r"<b>[\d.]+ min</b>, until minute \d+ of 45", note) for note in notes)
    assert "Only said: <math" in notes[1]


def test_a_picture_that_is_not_there_is_said(tmp_path):
    cell = nbformat.v4.new_markdown_cell("# A\n\n![b](none.png)")
    cell.metadata["slideshow"] = {"slide_type": "slide"}
    notebook = nbformat.v4.new_notebook(cells=[cell])
    with pytest.raises(ValueError, match=r"none\.png is not a picture that can be read"):
        deck(notebook, slides_of([cell]), {}, LIBRARY, tmp_path)
