"""Figures of notebook 03: what they draw is what they are given; its diagrams."""

import numpy as np
import pytest

from course_utils.evaluation import Mean
from course_utils.figures import style, training
from course_utils.notebook_03 import diagrams


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_objective_curves_put_each_mean_in_the_middle_of_its_meta_steps():
    ax = training.objective_curves({"MAML": np.array([2.0, 1.0])}, every=100, floor=3.0)
    curve = lines(ax)["MAML"]
    assert curve.get_xdata().tolist() == [50, 150]
    assert curve.get_ydata().tolist() == [2.0, 1.0]


def test_objective_curves_of_two_lengths_both_fit():
    curves = {"MAML": np.array([1.5, 1.0]), "transfer": np.array([1.61])}
    ax = training.objective_curves(curves, every=50, floor=1.609, top=2.1)
    assert ax.get_xlim() == (0, 100)
    assert ax.get_ylim() == (0, 2.1)
    (word,) = ax.texts
    assert 1.609 < word.get_position()[1] < 2.0


def test_errors_are_drawn_with_their_intervals_and_published_values_hollow():
    rows = {"MAML": {0: Mean(3.0, 0.1, 10), 1: Mean(0.6, 0.2, 10)}}
    ax = training.errors_by_steps(rows, {"MAML": {1: 0.67}})
    (bars,) = ax.containers
    segments = bars.lines[2][0].get_segments()
    heights = np.array(segments)[:, :, 1]
    assert heights == pytest.approx(np.array([[2.9, 3.1], [0.4, 0.8]]))
    paper = lines(ax)["MAML paper, MAML"]
    assert paper.get_markerfacecolor() == "none"
    assert (paper.get_xdata()[0], paper.get_ydata()[0]) == (1, 0.67)


def test_each_method_has_its_own_intervals():
    rows = {"MAML": {1: Mean(1.0, 0.1, 9)}, "transfer": {1: Mean(3.0, 0.7, 9)}}
    ax = training.errors_by_steps(rows, {})
    ends = [bar.get_segments()[0][:, 1].tolist() for bar in ax.collections]
    np.testing.assert_allclose(ends, [[0.9, 1.1], [2.3, 3.7]])


def test_the_sorted_curve_keeps_every_task_and_puts_the_lost_ones_last():
    values = np.array([0.1, np.nan, 0.01, np.inf])
    ax = training.sorted_errors({0.01: values}, np.ones(4))
    curve = lines(ax)["five steps of α = 0.01"]
    assert curve.get_ydata().tolist() == [0.01, 0.1, np.inf, np.inf]
    assert curve.get_xdata().tolist() == [12.5, 37.5, 62.5, 87.5]


def test_axes_limits_do_not_follow_the_data():
    calm, wild = (
        training.objective_curves({"MAML": np.array([1.0, top])}, every=1, floor=3.0)
        for top in (1.0, 1e6)
    )
    assert calm.get_ylim() == wild.get_ylim()


def test_before_and_after_returns_everything_that_shows_the_answer():
    _, ax = style.new_figure()
    means = {0: Mean(3.0, 0.1, 10), 1: Mean(0.6, 0.1, 10)}
    shown = training.before_and_after(ax, means, means, floor=3.01)
    texts = [text for text in ax.texts if "floor" not in text.get_text()]
    assert len(texts) == 4
    assert set(texts) <= set(shown)


@pytest.mark.parametrize("name", diagrams.DIAGRAMS)
def test_every_diagram_of_the_notebook_is_drawn(name):
    figure = diagrams.DIAGRAMS[name]()
    figure.canvas.draw()
    assert figure.get_size_inches()[0] <= 7.6
    ink = np.asarray(figure.canvas.buffer_rgba())[..., :3].min(axis=2) < 200
    assert 0.005 < ink.mean() < 0.3
