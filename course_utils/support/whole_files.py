"""Files that are written whole or not at all, and sealed ones that show when they were altered."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

_DIGEST = 32  # bytes of SHA-256, in front of a sealed file's content


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
    # Written beside it and then renamed: under a unique name, since two may write at once.
    beside = path.with_name(f"{path.name}-{secrets.token_hex(4)}.new")
    try:
        with open(beside, "xb") as file:
            if sealed:
                file.write(hashlib.sha256(content).digest())
            file.write(content)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_sealed(path: Path) -> bytes:
    """The content of a sealed file. Raises OSError if it can't be read, BrokenFile if broken."""
    content = path.read_bytes()
    if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
        raise BrokenFile(f"{path} is truncated or altered")
    return content[_DIGEST:]
