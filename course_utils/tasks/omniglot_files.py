"""Where Omniglot's files are: a folder of the user's, or a download that can be continued."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path

from course_utils.support.check_input import expanded_path
from course_utils.tasks.kept import cache_folder
from course_utils.tasks.omniglot_drawings import MOST_OF_ALL, BrokenArchive, stamp

SOURCE = "https://github.com/brendenlake/omniglot/raw/master/python/"
# As torchvision.datasets.Omniglot checks them (its zips_md5).
MD5 = {
    "images_background.zip": "68d2efa1b9178cc56df9314c21c6e718",
    "images_evaluation.zip": "6b91aef0f799c5bb55b94e3f2daec811",
}
# The authors' smaller selections of the background set, used where the whole is not there.
SMALL = ("images_background_small1.zip", "images_background_small2.zip")
PIECE = 65_536  # bytes of a download between two steps of its bar


def source(split: str, folder: Path | None, download: bool) -> tuple[Path, ...]:
    """The archives, or the folder of alphabets, that hold a split."""
    if folder is None and (elsewhere := os.environ.get("OMNIGLOT_DIR")):
        folder = expanded_path("OMNIGLOT_DIR", elsewhere)
    place = folder if folder is not None else cache_folder() / "omniglot"
    whole = f"images_{split}.zip"
    if place.is_file():
        return (place,)
    if (place / whole).is_file():
        # Only what we fetched ourselves is checked and removed, never a file of the user's.
        if folder is not None or _is_whole(stamp(place / whole), MD5[whole]):
            return (place / whole,)
        if not download:
            raise BrokenArchive(
                f"{place / whole} is truncated or altered: write "
                f'Omniglot("{split}", download=True) to fetch it again'
            )
        print(f"The downloaded file {place / whole} was truncated or altered: it is fetched again.")
        (place / whole).unlink()
        fetch(SOURCE + whole, place / whole, md5=MD5[whole])
        return (place / whole,)
    for unpacked in (place / f"images_{split}", place):
        if unpacked.is_dir() and any(unpacked.glob("*/*/*.png")):
            return (unpacked,)
    small = tuple(place / name for name in SMALL if (place / name).is_file())
    if small and split == "background" and not download:
        return small
    if not download:
        raise FileNotFoundError(
            f"Omniglot's {split} set is not in {place}: write "
            f'Omniglot("{split}", download=True) to fetch it, or name a folder or zip file that '
            "has it, by folder= or by the environment variable OMNIGLOT_DIR"
        )
    if place.exists() and not place.is_dir():
        raise ValueError(f"folder must be a folder or a zip file, got {place}")
    fetch(SOURCE + whole, place / whole, md5=MD5[whole])
    return (place / whole,)


@cache
def _is_whole(stamp: tuple[Path, int, int], md5: str) -> bool:
    return _md5(stamp[0]) == md5


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def fetch(url: str, path: Path, *, md5: str) -> None:
    """Download a file, or the rest of one whose download stopped early, and check it.

    Until all is there and checked it is called like `path` with `.part` behind it; an interrupt
    keeps that too. Raises ConnectionError if the server is not reached or stops early (what came is
    kept), BrokenArchive if the file is not the one that is wanted (nothing is kept), OSError if
    nothing can be written.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    done = part.stat().st_size if part.exists() else 0
    request = Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        answer = urlopen(request, timeout=30)
    except HTTPError as error:
        if error.code != 416 or not done:  # 416: nothing is left to send
            raise ConnectionError(f"{url} could not be fetched: {error}") from None
    except (OSError, HTTPException) as error:
        raise ConnectionError(_broke_off(url, part, error)) from None
    else:
        with answer:
            if not _continues(answer, done):
                done = 0  # the server sends all of it once more
            total = done + answer.length if answer.length else 0  # 0 where it does not say
            if total > MOST_OF_ALL:
                part.unlink(missing_ok=True)
                raise BrokenArchive(f"{url} has {total:,} bytes: Omniglot is smaller")
            _receive(answer, part, done, total, url)
    if part.stat().st_size > MOST_OF_ALL:
        part.unlink()
        raise BrokenArchive(f"{url} has more than {MOST_OF_ALL:,} bytes: Omniglot is smaller")
    if _md5(part) != md5:
        part.unlink()
        raise BrokenArchive(
            f"{url} did not send the file that is wanted: its checksum is different. It was "
            "removed; try again, or give a zip file of your own by folder="
        )
    os.replace(part, path)


def _continues(answer, done: int) -> bool:
    """Whether a server sends what comes after `done` bytes."""
    return answer.headers.get("Content-Range", "").startswith(f"bytes {done}-")


def _receive(answer, part: Path, done: int, total: int, url: str) -> None:
    """Write what a server sends to the end of a file, with a bar where its length is known.

    Raises ConnectionError if the server stops early, KeyboardInterrupt if the user does.
    """
    from course_utils.support.progress import bar

    pieces = -(-(total - done) // PIECE)  # rounded up
    stopped = True
    try:
        with (
            open(part, "ab" if done else "wb") as file,
            bar(pieces, "pieces of 64 KiB", kept="what came is kept")
            if total
            else nullcontext(lambda: None) as advance,
        ):
            for piece in _pieces(answer):
                file.write(piece)
                advance()
                done += len(piece)
                if done > MOST_OF_ALL:
                    break
            if done < total:
                raise ConnectionError(f"it has {total:,} bytes")
            stopped = False
    except ConnectionError as error:
        raise ConnectionError(_broke_off(url, part, error)) from None
    if stopped:  # the bar has ended without an error
        raise KeyboardInterrupt


def _pieces(answer) -> Iterator[bytes]:
    """What a server sends; ConnectionError where the network fails, not where a disk does."""
    from http.client import HTTPException

    try:
        while piece := answer.read(PIECE):
            yield piece
    except (OSError, HTTPException) as error:
        raise ConnectionError(str(error)) from None


def _broke_off(url: str, part: Path, why: object) -> str:
    came = part.stat().st_size if part.exists() else 0
    return (
        f"the download of {url} stopped after {came:,} bytes ({why}): "
        "call again to continue from there"
    )
