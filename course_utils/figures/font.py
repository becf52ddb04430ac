"""The one font of pages: DejaVu Sans, cut down to the characters that a page shows."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import matplotlib

PACKAGE = Path(__file__).parent.parent
DEJAVU = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")


@lru_cache(maxsize=64)
def woff(characters: str) -> bytes:
    """The font with these characters only, as WOFF; the same bytes for the same characters.

    A character that DejaVu Sans has not is left out.
    """
    from fontTools import subset  # half of what importing an explorer would take

    options = subset.Options()
    options.flavor = "woff"
    options.hinting = False
    options.layout_features = []
    options.recalc_timestamp = False
    options.drop_tables += ["FFTM"]  # FontForge's own
    font = subset.load_font(str(DEJAVU), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    memory = io.BytesIO()
    subset.save_font(font, memory, options)
    return memory.getvalue()


@lru_cache(maxsize=1)
def whole() -> bytes:
    """The font with every character that the package's code holds."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(path.read_text(encoding="utf-8"))
    return woff("".join(sorted(found)))
