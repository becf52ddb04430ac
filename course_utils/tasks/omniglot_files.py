"""Where Omniglot's files are: in a folder of the user's, or fetched, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from contextlib import nullcontext
from functools import cache
from pathlib import Path

from course_utils.support.check_input import expanded_path
from course_utils.support.whole_files import write_whole
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
TORCHVISIONS = "omniglot-py"  # the folder that torchvision.datasets.Omniglot makes in its root
PIECE = 65_536  # bytes of a download between two steps of its bar
LISTED = 8  # names, at most, that a sentence lists


def source(split: str, folder: Path | None, download: bool) -> tuple[Path, ...]:
    """The archives, or the folder of alphabets, that hold a split."""
    if folder is None and (elsewhere := os.environ.get("OMNIGLOT_DIR")):
        folder = expanded_path("OMNIGLOT_DIR", elsewhere)
    place = folder if folder is not None else cache_folder() / "omniglot"
    whole = f"images_{split}.zip"
    if place.is_file():
        return (place,)
    # Only what we fetched ourselves is checked and replaced, never a file of the user's.
    if folder is None and (place / whole).is_file():
        if _is_whole(stamp(place / whole), MD5[whole]):
            return (place / whole,)
        if not download:
            raise BrokenArchive(
                f"{place / whole} is truncated or altered: write "
                f'Omniglot("{split}", download=True) to fetch it again'
            )
        print(f"The downloaded file {place / whole} was truncated or altered: it is fetched again.")
    elif found := _found(split, place, small=not download):
        return found
    elif not download:
        raise FileNotFoundError(
            f"Omniglot's {split} set is not in {place} ({_listed(place)}): write "
            f'Omniglot("{split}", download=True) to fetch it, or name a folder or zip file that '
            "has it, by folder= or by the environment variable OMNIGLOT_DIR"
        )
    elif place.exists() and not place.is_dir():
        raise ValueError(f"folder must be a folder or a zip file, got {place}")
    fetch(SOURCE + whole, place / whole, md5=MD5[whole])
    return (place / whole,)


def _found(split: str, place: Path, *, small: bool) -> tuple[Path, ...]:
    """What a folder holds of a split, empty where it is nothing; `small`: also a part of it."""
    folders = (place, place / TORCHVISIONS)
    for folder in folders:
        if (folder / f"images_{split}.zip").is_file():
            return (folder / f"images_{split}.zip",)
    # What unpacks a zip often makes a folder of its name around the one that is in it. The folder
    # itself comes last: it may hold other pictures, too.
    named = [folder / f"images_{split}" for folder in folders]
    for unpacked in (*named, *(folder / folder.name for folder in named), place):
        if unpacked.is_dir() and any(unpacked.glob("*/*/*.png")):
            return (unpacked,)
    for folder in folders if small and split == "background" else ():
        if found := tuple(folder / name for name in SMALL if (folder / name).is_file()):
            return found
    return ()


def _listed(place: Path) -> str:
    """What there is in a folder instead, in words."""
    if not place.exists():
        return "there is no such folder"
    try:
        paths = sorted([*place.iterdir(), *place.glob(f"{TORCHVISIONS}/*")])
    except OSError as error:
        return str(error)
    if not paths:
        return "it is empty"
    more = f" and {len(paths) - LISTED:,} more" if len(paths) > LISTED else ""
    return f"found: {', '.join(str(p.relative_to(place)) for p in paths[:LISTED])}{more}"


@cache
def _is_whole(stamp: tuple[Path, int, int], md5: str) -> bool:
    return _md5(stamp[0].read_bytes()) == md5


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def fetch(url: str, path: Path, *, md5: str) -> None:
    """Download a file of at most 100 MB, and write it once all of it is there and checked.

    Raises ConnectionError if the server is not reached or stops early, BrokenArchive if the file is
    not the one that is wanted, KeyboardInterrupt if the user stops, OSError if nothing can be
    written. In none of these cases anything is kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)  # before any time is spent
    content = _received(url)
    if _md5(content) != md5:
        raise BrokenArchive(
            f"{url} did not send the file that is wanted: its checksum is different. Nothing was "
            "kept; try again, or give a zip file of your own by folder="
        )
    write_whole(path, content)


def _received(url: str) -> bytes:
    """What a server sends, with a bar where its length is known. Raises as `fetch` does."""
    from http.client import HTTPException
    from urllib.request import urlopen

    from course_utils.support.progress import bar

    content, stopped = bytearray(), True
    try:
        with urlopen(url, timeout=30) as answer:
            total = answer.length or 0  # 0 where it does not say
            if total > MOST_OF_ALL:
                raise BrokenArchive(f"{url} has {total:,} bytes: Omniglot is smaller")
            pieces = -(-total // PIECE)  # rounded up
            with (
                bar(pieces, "pieces of 64 KiB", kept="nothing is kept")
                if total
                else nullcontext(lambda: None) as advance
            ):
                while piece := answer.read(PIECE):
                    content += piece
                    if len(content) > MOST_OF_ALL:
                        raise BrokenArchive(
                            f"{url} has more than {MOST_OF_ALL:,} bytes: Omniglot is smaller"
                        )
                    advance()
                stopped = False
    except (OSError, HTTPException) as error:
        came = f"stopped after {len(content):,} bytes" if content else "failed"
        raise ConnectionError(f"the download of {url} {came} ({error}): call again") from None
    if stopped:  # the bar has ended without an error
        raise KeyboardInterrupt
    if len(content) < total:
        raise ConnectionError(
            f"the download of {url} stopped after {len(content):,} bytes (it has {total:,}): "
            "call again"
        )
    return bytes(content)
