"""How notebook 02 makes what moves in it."""

from collections.abc import Callable

import torch

from course_utils.explorers.explorer import Explorer
from course_utils.notebook_02 import few_tasks, ridge_knob, support_choice
from course_utils.tasks import Sinusoids, TaskBatch


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 02 by its builder's name, to be made."""
    return {
        "ridge_knob": lambda: ridge_knob.ridge_knob(_draw(1000, seed=0)),
        "support_choice": lambda: support_choice.support_choice(_draw(1000, seed=0)),
        "few_tasks": lambda: few_tasks.few_tasks(_draw(3000, seed=11), _draw(5000, seed=1), draw=2),
    }


def _draw(n_tasks: int, seed: int) -> TaskBatch:
    generator = torch.Generator().manual_seed(seed)
    return Sinusoids(noise=0.5).sample(n_tasks, shots=10, queries=10, generator=generator)
