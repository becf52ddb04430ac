"""Omniglot, 1,623 characters drawn by hand, as few-shot tasks: for those who want real drawings.

Lake, Salakhutdinov & Tenenbaum 2015, https://github.com/brendenlake/omniglot (MIT licence). The
course needs it nowhere. An archive is never unpacked: its drawings are read in memory.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

import torch
from torch import Tensor

from course_utils.support.check_input import expanded_path, some_of
from course_utils.tasks.episodes import Episodes
from course_utils.tasks.kept import cache_folder, read_arrays, write_arrays

SOURCE = "https://github.com/brendenlake/omniglot/raw/master/python/"
# As torchvision.datasets.Omniglot checks them (its zips_md5).
MD5 = {
    "images_background.zip": "68d2efa1b9178cc56df9314c21c6e718",
    "images_evaluation.zip": "6b91aef0f799c5bb55b94e3f2daec811",
}
# The authors' smaller selections of the background set, used where the whole is not there.
SMALL = ("images_background_small1.zip", "images_background_small2.zip")
SIDE, PIXELS = 105, 28
DRAWINGS = 20  # of a character
MOST_FILES, MOST_BYTES, MOST_OF_ALL = 60_000, 100_000, 100_000_000
PIECE = 65_536  # bytes of a download between two steps of its bar
FORMAT = 1  # of the cached file


class BrokenArchive(ValueError):
    """An archive of drawings that is truncated, altered or not what it should be."""


@dataclass(frozen=True)
class Omniglot(Episodes):
    """Few-shot tasks on Omniglot's drawings: each task sorts `ways` characters of its alphabets.

    Each character was drawn by 20 people; pictures are 28 x 28, 1 is ink. The drawings come from
    `folder`, else from the environment variable OMNIGLOT_DIR, else from an earlier download.

    Facts of a batch: character, its place in `names`; script, its alphabet's in `scripts`; turn, in
    quarters, counter-clockwise.

    Parameters
    ----------
    split
        "background", 30 alphabets to train on, or "evaluation", 20 others.
    folder
        A zip file of the authors, or a folder with their zip files or with unpacked drawings
        (alphabet/character/drawing.png). The authors' small background sets will do too.
    download
        Whether to fetch the split's zip file (6 to 10 MB) if it is not there. A download that
        broke off goes on where it stopped; one that was altered since is fetched anew.
    only
        Some of the alphabets; by default all of them.
    rotations
        Whether each character turned by 90, 180 and 270 degrees is a class too, as in the MAML
        paper.

    Raises
    ------
    FileNotFoundError
        If the drawings are not there, and not to be downloaded.
    ConnectionError
        If the download breaks off.
    OSError
        If what is downloaded cannot be written.
    BrokenArchive
        If an archive is truncated or altered, or would do harm where it is unpacked; a ValueError.
    ValueError
        If an argument is not usable.
    """

    thing = "character"

    split: Literal["background", "evaluation"] = "background"
    folder: Path | str | None = None
    download: bool = False
    only: tuple[str, ...] | None = None
    rotations: bool = False
    _all: tuple = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.split not in ("background", "evaluation"):
            raise ValueError(f'split must be "background" or "evaluation", got {self.split!r}')
        if self.folder is not None:
            object.__setattr__(self, "folder", expanded_path("folder", self.folder))
        source = _source(self.split, self.folder, self.download)
        drawings, names = _drawings(source, self.split)
        alphabets = tuple(dict.fromkeys(alphabet for alphabet, _ in names))
        if self.only is not None:
            what = f"alphabets of the {self.split} set"
            alphabets = some_of("only", self.only, alphabets, what=what)
            object.__setattr__(self, "only", alphabets)
            here = [n for n, (alphabet, _) in enumerate(names) if alphabet in alphabets]
            drawings, names = drawings[here], [names[n] for n in here]
        turns = 4 if self.rotations else 1
        drawings = torch.cat([drawings.rot90(turn, (-2, -1)) for turn in range(turns)])
        facts = {
            "character": torch.arange(len(names)).repeat(turns),
            "script": torch.tensor([alphabets.index(one) for one, _ in names]).repeat(turns),
            "turn": torch.arange(turns).repeat_interleave(len(names)),
        }
        object.__setattr__(self, "_all", (drawings, facts, alphabets, names))

    @property
    def scripts(self) -> tuple[str, ...]:
        """The names of the alphabets; the fact `script` counts in them."""
        return self._all[2]

    @property
    def names(self) -> tuple[str, ...]:
        """The characters, say "Greek/character01"; the fact `character` counts in them."""
        return tuple("/".join(name) for name in self._all[3])

    @property
    def pictures(self) -> Tensor:
        """All pictures, (n_classes, 20, 1, 28, 28), uint8 up to 255 (ink): not a copy of them."""
        return self._all[0]

    @property
    def n_classes(self) -> int:
        """The number of characters, turned ones included."""
        return len(self._all[0])

    def of_script(self, name: str) -> Omniglot:
        """The family of the characters of one alphabet. Raises ValueError if it is not here."""
        if name not in self.scripts:
            raise ValueError(f"name must be one of {', '.join(self.scripts)}, got {name!r}")
        return replace(self, only=(name,))

    def _classes(self) -> tuple[Tensor, dict[str, Tensor]]:
        return self._all[:2]


# --- where the drawings are -----------------------------------------------------------------------


def _source(split: str, folder: Path | None, download: bool) -> tuple[Path, ...]:
    """The archives, or the folder of alphabets, that hold a split."""
    if folder is None and (elsewhere := os.environ.get("OMNIGLOT_DIR")):
        folder = expanded_path("OMNIGLOT_DIR", elsewhere)
    place = folder if folder is not None else cache_folder() / "omniglot"
    whole = f"images_{split}.zip"
    if place.is_file():
        return (place,)
    if (place / whole).is_file():
        # Only what we fetched ourselves is checked and removed, never a file of the user's.
        if folder is not None or _is_whole(_stamp(place / whole), MD5[whole]):
            return (place / whole,)
        if not download:
            raise BrokenArchive(
                f"{place / whole} is truncated or altered: write "
                f'Omniglot("{split}", download=True) to fetch it anew'
            )
        print(f"The downloaded file {place / whole} was truncated or altered: it is fetched anew.")
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


def _stamp(path: Path) -> tuple[Path, int, int]:
    """A file and what shows that it is still the same: its time and size."""
    now = path.stat()
    return path, now.st_mtime_ns, now.st_size


@cache
def _is_whole(stamp: tuple[Path, int, int], md5: str) -> bool:
    return _md5(stamp[0]) == md5


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def fetch(url: str, path: Path, *, md5: str) -> None:
    """Download a file, or the rest of one whose download broke off, and check it.

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
            f"{url} did not send the file that is wanted: its checksum is another. It was removed; "
            "try again, or give a zip file of your own by folder="
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
    if stopped:  # the bar has ended quietly
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
        f"the download of {url} broke off after {came:,} bytes ({why}): "
        "call again to go on from there"
    )


# --- reading them ---------------------------------------------------------------------------------


def _drawings(source: tuple[Path, ...], split: str) -> tuple[Tensor, list[tuple[str, str]]]:
    """The drawings (characters, 20, 1, 28, 28), uint8, and the (alphabet, character) of each."""
    return _drawings_once(tuple(map(_stamp, source)), split)


@cache
def _drawings_once(stamps: tuple, split: str) -> tuple[Tensor, list[tuple[str, str]]]:
    source = [path for path, *_ in stamps]
    if source[0].is_dir():
        arrays = _arrays(_in_folder(source[0]), source[0], split)
    else:
        digest = hashlib.sha256(repr((FORMAT, split)).encode())
        for path in source:
            digest.update(path.read_bytes())
        kept = cache_folder() / f"omniglot-{digest.hexdigest()[:16]}.bin"
        arrays = read_arrays(kept, "small drawings")
        if arrays is None:
            files = (one for path in source for one in _in_archive(path))
            arrays = _arrays(files, source[0], split)
            write_arrays(kept, arrays)
    names = list(zip(arrays["alphabets"].tolist(), arrays["characters"].tolist(), strict=True))
    return torch.from_numpy(arrays["drawings"]), names


def _arrays(files: Iterator[tuple[PurePosixPath, bytes]], where: Path, split: str) -> dict:
    """The drawings in files alphabet/character/drawing.png as arrays, ordered by name."""
    import numpy as np

    other = "evaluation" if split == "background" else "background"
    found: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    for path, content in files:
        if any(part.startswith(f"images_{other}") for part in (where.name, *path.parts[:-3])):
            raise ValueError(f"split is {split!r}, but {where} holds the {other} set")
        *_, alphabet, character, drawing = ("", "", *path.parts)
        # A drawing that is in two archives, as those of the small sets are, is taken once.
        found.setdefault((alphabet, character), {})[drawing] = _small(content, f"{where}: {path}")
    names = sorted(found)
    for name in names:
        if len(found[name]) != DRAWINGS or "" in name:
            raise BrokenArchive(
                f"{where} has {len(found[name])} drawings of {'/'.join(name)}: each character "
                f"needs {DRAWINGS}, called alphabet/character/drawing.png"
            )
    if not names:
        raise BrokenArchive(f"{where} has no drawings alphabet/character/drawing.png")
    drawings = [[found[name][drawing] for drawing in sorted(found[name])] for name in names]
    return {
        "drawings": np.array(drawings)[:, :, None],
        "alphabets": np.array([alphabet for alphabet, _ in names]),
        "characters": np.array([character for _, character in names]),
    }


def _small(content: bytes, where: str):
    """A drawing as (28, 28) uint8, 255 is ink."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            if picture.size != (SIDE, SIDE):  # known before anything is decoded
                raise BrokenArchive(
                    f"{where} must be a picture of {SIDE} x {SIDE} pixels, "
                    f"got {picture.width} x {picture.height}"
                )
            ink = picture.convert("L").point(lambda value: 255 - value)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BrokenArchive(f"{where} is no readable picture: {error}") from None
    return np.asarray(ink.resize((PIXELS, PIXELS), Image.Resampling.BILINEAR))


def _in_folder(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    for path in sorted(folder.glob("*/*/*.png")):
        name = PurePosixPath(path.relative_to(folder).as_posix())
        if _is_drawing(name):
            yield name, path.read_bytes()


def _is_drawing(name: PurePosixPath) -> bool:
    """Whether a file holds a drawing, and not what macOS has to say of one."""
    macs = name.name.startswith("._") or "__MACOSX" in name.parts
    return name.suffix == ".png" and not macs


def _in_archive(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The name and content of each drawing in a zip file, once all of its names were checked."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check(members, path)
            for member in members:
                name = PurePosixPath(member.filename)
                if _is_drawing(name) and not member.is_dir():
                    yield name, archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise BrokenArchive(f"{path} is truncated or altered: {error}") from None


def _check(members: list[zipfile.ZipInfo], path: Path) -> None:
    """Refuse an archive that would do harm where it is unpacked, or fill the memory."""
    names = set()
    for member in members:
        name = member.orig_filename  # as it stands there: zipfile mends some names
        if name.startswith("/") or ".." in re.split(r"[/\\]", name) or re.search(r"[\\:\0]", name):
            raise BrokenArchive(f"{path} has a file that climbs out of its folder: {name!r}")
        mode = member.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise BrokenArchive(f"{path} has a link or device among its files: {name!r}")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BrokenArchive(f"{path} has a file packed in an unusual way: {name!r}")
        if member.file_size > MOST_BYTES:
            raise BrokenArchive(
                f"{path} has a file of {member.file_size:,} bytes, {name!r}: a drawing has few"
            )
        if name in names:
            raise BrokenArchive(f"{path} has two files of one name: {name!r}")
        names.add(name)
    total = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or total > MOST_OF_ALL:
        raise BrokenArchive(
            f"{path} has {len(members):,} files of {total:,} bytes in all: Omniglot is smaller"
        )
