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

from course_utils.explorers.scene import Frame, Scene
from course_utils.figures import style
from course_utils.figures.pen import Pen
from course_utils.notebook_06.episodes import COLUMNS, MOST_SHOTS, MOST_STEPS, WAYS
from course_utils.notebook_06.pictures import look_of

# The board's coordinates are inches, to the right and down.
WIDTH, HEIGHT = 7.56, 5.7
SIZE = WIDTH + 0.08, HEIGHT + 0.08  # of its figure
CELL, PICTURE = 30, 28  # pixels of a picture with its margin, and without
SUPPORT_LEFT, SUPPORT_CELL = 0.04, 0.37
SUPPORT_RIGHT = SUPPORT_LEFT + MOST_SHOTS * SUPPORT_CELL
LEFT, COLUMN, ROW = 2.32, 0.52, 0.4
RIGHT = LEFT + COLUMNS * COLUMN
QUERY_TOP, TABLE_TOP = 0.28, 0.88
TABLE_BOTTOM = TABLE_TOP + WAYS * ROW
BARS_TOP, BARS_BOTTOM = 3.78, 4.7
ROW_SIZE, QUERY_SIZE = (SUPPORT_RIGHT - SUPPORT_LEFT, ROW), (COLUMN, COLUMN)
GROUP = WAYS + 1.5  # from one step's five bars to the next step's

Box = tuple[float, float, float, float]  # left, top, right, bottom
SUPPORT: Box = (SUPPORT_LEFT, TABLE_TOP, SUPPORT_RIGHT, TABLE_BOTTOM)
QUERIES: Box = (LEFT, QUERY_TOP, RIGHT, QUERY_TOP + COLUMN)
TABLE: Box = (LEFT, TABLE_TOP, RIGHT, TABLE_BOTTOM)
LARGE: Box = (0.25, BARS_TOP - 0.28, 1.65, BARS_TOP + 1.12)


def text_at(x: float, y: float, size: float) -> dict[str, float]:
    """Where `Scene.text` puts words that start at a place of the board."""
    return {"x": x / WIDTH, "y": 1 - y / HEIGHT, "size": size}


BELOW_TABLE = text_at(LEFT, TABLE_BOTTOM + 0.46, 12)
ABOVE_BARS = text_at(LEFT, BARS_TOP - 0.16, 10.5)


class Tiles(Artist):
    """Pixels in a box of an axes, scaled by Pillow: matplotlib's own images take 3 ms each.

    `pixels` are what is shown, (height, width, 3), whole numbers from 0 to 255.
    """

    def __init__(self, axes: Axes, box: Box, *, smooth: bool = True, gid: str | None = None):
        """`box` is in data coordinates; not `smooth` keeps edges."""
        super().__init__()
        self._box = box
        self._filter = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
        self.pixels = np.full((1, 1, 3), 255, np.uint8)
        self.set_gid(gid)
        axes.add_artist(self)

    def set_ink(self, ink: np.ndarray) -> None:
        """Show ink (height, width) from 0, white, to 1, black."""
        self.set_colors((1 - ink)[..., None].repeat(3, -1))

    def set_colors(self, rgb: np.ndarray) -> None:
        """Show colours (height, width, 3) from 0 to 1."""
        self.pixels = (255 * rgb).round().astype(np.uint8)

    def draw(self, renderer) -> None:
        """Draw the pixels (matplotlib calls this)."""
        left, top, right, bottom = self._box
        (x, y), (far, high) = self.axes.transData.transform([(left, bottom), (right, top)]).round()
        size = int(far - x), int(high - y)
        picture = Image.fromarray(self.pixels).resize(size, self._filter).convert("RGBA")
        graphics = renderer.new_gc()
        renderer.draw_image(graphics, int(x), int(y), np.asarray(picture)[::-1])
        graphics.restore()

    def record(self, pen: Pen) -> None:
        """Write the pixels down for a film: as few as there are."""
        left, top, right, bottom = self._box
        (x, y), (far, high) = self.axes.transData.transform([(left, bottom), (right, top)]).round()
        smooth = self._filter != Image.Resampling.NEAREST
        pen.picture(self.pixels, (x, pen.height - high), (far - x, high - y), smooth=smooth)


# --- what stands still ----------------------------------------------------------------------------


def draw_still(board: Axes, lines: Sequence[str]) -> None:
    """The boxes and their names; `lines` stand below them."""
    board.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    board.set_axis_off()
    for n, words in enumerate(
        ("click a character for", "another, a query picture", "to see it large")
    ):
        board.text(SUPPORT_LEFT, 0.17 + 0.18 * n, words, size=9.5)
    board.text(SUPPORT_LEFT, TABLE_TOP - 0.1, "support set", weight="bold")
    board.text(LEFT, 0.17, "query set, and the probability of each character", weight="bold")
    board.text(SUPPORT_LEFT, TABLE_BOTTOM + 0.22, "darker: more probable", size=9.5)
    board.text(SUPPORT_LEFT, TABLE_BOTTOM + 0.4, "framed: the true character", size=9.5)
    _frame(board, SUPPORT, lw=2.2, ec=style.INK)
    _frame(board, QUERIES, lw=1.2, ec=style.INK, ls=(0, (3, 2)))
    _frame(board, TABLE, lw=0.8, ec=style.FAINT)
    _frame(board, LARGE, lw=3, ec=style.INK)
    for n in range(WAYS):
        board.text(LEFT - 0.09, support_row(n)[1], str(n + 1), size=13, va="center", ha="right")
    wrapped = [part for line in lines for part in textwrap.wrap(line, 84)]
    for n, line in enumerate(reversed(wrapped)):
        y = HEIGHT - 0.06 - 0.2 * n
        said = board.text(SUPPORT_LEFT, y, style.with_minus_signs(line), size=10)
        said.set_in_layout(False)


def _frame(board: Axes, box: Box, **look: object) -> None:
    """A frame a little outside a box: what moves in it is drawn over what stands still."""
    left, top, right, bottom = box
    wide, high = right - left + 0.04, bottom - top + 0.04
    board.add_patch(
        Rectangle((left - 0.02, top - 0.02), wide, high, fill=False, clip_on=False, **look)
    )


def _bars_axes(board: Axes) -> Axes:
    """An axes for five bars after each number of steps."""
    place = (LEFT / WIDTH, 1 - BARS_BOTTOM / HEIGHT)
    size = ((RIGHT - LEFT) / WIDTH, (BARS_BOTTOM - BARS_TOP) / HEIGHT)
    axes, steps = board.inset_axes((*place, *size)), range(MOST_STEPS + 1)
    places = [GROUP * k + n for k in steps for n in range(WAYS)]
    axes.set_xticks(places, [str(n + 1) for _ in steps for n in range(WAYS)], size=8)
    axes.tick_params(axis="x", length=0, pad=1)
    axes.set(xlim=(-1, GROUP * MOST_STEPS + WAYS), ylim=(0, 1), yticks=[0, 0.5, 1])
    axes.set_ylabel("probability", size=9.5, labelpad=1)
    for k in steps:
        axes.text(GROUP * k + (WAYS - 1) / 2, -0.33, f"k = {k}", ha="center", size=9.5)
    return axes


# --- what moves -----------------------------------------------------------------------------------


def draw_moving(scene: Scene, board: Axes) -> None:
    """The marks of an `Episode`; frames also have its `method`, `steps` and the `chosen` place."""
    _add_pictures(scene, board)
    _add_table(scene, board)
    _add_bars(scene, _bars_axes(board))


def _add_pictures(scene: Scene, board: Axes) -> None:
    support, queries = Tiles(board, SUPPORT, gid="support"), Tiles(board, QUERIES, gid="queries")
    scene.follow(support, lambda tiles, f: tiles.set_ink(_support_sheet(f.data.task.support)))
    scene.follow(queries, lambda tiles, f: tiles.set_ink(_query_sheet(f)))
    large = Tiles(board, LARGE, smooth=False, gid="large")
    scene.follow(large, lambda tiles, f: tiles.set_ink(_pictures(f)[_chosen(f)]))
    look = {"fill": False, "ec": style.INK, "lw": 3, "zorder": 6, "gid": "chosen"}
    around = board.add_patch(Rectangle((0, QUERY_TOP), COLUMN, COLUMN, **look))
    scene.follow(around, lambda box, f: box.set_x(_left(f.data.columns[_chosen(f)])))
    for n in range(WAYS):
        beside = text_at(SUPPORT_RIGHT + 0.05, support_row(n)[1] + 0.06, 12)
        scene.text(board, lambda f, n=n: "✎" if n in f.data.task.own else "", **beside)


def _add_table(scene: Scene, board: Axes) -> None:
    table = Tiles(board, TABLE, smooth=False, gid="table")
    scene.follow(table, lambda tiles, f: tiles.set_colors(_table(f)))
    true = LineCollection([], colors=style.INK, lw=1.6, zorder=5, gid="true")
    board.add_collection(true, autolim=False)
    scene.follow(true, lambda cells, f: cells.set_segments(_true_cells(f)))
    look = {"color": style.INK, "ms": 9, "ls": ""}
    scene.line(board, lambda f: _judged(f, True), marker="$✓$", gid="right", **look)
    scene.line(board, lambda f: _judged(f, False), marker="$✗$", gid="wrong", **look)


def _add_bars(scene: Scene, axes: Axes) -> None:
    now = axes.add_patch(Rectangle((0, 0), WAYS + 0.6, 1, color="0.9", zorder=1, gid="now"))
    scene.follow(now, lambda ground, f: ground.set_x(GROUP * f.steps - 0.8))
    bars = PolyCollection([np.zeros((4, 2))], zorder=2, clip_on=False, gid="bars")
    axes.add_collection(bars, autolim=False)
    scene.follow(bars, _move_bars)


def _pictures(f: Frame) -> np.ndarray:
    return np.concatenate(f.data.task.queries)


def _chosen(f: Frame) -> int:
    """Which of the query pictures is shown large."""
    return f.data.place(f.chosen)


def _table(f: Frame) -> np.ndarray:
    """The probabilities as colours, from white to the method's own: (WAYS, COLUMNS, 3)."""
    table = np.zeros((WAYS, COLUMNS))
    table[:, f.data.columns] = np.nan_to_num(f.data.probabilities[f.steps]).T
    color = np.array(colors.to_rgb(look_of(f.method)["color"]))
    return 1 - table[..., None] * (1 - color)


def _true_cells(f: Frame) -> list[list[tuple[float, float]]]:
    """A frame around the true character's cell in each column."""
    return [_cell(n, column) for n, column in zip(f.data.truth, f.data.columns, strict=True)]


def _judged(f: Frame, kind: bool) -> tuple[list[float], list[float]]:
    """Where the query pictures stand that are named right, or those named wrong."""
    judged = zip(f.data.columns, f.data.right(f.steps), strict=True)
    among = [middle(column)[0] for column, right in judged if right == kind]
    return among, [TABLE_BOTTOM + 0.15] * len(among)


def _move_bars(bars: PolyCollection, f: Frame) -> None:
    """The chosen picture's five bars after each step; the true character's is filled and edged."""
    at, color = _chosen(f), look_of(f.method)["color"]
    shapes, true = [], []
    for k, row in enumerate(np.nan_to_num(f.data.probabilities[: f.steps + 1, at])):
        for n, height in enumerate(row):
            left, right = GROUP * k + n - 0.42, GROUP * k + n + 0.42
            shapes.append([(left, 0), (left, height), (right, height), (right, 0)])
            true.append(n == f.data.truth[at])
    bars.set_verts(shapes)
    bars.set_facecolor([color if one else "0.8" for one in true])
    bars.set_edgecolor([style.INK if one else "0.45" for one in true])
    bars.set_linewidth([1.4 if one else 0.6 for one in true])


# --- places ---------------------------------------------------------------------------------------


def middle(column: int) -> tuple[float, float]:
    """The middle of a query picture's place, in the board's coordinates."""
    return _left(column) + COLUMN / 2, QUERY_TOP + COLUMN / 2


def support_row(n: int) -> tuple[float, float]:
    """The middle of a character's row of support pictures, in the board's coordinates."""
    return (SUPPORT_LEFT + SUPPORT_RIGHT) / 2, TABLE_TOP + ROW * (n + 0.5)


def _left(column: int) -> float:
    return LEFT + COLUMN * column


def _cell(row: int, column: int) -> list[tuple[float, float]]:
    left, top = _left(column), TABLE_TOP + ROW * row
    right, bottom = left + COLUMN, top + ROW
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


# --- sheets of pictures ---------------------------------------------------------------------------


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


def _query_sheet(f: Frame) -> np.ndarray:
    """The query pictures in a row, each at its column."""
    sheet, edge = np.zeros((CELL, COLUMNS, CELL)), (CELL - PICTURE) // 2
    for picture, column in zip(_pictures(f), f.data.columns, strict=True):
        sheet[edge : edge + PICTURE, column, edge : edge + PICTURE] = picture
    return sheet.reshape(CELL, COLUMNS * CELL)
