"""Arrays kept in a file behind their checksum, so that they need not be made again."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_DIGEST = 32  # bytes of SHA-256


def cache_folder() -> Path:
    """The user's folder for what can be made again."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("meta-learning-course", False))


def read_arrays(path: Path, what: str) -> dict[str, np.ndarray] | None:
    """The arrays in a file, or None if it is missing or broken; a broken one is said."""
    import numpy as np

    try:
        content = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
        print(f"The file of {what}, {path}, was broken: it is made anew.")
        return None
    with np.load(io.BytesIO(content[_DIGEST:]), allow_pickle=False) as arrays:
        return dict(arrays)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Keep arrays in a file; where that can't be done they are made again the next time."""
    import numpy as np

    memory = io.BytesIO()
    np.savez(memory, **arrays)
    content = memory.getvalue()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside it and then renamed, so that no crash leaves half a file.
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest())
                file.write(content)
            os.replace(beside, path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError:
        return
