"""Figures of slices draw what they are given, on axes that do not follow it."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils.figures import style
from course_utils.notebook_05 import pictures

T = np.linspace(-0.2, 1.2, 8)


def losses(factor=1.0):
    tasks = factor * np.arange(1.0, 7.0)
    return {k: np.tile(tasks, (len(T), 1)) / (k + 1) for k in (0, 1, 5)}


def by_label(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_the_bold_curves_are_means_of_all_tasks_and_thin_ones_the_first_four():
    left, right = pictures.along_line(T, losses())
    assert by_label(left)["mean before: transfer's loss"].get_ydata() == pytest.approx([3.5] * 8)
    assert by_label(right)["mean after 1 step: MAML's loss"].get_ydata() == pytest.approx(
        [1.75] * 8
    )
    assert by_label(right)["mean after 5 steps"].get_ydata() == pytest.approx([3.5 / 6] * 8)
    for n, color in enumerate(style.TASKS_BESIDE_METHODS):
        line = by_label(left)[f"task {n + 1}"]
        assert line.get_ydata() == pytest.approx([n + 1.0] * 8)
        assert line.get_color() == color
    assert "task 5" not in by_label(left)


def test_a_mean_before_a_step_has_transfers_colour_and_one_after_it_mamls():
    for ax, looks in zip(
        pictures.along_line(T, losses()),
        (
            {"mean before: transfer's loss": (style.TRANSFER, "-")},
            {
                "mean after 1 step: MAML's loss": (style.MAML, "-"),
                "mean after 5 steps": (style.MAML, "--"),
            },
        ),
        strict=True,
    ):
        found = {
            name: (line.get_color(), line.get_linestyle())
            for name, line in by_label(ax).items()
            if name.startswith("mean")
        }
        assert found == looks


def test_each_panel_of_the_line_has_both_phi_on_its_own_mean():
    for ax, height in zip(pictures.along_line(T, losses()), (3.5, 1.75), strict=True):
        transfer, maml = (line for line in ax.lines if line.get_marker() == "D")
        assert transfer.get_xydata() == pytest.approx(np.array([[0, height]]))
        assert maml.get_xydata() == pytest.approx(np.array([[1, height]]))
        assert (transfer.get_color(), maml.get_color()) == (style.TRANSFER, style.MAML)


def test_a_panel_of_planes_shows_its_own_surface():
    a = np.linspace(-0.3, 0.3, 9)
    bowl = 30 * (a[:, None] ** 2 + 2 * a**2)
    surfaces = {"transfer": (bowl + 1, bowl + 2), "MAML": (bowl + 3, bowl + 4)}
    rows = pictures.planes(a, surfaces, steps=1)
    assert [[ax.collections[0].zmin for ax in row] for row in rows] == [[1, 2], [3, 4]]
    for row, name in zip(rows, surfaces, strict=True):
        assert row[0].get_ylabel().startswith(f"around {name}'s φ")


def test_both_phi_stand_on_the_mean_curve_at_0_and_1():
    curve = 3 - 2 * T
    _, ax = style.new_figure()
    pictures.ends(ax, T, curve)
    transfer, maml = ax.get_lines()
    assert (transfer.get_xdata()[0], transfer.get_ydata()[0]) == (0, pytest.approx(3))
    assert (maml.get_xdata()[0], maml.get_ydata()[0]) == (1, pytest.approx(1))
    assert (transfer.get_color(), maml.get_color()) == (style.TRANSFER, style.MAML)
    assert transfer.get_marker() == maml.get_marker() == "D"


def test_limits_do_not_follow_the_data():
    calm, wild = (pictures.along_line(T, losses(factor)) for factor in (1.0, 1e9))
    assert [ax.get_ylim() for ax in calm] == [ax.get_ylim() for ax in wild]
    assert [ax.get_xlim() for ax in calm] == [(T[0], T[-1])] * 2


def test_a_curve_that_is_not_finite_is_drawn_as_far_as_it_goes():
    values = losses()
    values[5][-1] = np.inf
    axes = pictures.along_line(T, values)
    assert len(style.show(axes, alt="…").png()) > 0


def test_each_row_of_planes_is_its_own_method_with_low_loss_light():
    a = np.linspace(-0.3, 0.3, 9)
    bowl = 1 + 30 * (a[:, None] ** 2 + a**2)
    rows = pictures.planes(
        a, {"MAML": (bowl, bowl), "transfer": (bowl, np.full((9, 9), np.nan))}, steps=1
    )
    assert rows.shape == (2, 2)
    assert [to_hex(row[0].lines[0].get_color()).upper() for row in rows] == [
        style.MAML,
        style.TRANSFER,
    ]
    assert rows[0, 1].get_title(loc="left") == "after 1 step"
    shades = [
        np.mean(pictures.GROUND(pictures._BANDS(value))[:3]) for value in (0.6, 3.2, 9.0, 1e6)
    ]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 4
    assert len(style.show(rows, alt="…").png()) > 0
