"""Omniglot's drawings, read from its zip files or unpacked folders.

An archive is never unpacked: its drawings are read in memory, once all of its names were checked.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from course_utils.tasks.kept import cache_folder, read_arrays, write_arrays

SIDE, PIXELS = 105, 28
DRAWINGS = 20  # of a character
MOST_FILES, MOST_BYTES, MOST_OF_ALL = 60_000, 100_000, 100_000_000
FORMAT = 1  # of the cached file
FORM = {
    "drawings": ("uint8", (DRAWINGS, 1, PIXELS, PIXELS), None),
    "alphabets": ("str", (), None),
    "characters": ("str", (), None),
}


class BrokenArchive(ValueError):
    """An archive of drawings that is truncated, altered or not what it should be."""


def stamp(path: Path) -> tuple[Path, int, int]:
    """A file and what shows that it is still the same: its time and size."""
    now = path.stat()
    return path, now.st_mtime_ns, now.st_size


def drawings(source: tuple[Path, ...], split: str) -> tuple[Tensor, list[tuple[str, str]]]:
    """The drawings (characters, 20, 1, 28, 28), uint8, and the (alphabet, character) of each."""
    return _drawings_once(tuple(map(stamp, source)), split)


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
        arrays = read_arrays(kept, "small drawings", FORM)
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
            size = picture.size
            # Its size is known before anything is decoded.
            ink = picture.convert("L").point(lambda v: 255 - v) if size == (SIDE, SIDE) else None
    except Exception as error:  # Pillow raises ten kinds of error for a damaged file
        raise BrokenArchive(f"{where} is no readable picture: {error}") from None
    if ink is None:
        raise BrokenArchive(
            f"{where} must be a picture of {SIDE} x {SIDE} pixels, got {size[0]} x {size[1]}"
        )
    return np.asarray(ink.resize((PIXELS, PIXELS), Image.Resampling.BILINEAR))


def _in_folder(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    for path in sorted(folder.glob("*/*/*.png")):
        name = PurePosixPath(path.relative_to(folder).as_posix())
        if _is_drawing(name) and path.is_file():
            yield name, path.read_bytes()


def _is_drawing(name: PurePosixPath) -> bool:
    """Whether a file holds a drawing, and not a file that macOS adds to one."""
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
    """Refuse an archive that is dangerous to unpack, or would fill the memory."""
    names = set()
    for member in members:
        name = member.orig_filename  # as it is written there: zipfile changes some names
        if name.startswith("/") or ".." in re.split(r"[/\\]", name) or re.search(r"[\\:\0]", name):
            raise BrokenArchive(f"{path} has a file whose path leads out of its folder: {name!r}")
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
            raise BrokenArchive(f"{path} has two files of the same name: {name!r}")
        names.add(name)
    total = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or total > MOST_OF_ALL:
        raise BrokenArchive(
            f"{path} has {len(members):,} files of {total:,} bytes in all: Omniglot is smaller"
        )
