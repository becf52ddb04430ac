"""Every picture of the course that moves, as a page of its own: `python -m course_utils.pages`.

The pages go to build/pages, the films that they hold to build/films; a film is made again only when
the course's code or its checkpoints have changed. With names only those are made.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import multiprocessing
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import course_utils
from course_utils import rooms
from course_utils.figures.pen import FilmError
from course_utils.films.film import Film
from course_utils.films.page import MOST_BYTES, Shown, page
from course_utils.support.whole_files import write_whole

PACKAGE = Path(course_utils.__file__).parent
ROOT = PACKAGE.parent
KEPT = "as it was"
SECONDS = 60  # of one CPU: what a film may take
# What is made of films, or beside them: a change there leaves them as they are.
NOT_FILMED = ("check.py", "exercises", "export", "site", "slides", "solutions.py")


def source() -> str:
    """A fingerprint of all that films are made from."""
    digest = hashlib.sha256()
    for path in sorted((*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.safetensors"))):
        if path.relative_to(PACKAGE).parts[0] in NOT_FILMED:
            continue
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    for name in ("matplotlib", "numpy", "torch", "contourpy", "pillow"):
        digest.update(f"{name} {importlib.metadata.version(name)}".encode())
    return digest.hexdigest()


def kept_film(name: str, folder: Path, fingerprint: str) -> tuple[Film, str]:
    """The film of that name from a folder, made if it is not there, old or broken; and a remark."""
    path, note = folder / f"{name}.film", folder / f"{name}.json"
    try:
        if json.loads(note.read_text(encoding="utf-8"))["source"] == fingerprint:
            return Film.unpack(path.read_bytes()), KEPT
    except (OSError, ValueError, KeyError, TypeError):
        pass  # missing, or broken: made anew
    start = time.process_time()
    film = rooms.filmed(name)
    packed, seconds = film.pack(), time.process_time() - start
    if seconds > SECONDS:
        print(f"{name}: it took {seconds:.0f} s of CPU, and should take {SECONDS}", flush=True)
    write_whole(path, packed)
    write_whole(note, json.dumps({"source": fingerprint, "seconds": round(seconds, 1)}).encode())
    return film, f"{film.states:,} states, {len(packed) / 1000:.0f} kB, {seconds:.0f} s of CPU"


def made_films(names: Sequence[str], folder: Path) -> Iterator[tuple[Film, str]]:
    """Films by their names, each with a remark; two at a time are made where they are not there."""
    fingerprint = source()
    # Processes of their own, each with a thread: nothing that one film leaves reaches another.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn, initializer=_one_thread) as workers:
        made = [workers.submit(kept_film, name, folder, fingerprint) for name in names]
        for result in made:
            yield result.result()


def save(folder: Path, films: Path, names: Sequence[str] = ()) -> Iterator[str]:
    """Write the pages of some films, or of all; says a line for each."""
    places = _places()
    unknown = sorted(set(names) - places.keys())
    if unknown:
        raise ValueError(f"there is no {unknown[0]!r}; there are {', '.join(places)}")
    for film, remark in made_films(list(names or places), films):
        name = film.content["name"]
        written = _written(folder / f"{name}.html", page(Shown(film, *places[name])))
        yield f"{remark}; {written}"


def page_of(film: Film) -> str:
    """The page of a film of the course."""
    return page(Shown(film, *_places()[film.content["name"]]))


def _written(path: Path, text: str) -> str:
    content = text.encode()
    if len(content) > MOST_BYTES:
        raise FilmError(f"{path} takes {len(content):,} bytes and may take {MOST_BYTES:,}")
    write_whole(path, content)
    return f"{path} {len(content) / 1024:.0f} KiB"


def _places() -> dict[str, tuple[str, str]]:
    """Each film's notebook: its number and its title."""
    found = {}
    for room in rooms.rooms():
        number = room.removeprefix("notebook_")
        (notebook,) = (ROOT / "notebooks").glob(f"{number}-*.ipynb")
        first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"]
        title = re.match(r"# \d+ · (.*)", "".join(first))[1].strip()
        found |= dict.fromkeys(rooms.shown(room), (number, title))
    return found


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


if __name__ == "__main__":
    try:
        for line in save(ROOT / "build/pages", ROOT / "build/films", sys.argv[1:]):
            print(line, flush=True)
    except ValueError as error:
        raise SystemExit(str(error)) from None
