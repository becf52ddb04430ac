"""Answers to notebook 09's exercises that are right in another way, or wrong in a common one."""

import json
import re
from pathlib import Path

import pytest
import torch

from course_utils import check, linear_attention
from course_utils.exercises.verdict import RIGHT, WRONG
from course_utils.notebook_09 import exercise_any_height, exercise_any_number

PATH = next((Path(__file__).resolve().parents[2] / "notebooks").glob("09-*.ipynb"))


def task_by_task(learner, support_x, support_y, query_x):
    answers = []
    for x, y, query in zip(support_x, support_y, query_x, strict=True):
        size = y.square().mean().sqrt()
        answers.append(size * learner(x[None], y[None] / size, query[None])[0])
    return torch.stack(answers)


def with_a_little_more(learner, support_x, support_y, query_x):
    size = (support_y.square().mean(1, keepdim=True) + 1e-10).sqrt()
    return size * learner(support_x, support_y / size, query_x)


def cut_one_by_one(encode, pairs, counts):
    rows = [encode(row[:count]).mean(0) for row, count in zip(pairs, counts, strict=True)]
    return torch.stack(rows)[:, None]


def by_nanmean(encode, pairs, counts):
    filling = torch.arange(pairs.shape[1]) >= counts[:, None]
    return encode(pairs).masked_fill(filling[..., None], torch.nan).nanmean(1, keepdim=True)


def by_tokens(support_x, support_y, query_x, alpha, steps):
    return linear_attention.attention_answer(
        support_x, support_y, query_x, alpha=alpha, layers=steps
    )


def by_parentheses(support_x, support_y, query_x, alpha, steps):
    """What a step adds to w stands in it, and no w: attention, multiplied in another order."""
    left, said = support_y, 0
    for _ in range(steps):
        value = alpha / support_x.shape[1] * (support_x.mT @ left)
        said, left = said + query_x @ value, left - support_x @ value
    return said


def point_by_point(support_x, support_y, query_x, alpha, steps):
    answers = []
    for x, y, query in zip(support_x, support_y, query_x, strict=True):
        left, said = y, torch.zeros(len(query), 1)
        for _ in range(steps):
            added, explained = (
                torch.stack([((one * x).sum(1, keepdim=True) * left).sum(0) for one in asking])
                for asking in (query, x)
            )
            said, left = said + alpha / len(x) * added, left - alpha / len(x) * explained
        answers.append(said)
    return torch.stack(answers)


def steps_of_w(support_x, support_y, query_x, alpha, steps):
    w = torch.zeros(len(support_x), support_x.shape[2], 1)
    for _ in range(steps):
        w = w + alpha / support_x.shape[1] * support_x.mT @ (support_y - support_x @ w)
    return query_x @ w


def steps_of_a_row(support_x, support_y, query_x, alpha, steps):
    """Scaled otherwise, and a row."""
    w = torch.zeros(len(support_x), 1, support_x.shape[2])
    size = alpha / support_x.shape[1]
    for _ in range(steps):
        w = w + ((support_y - size * support_x @ w.mT) * support_x).sum(1, keepdim=True)
    return size * query_x @ w.mT


def by_autograd_task_by_task(support_x, support_y, query_x, alpha, steps):
    answers = []
    for x, y, query in zip(support_x, support_y, query_x, strict=True):
        w = torch.zeros(x.shape[1], 1, requires_grad=True)
        descent = torch.optim.SGD([w], lr=alpha)
        for _ in range(steps):
            descent.zero_grad()
            (0.5 * (y - x @ w).square().mean()).backward()
            descent.step()
        answers.append((query @ w).detach())
    return torch.stack(answers)


def with_tasks_reversed(support_x, support_y, query_x, alpha, steps):
    """Its w are those of the tasks from the last to the first."""
    turned = (part.flip(0) for part in (support_x, support_y, query_x))
    return steps_of_w(*turned, alpha, steps).flip(0)


def with_inputs_reversed(support_x, support_y, query_x, alpha, steps):
    return steps_of_w(support_x.flip(2), support_y, query_x.flip(2), alpha, steps)


def with_tasks_last(support_x, support_y, query_x, alpha, steps):
    """Its w is (inputs, tasks), so that no row of it is one task's."""
    x, y, w = support_x.permute(2, 1, 0), support_y[..., 0].T, torch.zeros(support_x.shape[::2]).T
    for _ in range(steps):
        w = w + alpha / x.shape[1] * (x * (y - (x * w[:, None]).sum(0))).sum(1)
    return (query_x.permute(2, 1, 0) * w[:, None]).sum(0).T[..., None]


KEEP_W = [steps_of_w, steps_of_a_row, by_autograd_task_by_task, with_tasks_reversed]


@pytest.mark.parametrize("answer", [*KEEP_W, with_inputs_reversed, with_tasks_last])
def test_an_answer_that_keeps_a_w_is_told_so(answer):
    assert check.attention_steps.judge(answer).names == ("a w is kept",)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (check.attention_steps, by_parentheses),
        (check.attention_steps, point_by_point),
        (check.scaled, task_by_task),
        (check.scaled, with_a_little_more),
        (check.mean_of_points, cut_one_by_one),
        (check.mean_of_points, by_nanmean),
        (check.attention_steps, by_tokens),
    ],
)
def test_other_ways_are_right_too(exercise, answer):
    assert exercise.judge(answer).kind == RIGHT


def test_y_may_not_be_divided_in_place():
    def answer(learner, support_x, support_y, query_x):
        size = support_y.square().mean(1, keepdim=True).sqrt()
        support_y /= size
        return size * learner(support_x, support_y, query_x)

    assert check.scaled.judge(answer).kind == WRONG


def test_the_learners_of_the_cases_care_for_the_height():
    """Else any size of y would be right."""
    for case in check.scaled.cases:
        learner, x, y, query = case.make()
        with torch.no_grad():
            twice, once = learner(x, 2 * y, query), learner(x, y, query)
        assert not torch.allclose(twice, 2 * once, rtol=0.02)
    assert exercise_any_height.bending.__name__ == "bending"  # a card names it


def test_a_filling_is_no_zero_once_encoded_and_a_real_pair_is_zero():
    for case in check.mean_of_points.cases:
        encode, pairs, counts = case.make()
        assert (encode(torch.zeros(1, 1, 2)).abs() > 0.05).any()
        real = exercise_any_number._counted(pairs, counts).bool()[..., 0]
        assert (pairs[real] == 0).all(1).sum() == 1
        assert (pairs[~real] == 0).all()


def test_a_layer_more_is_said_whatever_the_number_of_steps():
    def one_more(support_x, support_y, query_x, alpha, steps):
        return by_tokens(support_x, support_y, query_x, alpha, steps + 1)

    assert check.attention_steps.judge(one_more).names == ("a layer too many",)


def test_the_quiz_has_one_right_answer_a_question():
    cells = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    quiz = text.partition("## Questions")[2].partition("## Read on")[0]
    questions = re.split(r"^\*\*\d\. ", quiz, flags=re.M)[1:]
    assert len(questions) == 5
    for question in questions:
        begins = re.findall(r"</summary>\n\n(Yes|No)\. ", question)
        assert begins.count("Yes") == 1
        assert len(begins) == question.count("<details>") in (3, 4)
