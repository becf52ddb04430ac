"""A renderer that writes drawing operations down: what matplotlib draws, as lines of a film.

Everything is in tenths of a pixel, whole numbers, from the top left. An operation is a list:
["p", look, d] a path, ["m", look, d, places] a marker at places, ["t", look, x, y, size, width,
words, angle] text, ["i", x, y, width, height, address, smooth] a picture. d is SVG's path data.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D, Transform
from PIL import Image

from course_utils.figures.path_data import UNIT, path_data, polyline, tenths

BEYOND = 30.0  # pixels outside the picture at which lines are cut off
CAPS = {"butt": None, "round": "round", "projecting": "square"}
PICTURE_COLORS = 16
_TEXT = TextToPath()

Operation = list[Any]


class FilmError(ValueError):
    """What cannot be filmed, or a film that cannot be played."""


class Pen(RendererBase):
    """Writes what artists draw into `operations`.

    A film's frames share one: `once` keeps what is the same in many of them.
    """

    def __init__(self, size: tuple[int, int], dpi: float):
        super().__init__()
        self.width, self.height, self.dpi = *size, dpi
        self.operations: list[Operation] = []
        self._kept: dict[Hashable, list[Operation]] = {}

    def written(self, artist: Artist) -> list[Operation]:
        """What an artist draws now.

        An artist that copies pixels or calls no renderer has its own `record(pen)`. FilmError for
        one that needs it and has none.
        """
        self.operations, before = [], self.operations
        try:
            if isinstance(artist, AxesImage):
                self._image(artist)
            else:
                getattr(artist, "record", artist.draw)(self)
            return self.operations
        except NotImplementedError as error:
            raise FilmError(
                f"{type(artist).__name__} {artist.get_gid() or ''} cannot be filmed: {error}; give "
                "it a method record(pen) that draws it with paths, text and pictures"
            ) from None
        finally:
            self.operations = before

    def once(self, key: Hashable, draw: Callable[[], None]) -> None:
        """Write what draw() draws; under a known key, what it drew then."""
        if key not in self._kept:
            self.operations, before = [], self.operations
            draw()
            self._kept[key], self.operations = self.operations, before
        self.operations.extend(self._kept[key])

    # --- what matplotlib calls --------------------------------------------------------------------

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: tuple | None = None,
    ) -> None:
        look = self._look(gc, rgbFace)
        filled = "f" in look
        data = self._data(path, transform, simplify=not filled and len(path.vertices) > 20)
        if data and (filled or "s" in look):
            self.operations.append(["p", look, data])

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: tuple | None = None,
    ) -> None:
        at = trans.transform(path.vertices)
        at = at[np.isfinite(at).all(axis=1)]
        across, down = at[:, 0], self.height - at[:, 1]
        seen = (abs(across) < 2 * self.width) & (abs(down) < 2 * self.height)
        places = tenths(np.column_stack([across, down])[seen])
        if len(places):
            shape = Pen((0, 0), self.dpi)._data(marker_path, marker_trans)
            look = self._look(gc, rgbFace)
            self.operations.append(["m", look, shape, places.ravel().tolist()])

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | str = False,
        mtext: Any = None,
    ) -> None:
        size = self.points_to_pixels(prop.get_size_in_points())
        if ismath:
            outline = Path(*_TEXT.get_text_path(prop, s, ismath=True))
            place = Affine2D().scale(size / _TEXT.FONT_SCALE).rotate_deg(angle).translate(x, y)
            self._fill(gc, outline, place)
            return
        width = self.get_text_width_height_descent(s, prop, False)[0]
        look = self._ink(gc) | ({"b": 1} if prop.get_weight() in ("bold", 700) else {})
        self.write(s, x, y, size=size, width=width, angle=angle, look=look)

    def draw_image(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        im: np.ndarray,
        transform: Transform | None = None,
    ) -> None:
        if transform is not None:
            raise NotImplementedError("its picture is turned or sheared")
        high, wide = im.shape[:2]
        self.picture(np.asarray(im)[::-1], (x, self.height - y - high), (wide, high))

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | str
    ) -> tuple[float, float, float]:
        per_point = self.points_to_pixels(1)
        return tuple(per_point * value for value in _measured(s, hash(prop), bool(ismath), prop))

    def points_to_pixels(self, points: float) -> float:
        return points * self.dpi / 72

    def get_canvas_width_height(self) -> tuple[int, int]:
        return self.width, self.height

    def flipy(self) -> bool:
        return False

    def copy_from_bbox(self, bbox: Any) -> None:
        raise NotImplementedError("it copies pixels")

    def restore_region(self, region: Any) -> None:
        raise NotImplementedError("it copies pixels")

    def draw_gouraud_triangles(self, *_: Any) -> None:
        raise NotImplementedError("it shades triangles")

    # --- what artists with their own `record` call ------------------------------------------------

    def write(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: float,
        width: float | None = None,
        angle: float = 0.0,
        look: dict[str, Any],
    ) -> None:
        """Words whose baseline starts at (x, y), in pixels from the bottom left."""
        if width is None:
            width = size * _width(words)
        across, down = tenths(np.array([x, self.height - y])).tolist()
        sizes = [round(UNIT * size), round(UNIT * width)]
        self.operations.append(["t", look, across, down, *sizes, words, -round(angle)])

    def polygon(self, corners: np.ndarray, color: str) -> None:
        """A filled polygon, corners (n, 2) in pixels from the bottom left."""
        flipped = np.column_stack([corners[:, 0], self.height - corners[:, 1]])
        self.operations.append(["p", {"f": to_hex(color)}, polyline(tenths(flipped)) + "z"])

    def picture(
        self,
        pixels: np.ndarray,
        corner: tuple[float, float],
        size: tuple[float, float],
        *,
        smooth: bool = True,
    ) -> None:
        """A picture (height, width, 3 or 4), whole numbers to 255, stretched over a box.

        corner: its top left, in pixels from the top left. Not `smooth` keeps its pixels' edges.
        What can be seen through is white, as the paper is.
        """
        shown = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGBA")
        shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
        memory = io.BytesIO()
        shown.quantize(PICTURE_COLORS).save(memory, "png", optimize=True)
        address = "data:image/png;base64," + base64.b64encode(memory.getvalue()).decode()
        box = [round(UNIT * float(value)) for value in (*corner, *size)]
        self.operations.append(["i", *box, address, int(smooth)])

    # --- paths and looks --------------------------------------------------------------------------

    def _image(self, image: AxesImage) -> None:
        """An image of an axes as its own few pixels, not as those of the screen."""
        if not image.get_visible():
            return
        left, right, bottom, top = image.get_extent()
        first, last = ((left, top), (right, bottom))
        (x, y), (far, low) = image.get_transform().transform([first, last])
        pixels = image.to_rgba(image.get_array(), bytes=True)
        pixels = pixels[:: 1 if (y > low) == (image.origin == "upper") else -1]
        box = (min(x, far), self.height - max(y, low)), (abs(far - x), abs(y - low))
        self.picture(pixels, *box, smooth=False)

    def _fill(self, gc: GraphicsContextBase, outline: Path, transform: Transform) -> None:
        self.operations.append(["p", self._ink(gc), self._data(outline, transform)])

    def _ink(self, gc: GraphicsContextBase) -> dict[str, Any]:
        rgba = gc.get_rgb()
        faint = {"fo": round(rgba[3], 2)} if rgba[3] < 1 else {}
        return {"f": to_hex(rgba[:3])} | faint

    def _data(self, path: Path, transform: Transform, simplify: bool = False) -> str:
        """SVG's path data: a polyline as steps from point to point, which packs best."""
        sides = (-BEYOND, -BEYOND, self.width + BEYOND, self.height + BEYOND)
        path = path.cleaned(
            transform,
            remove_nans=True,
            curves=True,
            simplify=simplify,
            clip=sides if simplify else None,
        )
        points = np.column_stack([path.vertices[:, 0], self.height - path.vertices[:, 1]])
        return path_data(tenths(np.nan_to_num(points)), path.codes)

    def _look(self, gc: GraphicsContextBase, face: tuple | None) -> dict[str, Any]:
        if gc.get_hatch() is not None:
            raise NotImplementedError("it is hatched")
        look: dict[str, Any] = {}
        # An alpha of the artist's own holds for both; colours may bring one of theirs.
        faded = gc.get_alpha() if gc.get_forced_alpha() else None
        if face is not None:
            look |= _paint("f", face, faded)
        width = self.points_to_pixels(gc.get_linewidth())
        edge = _paint("s", gc.get_rgb(), faded) if width > 0 else {}
        if edge:
            look |= edge | {"w": round(UNIT * width)}
            if gc.get_dashes()[1] is not None:
                look["da"] = [round(UNIT * self.points_to_pixels(v)) for v in gc.get_dashes()[1]]
            if CAPS[gc.get_capstyle()]:
                look["cap"] = CAPS[gc.get_capstyle()]
            if gc.get_joinstyle() != "miter":
                look["join"] = gc.get_joinstyle()
        clip = gc.get_clip_rectangle()
        if clip is not None:
            box = np.array([clip.x0, self.height - clip.y1, clip.width, clip.height])
            look["c"] = tenths(box).tolist()
        if gc.get_clip_path()[0] is not None:
            raise NotImplementedError("it is cut off by a path that is no rectangle")
        return look


def _paint(kind: str, rgba: tuple, faded: float | None) -> dict[str, Any]:
    """The colour of a fill ("f") or a stroke ("s"), nothing where it cannot be seen."""
    alpha = faded if faded is not None else (rgba[3] if len(rgba) > 3 else 1)
    if alpha == 0:
        return {}
    return {kind: to_hex(rgba[:3])} | ({f"{kind}o": round(float(alpha), 2)} if alpha < 1 else {})


@lru_cache(maxsize=4096)
def _width(words: str) -> float:
    """The width of words in their own size."""
    font = FontProperties(family="DejaVu Sans", size=100)
    return _TEXT.get_text_width_height_descent(words, font, ismath=False)[0] / 100


@lru_cache(maxsize=4096)
def _measured(words: str, _: int, math: bool, font: FontProperties) -> tuple[float, float, float]:
    """Width, height and descent in points."""
    return _TEXT.get_text_width_height_descent(words, font, ismath=math)
