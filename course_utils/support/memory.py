"""Freed memory goes back to the system: asked for once, where much was made and thrown away."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Give freed memory back to the system where the C library is glibc; elsewhere do nothing.

    glibc keeps what is freed below its newest blocks, hundreds of MiB after a surface. This takes 1
    to 20 ms: not for what is done for each frame.
    """
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):  # another system, or another C library
        return lambda kept: None
