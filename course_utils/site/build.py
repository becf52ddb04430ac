"""`make site`: the pages of docs/, the chapters, their films and the reference, as one folder."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from course_utils import pages, rooms
from course_utils.films.film import Film
from course_utils.films.page import Shown
from course_utils.site import chapters, excerpts, films, gallery, links, reference
from course_utils.support.whole_files import write_whole

ROOT = pages.ROOT
MOST_BYTES = 15 * 1024**2  # of the site
MOST_OF_PAGE = 2 * 1024**2
MADE_FROM = (".py", ".js", ".css", ".md", ".ipynb", ".svg", ".png")
NOTE = "made.json"
_CAPTION = 'class="caption" role="heading"'


def fingerprint() -> str:
    """Of all that the site is made from."""
    digest = hashlib.sha256(pages.source().encode())
    for folder in ("docs", "notebooks", "course_utils"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in MADE_FROM and "/." not in name:
                digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_made(folder: Path) -> bool:
    """Whether the site in a folder is made from what is here now."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return note["source"] == fingerprint() and (folder / "index.html").exists()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def save(folder: Path, kept: Path, stems: Sequence[str] = ()) -> Iterator[str]:
    """Make the site in a folder, with the films from `kept`; says a line for each part.

    `stems` names the only chapters to make, without a reference. Raises ValueError where a
    notebook, an unknown stem or Sphinx is in the way.
    """
    if any(importlib.util.find_spec(name) is None for name in ("sphinx", "myst_nb", "furo")):
        raise ValueError(
            "Sphinx is not installed: make site does that, or python .ci/install.py --site"
        )
    now = fingerprint()
    all_chapters = chapters.chapters(ROOT / "notebooks")
    unknown = sorted(set(stems) - {chapter.stem for chapter in all_chapters})
    if unknown:
        raise ValueError(f"there is no chapter {unknown[0]!r}")
    wanted = [chapter for chapter in all_chapters if not stems or chapter.stem in stems]
    names = list(rooms.shown())
    places = {chapter: chapters.shown_in(chapter.path, names) for chapter in wanted}
    needed = [name for shown in places.values() for name in shown]
    made: dict[str, Film] = {}
    for film, remark in pages.made_films(needed, kept):
        made[film.content["name"]] = film
        if remark != pages.KEPT:
            yield f"{film.content['name']}: {remark}"
    source = folder.with_name(folder.name + "-source")
    shutil.rmtree(source, ignore_errors=True)
    _lay(source, all_chapters, places, made, names, whole=not stems)
    yield from _sphinx(source, folder)
    for path in folder.rglob("*.html"):
        path.write_text(mended(path.read_text(encoding="utf-8")), encoding="utf-8")
    excerpts.write(folder)
    films.write_films(folder, list(made.values()))
    for chapter in wanted:
        write_whole(folder / "notebooks" / chapter.path.name, chapters.to_download(chapter))
    yield measured(folder)
    write_whole(folder / NOTE, json.dumps({"source": now if not stems else None}).encode())


def _lay(
    source: Path,
    all_chapters: Sequence[chapters.Chapter],
    places: dict[chapters.Chapter, list[str]],
    made: dict[str, Film],
    names: Sequence[str],
    whole: bool,
) -> None:
    """What Sphinx reads: docs/, the chapters and what is made for them."""
    shutil.copytree(ROOT / "docs", source)
    for page in source.glob("*.md"):
        write_whole(page, from_docs(page.read_text(encoding="utf-8")).encode())
    shutil.copytree(ROOT / "notebooks/images", source / "notebooks/images")
    for chapter in places:
        content = chapters.chapter(chapter, names, lambda name: films.place(made[name]))
        text = json.dumps(links.on_site(content, places[chapter]), ensure_ascii=False)
        write_whole(source / "notebooks" / chapter.path.name, text.encode())
    films.write_static(source / "_static", list(made.values()))
    shown = [
        (chapter, [Shown(made[name], chapter.number, chapter.title) for name in places[chapter]])
        if chapter in places
        else (chapter, [])
        for chapter in all_chapters
    ]
    write_whole(source / "explorers.md", gallery.gallery(shown).encode())
    order = "\n".join(f"notebooks/{chapter.stem}" for chapter in places)
    index = source / "index.md"
    text = index.read_text(encoding="utf-8").replace("<!-- chapters -->", order)
    if whole:
        reference.write(source)
    else:
        text = text.replace("\nreference/index\n", "\n")
    write_whole(index, text.encode())


def from_docs(text: str) -> str:
    """A page of docs/ as it stands in the site: beside the chapters, without what is not there."""
    text = re.sub(r"\]\(\.\./(notebooks/[\w.-]+\.ipynb)", r"](\1", text)
    return re.sub(r"\[([^]\[]+)\]\(\.\./([^)]+)\)", r"\1 (`\2`)", text)


def _sphinx(source: Path, folder: Path) -> Iterator[str]:
    """Run Sphinx; what it warns of, a line each."""
    from sphinx.application import Sphinx

    shutil.rmtree(folder, ignore_errors=True)
    said = io.StringIO()
    app = Sphinx(
        str(source),
        str(source),
        str(folder),
        str(folder.with_name(folder.name + "-doctrees")),
        "html",
        status=None,
        warning=said,
        freshenv=True,
    )
    app.build()
    yield from (line.replace(f"{source}/", "") for line in said.getvalue().splitlines() if line)
    if app.statuscode:
        raise ValueError("Sphinx could not make the site (it says why above)")


def mended(text: str) -> str:
    """A page with what screen readers miss in it: the level of headings, what folds say."""
    text = text.replace(_CAPTION, f'{_CAPTION} aria-level="2"')
    return text.replace(' aria-label="Toggle hidden content"', "")


def measured(folder: Path) -> str:
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    largest = max((path for path in sizes if path.suffix == ".html"), key=sizes.__getitem__)
    total = sum(sizes.values())
    for path, size, most in ((folder, total, MOST_BYTES), (largest, sizes[largest], MOST_OF_PAGE)):
        if size > most:
            raise ValueError(f"{path} takes {size:,} bytes and may take {most:,}")
    return (
        f"{folder / 'index.html'}: {len(sizes)} files, {total / 1e6:.1f} MB; "
        f"the largest page is {largest.name} with {sizes[largest] / 1000:.0f} kB"
    )
