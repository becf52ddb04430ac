"""The decks of the course: read, planned, written to their files."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course_utils import pages, rooms
from course_utils.slides.deck import deck
from course_utils.slides.plan import Slide, slides_of
from course_utils.slides.reveal import reveal
from course_utils.support.whole_files import write_whole

NOTEBOOKS = pages.ROOT / "notebooks"
MOST_BYTES = 4 * 1024**2


@dataclass(frozen=True)
class Deck:
    """A deck's page, its slides and the names of its films."""

    text: str
    slides: list[Slide]
    films: list[str]


def planned(path: Path) -> tuple[nbformat.NotebookNode, list[Slide]]:
    """A notebook and its slides, none where no cell says that it is one.

    Raises ValueError where it is no notebook or its metadata ask for what there is not.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"notebook must be one of the course's, got {str(path)!r}: {error}"
        ) from None
    try:
        return notebook, slides_of(notebook.cells, rooms.shown())
    except ValueError as error:
        raise ValueError(f"{path.name}, {error}") from None


def films_of(slides: Sequence[Slide]) -> list[str]:
    """The names of the films that slides show, each once."""
    parts = (part for slide in slides for part in slide.parts if part.kind == "film")
    return list(dict.fromkeys(part.source for part in parts))


def page(path: Path, films: Path, library: Mapping[str, str], fingerprint: str) -> Deck:
    """The deck of a notebook; its films are those in `films`, or are made.

    `library` is what `reveal.reveal` gives, `fingerprint` what `pages.source` does.
    """
    notebook, slides = planned(path)
    made = {name: pages.kept_film(name, films, fingerprint)[0] for name in films_of(slides)}
    return Deck(deck(notebook, slides, made, library, path.parent), slides, [*made])


def save(folder: Path, films: Path, paths: Sequence[Path] = ()) -> Iterator[str]:
    """Write the decks of some notebooks, or of all that have slides; says a line for each.

    Films that are not kept in `films` are made. Raises NotFetched without reveal.js.
    """
    library = reveal()
    found = {path: planned(path)[1] for path in paths or sorted(NOTEBOOKS.glob("*.ipynb"))}
    if not any(found.values()):
        names = ", ".join(path.name for path in found)
        raise ValueError(f"there are no slides in {names}: no cell's metadata say slide_type")
    if names := list(dict.fromkeys(name for slides in found.values() for name in films_of(slides))):
        yield from pages.save(pages.ROOT / "build/pages", films, names)
    fingerprint = pages.source()
    for path in (path for path, slides in found.items() if slides):
        start = time.monotonic()
        made = page(path, films, library, fingerprint)
        content = made.text.encode()
        if len(content) > MOST_BYTES:
            size = f"takes {len(content):,} bytes and may take {MOST_BYTES:,}"
            raise ValueError(f"the deck of {path.stem} {size}")
        target = folder / f"{path.stem}.html"
        write_whole(target, content)
        yield (
            f"{target} {len(content) / 1024:.0f} KiB, {len(made.slides)} slides, "
            f"films: {len(made.films)}, {made.slides[-1].until:.0f} minutes, "
            f"made in {time.monotonic() - start:.1f} s"
        )
