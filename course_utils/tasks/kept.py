"""Arrays kept in a sealed file, so that they are made only once."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.support.whole_files import BrokenFile, cache_folder, read_sealed, write_whole

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Form", "cache_folder", "read_arrays", "write_arrays"]


# Of each array: its dtype, its shape without the first dimension, which all arrays share, and the
# first whole number that is too large for it (None where any will do).
Form = Mapping[str, tuple[str, tuple[int, ...], int | None]]


def read_arrays(path: Path, what: str, form: Form) -> dict[str, np.ndarray] | None:
    """The arrays in a file, or None if it is missing or not what `form` says.

    If there is a file that cannot be used, a sentence is printed.
    """
    try:
        arrays = _unpacked(read_sealed(path))
    except OSError:
        return None
    except BrokenFile:
        print(f"The file of {what}, {path}, was broken: it is made again.")
        return None
    if arrays is None or not _has_form(arrays, form):
        print(f"The file of {what}, {path}, holds something else: it is made again.")
        return None
    return arrays


def _unpacked(content: bytes) -> dict[str, np.ndarray] | None:
    import numpy as np

    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
    except Exception:  # NumPy and zipfile raise ten kinds of error for content that is not theirs
        return None


def _has_form(arrays: dict[str, np.ndarray], form: Form) -> bool:
    import numpy as np

    if arrays.keys() != form.keys():
        return False
    lengths = {array.shape[:1] for array in arrays.values()}
    if len(lengths) > 1 or not lengths.isdisjoint({(), (0,)}):
        return False
    for name, (kind, shape, too_large) in form.items():
        array = arrays[name]
        if not np.issubdtype(array.dtype, kind) or array.shape[1:] != shape:
            return False
        if too_large is not None and not (array.min() >= 0 and array.max() < too_large):
            return False
    return True


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Keep arrays in a file; where that can't be done they are made again the next time."""
    import numpy as np

    memory = io.BytesIO()
    np.savez(memory, **arrays)
    try:
        write_whole(path, memory.getvalue(), sealed=True)
    except OSError:
        return
