"""Distributions keep every task: inside as a dot, outside counted; the median is the median."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils.figures import style
from course_utils.notebook_05 import charts


def one_row(values, limits=(0.0, 10.0), **extra):
    _, ax = style.new_figure()
    panel = charts.Panel({"MAML": values}, "title", "label", limits, **extra)
    charts.frame(ax, panel)
    return ax, charts.strip(ax, "MAML", 0, values)


def test_each_task_inside_is_a_dot_in_its_methods_colour():
    values = np.array([3.0, 1.0, 2.0])
    _, (dots, *_) = one_row(values)
    assert sorted(dots.get_xdata()) == [1.0, 2.0, 3.0]
    assert dots.get_color() == style.MAML
    assert len(set(dots.get_ydata())) == 3  # no dot hides another


def test_tasks_outside_are_counted_at_their_edge_and_nan_counts_as_large():
    _, drawn = one_row(np.array([-1.0, 5.0, 20.0, np.nan, np.inf]))
    texts = {text.get_text() for text in drawn if hasattr(text, "get_text")}
    assert texts == {"← 1", "3 →"}
    at = {text.get_text(): text.get_position()[0] for text in drawn if hasattr(text, "get_text")}
    assert at["← 1"] < 0.05
    assert at["3 →"] > 0.95


def test_the_tick_is_the_median_and_the_bar_the_middle_half():
    _, (_, bar, tick) = one_row(np.arange(1.0, 10.0))
    assert tick.get_xdata()[0] == 5.0
    assert list(bar.get_xdata()) == [3.0, 7.0]


def test_a_median_outside_the_axis_is_not_drawn_inside_it():
    _, drawn = one_row(np.array([20.0, 30.0, 40.0]))
    lines = [artist for artist in drawn if hasattr(artist, "get_xdata")]
    assert len(lines) == 2  # dots and bar, no tick
    assert max(lines[1].get_xdata()) <= 10.0


def test_axes_follow_the_panel_and_not_the_data():
    for values in (np.ones(3), 1e9 * np.ones(3)):
        ax, _ = one_row(values, limits=(1.0, 1000.0), log=True, mark=(200, "2/α"))
        assert ax.get_xlim() == (1.0, 1000.0)
        assert ax.get_xscale() == "log"
        assert ax.lines[0].get_xdata()[0] == 200


def test_a_row_stands_for_the_method_that_its_tick_names():
    values = {"MAML": np.array([1.0, 1.0]), "random": np.array([2.0, 2.0])}
    axes = charts.distributions([charts.Panel(values, "t", "x", (0, 3))] * 2)
    for ax in axes:
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["MAML", "random"]
        rows = {line.get_color(): line for line in ax.lines if line.get_marker() == "."}
        assert np.round(rows[style.MAML].get_ydata()).tolist() == [0, 0]
        assert np.round(rows[style.RANDOM].get_ydata()).tolist() == [1, 1]


def test_changes_of_the_function_are_those_of_the_named_tasks():
    x = np.linspace(-5, 5, 11)
    needed = {"MAML": np.arange(4.0)[:, None] + x, "random": np.arange(4.0)[:, None] - x}
    made = {name: values / 2 for name, values in needed.items()}
    axes = charts.function_changes(x, needed, made, tasks=(0, 3))
    assert [ax.get_title(loc="left") for ax in axes] == ["from MAML's φ", "from the random φ"]
    for ax, name in zip(axes, needed, strict=True):
        found = {line.get_label(): line for line in ax.lines}
        for n in (0, 3):
            dashed, solid = found[f"task {n + 1}: needed"], found[f"task {n + 1}: made by one step"]
            assert dashed.get_ydata() == pytest.approx(needed[name][n])
            assert solid.get_ydata() == pytest.approx(made[name][n])
            assert dashed.get_color() == solid.get_color() == style.TASKS_BESIDE_METHODS[n]


def test_the_curvature_on_the_way_is_the_median_over_tasks():
    part = np.array([0.0, 0.5, 1.0])
    maml = np.array([[100, 200, 300], [50, 60, 70], [20, 30, 40.0]])
    values = {"transfer": maml / 10, "MAML": maml}
    ax = charts.along_the_step(part, values, limit=200.0)
    *curves, mark = ax.lines
    assert set(mark.get_ydata()) == {200.0}
    for (name, each), curve, band in zip(values.items(), curves, ax.collections, strict=True):
        assert curve.get_ydata() == pytest.approx(each[:, 1])
        assert curve.get_label() == f"from {name}'s φ"
        assert curve.get_color() == style.METHODS[name]
        # The middle half of three values: half-way from the median to each other.
        at, heights = band.get_paths()[0].vertices.T
        for n, (low, median, high) in enumerate(each):
            edge = heights[at == part[n]]
            assert (edge.min(), edge.max()) == pytest.approx(
                ((low + median) / 2, (median + high) / 2)
            )
        assert to_hex(band.get_facecolor()[0]).upper() == style.METHODS[name]
