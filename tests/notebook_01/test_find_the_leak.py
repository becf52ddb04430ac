"""The leak is where the answer says, nowhere else, and notebook 01's solution finds it."""

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from course_utils.figures import style
from course_utils.notebook_01.diagrams import answer_leak
from course_utils.notebook_01.find_the_leak import find_the_leak, leaking_tasks
from tests import asked


def count_leaks(batch):
    """The reference solution of notebook 01's second exercise."""
    support, query = batch.support_x.flatten(2), batch.query_x.flatten(2)
    same = (query[:, :, None] == support[:, None]).all(dim=-1)
    return same.any(dim=-1).sum(dim=-1)


def test_one_query_picture_of_one_task_is_in_its_support_set():
    leak = leaking_tasks()
    assert count_leaks(leak.batch).tolist() == [int(n == leak.task) for n in range(4)]
    twin, picture = leak.batch.support_x[leak.task, leak.twin], leak.batch.query_x[leak.task]
    assert torch.equal(twin, picture[leak.picture])
    labels = leak.batch.support_y[leak.task, leak.twin], leak.batch.query_y[leak.task, leak.picture]
    assert labels[0] == labels[1]


def test_the_prediction_gives_nothing_away_and_then_says_where():
    prediction, task = find_the_leak(), leaking_tasks().task + 1
    right, wrong = task, task % 4 + 1
    for row in range(5):
        prediction.set(row=row)
        assert "box" not in prediction.alt.lower()
        assert prediction.message == ""
    prediction.set(row=wrong)
    before = prediction.png()
    prediction.reveal()
    assert prediction.png() != before
    assert f"Task {wrong} has no leak" in prediction.message
    assert f"in task {task} support picture" in prediction.alt
    prediction.set(row=right)
    assert "You found it" in prediction.message
    prediction.set(row=0)
    assert prediction.message.startswith("Here it is.")
    prediction.reset()
    assert prediction.message == ""
    assert f"{task}" not in prediction.describe


def rows_of(figure):
    return np.reshape(figure.axes, (4, 2))


def boxed(box):
    """The picture that a box stands around, and its task (from 0), set and place."""
    place = round(box.get_x() + box.get_width() / 2)
    ((task, side),) = np.argwhere(rows_of(box.figure) == box.axes)
    return box.axes.images[place].get_array(), (task, side, place)


def test_each_row_shows_the_pictures_and_labels_of_its_task():
    batch, rows = leaking_tasks().batch, rows_of(find_the_leak()._stage.figure)
    for n, row in enumerate(rows):
        for axes, pictures in zip(row, (batch.support_x, batch.query_x), strict=True):
            shown = [image.get_array() for image in axes.images]
            np.testing.assert_array_equal(shown, pictures[n, :, 0])
            labels = [int(label.get_text()) for label in axes.get_xticklabels()]
            assert labels == batch.support_y[n].tolist() == batch.query_y[n].tolist()
        assert row[0].get_ylabel() == f"task {n + 1}"


def test_the_support_set_is_in_a_bold_frame_and_the_query_set_in_a_broken_one():
    for support, query in rows_of(find_the_leak()._stage.figure):
        bold, broken = support.spines["left"], query.spines["left"]
        assert bold.get_linewidth() > broken.get_linewidth()
        assert bold.get_linestyle() == "-"
        assert broken.get_linestyle() != "-"


@pytest.mark.parametrize("row", range(5))
def test_no_box_is_seen_before_the_answer(row):
    prediction = find_the_leak()
    boxes = [asked.artist(prediction, f"{side} copy") for side in ("support", "query")]
    prediction.set(row=row)
    assert not any(box.get_visible() for box in boxes)
    prediction.reveal()
    assert all(box.get_visible() for box in boxes)


def test_the_boxes_are_around_one_and_the_same_picture():
    leak, prediction = leaking_tasks(), find_the_leak()
    boxes = [asked.artist(prediction, f"{side} copy") for side in ("support", "query")]
    (one, support), (other, query) = map(boxed, boxes)
    assert support == (leak.task, 0, leak.twin)
    assert query == (leak.task, 1, leak.picture)
    np.testing.assert_array_equal(one, other)
    assert {box.get_edgecolor()[:3] for box in boxes} == {to_rgb(style.TASKS[leak.task])}


def test_the_answer_without_a_kernel_boxes_what_its_alt_text_names():
    """In task 3 the third support picture and the fourth query picture: one drawing of a 3."""
    boxes = [box for axes in answer_leak().axes for box in axes.patches]
    assert [boxed(box)[1] for box in boxes] == [(2, 0, 2), (2, 1, 3)]
    batch = leaking_tasks().batch
    assert batch.facts["digit"][2, batch.support_y[2, 2]] == 3
