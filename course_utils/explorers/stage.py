"""The picture of an explorer: what stands still, what moves, and the page's side of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from course_utils.explorers.messages import Heard
from course_utils.figures import font, pen
from course_utils.figures.path_data import UNIT
from course_utils.figures.pen import Operation, Pen
from course_utils.figures.style import course_style, palette

HERE = Path(__file__).parent


class Canvas(Heard, anywidget.AnyWidget):
    """A picture of operations with alt text and handles on it: the page's side of an explorer.

    `picture` is the whole, {size, still, marks}. It is sent once; then it is changed in place, here
    and in the page, and only what has `changed` is sent. The page counts its moves; the kernel
    answers in `heard` with the last one that it had.
    """

    # As text: anywidget watches a path from every instance, and so frees none.
    _esm = pen.SCRIPT + (HERE / "canvas.js").read_text(encoding="utf-8")
    _css = (HERE / "canvas.css").read_text(encoding="utf-8")
    picture = traitlets.Dict().tag(sync=True)
    changed = traitlets.Dict({"marks": {}}).tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    handles = traitlets.List().tag(sync=True)
    drag = traitlets.Dict().tag(sync=True)
    heard = traitlets.Any(0).tag(sync=True)

    def __init__(self, stage: Stage):
        """Of a stage, with none of its marks yet."""
        size, marks = [UNIT * side for side in stage.size], [[] for _ in stage.moving]
        picture = {"size": size, "still": stage.still(), "marks": marks}
        super().__init__(picture=picture, width=stage.size[0])
        self._frames = 0
        self.on_msg(self._asked)

    def show(self, marks: list[list[Operation]], alt: str, handles: list[dict[str, Any]]) -> None:
        """Show the marks as they are now, in one message with only those that have changed."""
        before = self.picture["marks"]
        changed = {n: mark for n, mark in enumerate(marks) if mark != before[n]}
        for n, mark in changed.items():
            before[n] = mark
        self._frames += 1
        with self.hold_sync():
            self.alt, self.handles = alt, handles
            if changed:
                self.changed = {"frame": self._frames, "marks": changed}

    def _asked(self, _: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("wanted") == "font":
            self.send({"font": True}, buffers=[font.whole()])


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
        self._pen = Pen(self.size, figure.dpi)

    @property
    def moving(self) -> tuple[Artist, ...]:
        """What is drawn again for each frame, the lowest first."""
        return (*self._moving,)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.canvas.get_width_height()

    def still(self) -> list[Operation]:
        """What stands still, as operations."""
        return self._pen.written(self.figure)

    def marks(self) -> list[list[Operation]]:
        """Each moving artist as it stands now, as operations."""
        return [self._pen.written(artist) for artist in self._moving]

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
