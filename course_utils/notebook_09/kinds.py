"""Notebook 09's learners, each a function of (support_x, support_y, query_x), and their errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from course_utils import checkpoints, learners, maml
from course_utils.checkpoints.in_context import LEARNERS
from course_utils.checkpoints.recipes import INNER_LR
from course_utils.checkpoints.recipes import SINE_LOSS as LOSS
from course_utils.checkpoints.recipes import SINE_NETWORK as NETWORK
from course_utils.evaluation import parts
from course_utils.learners import Learner
from course_utils.networks import Params
from course_utils.tasks import TaskBatch

RIDGE = {"knob": 1e-6, "width": 2.0}  # tuned for points without noise
READERS = {  # learners that read the support set, by the names of their checkpoints
    "set encoder": "set-encoder",
    "transformer": "transformer-large",
    "small transformer": "transformer",
}


def few_steps(phi: Params, steps: int) -> Learner:
    """Notebook 03's choice of a learner: a few gradient steps from φ, α = .01."""

    def learner(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
        with torch.no_grad():  # φ is not learned here; the steps have their own gradients
            theta = maml.adapt(LOSS, phi, support_x, support_y, inner_lr=INNER_LR, steps=steps)
        return NETWORK(theta, query_x)

    return learner


def reader(name: str, seed: int = 0) -> Learner:
    """A trained learner of READERS, its parameters filled in."""
    file = READERS[name]
    phi = checkpoints.load_or_train(f"in-context-{file}-seed{seed}").phi
    return partial(LEARNERS[file], phi)


def maml_after(steps: int, seed: int = 0) -> Learner:
    """MAML's φ of the long training, so many steps on."""
    return few_steps(checkpoints.load_or_train(f"sinusoids-maml-k5-seed{seed}").phi, steps)


def ridge() -> Learner:
    """Kernel ridge regression, which has learned nothing; answers of the data's type."""
    learner = learners.kernel_ridge(**RIDGE)
    return lambda x, y, query_x: learner(x, y, query_x).to(query_x.dtype)


def zero(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """The learner that always answers 0."""
    return torch.zeros_like(query_x)


@torch.no_grad()
def errors(learner: Learner, tasks: TaskBatch) -> Tensor:
    """Every task's query error, (tasks,), some tasks at a time."""
    return torch.cat([learners.task_losses(learner, part) for part in parts(tasks, 100)])


def over_shots(
    some: Mapping[str, Learner], tasks: TaskBatch, shots: Sequence[int]
) -> dict[str, Tensor]:
    """Every task's error with its first 1, 2, ... support points, {name: (shots, tasks)}."""

    def with_first(count: int) -> TaskBatch:
        support = tasks.support_x[:, :count], tasks.support_y[:, :count]
        return TaskBatch(*support, tasks.query_x, tasks.query_y)

    cut = [with_first(count) for count in shots]
    return {
        name: torch.stack([errors(learner, batch) for batch in cut])
        for name, learner in some.items()
    }
