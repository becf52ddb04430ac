"""What three training tasks choose: the draw, the answer, and what is hidden before it."""

import numpy as np
import pytest

from course_utils.learners import KNOBS, kernel_ridge, over_knobs
from course_utils.notebook_02 import few_tasks


@pytest.fixture
def few(tasks, draw):
    return few_tasks.few_tasks(draw(300, seed=2), tasks)


def test_the_frame_of_few_tasks_is_one_group_of_three(tasks):
    losses = over_knobs(kernel_ridge, KNOBS, tasks)
    unseen = np.linspace(1, 2, len(KNOBS))
    frame = few_tasks.few_tasks_frame(losses, unseen, draw=2)
    mean = losses[:, 6:9].mean(dim=1)
    assert frame.knob == KNOBS[int(mean.argmin())]
    assert frame.promise == pytest.approx(mean.min().item())
    assert frame.truth == unseen[int(mean.argmin())]
    assert frame.choices.sum() == len(tasks) // 3


def test_three_tasks_promise_more_than_they_keep(few):
    assert few.message == ""
    few.set(unseen="worse")
    few.reveal()
    assert few.data.mean_truth > 1.2 * few.data.mean_promise
    assert "Worse, as you said" in few.message
    assert "meta-overfitting" in few.message
    few.set(unseen="better")
    assert "Not better" in few.message


def test_three_other_tasks_choose_for_themselves(few):
    few.reveal()
    chosen = set()
    for n in range(8):
        few.set(draw=n)
        chosen.add(few.data.knob)
    assert len(chosen) > 3
    few.set(knob=few.data.knob)
    assert few.message.startswith("Close.")


def test_it_opens_with_the_draw_asked_for_and_says_which_curves_leave_the_picture(draw):
    few = few_tasks.few_tasks(draw(3000, seed=11), draw(1000, seed=1), draw=2)
    few.reveal()
    assert few.data.knob == pytest.approx(0.16, abs=0.002)
    assert few.data.promise == pytest.approx(0.66, abs=0.005)
    assert few.data.truth > 1.5 * few.data.promise
    assert few.alt.endswith(
        "nine in ten lie between λ = 0.0004 and 0.16. In the picture task 3 runs off the top."
    )
    few.set(draw=6)
    assert "tasks 1, 2 and 3 run off the top" in few.alt


def test_the_stored_sentences_do_not_give_the_answer_away(few):
    assert not any(character.isdigit() for character in few.describe)
    assert "worse" not in few.alt + few.describe
