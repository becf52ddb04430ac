"""The drawing pad: lines become a picture like the fonts' characters."""

import numpy as np
import pytest

from course_utils.characters import draw_character
from course_utils.notebook_06 import pad

CROSS = [[[0.2, 0.2], [0.5, 0.5], [0.8, 0.8]], [[0.2, 0.8], [0.8, 0.2]]]
BOW = [[[0.3, 0.1], [0.3, 0.9], [0.6, 0.9]]]


def extent(picture):
    """First and last row with ink, first and last column with ink."""
    inked = picture > 0.25
    rows, columns = (np.flatnonzero(inked.any(axis)) for axis in (1, 0))
    return rows[0], rows[-1], columns[0], columns[-1]


@pytest.mark.parametrize("strokes", [CROSS, BOW, [[[0.1, 0.5], [0.9, 0.5]]]])
def test_the_longer_side_fills_twenty_pixels_and_the_middle_is_the_middle(strokes):
    picture = pad.picture_of(strokes)
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert 0 == picture.min() < picture.max() == 1
    top, bottom, left, right = extent(picture)
    assert max(bottom - top, right - left) + 1 == 20
    assert abs(top + bottom - 27) <= 1
    assert abs(left + right - 27) <= 1


def test_where_and_how_large_it_was_drawn_makes_no_difference():
    small = [[[0.1 + 0.4 * x, 0.5 + 0.4 * y] for x, y in stroke] for stroke in CROSS]
    np.testing.assert_allclose(pad.picture_of(small), pad.picture_of(CROSS), atol=0.1)


def test_a_stroke_is_as_wide_as_the_stem_of_a_letter():
    stem = draw_character("L")[14].sum()
    assert pad.picture_of(BOW)[14].sum() == pytest.approx(stem, abs=0.4)


def test_its_edges_are_smooth():
    picture = pad.picture_of(CROSS)
    assert ((picture > 0.1) & (picture < 0.9)).sum() > 20


def test_right_is_right_and_down_is_down():
    picture = pad.picture_of(BOW)
    assert picture[20:].sum() > 2 * picture[:8].sum()  # the foot of the bow
    assert picture[22, 16:].sum() > picture[22, :12].sum()


def test_a_dot_stays_a_dot():
    ink = pad.picture_of([[[0.9, 0.1]]]).sum()
    assert 0.5 * np.pi * (pad.PEN / 2) ** 2 < ink < 2 * np.pi * (pad.PEN / 2) ** 2


def test_strokes_are_joined_into_one_picture():
    both = pad.picture_of(CROSS)
    assert both.sum() > pad.picture_of(CROSS[:1]).sum() + 20
    np.testing.assert_array_equal(pad.picture_of(CROSS[::-1]), both)


def test_points_off_the_pad_come_back_to_its_edge():
    assert pad.checked_strokes([[[-3, 0.5], [2.0, 0.25]]]) == (((0.0, 0.5), (1.0, 0.25)),)


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ([], "the pad is empty"),
        ([[]], "the pad is empty"),
        ([[[0.1, float("nan")]]], "strokes must be finite"),
        ([[[0.1, "a"]]], "strokes must be a number"),
        ([[0.1, 0.2]], "lists of points"),
        ([[[0.1, 0.2, 0.3]]], "lists of points"),
        ([[[0.1, 0.2]] * (pad.MOST_POINTS + 1)], "at most 5000 points"),
    ],
)
def test_what_is_no_drawing_is_said(strokes, said):
    with pytest.raises(ValueError, match=said):
        pad.picture_of(strokes)


def test_a_picture_can_be_changed_without_changing_the_next_one():
    first = pad.picture_of(CROSS)
    first[:] = 0
    assert pad.picture_of(CROSS).max() == 1


def test_the_pad_can_be_cleared():
    widget = pad.Pad(strokes=CROSS)
    widget.clear()
    assert widget.strokes == []
