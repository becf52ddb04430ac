"""A line of text that changes with every frame, drawn by Pillow: matplotlib's own takes 3 ms.

Words are ink: a colour of the course is seen as a mark, but too pale to be read. So the mark of
what a line tells of stands before it (`mark`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib import colors
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from PIL import Image, ImageDraw, ImageFont

from course_utils.figures.style import INK, with_minus_signs

if TYPE_CHECKING:
    from course_utils.figures.pen import Pen


class Readout(Artist):
    """Text at a place in axes coordinates, by default over the top left corner of the axes.

    Parameters
    ----------
    axes, x, y
        Where the text starts, in axes coordinates (0 to 1); `y` is its baseline's place.
    size
        In points.
    mark
        The look of a mark before the words: its "color" and its "marker" (s, o, D, ^, v, or - for a
        line). It is seen where there are words. ValueError if one of the two is missing or the
        marker is none of these.
    """

    def __init__(
        self,
        axes: Axes,
        x: float = 0.0,
        y: float = 1.03,
        *,
        size: float = 11.0,
        mark: Mapping[str, Any] | None = None,
    ):
        super().__init__()
        if mark is not None and not {"color", "marker"} <= mark.keys():
            raise ValueError(f"mark must have a color and a marker, got {dict(mark)!r}")
        if mark is not None and mark["marker"] not in SIGNS:
            raise ValueError(f"marker must be one of {', '.join(SIGNS)}, got {mark['marker']!r}")
        self.text, self.mark = "", mark
        self._at, self._size = (x, y), size
        self.set_animated(True)
        self.set_zorder(10)
        axes.add_artist(self)
        self.set_clip_on(False)
        if y > 1 and not axes.get_title(loc="left"):
            axes.set_title(" ")  # the layout keeps room for a title, not for this

    def set_text(self, text: str) -> None:
        """The text of the next frame."""
        self.text = with_minus_signs(text)

    def draw(self, renderer) -> None:
        """Draw the text (matplotlib calls this)."""
        if not self.text or not self.get_visible():
            return
        height = round(self._size * self.figure.dpi / 72)
        font = _font(height)
        left, top, right, bottom = font.getbbox(self.text, anchor="ls")
        mask = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
        ImageDraw.Draw(mask).text((1 - left, 1 - top), self.text, font=font, fill=255, anchor="ls")
        x, y = map(round, self.axes.transAxes.transform(self._at))
        graphics = renderer.new_gc()
        if self.mark is not None:
            sign = _sign(self.mark["marker"], height)
            pixels = _pixels(sign, self.mark["color"])
            renderer.draw_image(graphics, x, y - round(0.12 * height), pixels[::-1])
            x += sign.width + round(0.3 * height)
        renderer.draw_image(graphics, x + left, y - bottom, _pixels(mask, INK)[::-1])
        graphics.restore()

    def record(self, pen: Pen) -> None:
        """Write the text down for a film."""
        if not self.text or not self.get_visible():
            return
        height = round(self._size * pen.dpi / 72)
        x, y = self.axes.transAxes.transform(self._at)
        if self.mark is not None:
            corners = _corners(self.mark["marker"])
            top_left = np.array([x, y + 0.88 * height])
            pen.polygon(top_left + height * corners * (1, -1), self.mark["color"])
            x += 1.3 * height
        pen.write(self.text, x, y, size=height, look={"f": INK})


def _corners(marker: str) -> np.ndarray:
    """A mark's corners, (n, 2); those of a polygon with many for a circle."""
    corners = np.array(SIGNS[marker])
    if marker != "o":
        return corners
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    middle, radius = corners.mean(axis=0), np.ptp(corners[:, 0]) / 2
    return middle + radius * np.column_stack([np.cos(turn), np.sin(turn)])


def _pixels(mask: Image.Image, color: str) -> np.ndarray:
    pixels = np.zeros((*np.shape(mask), 4), np.uint8)
    pixels[..., :3] = np.multiply(colors.to_rgb(color), 255)
    pixels[..., 3] = mask
    return pixels


@cache
def _sign(marker: str, height: int) -> Image.Image:
    """A mark as high as a line of text, drawn at eight times its size for smooth edges."""
    fine = Image.new("L", (8 * height, 8 * height))
    draw = ImageDraw.Draw(fine)
    corners = [(8 * height * x, 8 * height * y) for x, y in SIGNS[marker]]
    if marker == "o":
        draw.ellipse(corners, fill=255)
    else:
        draw.polygon(corners, fill=255)
    return fine.reduce(8)


# Corners in parts of a line's height, to the right and down; of a circle, those of its box.
SIGNS = {
    "s": [(0.15, 0.15), (0.85, 0.15), (0.85, 0.85), (0.15, 0.85)],
    "o": [(0.12, 0.12), (0.88, 0.88)],
    "D": [(0.5, 0.02), (0.98, 0.5), (0.5, 0.98), (0.02, 0.5)],
    "^": [(0.5, 0.08), (0.95, 0.9), (0.05, 0.9)],
    "v": [(0.5, 0.92), (0.95, 0.1), (0.05, 0.1)],
    "-": [(0.0, 0.4), (1.0, 0.4), (1.0, 0.6), (0.0, 0.6)],
}


@cache
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf"), pixels)
