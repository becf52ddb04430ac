"""The picture of an explorer: what stands still, what moves, and the page's side of it."""

from __future__ import annotations

import io
from pathlib import Path

import anywidget
import traitlets
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from course_utils.explorers.messages import Heard
from course_utils.figures.style import course_style, palette

HERE = Path(__file__).parent


class Canvas(Heard, anywidget.AnyWidget):
    """An `<img>` with alt text and handles on it: the page's side of an explorer.

    The page counts its moves; the kernel answers in `heard` with the last one that it had.
    """

    # As text: anywidget watches a path from every instance, and so frees none.
    _esm = (HERE / "canvas.js").read_text(encoding="utf-8")
    _css = (HERE / "canvas.css").read_text(encoding="utf-8")
    png = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    handles = traitlets.List().tag(sync=True)
    drag = traitlets.Dict().tag(sync=True)
    heard = traitlets.Any(0).tag(sync=True)


class Stage:
    """A figure of which only the moving (`animated`) artists are drawn again for each frame."""

    def __init__(self, figure: Figure):
        self.figure, self.canvas = figure, figure.canvas
        moving = figure.findobj(lambda artist: artist.get_animated())
        self._moving = sorted(dict.fromkeys(moving), key=lambda artist: artist.get_zorder())
        for artist in self._moving:
            artist.set_in_layout(False)
        with course_style():
            self.canvas.draw()
            figure.set_layout_engine("none")
            self.canvas.draw()
        self._still = self.canvas.copy_from_bbox(figure.bbox)

    @property
    def moving(self) -> tuple[Artist, ...]:
        """What is drawn again for each frame, the lowest first."""
        return (*self._moving,)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.canvas.get_width_height()

    def png(self) -> bytes:
        """The frame as the artists stand now."""
        self.canvas.restore_region(self._still)
        renderer = self.canvas.get_renderer()
        for artist in self._moving:
            artist.draw(renderer)
        pixels = self.canvas.buffer_rgba()
        picture = Image.frombuffer("RGBA", self.size, pixels, "raw", "RGBA", 0, 1).convert("RGB")
        # A palette: a third of the size of full colour, and twice as quick to compress.
        picture = picture.quantize(palette=palette(), dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        picture.save(buffer, "png", compress_level=1)
        return buffer.getvalue()

    def fraction(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """A place in data coordinates as fractions of the picture, from its top left."""
        (across, up), (width, height) = axes.transData.transform((x, y)), self.size
        return float(across / width), float(1 - up / height)

    def place(self, axes: Axes, across: float, down: float) -> tuple[float, float]:
        """The inverse of `fraction`."""
        width, height = self.size
        x, y = axes.transData.inverted().transform((across * width, (1 - down) * height))
        return float(x), float(y)
