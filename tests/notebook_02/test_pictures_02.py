"""Still pictures of notebook 02: which curve is which, and what stands beside it."""

import numpy as np
import torch

from course_utils.learners import KNOBS
from course_utils.notebook_02 import pictures

VALLEY = 1 + (np.log10(KNOBS) + 1) ** 2
RISING = np.linspace(0.1, 3, len(KNOBS))


def curves(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_the_query_loss_is_hollow_the_support_loss_filled_and_the_least_of_each_is_named():
    ax = pictures.over_knob(KNOBS, query=VALLEY, support=RISING)
    query, support = (curves(ax)[f"on the {kind} sets"] for kind in ("query", "support"))
    np.testing.assert_array_equal(query.get_ydata(), VALLEY)
    np.testing.assert_array_equal(support.get_ydata(), RISING)
    assert query.get_markerfacecolor() == "white"
    assert support.get_markerfacecolor() != "white"
    named = {note.get_text(): note.xy for note in ax.texts}
    assert named == {
        "F*: λ = 0.1": (KNOBS[30], 1.0),
        "the support sets' choice: λ = 0.0001": (KNOBS[0], 0.1),
    }


def test_the_curve_with_noise_is_the_one_that_is_called_so():
    drawn = curves(pictures.with_and_without_noise(KNOBS, VALLEY, RISING))
    np.testing.assert_array_equal(drawn["noise 0.5"].get_ydata(), VALLEY)
    np.testing.assert_array_equal(drawn["no noise"].get_ydata(), RISING)


def test_words_stand_by_their_own_curve_and_the_promise_is_dashed():
    promise, truth = np.array([0.5, 0.7, 0.8]), np.array([1.6, 1.1, 0.9])
    ax = pictures.promise_and_truth((1, 10, 100), promise, truth)
    on_unseen, own = ax.get_lines()
    np.testing.assert_array_equal(on_unseen.get_ydata(), truth)
    np.testing.assert_array_equal(own.get_ydata(), promise)
    assert own.is_dashed()
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert abs(heights["the same λ on unseen tasks"] - truth[0]) < 0.1
    assert abs(heights["the training tasks' own L(F) at the λ they chose"] - promise[0]) < 0.1


def test_each_panel_holds_its_own_task_with_its_own_losses_above(draw):
    tasks = draw(3, seed=0)
    x = torch.linspace(-5, 5, 11)[None, :, None].expand(3, -1, 1)
    fits = torch.arange(3.0)[:, None, None].expand(3, 11, 1)
    losses = {"average": np.array([1.0, 2, 3]), "zero": np.array([4.0, 5, 6])}
    for n, ax in enumerate(pictures.tasks_in_a_row(tasks, x, fits, losses)):
        wave, f, support, query, zero = ax.get_lines()
        amplitude, phase = (tasks.facts[name][n].item() for name in ("amplitude", "phase"))
        sine = amplitude * torch.sin(x[n, :, 0] - phase)
        np.testing.assert_allclose(wave.get_ydata(), sine, rtol=1e-4, atol=1e-6)
        assert set(f.get_ydata()) == {n}
        np.testing.assert_array_equal(support.get_ydata(), tasks.support_y[n, :, 0])
        np.testing.assert_array_equal(query.get_ydata(), tasks.query_y[n, :, 0])
        assert query.get_markerfacecolor() == "white"
        assert list(zero.get_ydata()) == [0, 0]
        words = ax.get_title(loc="left")
        assert words == f"task {n + 1}\naverage {n + 1:.2f}   zero {n + 4:.2f}"
