"""Notebook 04's diagrams show what their alt texts say."""

from itertools import pairwise

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.notebook_04 import diagrams, meta_step
from tests import asked


def arrows(axes):
    """Every arrow of the axes as (start, end)."""
    notes = [text for text in axes.texts if getattr(text, "arrow_patch", None)]
    return [(np.array(note.xyann), np.array(note.xy)) for note in notes]


def place(axes, **look):
    """Where the one mark of that look lies."""
    marks = [line for line in axes.lines if look.items() <= line.properties().items()]
    assert len(marks) == 1
    return np.ravel(marks[0].get_data())


def test_two_arrows_lead_from_mamls_phi_into_both_wells():
    maml, transfer = diagrams.two_questions().axes
    phi = place(maml, marker="D", color=style.MAML)
    assert phi[0] == 0
    ends = [place(maml, marker="o", color=color) for color in style.TASKS[:2]]
    for (start, end), theta in zip(arrows(maml), ends, strict=True):
        np.testing.assert_allclose(start, phi)
        np.testing.assert_allclose(end, theta, atol=0.05)
    assert ends[0][0] < 0 < ends[1][0]
    assert arrows(transfer) == []
    assert place(transfer, marker="D", color=style.TRANSFER)[0] == pytest.approx(-2.12)
    for axes in (maml, transfer):
        assert asked.labelled(axes) == dict(zip(("task 1", "task 2"), style.TASKS, strict=False))


def test_the_query_gradient_is_drawn_at_theta_and_again_at_phi_and_mamls_is_another():
    (axes,) = diagrams.steps().axes
    start, end, theta = (
        place(axes, marker=marker, color=color)
        for marker, color in (("D", "white"), ("D", style.MAML), ("o", style.TASKS[0]))
    )
    inner, query, carried, bold = arrows(axes)
    np.testing.assert_allclose(inner, (start, theta))
    np.testing.assert_allclose(query[0], theta)
    np.testing.assert_allclose(carried[0], start)
    np.testing.assert_allclose(np.subtract(*carried), np.subtract(*query))
    np.testing.assert_allclose(bold, (start, end))
    assert np.linalg.norm(carried[1] - bold[1]) > 0.3


def test_each_rules_arrow_leads_from_its_pale_phi_to_the_one_it_names():
    (axes,) = diagrams.answer_steeper().axes
    moves = [(4.0, 4.29), (3.48, 3.16), (2.83, 1.64)]
    for row, (move, (start, end)) in enumerate(zip(moves, arrows(axes), strict=True)):
        np.testing.assert_allclose((start[0], end[0]), move, atol=0.01)
        assert start[1] == end[1] == row
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["transfer", "first-order", "MAML"]


def test_the_words_of_an_answer_stand_clear_of_its_curves():
    figure = diagrams.answer_taller()
    (axes,) = figure.axes
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 2
    for line in axes.lines:
        places = line.get_transform().transform(line.get_xydata())
        assert not any(box.contains(*place) for box in boxes for place in places)


@pytest.mark.parametrize(("panel", "rule"), [(0, "MAML"), (1, "transfer")])
def test_a_trail_leads_from_the_same_start_through_twelve_meta_steps(panel, rule):
    axes = diagrams.after_meta_steps().axes[panel]
    trail = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.15, 12, rule).trail
    assert axes.get_title(loc="left") == f"{rule}'s gradient"
    np.testing.assert_allclose(place(axes, gid="φ⁰"), trail[0])
    color = style.MAML if rule == "MAML" else style.TRANSFER
    stops = [line for line in axes.lines if line.get_color() == color]
    np.testing.assert_allclose(np.column_stack(stops[0].get_data()), trail[1:])
    ways = [(start, end) for start, end in pairwise(trail) if np.linalg.norm(end - start) > 0.08]
    for way, (start, end) in zip(ways, arrows(axes), strict=True):
        np.testing.assert_allclose((start, end), way)
