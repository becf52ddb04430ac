"""The visual language can be seen by everybody, changes no global setting, and comes with words."""

import base64
import io
import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course_utils.figures import labels, style
from course_utils.figures.readout import Readout

COLOURS = {
    "MAML": style.MAML,
    "transfer": style.TRANSFER,
    "random": style.RANDOM,
    **{f"task {n}": colour for n, colour in enumerate(style.TASKS, start=1)},
}


def luminance(colour):
    """The relative luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("name", COLOURS)
def test_every_colour_stands_out_from_white(name):
    assert 1.05 / (luminance(COLOURS[name]) + 0.05) >= 3


def test_colours_are_the_designs_and_all_different():
    assert (style.MAML, style.TRANSFER, style.RANDOM) == ("#0072B2", "#D55E00", "#777777")
    for one, two in itertools.combinations(COLOURS.values(), 2):
        assert np.linalg.norm(np.subtract(to_rgb(one), to_rgb(two))) > 0.15


def test_the_style_ends_with_its_block():
    with matplotlib.rc_context({"font.size": 20}):
        before = dict(matplotlib.rcParams)
        with style.course_style():
            assert matplotlib.rcParams["axes.spines.top"] is False
            assert matplotlib.rcParams["font.size"] == 10.5
        assert dict(matplotlib.rcParams) == before


def test_the_style_leaves_the_backend_of_the_readers_own_plots_alone(monkeypatch):
    # rc_context does not put this one back, so it must not be set at all.
    monkeypatch.setitem(matplotlib.rcParams, "backend", "svg")
    style.show(style.axes_for(None), alt="").png()
    assert matplotlib.rcParams["backend"] == "svg"


def test_the_style_looks_the_same_whatever_the_readers_settings():
    plain = style.show(style.axes_for(None), alt="").png()
    with matplotlib.rc_context({"figure.facecolor": "black", "font.size": 20, "axes.grid": True}):
        changed = style.show(style.axes_for(None), alt="").png()
    assert plain == changed


def test_new_figures_stay_out_of_pyplots_books():
    from matplotlib import pyplot

    figure, axes = style.new_figure(1, 2, size=(6.0, 3.0))
    assert axes.shape == (2,)
    assert figure.get_size_inches().tolist() == [6.0, 3.0]
    assert pyplot.get_fignums() == []


def test_given_axes_are_drawn_on():
    _, axes = style.new_figure()
    assert style.axes_for(axes) is axes


def test_a_picture_that_was_shown_keeps_its_image_and_no_figure():
    picture = style.show(style.axes_for(None), alt="An empty frame.")
    first = picture._repr_mimebundle_()
    assert picture.figure is None
    assert picture._repr_mimebundle_() == first


def test_a_still_picture_brings_its_alt_text():
    _, axes = style.new_figure()
    data, metadata = style.show(axes, alt="An empty frame.")._repr_mimebundle_()
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert image.size == (980, 560)
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert data["text/plain"] == "An empty frame."
    assert metadata["image/png"]["alt"] == "An empty frame."


@pytest.mark.parametrize("kind", ["figure", "axes", "array"])
def test_a_picture_is_shown_of_a_figure_or_of_its_axes(kind):
    figure, axes = style.new_figure(1, 2)
    shown = {"figure": figure, "axes": axes[0], "array": axes}[kind]
    assert style.show(shown, alt="").figure is figure


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("φ = -2.12", "φ = −2.12"),
        ("-1 and -.5", "−1 and −.5"),
        ("MAML - one-step, 2-3", "MAML - one-step, 2-3"),
        ("1e-3", "1e-3"),
    ],
)
def test_negative_numbers_get_a_true_minus_sign(text, wanted):
    assert style.with_minus_signs(text) == wanted


# --- readout --------------------------------------------------------------------------------------


def ink(figure):
    """Where a figure of 400 x 300 pixels is not white: rows and columns."""
    figure.canvas.draw()
    image = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    return np.nonzero((image < 200).any(axis=2))


@pytest.fixture
def blank():
    figure, axes = style.new_figure(size=(4.0, 3.0))
    axes.set_axis_off()
    figure.set_layout_engine("none")
    axes.set_position([0, 0, 1, 1])
    return figure, axes


def test_a_readout_draws_its_text_where_it_is_asked_to(blank):
    figure, axes = blank
    readout = Readout(axes, x=0.25, y=0.5)
    readout.set_animated(False)
    readout.set_text("φ = 1.00")
    rows, columns = ink(figure)
    assert columns.min() == pytest.approx(100, abs=3)
    assert 140 < columns.max() < 200
    assert rows.max() == pytest.approx(150, abs=5)
    assert rows.min() == pytest.approx(138, abs=4)


def test_a_longer_text_takes_more_room_and_none_takes_none(blank):
    figure, axes = blank
    readout = Readout(axes, x=0.1, y=0.5)
    readout.set_animated(False)
    assert ink(figure)[0].size == 0
    readout.set_text("φ")
    short = ink(figure)[1].max()
    readout.set_text("φ = -2.12")
    assert readout.text == "φ = −2.12"
    assert ink(figure)[1].max() > short + 30
    readout.set_visible(False)
    assert ink(figure)[0].size == 0


def test_a_readout_is_ink_after_a_mark_in_its_colour(blank):
    figure, axes = blank
    mark = {"color": style.TRANSFER, "marker": "s"}
    readout = Readout(axes, x=0.1, y=0.5, mark=mark, size=30)
    readout.set_animated(False)
    assert ink(figure)[0].size == 0  # no words, no mark
    readout.set_text("███")
    figure.canvas.draw()
    image = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    sign, words = ((image == color).all(axis=2) for color in ((0xD5, 0x5E, 0x00), (0x22,) * 3))
    assert sign.sum() > 500
    assert words.sum() > 500
    assert np.nonzero(sign)[1].max() < np.nonzero(words)[1].min()


def test_a_readout_above_the_axes_has_room_there():
    figure, axes = style.new_figure(size=(4.0, 3.0))
    bare = axes.get_tightbbox().y1 if figure.canvas.draw() is None else 0
    Readout(axes)
    figure.canvas.draw()
    assert axes.get_window_extent().y1 < bare - 10


@pytest.mark.parametrize(
    "mark", [{"color": "red"}, {"marker": "s"}, {"color": "red", "marker": "x"}]
)
def test_a_mark_before_words_that_cannot_be_drawn_is_refused(mark):
    with pytest.raises(ValueError, match=r"must have a color and a marker|marker must be one of"):
        Readout(style.axes_for(None), mark=mark)


def test_a_label_says_which_side_is_none():
    ax = style.axes_for(None)
    with pytest.raises(ValueError, match=r"ha must be one of left, center, right, got 'top'"):
        labels.label(ax, 0, 0, "words", {"color": "red"}, ha="top")
    with pytest.raises(ValueError, match="mark must have a color"):
        labels.label(ax, 0, 0, "words", {})
