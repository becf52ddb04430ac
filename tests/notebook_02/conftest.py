"""Noisy waves, drawn as notebook 02 draws them."""

import pytest
import torch

from course_utils.tasks import Sinusoids


@pytest.fixture(scope="session")
def draw():
    """A function of the number of tasks and the seed."""

    def drawn(n_tasks, seed):
        generator = torch.Generator().manual_seed(seed)
        return Sinusoids(noise=0.5).sample(n_tasks, shots=10, queries=10, generator=generator)

    return drawn


@pytest.fixture(scope="session")
def tasks(draw):
    return draw(200, seed=0)
