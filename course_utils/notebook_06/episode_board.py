"""A task of five characters on one board: support pictures, query pictures, probabilities (06)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib import colors
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle
from PIL import Image

from course_utils.figures import style
from course_utils.figures.readout import Readout

WAYS, EACH, MOST_SHOTS, MOST_STEPS = 5, 2, 5, 5
COLUMNS = WAYS * EACH  # places of query pictures; character n has the places 2n and 2n + 1

# The board's coordinates are inches, to the right and down.
WIDTH, HEIGHT = 7.56, 5.7
CELL, PICTURE = 30, 28  # pixels of a picture with its margin, and without
SUPPORT_LEFT, SUPPORT_CELL = 0.04, 0.37
SUPPORT_RIGHT = SUPPORT_LEFT + MOST_SHOTS * SUPPORT_CELL
LEFT, COLUMN, ROW = 2.32, 0.52, 0.4
RIGHT = LEFT + COLUMNS * COLUMN
QUERY_TOP, TABLE_TOP = 0.28, 0.88
TABLE_BOTTOM = TABLE_TOP + WAYS * ROW
BARS_TOP, BARS_BOTTOM = 3.78, 4.7
ROW_SIZE = SUPPORT_RIGHT - SUPPORT_LEFT, ROW
LARGE = (0.25, BARS_TOP - 0.28, 1.65, BARS_TOP + 1.12)  # left, top, right, bottom
GROUP = WAYS + 1.5  # from one step's five bars to the next step's


class Tiles(Artist):
    """Pixels in a box of an axes, scaled by Pillow: matplotlib's own images take 3 ms each."""

    def __init__(self, axes: Axes, box: tuple[float, float, float, float], *, smooth: bool = True):
        """`box` is left, top, right, bottom in data coordinates; not `smooth` keeps edges."""
        super().__init__()
        self._box = box
        self._filter = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
        self._pixels = np.full((1, 1, 3), 255, np.uint8)
        self.set_animated(True)
        axes.add_artist(self)

    def set_ink(self, ink: np.ndarray) -> None:
        """Show ink (height, width) from 0, white, to 1, black."""
        self.set_colors((1 - ink)[..., None].repeat(3, -1))

    def set_colors(self, rgb: np.ndarray) -> None:
        """Show colours (height, width, 3) from 0 to 1."""
        self._pixels = (255 * rgb).round().astype(np.uint8)

    def draw(self, renderer) -> None:
        """Draw the pixels (matplotlib calls this)."""
        left, top, right, bottom = self._box
        (x, y), (far, high) = self.axes.transData.transform([(left, bottom), (right, top)]).round()
        size = int(far - x), int(high - y)
        picture = Image.fromarray(self._pixels).resize(size, self._filter).convert("RGBA")
        graphics = renderer.new_gc()
        renderer.draw_image(graphics, int(x), int(y), np.asarray(picture)[::-1])
        graphics.restore()


class EpisodeBoard:
    """The figure of an explorer: `show` moves everything that moves.

    `lines` stand below it for good. `axes` are in inches, to the right and down.
    """

    def __init__(self, lines: Sequence[str]):
        self.figure, self.axes = style.new_figure(size=(WIDTH + 0.08, HEIGHT + 0.08))
        with style.course_style():
            self._draw_still(lines)
            self._draw_moving()

    def show(
        self,
        support: Sequence[np.ndarray],
        queries: Sequence[np.ndarray],
        probabilities: np.ndarray,
        *,
        right: np.ndarray,
        steps: int,
        column: int,
        color: str,
        own: Sequence[int] = (),
        sentences: tuple[str, str] = ("", ""),
    ) -> None:
        """Show one task after some steps.

        Parameters
        ----------
        support, queries
            For each of the five characters its pictures, (n, 28, 28), at most two queries each.
        probabilities
            (steps + 1 or more, pictures, 5) of all query pictures, the first character's first;
            bars are drawn of those after 0, 1, ... `steps` steps.
        right
            (pictures,) whether each is named right after `steps` steps.
        column
            The place of the query picture that is shown large, one where a picture is.
        own
            The characters that the reader drew.
        sentences
            One on the whole task, one on the picture that is shown large.
        """
        columns, truth = places_of(queries)
        pictures, at = np.concatenate(queries), columns.index(column)
        self._support.set_ink(_support_sheet(support))
        self._queries.set_ink(_query_sheet(pictures, columns))
        self._large.set_ink(pictures[at])
        table = np.zeros((WAYS, COLUMNS))
        table[:, columns] = np.nan_to_num(probabilities[steps]).T
        self._table.set_colors(1 - table[..., None] * (1 - np.array(colors.to_rgb(color))))
        boxes = zip(truth, columns, strict=True)
        self._truths.set_segments([_box(n, place) for n, place in boxes])
        self._chosen.set_x(LEFT + COLUMN * column)
        for marks, kind in ((self._rights, True), (self._wrongs, False)):
            among = [middle(c)[0] for c, good in zip(columns, right, strict=True) if good == kind]
            marks.set_data(among, [TABLE_BOTTOM + 0.15] * len(among))
        for n, pencil in enumerate(self._pencils):
            pencil.set_text("✎" if n in own else "")
        self._move_bars(probabilities[: steps + 1, at], truth[at], color)
        for readout, sentence in zip(self._readouts, sentences, strict=True):
            readout.set_text(sentence)

    def _draw_still(self, lines: Sequence[str]) -> None:
        board = self.axes
        board.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
        board.set_axis_off()
        board.text(SUPPORT_LEFT, 0.24, "click a character for another,", size=9.5)
        board.text(SUPPORT_LEFT, 0.42, "a query picture to see it large", size=9.5)
        board.text(SUPPORT_LEFT, TABLE_TOP - 0.1, "support set", weight="bold")
        board.text(LEFT, 0.17, "query set, and the probability of each character", weight="bold")
        board.text(SUPPORT_LEFT, TABLE_BOTTOM + 0.22, "darker: more probable", size=9.5)
        board.text(SUPPORT_LEFT, TABLE_BOTTOM + 0.4, "framed: the true character", size=9.5)
        support = {"lw": 2.2, "ec": style.INK}
        query = {"lw": 1.2, "ec": style.INK, "ls": (0, (3, 2))}
        thin = {"lw": 0.8, "ec": style.FAINT}
        for (left, top, right, bottom), look in (
            ((SUPPORT_LEFT, TABLE_TOP, SUPPORT_RIGHT, TABLE_BOTTOM), support),
            ((LEFT, QUERY_TOP, RIGHT, QUERY_TOP + COLUMN), query),
            ((LEFT, TABLE_TOP, RIGHT, TABLE_BOTTOM), thin),
            (LARGE, {"lw": 3, "ec": style.INK}),
        ):
            # A little outside, for what moves is drawn over what stands still.
            corner, gap = (left - 0.02, top - 0.02), 0.04
            look = look | {"fill": False, "clip_on": False}
            board.add_patch(Rectangle(corner, right - left + gap, bottom - top + gap, **look))
        for n in range(WAYS):
            y = TABLE_TOP + ROW * (n + 0.5)
            board.text(LEFT - 0.09, y, str(n + 1), size=13, va="center", ha="right")
        wrapped = [part for line in lines for part in textwrap.wrap(line, 104)]
        for n, line in enumerate(reversed(wrapped)):
            y = HEIGHT - 0.06 - 0.2 * n
            said = board.text(SUPPORT_LEFT, y, style.with_minus_signs(line), size=10)
            said.set_in_layout(False)

    def _draw_moving(self) -> None:
        board = self.axes
        self._support = Tiles(board, (SUPPORT_LEFT, TABLE_TOP, SUPPORT_RIGHT, TABLE_BOTTOM))
        self._queries = Tiles(board, (LEFT, QUERY_TOP, RIGHT, QUERY_TOP + COLUMN))
        self._large = Tiles(board, LARGE, smooth=False)
        self._table = Tiles(board, (LEFT, TABLE_TOP, RIGHT, TABLE_BOTTOM), smooth=False)
        self._truths = LineCollection([], colors=style.INK, lw=1.6, animated=True, zorder=5)
        board.add_collection(self._truths, autolim=False)
        around = {"fill": False, "ec": style.INK, "lw": 3, "animated": True}
        self._chosen = Rectangle((0, QUERY_TOP), COLUMN, COLUMN, zorder=6, **around)
        board.add_patch(self._chosen)
        self._rights, self._wrongs = (
            board.plot([], [], marker=mark, color=style.INK, ms=9, ls="", animated=True)[0]
            for mark in ("$✓$", "$✗$")
        )
        self._pencils = [
            _readout(board, SUPPORT_RIGHT + 0.05, TABLE_TOP + ROW * (n + 0.5) + 0.06, 12)
            for n in range(WAYS)
        ]
        self._readouts = (
            _readout(board, LEFT, TABLE_BOTTOM + 0.46, 12),
            _readout(board, LEFT, BARS_TOP - 0.16, 10.5),
        )
        self._draw_bars()

    def _draw_bars(self) -> None:
        place = (LEFT / WIDTH, 1 - BARS_BOTTOM / HEIGHT)
        size = ((RIGHT - LEFT) / WIDTH, (BARS_BOTTOM - BARS_TOP) / HEIGHT)
        axes, steps = self.axes.inset_axes((*place, *size)), range(MOST_STEPS + 1)
        places = [GROUP * k + n for k in steps for n in range(WAYS)]
        axes.set_xticks(places, [str(n + 1) for _ in steps for n in range(WAYS)], size=8)
        axes.tick_params(axis="x", length=0, pad=1)
        axes.set(xlim=(-1, GROUP * MOST_STEPS + WAYS), ylim=(0, 1), yticks=[0, 0.5, 1])
        axes.set_ylabel("probability", size=9.5, labelpad=1)
        for k in steps:
            axes.text(GROUP * k + (WAYS - 1) / 2, -0.33, f"k = {k}", ha="center", size=9.5)
        self._now = Rectangle((0, 0), WAYS + 0.6, 1, color="0.9", animated=True, zorder=1)
        axes.add_patch(self._now)
        self._bars = PolyCollection([np.zeros((4, 2))], animated=True, zorder=2, clip_on=False)
        axes.add_collection(self._bars, autolim=False)

    def _move_bars(self, probabilities: np.ndarray, truth: int, color: str) -> None:
        """Five bars after each step, (steps + 1, 5); the true character's is filled and edged."""
        shapes = []
        for k, row in enumerate(np.nan_to_num(probabilities)):
            for n, height in enumerate(row):
                left, right = GROUP * k + n - 0.42, GROUP * k + n + 0.42
                shapes.append([(left, 0), (left, height), (right, height), (right, 0)])
        true = [n == truth for _ in probabilities for n in range(WAYS)]
        self._bars.set_verts(shapes)
        self._bars.set_facecolor([color if one else "0.8" for one in true])
        self._bars.set_edgecolor([style.INK if one else "0.45" for one in true])
        self._bars.set_linewidth([1.4 if one else 0.6 for one in true])
        self._now.set_x(GROUP * (len(probabilities) - 1) - 0.8)


def places_of(queries: Sequence[np.ndarray]) -> tuple[list[int], list[int]]:
    """The place (0 to 9) and the character (0 to 4) of each query picture, character by character.

    Raises ValueError if a character has more than two.
    """
    for n, pictures in enumerate(queries):
        if len(pictures) > EACH:
            raise ValueError(
                f"queries[{n}] must be at most {EACH} pictures, as many as there are places for "
                f"them, got {len(pictures)}"
            )
    each = [(EACH * n + i, n) for n, part in enumerate(queries) for i in range(len(part))]
    return [place for place, _ in each], [n for _, n in each]


def middle(column: int) -> tuple[float, float]:
    """The middle of a query picture's place, in the board's coordinates."""
    return LEFT + COLUMN * (column + 0.5), QUERY_TOP + COLUMN / 2


def support_row(n: int) -> tuple[float, float]:
    """The middle of a character's row of support pictures, in the board's coordinates."""
    return (SUPPORT_LEFT + SUPPORT_RIGHT) / 2, TABLE_TOP + ROW * (n + 0.5)


def _support_sheet(support: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of characters; the first picture of each is the rightmost, next to its number."""
    high, edge = round(CELL * ROW / SUPPORT_CELL), (CELL - PICTURE) // 2
    top = (high - PICTURE) // 2
    sheet = np.zeros((WAYS, high, MOST_SHOTS, CELL))
    for n, pictures in enumerate(support):
        for i, picture in enumerate(pictures):
            place = MOST_SHOTS - 1 - i
            sheet[n, top : top + PICTURE, place, edge : edge + PICTURE] = picture
    return sheet.reshape(WAYS * high, MOST_SHOTS * CELL)


def _query_sheet(pictures: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    sheet, edge = np.zeros((CELL, COLUMNS, CELL)), (CELL - PICTURE) // 2
    for picture, column in zip(pictures, columns, strict=True):
        sheet[edge : edge + PICTURE, column, edge : edge + PICTURE] = picture
    return sheet.reshape(CELL, COLUMNS * CELL)


def _box(row: int, column: int) -> list[tuple[float, float]]:
    left, top = LEFT + COLUMN * column, TABLE_TOP + ROW * row
    right, bottom = left + COLUMN, top + ROW
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def _readout(board: Axes, x: float, y: float, size: float) -> Readout:
    return Readout(board, x / WIDTH, 1 - y / HEIGHT, size=size)
