"""Rows of tasks show the pictures and points that the batch has, in the set where they belong."""

import numpy as np
import pytest
import torch

from course_utils.figures import style
from course_utils.notebook_01 import pictures
from course_utils.notebook_01.diagrams import DIAGRAMS, answer_one_x, examples_and_tasks
from course_utils.notebook_01.shown_tasks import waves_at
from course_utils.tasks import Digits, Sinusoids


@pytest.fixture(scope="module")
def batches():
    generator = torch.Generator().manual_seed(0)
    count = {"ways": 3, "shots": 1, "queries": 2, "generator": generator}
    return (
        Digits((0, 1, 2, 3, 4, 5)).sample(2, **count),
        Digits((6, 7, 8, 9)).sample(1, **count),
        Sinusoids().sample(3, shots=4, queries=6, generator=generator),
    )


def test_each_row_shows_its_own_task(batches):
    train, unseen, waves = batches
    figure = pictures.batch_rows(*batches)
    rows = [block.axes[i : i + 3] for block in figure.subfigs for i in range(0, len(block.axes), 3)]
    assert len(rows) == 3
    for n, (support, query, wave) in enumerate(rows):
        batch, i = (train, n) if n < 2 else (unseen, 0)
        shown = np.stack([image.get_array() for image in support.images])
        np.testing.assert_array_equal(shown, batch.support_x[i, :, 0])
        shown = np.stack([image.get_array() for image in query.images])
        np.testing.assert_array_equal(shown, batch.query_x[i, :, 0])
        hollow, filled = wave.lines[1:]
        np.testing.assert_array_equal(filled.get_ydata(), waves.support_y[n, :, 0])
        np.testing.assert_array_equal(hollow.get_ydata(), waves.query_y[n, :, 0])
        assert hollow.get_markerfacecolor() == "none"
        assert filled.get_markerfacecolor() != "none"
        assert support.get_ylabel() == f"task {n + 1}"


def test_support_and_query_points_lie_on_the_drawn_wave(batches):
    figure = pictures.batch_rows(*batches)
    for block in figure.subfigs:
        for axes in block.axes[2::3]:
            curve, *points = axes.lines
            for dots in points:
                on_curve = np.interp(dots.get_xdata(), *curve.get_data())
                np.testing.assert_allclose(dots.get_ydata(), on_curve, atol=0.01)


def test_blocks_say_which_tasks_are_unseen(batches):
    figure = pictures.batch_rows(*batches)
    train, unseen = (block._suptitle.get_text() for block in figure.subfigs)
    assert train.startswith("meta-train")
    assert unseen.startswith("unseen")


def test_a_missing_wave_is_said(batches):
    with pytest.raises(ValueError, match="waves must have 3 tasks"):
        pictures.batch_rows(*batches[:2], batches[2][:2])


def test_a_strip_puts_picture_i_at_place_i():
    axes = pictures.draw_strip(
        pictures.style.axes_for(None), np.arange(3)[:, None, None] / 2 * np.ones((3, 8, 8)), "abc"
    )
    assert [image.get_extent()[0] for image in axes.images] == [-0.45, 0.55, 1.55]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    frame = pictures.box(axes, 2, "black")
    assert frame.get_x() < 2 < frame.get_x() + frame.get_width()


def test_the_answer_marks_the_mean_where_the_black_curve_is():
    x = np.linspace(-5, 5, 11)
    waves, average = np.stack([x, -x]), 0.3 * x
    left, right = pictures.one_x_answer(x, waves, average, 2.0, np.array([1.0, 0.2]))
    mark = left.lines[-1]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2.0, pytest.approx(0.6))
    assert right.lines[0].get_ydata()[0] == pytest.approx(0.6)


@pytest.mark.parametrize("name", DIAGRAMS)
def test_diagrams_fit_the_page(name):
    figure = DIAGRAMS[name]()
    assert name.startswith("01-")
    assert figure.get_size_inches()[0] <= 7.6


def test_digits_rows_frame_support_boldly_and_query_broken(batches):
    figure = pictures.batch_rows(*batches)
    for block in figure.subfigs:
        for support, query in zip(block.axes[::3], block.axes[1::3], strict=True):
            bold, broken = support.spines["top"], query.spines["top"]
            assert bold.get_linewidth() > broken.get_linewidth()
            assert (bold.get_linestyle() == "-", broken.get_linestyle() == "-") == (True, False)


def test_one_task_is_sixty_points_and_nine_tasks_have_five_of_each_on_their_own_wave():
    left, *small = examples_and_tasks().axes
    assert len(left.lines[0].get_xdata()) == 60
    waves = []
    for axes in small:
        wave, query, support = axes.lines[:3]
        assert (support.get_markerfacecolor(), query.get_markerfacecolor()) == (
            style.TASKS[0],
            "none",
        )
        for points in (support, query):
            assert len(points.get_xdata()) == 5
            on_wave = np.interp(points.get_xdata(), *wave.get_data())
            np.testing.assert_allclose(points.get_ydata(), on_wave, atol=0.01)
        assert not set(support.get_xdata()) & set(query.get_xdata())
        waves.append(tuple(wave.get_ydata()))
    assert len(set(waves)) == 9


def test_the_answer_to_one_x_shows_what_its_alt_text_says():
    left, right = answer_one_x().axes
    grey = [line for line in left.lines if line.get_color() == style.FAINT]
    _, mean, square = (line for line in left.lines if line not in grey)
    assert len(grey) == 30
    x, y = mean.get_data()
    assert x[y.argmin()] == pytest.approx(0, abs=0.1)
    assert (square.get_marker(), square.get_color()) == ("s", style.INK)
    assert [*square.get_xdata(), *square.get_ydata()] == pytest.approx([2.5, 1.3], abs=0.05)
    bars = [bar for bar in right.patches if bar.get_width()]
    assert sum(bar.get_width() for bar in bars) == len(waves_at(2.5))
    lowest, highest = bars[0].get_y(), bars[-1].get_y() + bars[-1].get_height()
    assert lowest <= -2.6 < lowest + bars[0].get_height()
    assert highest == 5
