"""Reptile: follow the tasks' own solutions (Nichol, Achiam & Schulman 2018)."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils import maml
from course_utils.networks import Loss, Params, detached
from course_utils.support.check_input import number, whole_number
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch
from course_utils.variants.given_gradient import carrying
from course_utils.vectors import copies


def reptile_theta(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int
) -> Params:
    """Every task's theta, leaves (tasks, *S), after inner steps on both of its sets in turn.

    Reptile does not tell support from query: the 1st, 3rd, ... step is one on the support set, the
    2nd, 4th, ... on the query set, as on minibatches of the task's data. No graph is kept. Raises
    ValueError if inner_lr is 0 or steps below 1, and as `maml.adapt` does.
    """
    whole_batch("batch", batch)
    whole_number("steps", steps, least=1, why="Reptile follows where inner steps lead")
    if number("inner_lr", inner_lr, least=0) == 0:
        raise ValueError("inner_lr must be above 0, got 0: Reptile follows where inner steps lead")
    check.data("phi", phi, batch.support_x, batch.support_y)
    sets = (batch.support_x, batch.support_y), (batch.query_x, batch.query_y)
    theta = copies(detached(phi), len(batch))
    for step in range(steps):
        theta = maml.inner_step(loss, theta, *sets[step % 2], inner_lr=inner_lr)
    return theta


def reptile_loss(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int
) -> Tensor:
    """A scalar whose gradient is Reptile's, the mean over tasks of (φ − θ̂ⁿ)/(α·steps).

    Nichol et al. 2018, section 3, in the batched form, for `maml.train`'s Adam. Its
    value is the mean query loss at θ̂ⁿ, which has seen these points. Raises ValueError if inner_lr
    is 0 or steps below 1, and as `maml.adapt` does.
    """
    theta = reptile_theta(loss, phi, batch, inner_lr=inner_lr, steps=steps)
    way = {name: (phi[name].detach() - leaf) / (inner_lr * steps) for name, leaf in theta.items()}
    with torch.no_grad():
        losses = check.one_per_task(loss(theta, batch.query_x, batch.query_y), len(batch))
    return carrying(losses, phi, way)


def reptile_serial(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int, step_size: float
) -> Params:
    """φ after the tasks of a batch one after another, each moving it: φ ← φ + ε(θ̂ⁿ − φ).

    Nichol et al. 2018, algorithm 1; step_size is ε. Of a batch of one task this is one batched
    step of plain gradient descent. Raises ValueError as `reptile_loss` does.
    """
    whole_batch("batch", batch)
    number("step_size", step_size, least=0)
    check.data("phi", phi, batch.support_x, batch.support_y)
    phi = detached(phi)
    for n in range(len(batch)):
        theta = reptile_theta(loss, phi, batch[n : n + 1], inner_lr=inner_lr, steps=steps)
        phi = {name: leaf + step_size * (theta[name][0] - leaf) for name, leaf in phi.items()}
    return phi
