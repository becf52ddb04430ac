"""Notebook 09's learners are what they are called, and their errors are those of each task."""

import pytest
import torch

from course_utils import learners, maml
from course_utils.notebook_09 import kinds
from course_utils.tasks import Sinusoids


def draw(family, n_tasks=6, shots=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n_tasks, shots=shots, queries=20, generator=generator)


def test_few_steps_is_the_core_s_adaptation_and_leaves_no_graph():
    tasks, phi = draw(Sinusoids()), kinds.NETWORK.init(torch.Generator().manual_seed(0))
    phi = {name: leaf.requires_grad_() for name, leaf in phi.items()}
    ours = kinds.few_steps(phi, 2)(tasks.support_x, tasks.support_y, tasks.query_x)
    theta = maml.adapt(
        kinds.LOSS, phi, tasks.support_x, tasks.support_y, inner_lr=kinds.INNER_LR, steps=2
    )
    torch.testing.assert_close(ours, kinds.NETWORK(theta, tasks.query_x))
    assert not ours.requires_grad


@pytest.mark.parametrize("name", kinds.READERS)
def test_a_reader_is_trained_and_knows_waves(name):
    tasks = draw(Sinusoids(), n_tasks=100)
    found = kinds.errors(kinds.reader(name), tasks).mean()
    assert found < kinds.errors(kinds.zero, tasks).mean() / 10


def test_errors_in_parts_are_those_of_all_tasks_at_once():
    tasks, learner = draw(Sinusoids(), n_tasks=230), kinds.reader("set encoder")
    with torch.no_grad():
        torch.testing.assert_close(
            kinds.errors(learner, tasks), learners.task_losses(learner, tasks)
        )


def test_over_shots_gives_the_first_points_only():
    tasks = draw(Sinusoids(), shots=8)
    found = kinds.over_shots({"mean": _mean}, tasks, (1, 3))["mean"]
    assert found.shape == (2, 6)
    for row, count in zip(found, (1, 3), strict=True):
        mean = tasks.support_y[:, :count].mean(1, keepdim=True)
        torch.testing.assert_close(row, (mean - tasks.query_y).square().mean((1, 2)))


def test_ridge_goes_through_its_points_and_keeps_the_type():
    tasks = draw(Sinusoids(), shots=3)
    answer = kinds.ridge()(tasks.support_x, tasks.support_y, tasks.support_x)
    assert answer.dtype == torch.float32
    torch.testing.assert_close(answer, tasks.support_y, atol=0.05, rtol=0.05)


def _mean(support_x, support_y, query_x):
    return support_y.mean(1, keepdim=True).expand(query_x.shape)
