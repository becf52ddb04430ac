"""From a notebook's cells to slides: what each shows, its speaker notes, its minutes.

What stands in a cell's metadata: `slideshow: {slide_type}` as Jupyter has it (slide, subslide,
fragment, notes, skip; "-" goes on with the slide before; a cell without it is skipped), and in
`course`, all of them optional:

show
    Names of what the cell shows, in order: blocks of its markdown (see `blocks`), or "code",
    "output" and "film" of a code cell. "---" begins a slide, "+list" comes as a fragment, "slide"
    stands for the words below.
slide
    Words of the slide's own, in place of the cell's where nothing says `show`; or a list of some,
    which are named "slide 1", "slide 2", ....
lines, rows
    The lines of code, and of what is printed, that are shown, say "3-12" or "1-4, 7".
notes, minutes
    What the lecturer is told besides, and how long the slide takes where a guess will not do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from course_utils.slides.blocks import blocks_of, chosen

NEXT = "---"
TYPES = ("slide", "subslide", "fragment", "notes", "skip", "-")
WORDS_A_MINUTE, LINES_A_MINUTE = 130, 15  # said aloud, and looked at together
MINUTES = {"film": 3.5, "picture": 0.7, "output": 0.5}
LEAST = 0.5
NOTES = 100  # of their words count: much that stands there is not said
_CALL = re.compile(r"(\w+)\(")


@dataclass
class Part:
    """A piece of a slide: kind is "words", "picture", "code", "output" or "film".

    The source of an output is what of it is shown, "" for all.
    """

    kind: str
    cell: Mapping[str, Any]
    source: str
    fragment: bool = False


@dataclass
class Slide:
    """A slide; `down` says that it belongs to the one before, `fixed` are minutes that are said."""

    down: bool
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fixed: float | None = None
    minutes: float = 0.0
    until: float = 0.0

    @property
    def heading(self) -> str:
        """The markdown of its heading, "" where it has none."""
        words = (part.source for part in self.parts if part.kind == "words")
        return next((line for text in words for line in text.splitlines() if line[:1] == "#"), "")


def slides_of(cells: list[Mapping[str, Any]], films: Collection[str] = ()) -> list[Slide]:
    """The slides that a notebook's cells ask for, with their minutes.

    `films` are the builders' names whose explorers are shown as films. Raises ValueError, which
    names the cell, where metadata ask for what there is not.
    """
    made: list[Slide] = []
    for n, cell in enumerate(cells):
        kind = cell["metadata"].get("slideshow", {}).get("slide_type", "skip") or "-"
        if kind == "skip":
            continue
        try:
            _add(made, cell, kind, films)
        except ValueError as error:
            raise ValueError(f"cell {n} ({cell.get('id', '')}): {error}") from None
    _name(made)
    _number(made)
    _time(made, _minutes(cells))
    return made


def _add(made: list[Slide], cell: Mapping[str, Any], kind: str, films: Collection[str]) -> None:
    if kind not in TYPES:
        raise ValueError(f"slide_type must be one of {', '.join(TYPES)}, got {kind!r}")
    if kind in ("slide", "subslide") or not made:
        made.append(Slide(down=kind != "slide" and bool(made)))
    first = made[-1]
    course = cell["metadata"].get("course", {})
    if kind == "notes":
        first.notes.append(_text(cell["source"], ()))
    else:
        shown: set[str] = set()
        for name in _shows(cell, course, films):
            if name == NEXT:
                made.append(Slide(down=True))
                continue
            parts = list(_parts(cell, name.removeprefix("+"), course, films))
            shown |= {part.source for part in parts}
            for part in parts:
                part.fragment = kind == "fragment" or name.startswith("+")
            made[-1].parts += parts
        if cell["cell_type"] == "markdown" and (left := _text(cell["source"], shown)):
            made[-1].notes.append(left)
    if said := course.get("notes"):
        made[-1].notes.insert(0, said)
    if (minutes := course.get("minutes")) is not None:
        first.fixed = (first.fixed or 0) + minutes


def _shows(cell: Mapping[str, Any], course: Mapping[str, Any], films: Collection[str]) -> list[str]:
    if "show" in course:
        return course["show"]
    if cell["cell_type"] == "markdown":
        return ["slide"] if "slide" in course else ["all"]
    return ["film"] if film_of(cell, films) else ["code", "output"]


def _parts(
    cell: Mapping[str, Any], name: str, course: Mapping[str, Any], films: Collection[str]
) -> Iterator[Part]:
    own = course.get("slide", [])
    own = [own] if isinstance(own, str) else own
    if asked := re.fullmatch(r"slide(?: ([1-9]))?", name):
        if len(own) < int(asked[1] or 1):
            raise ValueError(f'show names "{name}", and course has no words under "slide"')
        yield Part("words", cell, own[int(asked[1] or 1) - 1])
    elif cell["cell_type"] == "markdown":
        for block in chosen(cell["source"], name):
            kind = block.kind if block.kind in ("picture", "code") else "words"
            yield Part(kind, cell, block.source)
    elif name == "film":
        found = film_of(cell, films)
        if found is None:
            raise ValueError("it shows no explorer that there is a film of")
        yield Part("film", cell, found)
    elif name == "code":
        yield Part("code", cell, _lines(cell["source"], "lines", course))
    elif name == "output":
        rows = _lines(printed(cell), "rows", course) if "rows" in course else ""
        yield Part("output", cell, rows)
    else:
        raise ValueError(f'show must name "code", "output" or "film" of a code cell, got {name!r}')


def film_of(cell: Mapping[str, Any], films: Collection[str]) -> str | None:
    """The builder's name of the explorer that a code cell shows, if it is one of `films`."""
    if not any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
        return None
    return next((name for name in _CALL.findall(cell["source"]) if name in films), None)


def printed(cell: Mapping[str, Any]) -> str:
    """What a code cell has printed, without its pictures."""
    said = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" not in data:
            said.append("".join(output.get("text", "") or data.get("text/plain", "")))
    return "\n".join(said)


def _lines(source: str, name: str, course: Mapping[str, Any]) -> str:
    """The lines of a text that `course` asks for under a name, all where it does not."""
    if (asked := course.get(name)) is None:
        return source
    lines = source.splitlines()
    found: list[str] = []
    for span in asked.split(", "):
        ends = re.fullmatch(r"(\d+)(?:-(\d+))?", span)
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (0, 0)
        if not 1 <= first <= last <= len(lines):
            raise ValueError(f'{name} must be some of the {len(lines)}, say "2-5", got {asked!r}')
        found += lines[first - 1 : last]
    return "\n".join(found)


def _text(source: str, shown: Collection[str]) -> str:
    """What a slide leaves out of a cell's markdown and the lecturer may say: words and formulas."""
    whole = "\n".join(shown)
    left = (block for block in blocks_of(source) if block.source not in whole)
    return "\n\n".join(b.source for b in left if b.kind not in ("heading", "picture", "code"))


def _weight(slide: Slide) -> float:
    """A guess of how many minutes a slide takes; what is in the notes is told by half."""
    said = [part.source for part in slide.parts if part.kind == "words"]
    words = sum(len(text.split()) for text in said)
    words += min(NOTES, sum(len(note.split()) for note in slide.notes) / 2)
    lines = sum(len(part.source.splitlines()) for part in slide.parts if part.kind == "code")
    shown = sum(MINUTES.get(part.kind, 0.0) for part in slide.parts)
    return max(LEAST, words / WORDS_A_MINUTE + lines / LINES_A_MINUTE + shown)


def _name(made: list[Slide]) -> None:
    """Slides without a heading get the section's, so that nobody is lost."""
    last = ""
    for slide in made:
        if slide.heading:
            last = last if "Exercise" in slide.heading else slide.heading
        elif last:
            repeated = re.sub(r"^#+", "##", last)
            slide.parts.insert(0, Part("words", {"cell_type": "markdown"}, repeated))


def _number(made: list[Slide]) -> None:
    """Questions are counted as they come: those that a deck leaves out have no number."""
    numbers: dict[tuple[str, str], int] = {}
    for part in (part for slide in made for part in slide.parts if part.kind == "words"):
        if found := re.match(r"\*\*(\d+)\. ", part.source):
            asked = part.cell.get("id", ""), found[1]
            number = numbers.setdefault(asked, len(numbers) + 1)
            part.source = f"**{number}. {part.source[found.end() :]}"


def _minutes(cells: list[Mapping[str, Any]]) -> float:
    """What the notebook says of its own length: "About 45 minutes"."""
    text = "".join(cells[0]["source"]) if cells else ""
    found = re.search(r"About (\d+) minutes", text)
    return float(found[1]) if found else 45.0


def _time(made: list[Slide], total: float) -> None:
    """Each slide's minutes: those that are not said share what is left, by what slides hold."""
    free = sum(_weight(slide) for slide in made if slide.fixed is None)
    rest = max(0.0, total - sum(slide.fixed or 0 for slide in made))
    past = 0.0
    for slide in made:
        fixed = slide.fixed is not None
        slide.minutes = slide.fixed if fixed else rest * _weight(slide) / free
        past += slide.minutes
        slide.until = past
