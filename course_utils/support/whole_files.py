"""Files that are written whole or not at all, and sealed ones that show when they were altered."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

_DIGEST = 32  # bytes of SHA-256, in front of a sealed file's content
_LONGEST = 600  # seconds that a writing may take: what is older was left by one that was killed


class BrokenFile(ValueError):
    """A sealed file that is truncated or altered."""


def cache_folder() -> Path:
    """The user's folder for what can be made again."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("meta-learning-course", False))


def write_whole(path: Path, content: bytes, *, sealed: bool = False) -> None:
    """Write a file and its folder; a crash leaves the old file or the new one, never half of one.

    `sealed` puts a checksum in front, for `read_sealed`. Raises OSError where nothing can be
    written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_over(path)
    # Written beside it and then renamed: under a unique name, since two may write at once.
    beside = path.with_name(f"{path.name}-{secrets.token_hex(4)}.new")
    try:
        with open(beside, "xb") as file:
            if sealed:
                file.write(hashlib.sha256(content).digest())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a power failure could keep the name and lose the bytes
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_sealed(path: Path) -> bytes:
    """The content of a sealed file. Raises OSError if it can't be read, BrokenFile if broken."""
    remove_left_over(path)
    content = path.read_bytes()
    if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
        raise BrokenFile(f"{path} is truncated or altered")
    return content[_DIGEST:]


def remove_left_over(path: Path, seconds: float = _LONGEST) -> None:
    """Remove what killed writings of this file left beside it, all that is older than `seconds`."""
    ours = re.compile(rf"{re.escape(path.name)}-[0-9a-f]{{8}}\.new")
    with suppress(OSError):  # no such folder, or another program was quicker
        for other in path.parent.iterdir():
            if ours.fullmatch(other.name) and time.time() - other.stat().st_mtime >= seconds:
                other.unlink()
