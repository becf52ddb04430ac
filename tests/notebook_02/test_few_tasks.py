"""What three training tasks choose: the draw, the answer, and what is hidden before it."""

import numpy as np
import pytest

from course_utils.figures import style
from course_utils.learners import KNOBS, kernel_ridge, over_knobs
from course_utils.notebook_02 import few_tasks
from tests import asked


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
        "nine in ten lie between λ = 0.0004 and 0.16. In the picture task 3 goes above the axes."
    )
    few.set(draw=6)
    assert "tasks 1, 2 and 3 go above the axes" in few.alt


def test_the_stored_sentences_do_not_give_the_answer_away(few):
    assert not any(character.isdigit() for character in few.describe)
    assert "worse" not in few.alt + few.describe


# --- what is drawn --------------------------------------------------------------------------------


ANSWERS = ("task 1", "task 2", "task 3", "the three", "choice", "rule", "choices")


def test_only_unseen_tasks_are_drawn_before_the_answer(few, tasks):
    assert {name: len(asked.points(few, name)) for name in ANSWERS} == dict.fromkeys(ANSWERS, 0)
    unseen = over_knobs(kernel_ridge, KNOBS, tasks).mean(dim=1)
    np.testing.assert_allclose(asked.points(few, "unseen"), np.c_[KNOBS, unseen])
    few.reveal()
    assert all(len(asked.points(few, name)) for name in ANSWERS)


def test_each_of_the_three_curves_is_its_tasks_in_its_colour_and_the_dashed_one_their_mean(
    few, draw
):
    losses = over_knobs(kernel_ridge, KNOBS, draw(300, seed=2)[12:15]).numpy()
    few.set(draw=4, revealed=True)
    for n in range(3):
        np.testing.assert_allclose(asked.points(few, f"task {n + 1}"), np.c_[KNOBS, losses[:, n]])
        assert asked.artist(few, f"task {n + 1}").get_color() == style.TASKS[n]
    mean = np.c_[KNOBS, losses.mean(axis=1)]
    np.testing.assert_allclose(asked.points(few, "the three"), mean)
    assert asked.artist(few, "the three").is_dashed()


def test_diamond_and_rule_stand_where_the_mean_of_the_three_is_least(few):
    few.reveal()
    mean = asked.points(few, "the three")
    np.testing.assert_allclose(asked.points(few, "choice"), [mean[mean[:, 1].argmin()]])
    assert set(asked.points(few, "rule")[:, 0]) == {asked.points(few, "choice")[0, 0]}


def test_below_is_the_share_of_draws_that_chose_each_knob(few):
    few.reveal()
    knobs, share = asked.points(few, "choices").T
    assert tuple(knobs) == KNOBS
    assert share.sum() == pytest.approx(100)
    assert share[KNOBS.index(few.data.knob)] > 0
    np.testing.assert_allclose(share, few.data.choices)  # of 100 draws
