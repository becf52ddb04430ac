"""The pen writes down what matplotlib draws, and says so where it cannot."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, Rectangle
from PIL import Image

from course_utils.figures import landscapes, style
from course_utils.figures.path_data import path_data, polyline
from course_utils.figures.pen import FilmError, Pen
from course_utils.figures.readout import Readout


@pytest.fixture
def drawing():
    figure, axes = style.new_figure(size=(4.0, 3.0))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    with style.course_style():
        figure.canvas.draw()
    figure.set_layout_engine("none")
    return figure, axes, Pen((400, 300), 100)


def places_of(data):
    """The points of path data made of M, l and L, in tenths of a pixel."""
    found, at = [], np.zeros(2, int)
    for letter, numbers in re.findall(r"([MlL])([-\d ]*)", data):
        for pair in np.array(numbers.split(), int).reshape(-1, 2):
            at = at + pair if letter == "l" else pair
            found.append(at)
    return np.array(found)


def in_tenths(axes, points):
    across, up = axes.transData.transform(points).T
    return np.column_stack([across, 300 - up]) * 10


def test_a_line_is_where_the_kernel_has_it(drawing):
    _, axes, pen = drawing
    points = np.column_stack([np.linspace(1, 9, 60), 5 + 3 * np.sin(np.linspace(0, 7, 60))])
    (line,) = axes.plot(*points.T, color="#0072B2", lw=2, alpha=0.5)
    ((kind, look, data),) = pen.written(line)
    assert kind == "p"
    assert (look["s"], look["so"], look["w"], look["join"]) == ("#0072b2", 0.5, 28, "round")
    written = places_of(data)
    for wanted in (in_tenths(axes, points[:1]), in_tenths(axes, points[-1:])):
        assert np.abs(written - wanted).max(axis=1).min() <= 1
    # Every point of the line lies within half a pixel of what is written, thinned out or not.
    for wanted in in_tenths(axes, points):
        start, step = written[:-1], np.diff(written, axis=0)
        along = ((wanted - start) * step).sum(1) / np.maximum((step**2).sum(1), 1)
        nearest = start + np.clip(along, 0, 1)[:, None] * step
        assert np.hypot(*(nearest - wanted).T).min() <= 5


def test_markers_are_one_shape_at_places_and_none_where_there_is_no_number(drawing):
    _, axes, pen = drawing
    (dots,) = axes.plot([1, np.nan, 3], [2, 2, 4], "o", ms=8)
    ((kind, _, shape, places),) = pen.written(dots)
    assert kind == "m"
    assert shape.startswith("M0 ")
    wanted = in_tenths(axes, [(1, 2), (3, 4)])
    assert np.abs(np.reshape(places, (-1, 2)) - wanted).max() <= 1


def test_what_is_hidden_writes_nothing(drawing):
    _, axes, pen = drawing
    (line,) = axes.plot([1, 2], [1, 2])
    line.set_visible(False)
    readout = Readout(axes)
    assert pen.written(line) == pen.written(readout) == []


def test_text_keeps_its_words_and_width_and_bold_its_weight(drawing):
    _, axes, pen = drawing
    ((kind, look, *_, size, width, words, angle),) = pen.written(
        axes.text(2, 5, "θ̂¹ − 2  x", weight="bold", size=12, color="#222222")
    )
    assert (kind, words, angle, size) == ("t", "θ̂¹ − 2  x", 0, 167)
    assert look == {"f": "#222222", "b": 1}
    assert 600 < width < 1000


def test_a_readout_is_text_at_its_place_behind_its_mark(drawing):
    _, axes, pen = drawing
    readout = Readout(axes, mark={"color": "#D55E00", "marker": "o"})
    readout.set_text("loss -1.5")
    mark, text = pen.written(readout)
    assert mark[1] == {"f": "#d55e00"}
    assert text[6] == "loss −1.5"
    x, y = axes.transAxes.transform((0, 1.03))
    assert text[3] == pytest.approx(10 * (300 - y), abs=1)
    assert text[2] > 10 * x + 150  # to the right of the mark


def test_a_surface_is_cut_at_its_levels_once(drawing):
    _, axes, pen = drawing
    x = y = np.linspace(0, 10, 21)
    surface = landscapes.Surface(axes, x, y, levels=np.array([2.0, 4.0, 6.0]))
    surface.set(np.hypot(*np.meshgrid(x - 5, y - 5)))
    bands = pen.written(surface)
    assert len(bands) == 4  # all, and what lies above each level
    greys = [int(look["f"][1:3], 16) for _, look, _ in bands]
    assert greys == sorted(greys, reverse=True)  # low is light
    edge = places_of(bands[2][2].replace("z", " ")) / 10  # of what lies above 4
    data = axes.transData.inverted().transform(np.column_stack([edge[:, 0], 300 - edge[:, 1]]))
    inside = ((data > 0.1) & (data < 9.9)).all(axis=1)
    assert inside.sum() > 10
    assert np.hypot(*(data[inside] - 5).T) == pytest.approx(4, abs=0.1)
    assert pen.written(surface) == bands
    assert len(pen._kept) == 1
    surface.set(np.full((21, 21), 3.0))
    assert pen.written(surface) != bands


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda axes: axes.add_patch(Rectangle((1, 1), 2, 2, hatch="/")), "hatched"),
        (lambda axes: _clipped(axes), "no rectangle"),
        (lambda axes: axes.pcolormesh(np.eye(3), shading="gouraud"), "shades triangles"),
    ],
)
def test_what_cannot_be_written_is_said_by_name(drawing, make, why):
    _, axes, pen = drawing
    artist = make(axes)
    artist.set_gid("odd one")
    with pytest.raises(FilmError, match=f"odd one cannot be filmed: .*{why}.*record"):
        pen.written(artist)


def _clipped(axes):
    lines = LineCollection([[(0, 0), (5, 5)]])
    axes.add_collection(lines)
    lines.set_clip_path(Circle((5, 5), 2, transform=axes.transData))
    return lines


def test_an_artist_that_copies_pixels_is_said_by_name(drawing):
    _, axes, pen = drawing

    class Copies(Rectangle):
        def draw(self, renderer):
            renderer.copy_from_bbox(None)

    with pytest.raises(FilmError, match=r"Copies .*it copies pixels"):
        pen.written(axes.add_patch(Copies((0, 0), 1, 1)))


def test_an_image_is_its_few_pixels_the_right_way_up(drawing):
    _, axes, pen = drawing
    ink = np.zeros((4, 4))
    ink[0, 0] = 1  # the top left corner is black
    image = axes.imshow(ink, cmap="gray_r", vmin=0, vmax=1, extent=(2, 6, 2, 6), aspect="auto")
    ((kind, x, y, wide, high, address, smooth),) = pen.written(image)
    shown = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("L")
    assert (kind, smooth, shown.size) == ("i", 0, (4, 4))
    assert np.asarray(shown)[0, 0] < 10
    assert np.asarray(shown)[3, 3] > 245
    (left, top), (right, low) = in_tenths(axes, [(2, 6), (6, 2)])
    assert np.abs(np.subtract([x, y, x + wide, y + high], [left, top, right, low])).max() <= 1


def test_what_can_be_seen_through_in_an_image_is_white(drawing):
    _, axes, pen = drawing
    ink = np.array([[0.0, np.nan], [1.0, np.nan]])  # as between the digits of a strip
    image = axes.imshow(ink, cmap="gray_r", vmin=0, vmax=1, extent=(2, 6, 2, 6), aspect="auto")
    ((*_, address, _),) = pen.written(image)
    shown = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("L")
    assert np.array(shown).tolist() == [[255, 255], [0, 255]]


def test_polylines_merge_steps_of_one_direction():
    line = np.array([[0, 0], [1, 0], [1, 0], [3, 0], [3, 5], [3, 4]])
    assert polyline(line) == "M0 0l3 0 0 5 0 -1"
    assert path_data(line[:1], [1]) == "M0 0"


def test_a_turned_picture_is_refused(drawing):
    _, _, pen = drawing
    with pytest.raises(NotImplementedError, match="turned or sheared"):
        pen.draw_image(pen.new_gc(), 0, 0, np.zeros((2, 2, 4), np.uint8), transform="any")
