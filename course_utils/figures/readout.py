"""A line of text that changes with every frame, drawn by Pillow: matplotlib's own takes 3 ms."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import colors
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from PIL import Image, ImageDraw, ImageFont

from course_utils.figures.style import INK, with_minus_signs


class Readout(Artist):
    """Text at a place in axes coordinates, by default over the top left corner of the axes.

    Parameters
    ----------
    axes, x, y
        Where the text starts, in axes coordinates (0 to 1); `y` is its baseline's place.
    size
        In points.
    """

    def __init__(
        self, axes: Axes, x: float = 0.0, y: float = 1.03, *, color: str = INK, size: float = 11.0
    ):
        super().__init__()
        self.text, self.color = "", color
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
        font = _font(round(self._size * self.figure.dpi / 72))
        left, top, right, bottom = font.getbbox(self.text, anchor="ls")
        mask = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
        ImageDraw.Draw(mask).text((1 - left, 1 - top), self.text, font=font, fill=255, anchor="ls")
        pixels = np.zeros((*np.shape(mask), 4), np.uint8)
        pixels[..., :3] = np.multiply(colors.to_rgb(self.color), 255)
        pixels[..., 3] = mask
        x, y = self.axes.transAxes.transform(self._at)
        graphics = renderer.new_gc()
        renderer.draw_image(graphics, round(x) + left, round(y) - bottom, pixels[::-1])
        graphics.restore()


@cache
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf"), pixels)
