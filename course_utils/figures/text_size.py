"""How large text is, measured once: of the font's outlines, not of a screen's pixels."""

from __future__ import annotations

from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

OUTLINES = TextToPath()


@lru_cache(maxsize=4096)
def width(words: str) -> float:
    """The width of words in their own size."""
    font = FontProperties(family="DejaVu Sans", size=100)
    return OUTLINES.get_text_width_height_descent(words, font, ismath=False)[0] / 100


@lru_cache(maxsize=4096)
def measured(words: str, _: int, math: bool, font: FontProperties) -> tuple[float, float, float]:
    """Width, height and descent in points."""
    return OUTLINES.get_text_width_height_descent(words, font, ismath=math)
