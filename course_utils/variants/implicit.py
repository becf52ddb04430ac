"""iMAML: the meta-gradient from where the inner loop ends, not from its way (Rajeswaran 2019)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils import curvature, maml
from course_utils.networks import Loss, Params, detached
from course_utils.support.check_input import number, whole_number
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch
from course_utils.variants.given_gradient import carrying, slopes
from course_utils.vectors import copies, leaves, rows


def proximal(loss: Loss, phi: Params, strength: float) -> Loss:
    """The loss l(θ) + λ/2·‖θ − φ‖², which holds each task's theta near phi; λ is the strength.

    Rajeswaran et al. 2019, equation 3. Raises ValueError if the strength is negative.
    """
    number("strength", strength, least=0)

    def near(theta: Params, x: Tensor, y: Tensor) -> Tensor:
        apart = sum(
            ((theta[name] - leaf) ** 2).reshape(len(x), -1).sum(1) for name, leaf in phi.items()
        )
        return check.one_per_task(loss(theta, x, y), len(x)) + strength / 2 * apart

    return near


@torch.no_grad()
def proximal_theta(
    loss: Loss,
    phi: Params,
    x: Tensor,
    y: Tensor,
    *,
    inner_lr: float,
    steps: int,
    strength: float,
) -> Params:
    """Every task's theta near the minimum of the proximal loss, leaves (tasks, *S), no graph.

    `steps` of gradient descent from phi, of the size inner_lr at first: a task whose loss a step
    would raise does not take it, and halves its step size. Raises ValueError as `maml.adapt` does.
    """
    number("inner_lr", inner_lr, least=0)
    check.adaptation(phi, x, y, inner_lr, steps)
    near = proximal(loss, detached(phi), strength)
    theta, rate = copies(detached(phi), len(x)), x.new_full((len(x),), inner_lr)
    here = near(theta, x, y)
    for _ in range(steps):
        sizes = {name: _on_leaf(rate, leaf) for name, leaf in theta.items()}
        trial = maml.inner_step(near, theta, x, y, inner_lr=sizes)
        there = near(trial, x, y)
        better = there <= here
        here, rate = torch.where(better, there, here), torch.where(better, rate, rate / 2)
        theta = {
            name: torch.where(_on_leaf(better, leaf), trial[name], leaf)
            for name, leaf in theta.items()
        }
    return theta


def imaml_loss(
    loss: Loss,
    phi: Params,
    batch: TaskBatch,
    *,
    inner_lr: float,
    steps: int,
    strength: float,
    cg_steps: int = 5,
) -> Tensor:
    """The mean query loss at the end of the *proximal* inner problem, with the implicit gradient.

    At the minimum θ̂ of l(θ) + λ/2·‖θ − φ‖² the gradient is (I + H/λ)⁻¹∇l_query(θ̂), H the Hessian
    of the support loss at θ̂ (Rajeswaran et al. 2019, lemma 1). How one comes to θ̂ does not matter:
    here as `proximal_theta` does. `cg_steps` steps of conjugate gradient solve for the gradient.
    Raises ValueError if the strength is 0 or cg_steps is below 1, and as `maml.adapt` does.
    """
    whole_batch("batch", batch)
    whole_number("cg_steps", cg_steps, least=1, why="it counts steps of conjugate gradient")
    if number("strength", strength, least=0) == 0:
        raise ValueError("strength must be above 0, got 0: nothing would tie theta to phi")
    check.data("phi", phi, batch.support_x, batch.support_y)
    start, x, y = detached(phi), batch.support_x, batch.support_y
    theta = proximal_theta(loss, start, x, y, inner_lr=inner_lr, steps=steps, strength=strength)
    losses, slope = slopes(loss, theta, batch.query_x, batch.query_y)

    def product(v: Tensor) -> Tensor:  # (I + H/λ)v of each task
        hv = curvature.hessian_vector_product(loss, theta, x, y, leaves(v, start))
        return v + rows(hv) / strength

    solved = conjugate_gradient(product, rows(slope), cg_steps)
    return carrying(losses, phi, leaves(solved, start))


def conjugate_gradient(product: Callable[[Tensor], Tensor], b: Tensor, steps: int) -> Tensor:
    """Solve A·v = b for each task, b and v (tasks, P), A symmetric and positive: v after `steps`.

    `product` multiplies with A (Hestenes & Stiefel 1952). A task that is solved stands still.
    """
    v, residual = torch.zeros_like(b), b
    direction, size = b, (b * b).sum(1, keepdim=True)
    for _ in range(steps):
        along = product(direction)
        length = _ratio(size, (direction * along).sum(1, keepdim=True))
        v = v + length * direction
        residual = residual - length * along
        size, before = (residual * residual).sum(1, keepdim=True), size
        direction = residual + _ratio(size, before) * direction
    return v


def _ratio(above: Tensor, below: Tensor) -> Tensor:
    """above/below, and 0 where nothing is left to divide by."""
    return torch.where(below == 0, 0, above / torch.where(below == 0, 1, below))


def _on_leaf(of_task: Tensor, leaf: Tensor) -> Tensor:
    """A value a task, (tasks,), shaped to meet a leaf (tasks, *S)."""
    return of_task.reshape(-1, *[1] * (leaf.ndim - 1))
