"""What an answer of notebook 02's quiz says, and its outputs do not show."""

import pytest
import torch

from course_utils import learners
from course_utils.tasks import Sinusoids


@pytest.mark.long
def test_many_query_points_of_three_training_tasks_leave_most_of_the_meta_overfitting():
    """Each λ's fit of a task is asked at 1,000 query points at once."""

    def draw(tasks, seed, queries):
        generator = torch.Generator().manual_seed(seed)
        return Sinusoids(noise=0.5).sample(tasks, shots=10, queries=queries, generator=generator)

    def bumps(a, b):
        return torch.exp(-((a - b.mT) ** 2) / 8)

    truth = learners.over_knobs(learners.kernel_ridge, learners.KNOBS, draw(5000, 1, 10)).mean(1)
    ridges = torch.tensor(learners.KNOBS).double()[:, None, None, None] * torch.eye(10).double()
    losses = {10: [], 1000: []}
    tasks = draw(3000, 11, 1000)
    for part in (tasks[n : n + 150] for n in range(0, 3000, 150)):
        x, y = part.support_x.double(), part.support_y.double()
        weights = torch.linalg.solve(bumps(x, x) + ridges, y.expand(len(ridges), *y.shape))
        errors = (bumps(part.query_x.double(), x) @ weights - part.query_y) ** 2
        for queries, found in losses.items():
            found.append(errors[:, :, :queries].mean((2, 3)))
    gets = {}
    for queries, found in losses.items():
        chosen = torch.cat(found, 1).unflatten(1, (-1, 3)).mean(2).argmin(0)
        gets[queries] = truth[chosen].mean().item()
    assert gets == pytest.approx({10: 1.14, 1000: 1.04}, abs=0.005)
    assert (gets[1000] - truth.min()) / (gets[10] - truth.min()) == pytest.approx(2 / 3, abs=0.05)
