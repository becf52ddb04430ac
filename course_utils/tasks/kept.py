"""Arrays kept in a sealed file, so that they are made only once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.support.whole_files import BrokenFile, cache_folder, read_sealed, write_whole

if TYPE_CHECKING:
    import numpy as np

__all__ = ["cache_folder", "read_arrays", "write_arrays"]


def read_arrays(path: Path, what: str) -> dict[str, np.ndarray] | None:
    """The arrays in a file, or None if it is missing or broken (then a sentence is printed)."""
    import numpy as np

    try:
        content = read_sealed(path)
    except OSError:
        return None
    except BrokenFile:
        print(f"The file of {what}, {path}, was broken: it is made again.")
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Keep arrays in a file; where that can't be done they are made again the next time."""
    import numpy as np

    memory = io.BytesIO()
    np.savez(memory, **arrays)
    try:
        write_whole(path, memory.getvalue(), sealed=True)
    except OSError:
        return
