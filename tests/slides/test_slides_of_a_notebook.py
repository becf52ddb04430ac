"""Metadata say which cells are slides; what is left out is said by the lecturer, in time."""

import json
import re
from itertools import pairwise
from types import SimpleNamespace

import pytest

from course_utils import rooms
from course_utils.slides import making
from course_utils.slides.layout import LARGEST, SMALLEST, layout, letters
from course_utils.slides.plan import film_of, slides_of

PICTURE = {"output_type": "display_data", "data": {"image/png": "x", "text/plain": "Explorer: ..."}}
DECKS = sorted(making.NOTEBOOKS.glob("*.ipynb"))


def words(source, slide_type=None, **course):
    return _cell("markdown", source, slide_type, course)


def code(source, slide_type=None, outputs=(), **course):
    return _cell("code", source, slide_type, course) | {"outputs": [*outputs]}


def _cell(kind, source, slide_type, course):
    metadata = {"course": course} if course else {}
    if slide_type:
        metadata["slideshow"] = {"slide_type": slide_type}
    return {"cell_type": kind, "id": "a1", "metadata": metadata, "source": source}


def shown(slides):
    return [[(part.kind, part.source) for part in slide.parts] for slide in slides]


def test_a_cell_without_a_type_is_skipped_and_a_dash_goes_on_with_the_slide():
    cells = [words("# A", "slide"), words("not shown"), words("more", "-"), words("no", "skip")]
    assert shown(slides_of(cells)) == [[("words", "# A"), ("words", "more")]]


def test_slides_subslides_and_fragments_are_as_in_jupyter():
    cells = [words("# A", "slide"), words("b", "fragment"), words("## C", "subslide")]
    first, second = slides_of(cells)
    assert [part.fragment for part in first.parts] == [False, True]
    assert (first.down, second.down) == (False, True)


def test_what_a_slide_leaves_out_is_in_its_notes():
    cell = words(
        "## A\n\nShown.\n\nSaid only.\n\n<img src='a.png' alt='b'>",
        "slide",
        show=["heading", "words"],
    )
    (slide,) = slides_of([cell, words("Also said.", "notes")])
    assert slide.notes == ["Said only.", "Also said."]


def test_a_cell_can_be_several_slides_with_fragments_under_one_heading():
    cell = words("## A\n\nOne.\n\nTwo.", "slide", show=["heading", "words 1", "---", "+words 2"])
    _, second = slides_of([cell])
    assert shown([second]) == [[("words", "## A"), ("words", "Two.")]]
    assert [part.fragment for part in second.parts] == [False, True]


def test_an_exercise_does_not_name_the_slides_behind_it():
    cells = [
        words("## Waves", "slide"),
        words("### Exercise 1 · waves", "subslide"),
        words("b", "subslide"),
    ]
    assert slides_of(cells)[-1].heading == "## Waves"


def test_questions_are_counted_as_they_come_and_one_asked_again_keeps_its_number():
    cell = words("**2. B?**\n\n**4. D?**", "slide", show=["words 1", "words 2", "---", "words 1"])
    asked = [[text for _, text in slide] for slide in shown(slides_of([cell]))]
    assert asked == [["**1. B?**", "**2. D?**"], ["**1. B?**"]]


def test_words_of_the_slides_own_take_the_cells_place():
    (slide,) = slides_of([words("A very long cell.", "slide", slide="## Short")])
    assert shown([slide]) == [[("words", "## Short")]]
    assert slide.notes == ["A very long cell."]


def test_there_may_be_several_words_of_the_slides_own():
    own = {"show": ["slide", "---", "+slide 2"], "slide": ["## Short", "Shorter."]}
    first, second = slides_of([words("A very long cell.", "slide", **own)])
    assert shown([first, second])[1] == [("words", "## Short"), ("words", "Shorter.")]
    assert second.parts[1].fragment
    with pytest.raises(ValueError, match='show names "slide 2", and course has no words'):
        slides_of([words("Long.", "slide", show=["slide 2"], slide="Short")])


def test_an_explorer_is_shown_as_its_film_and_other_code_as_it_stands():
    explorer = code("from a import b\n\nroom.one_axis(phi)", "-", [PICTURE])
    (slide,) = slides_of(
        [words("# A", "slide"), explorer, code("x = 1\ny = 2\nx", "-", lines="1-2")], ["one_axis"]
    )
    assert shown([slide]) == [
        [("words", "# A"), ("film", "one_axis"), ("code", "x = 1\ny = 2"), ("output", "")]
    ]


def test_a_slide_may_show_some_lines_of_what_is_printed_and_leave_out_some_of_code():
    printed = [{"output_type": "stream", "name": "stdout", "text": "head\na 1\nb 2\nc 3\n"}]
    cell = code("x\n# why\ny", "slide", printed, lines="1, 3", rows="1-2, 4")
    assert shown(slides_of([cell])) == [[("code", "x\ny"), ("output", "head\na 1\nc 3")]]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (words("a", "page"), "slide_type must be one of slide, .* got 'page'"),
        (words("a", "slide", show=["slide"]), 'course has no words under "slide"'),
        (code("a", "slide", rows="1"), "rows must be some of the 0, say \"2-5\", got '1'"),
        (code("a", "slide", lines="1-3"), "lines must be some of the 1, say \"2-5\", got '1-3'"),
        (code("a", "slide", show=["film"]), "shows no explorer that there is a film of"),
        (code("a", "slide", show=["words"]), 'must name "code", "output" or "film"'),
    ],
)
def test_metadata_that_ask_for_what_there_is_not_name_their_cell(cell, said):
    with pytest.raises(ValueError, match=rf"cell 0 \(a1\): .*{said}"):
        slides_of([cell])


def test_the_minutes_are_the_notebooks_own():
    cells = [
        words("# A\n\nAbout 30 minutes.", "slide"),
        words("b " * 300, "slide"),
        words("c", "slide", minutes=10),
    ]
    first, long, fixed = slides_of(cells)
    assert fixed.minutes == 10
    assert fixed.until == pytest.approx(30)
    assert long.minutes > first.minutes > 0


@pytest.mark.parametrize(("size", "place"), [((7, 3), "below"), ((4, 4), "beside")])
def test_controls_stand_where_the_picture_is_larger_by_it(size, place, tmp_path):
    (slide,) = slides_of([code("room.bowl()", "slide", [PICTURE])], ["bowl"])
    film = SimpleNamespace(content={"size": size, "question": None})
    said = re.search(r'class="page film-page (\w+)', layout(slide, {"bowl": film}, tmp_path))
    assert said[1] == place


def test_long_code_has_smaller_letters_and_none_too_small():
    sizes = [letters(slides_of([code("x = 1\n" * n, "slide")])[0]) for n in (1, 15, 80)]
    assert sizes[0] == LARGEST > sizes[1] > sizes[2] == SMALLEST


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_a_deck_asks_shows_answers_and_ends_with_a_recap(path):
    notebook, slides = making.planned(path)
    least, most = {"00": (10, 35), "ap": (12, 22)}.get(path.stem[:2], (20, 35))
    assert least <= len(slides) <= most
    headings = " ".join(slide.heading for slide in slides)
    assert "Recap" in headings
    for slide in slides:  # questions under "Questions", what is to be remembered under "Recap"
        asks = any(re.match(r"\*\*\d\. ", part.source) for part in slide.parts)
        alone = path.stem[:2] == "00"  # there one heading is for both
        assert alone or not (asks and "Recap" in slide.heading), slide.heading
        assert alone or asks or slide.heading != "## Questions", slide.heading
    films = making.films_of(slides)
    cells = json.dumps(notebook.cells)
    assert films
    assert all(f"{name}(" in cells for name in films)
    fragments = [part for slide in slides for part in slide.parts if part.fragment]
    assert len(fragments) >= 2
    assert all(slide.minutes >= 0.2 for slide in slides)
    # The notebook says how long it takes, and so does the deck.
    assert f"About {slides[-1].until:.0f} minutes" in notebook.cells[0].source


MOST_WORDS, MOST_WITH_ANSWERS = 75, 100  # at once, and when all fragments have come


def words_of(slide, late):
    """How many words a slide shows: not its heading, tables and displayed formulas."""
    shown = [p.source for p in slide.parts if p.kind == "words" and (late or not p.fragment)]
    prose = re.sub(r"^[#|].*$", "", "\n".join(shown), flags=re.MULTILINE)
    prose = re.sub(r"\$\$.*?\$\$", " ", prose, flags=re.DOTALL)
    prose = re.sub(r"\$[^$]*\$", " x ", re.sub(r"\]\([^)]*\)", "]", prose))
    return len(re.findall(r"\S*[^\W_]\S*", prose))


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_no_slide_is_a_wall_of_words(path):
    slides = enumerate(making.planned(path)[1], start=1)
    counted = {n: (words_of(slide, False), words_of(slide, True)) for n, slide in slides}
    long = {n: c for n, c in counted.items() if c[0] > MOST_WORDS or c[1] > MOST_WITH_ANSWERS}
    assert long == {}


def test_words_are_counted_as_they_are_read():
    (slide,) = slides_of(
        [
            words("## Three words here\n\nOne *two* $a + b$ [four](a.ipynb) — five.", "slide"),
            words("$$x = y$$\n\n| a | b |\n| --- | --- |\n| c | d |", "-"),
            words("Six seven.", "fragment"),
        ]
    )
    assert (words_of(slide, False), words_of(slide, True)) == (5, 7)


@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_every_film_of_a_notebook_is_in_its_deck(path):
    notebook, slides = making.planned(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # What a learner draws for a check is an exercise, and not shown to a room.
    own = [cell for cell, after in pairwise(code) if "check." in after.source]
    there = {film_of(cell, rooms.shown()) for cell in code if cell not in own} - {None}
    assert there - set(making.films_of(slides)) == set()


def test_each_notebook_that_a_slide_links_has_a_deck_too():
    slides = {path.stem: making.planned(path)[1] for path in DECKS}
    said = [part.source for deck in slides.values() for slide in deck for part in slide.parts]
    linked = set(re.findall(r"\]\(([\w-]+)\.ipynb", "\n".join(said)))
    assert "05-landscapes-of-a-real-network" in linked
    assert linked - {name for name, deck in slides.items() if deck} == set()


def test_a_notebook_that_is_none_is_said(tmp_path):
    with pytest.raises(ValueError, match="notebook must be one of the course's, got"):
        making.planned(tmp_path / "none.ipynb")
