"""Notebook 05's diagrams show what its folded answers say in words."""

import numpy as np
import pytest
from matplotlib.text import Annotation

from course_utils.figures import style
from course_utils.notebook_05 import diagrams


@pytest.mark.parametrize("name", diagrams.DIAGRAMS)
def test_every_diagram_of_the_notebook_is_drawn(name):
    figure = diagrams.DIAGRAMS[name]()
    figure.canvas.draw()
    assert figure.get_size_inches()[0] <= 7.6
    ink = np.asarray(figure.canvas.buffer_rgba())[..., :3].min(axis=2) < 200
    assert 0.005 < ink.mean() < 0.3


def test_a_step_from_halfway_is_worth_no_more_than_from_transfers_phi():
    (ax,) = diagrams.answer_halfway().axes
    before, after, *_ = ax.lines
    t = before.get_xdata()
    level, low = (np.interp([0, 0.5, 1], t, line.get_ydata()) for line in (before, after))
    assert (before.get_color(), after.get_color()) == (style.TRANSFER, style.MAML)
    assert np.ptp(level) < 0.3
    assert low[1] > low[0]
    assert low[2] < low[0] / 3
    assert f"halfway: {low[1]:.1f}" in "".join(text.get_text() for text in ax.texts)


def test_mamls_loss_is_the_most_curved_along_the_step_and_beyond_the_limit():
    (ax,) = diagrams.answer_curvature().axes
    found = {line.get_gid(): line for line in ax.lines}
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    for name in names:
        assert np.median(found[f"{name}-tasks"].get_ydata()).round() == names.index(name)
        assert found[f"{name}-tasks"].get_color() == style.METHODS[name]
    maml, transfer, random = (
        found[f"{name}-median"].get_xdata()[0] for name in ("MAML", "transfer", "random")
    )
    assert maml > 3 * transfer
    assert transfer > random
    (limit,) = (line for line in ax.lines if line.get_color() == style.INK)
    assert maml > limit.get_xdata()[0] == 200


def test_the_shadow_lies_right_below_the_place_off_the_plane():
    (ax,) = diagrams.shadow().axes
    dotted = next(line for line in ax.lines if line.get_linestyle() == ":")
    foot, end = dotted.get_xydata()
    assert foot[0] == end[0]
    assert ax.patches[0].get_path().contains_point(foot)
    assert not ax.patches[0].get_path().contains_point(end)


def test_each_arrow_of_the_shadows_picture_runs_from_phi_to_a_theta():
    (ax,) = diagrams.shadow().axes
    (phi,) = (line.get_xydata()[0] for line in ax.lines if line.get_marker() == "D")
    thetas = [
        line.get_xydata()[0].tolist()
        for line in ax.lines
        if line.get_marker() == "o" and line.get_color() in style.TASKS_BESIDE_METHODS[:3]
    ]
    arrows = [text for text in ax.texts if isinstance(text, Annotation)]
    assert [list(arrow.xy) for arrow in arrows] == thetas
    assert [list(arrow.xyann) for arrow in arrows] == [phi.tolist()] * 3


def test_noise_makes_waves_that_pass_the_points_by():
    for ax in diagrams.answer_noise().axes:
        points, _, curve = ax.lines
        assert curve.get_color() == style.MAML
        x, change = curve.get_xdata(), curve.get_ydata()
        waves = np.stack([np.sin(x), np.cos(x)], axis=1)
        rest = change - waves @ np.linalg.lstsq(waves, change, rcond=None)[0]
        assert (rest**2).sum() < 0.35 * (change**2).sum()
        off = np.interp(points.get_xdata(), x, change) - points.get_ydata()
        assert np.abs(off).max() > 1
