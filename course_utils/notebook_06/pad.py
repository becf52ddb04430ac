"""A small pad to draw a character on, by mouse, finger or keys, and the picture that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from PIL import Image, ImageDraw

from course_utils.characters import PIXELS
from course_utils.explorers.messages import Heard
from course_utils.support.check_input import number

HERE = Path(__file__).parent
LONGER_SIDE, PEN = 20, 3.0  # pixels: the longer side and the stems of the fonts' characters
SMALLEST = 0.15  # of the pad: a dot is not blown up to a blot
MOST_POINTS = 5000
_FINER = 8  # drawn at so many times the size, then averaged: smooth edges

Stroke = tuple[tuple[float, float], ...]


class Pad(Heard, anywidget.AnyWidget):
    """A white square that is drawn on; `strokes` are its lines, each a list of points [x, y].

    x runs from 0 to 1 to the right, y from 0 to 1 downwards.
    """

    # As text: anywidget watches a path from every instance, and so frees none.
    _esm = (HERE / "pad.js").read_text(encoding="utf-8")
    _css = (HERE / "pad.css").read_text(encoding="utf-8")
    strokes = traitlets.List(traitlets.List(traitlets.List(traitlets.Float()))).tag(sync=True)

    def clear(self) -> None:
        """Take everything off the pad."""
        self.strokes = []


def checked_strokes(strokes: Sequence[Any]) -> tuple[Stroke, ...]:
    """The strokes as tuples of (x, y), points off the pad moved to its edge.

    Raises ValueError if they hold no point, far too many, or something that is no point.
    """
    found = []
    for stroke in strokes:
        try:
            points = [(x, y) for x, y in stroke]
        except (TypeError, ValueError):
            raise ValueError(
                f"strokes must be lists of points [x, y], got {stroke!r:.60}"
            ) from None
        inside = [
            tuple(min(max(number("strokes", part), 0.0), 1.0) for part in point) for point in points
        ]
        if inside:
            found.append(tuple(inside))
    total = sum(map(len, found))
    if not total:
        raise ValueError("the pad is empty: draw a character first")
    if total > MOST_POINTS:
        raise ValueError(f"strokes must have at most {MOST_POINTS} points, got {total}")
    return tuple(found)


def picture_of(strokes: Sequence[Any]) -> np.ndarray:
    """The drawing as a picture like the fonts' characters: (28, 28), float32 in [0, 1], 1 is ink.

    It is moved to the middle and scaled until its longer side fills 20 pixels, then drawn with a
    pen as wide as the fonts' stems. Raises ValueError as `checked_strokes` does.
    """
    return _picture(checked_strokes(strokes)).copy()


@cache
def _picture(strokes: tuple[Stroke, ...]) -> np.ndarray:
    points = np.array([point for stroke in strokes for point in stroke])
    low, high = points.min(0), points.max(0)
    scale = _FINER * (LONGER_SIDE - PEN) / max((high - low).max(), SMALLEST)
    fine, pen = _FINER * PIXELS, _FINER * PEN
    sheet = Image.new("L", (fine, fine))
    draw = ImageDraw.Draw(sheet)
    for stroke in strokes:
        places = (np.array(stroke) - (low + high) / 2) * scale + (fine - 1) / 2
        draw.line([tuple(place) for place in places], 255, round(pen), joint="curve")
        for x, y in places[[0, -1]]:  # round ends; a dot is nothing but these
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), 255)
    return np.asarray(sheet.reduce(_FINER), np.float32) / 255
