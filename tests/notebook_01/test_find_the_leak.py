"""The leak is where the answer says, nowhere else, and notebook 01's solution finds it."""

import torch

from course_utils.notebook_01.find_the_leak import find_the_leak, leaking_tasks


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
    assert f"Task {wrong} is clean" in prediction.message
    assert f"in task {task} support picture" in prediction.alt
    prediction.set(row=right)
    assert "You found it" in prediction.message
    prediction.set(row=0)
    assert prediction.message.startswith("Here it is.")
    prediction.reset()
    assert prediction.message == ""
    assert f"{task}" not in prediction.describe
