"""Landscapes: a surface with level lines that can be moved, arrows, and the optima's diamonds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import contourpy
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from course_utils.figures import style

if TYPE_CHECKING:
    from course_utils.figures.pen import Pen

# Light enough for every mark to stand out on it: low loss is white, high loss a middle grey.
GROUND = LinearSegmentedColormap.from_list("ground", ["#ffffff", "#9e9e9e"])
LEVEL_LINE = "#828282"


class Surface(Artist):
    """A loss on a plane: filled level bands and their lines, both updated in place.

    Drawn once for its values; frames in which they stay get a copy of its pixels. So it must lie
    under everything else that moves.
    """

    def __init__(self, axes: Axes, x: np.ndarray, y: np.ndarray, *, levels: np.ndarray):
        super().__init__()
        self._x, self._y, self._levels = x, y, levels
        self._shown, self._pixels = None, None
        half = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
        self._image = AxesImage(
            axes,
            cmap=GROUND,
            norm=BoundaryNorm([0, *levels], GROUND.N, extend="max"),
            origin="lower",
            interpolation="bilinear",
            extent=(x[0] - half[0], x[-1] + half[0], y[0] - half[1], y[-1] + half[1]),
        )
        self._lines = LineCollection([], colors=LEVEL_LINE, linewidths=0.7)
        axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        axes.spines[["top", "right"]].set_visible(True)
        axes.add_artist(self)
        for part in (self._image, self._lines):
            part.set_figure(axes.figure)
            part.axes = axes
            part.set_transform(axes.transData)
            part.set_clip_path(axes.patch)
        self.set_animated(True)
        self.set_zorder(0)

    def set(self, z: np.ndarray) -> None:
        """Show the surface z, (len(y), len(x))."""
        if z is self._shown:
            return
        self._shown, self._pixels = z, None
        self._image.set_data(z)
        contours = contourpy.contour_generator(self._x, self._y, z)
        self._lines.set_segments([line for level in self._levels for line in contours.lines(level)])

    @property
    def lines(self) -> list[np.ndarray]:
        """The level lines that are shown, each (points, 2)."""
        return self._lines.get_segments()

    def draw(self, renderer) -> None:
        """Draw the surface (matplotlib calls this)."""
        if self._shown is None or not self.get_visible():
            return
        if self._pixels is None:
            self._image.draw(renderer)
            self._lines.draw(renderer)
            self._pixels = renderer.copy_from_bbox(self.axes.bbox.padded(2))
        else:
            renderer.restore_region(self._pixels)

    def record(self, pen: Pen) -> None:
        """Write the surface down for a film: a polygon for all that lies above each level."""
        if self._shown is not None and self.get_visible():
            known = id(self), hash(np.asarray(self._shown).tobytes())
            pen.once(known, partial(self._cut, pen))

    def _cut(self, pen: Pen) -> None:
        generator = contourpy.contour_generator(
            self._x, self._y, self._shown, fill_type="ChunkCombinedCode"
        )
        graphics = pen.new_gc()
        graphics.set_clip_rectangle(self.axes.bbox)
        graphics.set_linewidth(self._lines.get_linewidth()[0])
        graphics.set_foreground(LEVEL_LINE)
        for level, color in zip([-np.inf, *self._levels], self._band_colors(), strict=True):
            (points,), (codes,) = generator.filled(level, np.inf)
            if points is not None:  # one over the other: no seam shows between two bands
                band = Path(points, codes)
                pen.draw_path(graphics, band, self.axes.transData, color)
        graphics.restore()

    def _band_colors(self) -> np.ndarray:
        """The colour of each band from the lowest, (levels + 1, 4)."""
        edges = np.array([0, *self._levels, np.inf])
        inside = np.append((edges[:-2] + edges[1:-1]) / 2, 2 * edges[-2])
        return self._image.cmap(self._image.norm(inside))


class Scales(Artist):
    """Ticks and labels of an axes that shows several planes, each with its own scales.

    Drawn once for each plane, then copied: matplotlib takes 8 ms for them. The axes' own are hidden
    (the layout must be told to keep room), and no other thing that moves may lie beside the axes.
    """

    def __init__(self, axes: Axes):
        super().__init__()
        self._shown, self._pixels = "", {}
        axes.add_artist(self)
        self.set_clip_on(False)
        self.set_animated(True)
        self._both = axes.xaxis, axes.yaxis
        for axis in self._both:
            axis.set_visible(False)

    def set(self, name: str, x: np.ndarray, y: np.ndarray, labels: tuple[str, str]) -> None:
        """Show the scales of the plane of that name, which run over x and y."""
        if name == self._shown:
            return
        self._shown, (xlabel, ylabel) = name, labels
        self.axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=xlabel, ylabel=ylabel)

    def draw(self, renderer) -> None:
        """Draw the scales (matplotlib calls this)."""
        if self._shown not in self._pixels:
            # Ticks reach a pixel into the axes, strips do not: the first frame is as all others.
            before = renderer.copy_from_bbox(self.axes.figure.bbox)
            self._draw_both(renderer)
            box, width = self.axes.bbox, self.axes.figure.bbox.width
            beside = Bbox.from_extents(0, box.y0 - 10, box.x0 - 1, box.y1 + 10)
            below = Bbox.from_extents(0, 0, min(box.x1 + 30, width), box.y0 - 1)
            strips = [renderer.copy_from_bbox(strip) for strip in (beside, below)]
            self._pixels[self._shown] = strips
            renderer.restore_region(before)
        for strip in self._pixels[self._shown]:
            renderer.restore_region(strip)

    def record(self, pen: Pen) -> None:
        """Write the scales down for a film."""
        pen.once((id(self), self._shown), partial(self._draw_both, pen))

    def _draw_both(self, renderer: RendererBase) -> None:
        for axis in self._both:
            axis.set_visible(True)
            axis.draw(renderer)
            axis.set_visible(False)


def arrow(axes: Axes, color: str, look: dict, **extra: object) -> FancyArrowPatch:
    """An arrow that `point` moves: `look` is style.INNER_STEP or style.META_STEP."""
    patch = FancyArrowPatch((0, 0), (0, 0), color=color, animated=True, **{**look, **extra})
    axes.add_patch(patch)
    return patch


def point(patch: FancyArrowPatch, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Let an arrow run from start to end; an arrow of no length is hidden."""
    patch.set_positions(start, end)
    patch.set_visible(bool(np.hypot(end[0] - start[0], end[1] - start[1]) > 1e-3))


def diamond(axes: Axes, color: str, *, hollow: bool = False, **extra: object) -> Line2D:
    """A φ: a black-edged diamond of a method's colour, or hollow with an edge of that colour."""
    look = {**style.PHI, "color": "white" if hollow else color, "animated": True, "zorder": 6}
    if hollow:
        look |= {"markeredgecolor": color, "markeredgewidth": 2.0}
    (line,) = axes.plot([], [], **{**look, **extra})
    return line
