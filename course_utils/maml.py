"""Model-agnostic meta-learning (Finn, Abbeel & Levine 2017), on one page.

Every function carries a leading task dimension: the leaves of phi have shape S, those of the
adapted theta (tasks, *S), x and y are (tasks, points, ...), a loss is (params, x, y) -> (tasks,).
Tasks do not depend on each other, so the gradient of the *sum* of their losses is each task's own.
`check` says what cannot be used, in a ValueError; all the rest is MAML.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils.core_checks import StepSize
from course_utils.first_order import shortened
from course_utils.networks import Loss, Params, detached, differentiable
from course_utils.outer_loop import TaskFamily, Training
from course_utils.support.progress import bar
from course_utils.support.snapshots import Snapshots
from course_utils.tasks import TaskBatch


def inner_step(
    loss: Loss,
    theta: Params,
    x: Tensor,
    y: Tensor,
    *,
    inner_lr: StepSize,
    first_order: bool = False,
) -> Params:
    """One step of every task from its *own* theta, leaves (tasks, *S): theta − inner_lr·∇loss.

    Finn et al. 2017, equation 1. inner_lr, α: a number, a tensor that broadcasts to each leaf, or a
    dict of these with theta's keys. Where gradients are on, the result is differentiable by what
    requires its own; `first_order` counts ∇loss as a constant then.
    """
    rates = check.each_tasks_own(theta, x, y, inner_lr)
    graph = check.gradient_wanted(theta, inner_lr) and not first_order
    here = differentiable(theta, keep_graph=graph)
    with torch.enable_grad():
        total = check.one_slope_per_task(loss(here, x, y), len(x)).sum()
        grads = torch.autograd.grad(total, [*here.values()], create_graph=graph, allow_unused=True)
    gradient = check.every_leaf(dict(zip(theta, grads, strict=True)))
    return {name: leaf - rates[name] * gradient[name] for name, leaf in theta.items()}


def trajectory(
    loss: Loss, phi: Params, x: Tensor, y: Tensor, *, inner_lr: StepSize, steps: int, **how: bool
) -> Iterator[Params]:
    """Every task's theta, leaves (tasks, *S), after 0, 1, ... `steps` inner steps from phi.

    Each step is taken when it is asked for. inner_lr and `how` (first_order) as for `inner_step`.
    """
    check.adaptation(phi, x, y, inner_lr, steps, **how)
    phi = phi if torch.is_grad_enabled() else detached(phi)
    start = theta = {name: leaf.expand(len(x), *leaf.shape) for name, leaf in phi.items()}
    yield theta
    for step in range(steps):
        theta = inner_step(loss, theta, x, y, inner_lr=inner_lr, **how)
        yield (theta := shortened(theta, start, step, inner_lr, **how))


def adapt(
    loss: Loss, phi: Params, x: Tensor, y: Tensor, *, inner_lr: StepSize, steps: int, **how: bool
) -> Params:
    """Adapt phi to the support set x, y of every task: the end of `trajectory`, leaves (tasks, *S).

    Finn et al. 2017, algorithm 1, line 6. Arguments as for `trajectory`; 0 steps expand phi itself.
    """
    path = trajectory(loss, phi, x, y, inner_lr=inner_lr, steps=steps, **how)
    return deque(path, maxlen=1).pop()  # the last: the others are not kept


def meta_loss(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: StepSize, steps: int, **how: bool
) -> Tensor:
    """MAML's objective L(phi): the mean over tasks of the query loss *after* adaptation, a scalar.

    Finn et al. 2017, equation 2; arguments as for `adapt`. At steps=0 this is `transfer_loss`. Both
    raise ValueError also where gradients are on and nothing requires them: they would be lost.
    """
    check.whole_batch("batch", batch)
    support = batch.support_x, batch.support_y
    theta = adapt(loss, phi, *support, inner_lr=inner_lr, steps=steps, **how)
    return check.no_gradient_lost(loss(theta, batch.query_x, batch.query_y), len(batch), phi).mean()


def transfer_loss(loss: Loss, phi: Params, batch: TaskBatch) -> Tensor:
    """Transfer learning's objective: the mean over tasks of the query loss at phi itself."""
    check.whole_batch("batch", batch)
    check.data("phi", phi, batch.query_x, batch.query_y)
    return check.no_gradient_lost(loss(phi, batch.query_x, batch.query_y), len(batch), phi).mean()


def train(
    objective: Callable[[Params, TaskBatch], Tensor],
    phi: Params,
    tasks: TaskFamily,
    *,
    iterations: int,
    n_tasks: int = 25,
    shots: int = 10,
    queries: int = 10,
    meta_lr: float = 1e-3,
    decay: Literal["cosine"] | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
    snapshots: Snapshots | None = None,
) -> tuple[Params, Tensor]:
    """Minimise an objective, (phi, batch) -> scalar, over fresh tasks with Adam: the outer loop.

    meta_lr is β; decay="cosine" lets it fall to 0 along half a cosine. `progress` shows a bar.
    `snapshots`, with a generator, continue an interrupted training to exactly the same result.
    Returns a trained copy of phi, detached, and the objective at each iteration, (iterations,), up
    to a stop. Raises ValueError for what cannot be used, FloatingPointError for what is not finite.
    """
    check.trainable(objective, tasks)
    run = Training(phi, iterations, meta_lr, decay, generator, snapshots)
    with torch.enable_grad(), bar(run.left, "meta-steps", show=progress) as advance:
        while run.left:
            batch = tasks.sample(n_tasks, shots=shots, queries=queries, generator=generator)
            value = objective(run.phi, batch)
            advance(run.meta_step(value))  # φ ← Adam(φ, ∇value)
    return run.result()
