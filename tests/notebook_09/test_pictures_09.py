"""Notebook 09's still pictures show the numbers that they are given."""

import numpy as np

from course_utils.notebook_09 import looks, pictures


def test_the_training_s_curve_is_a_mean_of_each_fifty_meta_steps():
    history = np.arange(1.0, 121.0)
    ax = pictures.training_curve(history, {"MAML": 0.4})
    curve, level = ax.lines
    np.testing.assert_allclose(curve.get_ydata(), [25.5, 75.5, 110.5])
    assert set(level.get_ydata()) == {0.4}
    assert [text.get_text() for text in ax.texts] == ["MAML"]


def test_home_and_away_shows_each_training_and_joins_their_means():
    errors = {
        "MAML": np.array([[0.4, 4.0], [0.5, 3.0]]),
        "set encoder": np.array([[0.1, 10.0], [0.1, 11.0]]),
    }
    ax = pictures.home_and_away(errors, ["waves", "lines"])
    for name, values in errors.items():
        own = [line for line in ax.lines if line.get_color() == looks.LOOKS[name]["color"]]
        joined, *rows, _ = own  # the last is the legend's
        np.testing.assert_allclose(joined.get_ydata(), np.exp(np.log(values).mean(0)))
        np.testing.assert_allclose([row.get_ydata() for row in rows], values)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["waves", "lines"]


def test_what_is_not_finite_stands_at_the_edge_of_the_axis():
    assert looks.on_axis(np.array([np.nan, np.inf, 0.0])).tolist() == [1e2, 1e2, 1e-3]
    assert [looks.spelt(e) for e in (float("nan"), 12.34, 0.123, 0.0123, 0.0001)] == [
        "over 1000",
        "12.3",
        "0.12",
        "0.012",
        "< 0.001",
    ]
