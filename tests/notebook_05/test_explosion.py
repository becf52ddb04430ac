"""The picture of a task that explodes shows that task, and the others' middle."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_05 import explosion

MANY = np.array([[1.0, 2.0, 9.0], [0.5, 1.0, 4.0], [0.2, 0.4, 1.0]])
ONE = np.array([5.0, 50.0, np.inf])


def test_each_panel_has_the_task_in_ink_and_the_median_of_the_others_in_blue():
    axes = explosion.explosion((MANY, ONE), (100 * MANY, 100 * ONE), limit=200.0)
    for ax, factor in zip(axes, (1, 100), strict=True):
        median, one, *_ = ax.lines
        assert median.get_color() == style.MAML
        assert median.get_ydata() == pytest.approx(factor * MANY[:, 1])
        assert one.get_color() == style.INK
        assert one.get_ydata()[:2] == pytest.approx(factor * ONE[:2])
        assert np.isnan(one.get_ydata()[2])  # what is not finite is not drawn
        assert ax.get_yscale() == "log"
    assert set(axes[1].lines[2].get_ydata()) == {200.0}


def test_limits_do_not_follow_the_task():
    calm, wild = (
        explosion.explosion((MANY, factor * ONE), (MANY, ONE), limit=200.0)
        for factor in (1.0, 1e20)
    )
    assert [ax.get_ylim() for ax in calm] == [ax.get_ylim() for ax in wild]
