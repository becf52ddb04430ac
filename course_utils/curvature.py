"""Why one φ adapts better than another: gradients, curvature and useful steps, task by task.

Everything is measured at one φ, one value a task. Tasks do not depend on each other, so here
as in `maml` the gradient of the *sum* of their losses is each task's own. The Hessian H of a task
is never formed: H·v is the gradient of (gradient · v), at the cost of two gradients (Pearlmutter
1994). A ReLU has no second derivative at its kink; H is the curvature between the kinks.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course_utils import core_checks as check
from course_utils.networks import Loss, Params, differentiable
from course_utils.support.check_input import numbers, shown, whole_number
from course_utils.support.check_tensors import directions
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch
from course_utils.vectors import copies, dots, leaves, rows


def gradients(loss: Loss, phi: Params, x: Tensor, y: Tensor) -> Params:
    """Each task's gradient at phi: leaves (tasks, *S) for phi's S.

    Raises ValueError for what cannot be used, as `maml.adapt` does.
    """
    check.data("phi", phi, x, y)
    with torch.enable_grad():
        theta = differentiable(copies(phi, len(x)))
        total = check.one_slope_per_task(loss(theta, x, y), len(x)).sum()
        grads = torch.autograd.grad(total, list(theta.values()), allow_unused=True)
    return check.every_leaf(dict(zip(theta, grads, strict=True)))


def hessian_vector_product(loss: Loss, params: Params, x: Tensor, y: Tensor, v: Params) -> Params:
    """H·v of each task, for v with leaves (tasks, *S); params has leaves S or (tasks, *S).

    Raises ValueError for leaves of other shapes (without a task dimension H would be that of the
    sum over tasks), and as `gradients` does.
    """
    check.data("params", params, x, y)
    directions(v, params, len(x))
    with torch.enable_grad():
        theta = differentiable({name: leaf.expand_as(v[name]) for name, leaf in params.items()})
        leaves = list(theta.values())
        total = check.one_slope_per_task(loss(theta, x, y), len(x)).sum()
        grads = torch.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
        grads = check.every_leaf(dict(zip(theta, grads, strict=True)))
        slope = sum((grad * v[name]).sum() for name, grad in grads.items())
        products = torch.autograd.grad(slope, leaves, materialize_grads=True)
    return dict(zip(theta, products, strict=True))


def curvature_along_step(loss: Loss, phi: Params, batch: TaskBatch) -> Tensor:
    """The curvature of each support loss along its own gradient g, gᵀHg / gᵀg, (tasks,).

    On a quadratic a step of 1 / curvature goes to the lowest point along g, and one of more than
    2 / curvature ends higher than it began. 0 where a task's gradient is 0.
    """
    whole_batch("batch", batch)
    x, y = batch.support_x, batch.support_y
    g = gradients(loss, phi, x, y)
    bend = dots(g, hessian_vector_product(loss, phi, x, y, g))
    return bend / dots(g, g).clamp(min=torch.finfo(bend.dtype).tiny)


def top_eigenvalue(
    loss: Loss,
    phi: Params,
    x: Tensor,
    y: Tensor,
    *,
    iterations: int = 20,
    generator: torch.Generator,
) -> Tensor:
    """The largest eigenvalue of each task's Hessian at phi, (tasks,): the steepest curvature.

    The largest *algebraic* one: of −9 and 4 it is 4. Lanczos: power iteration that keeps all.
    It keeps v, Hv, H²v, ... as an orthonormal basis and takes the largest eigenvalue of H within
    it. That is never too large, and near the true one after a few products. Raises ValueError for
    what cannot be used, as `gradients` does.
    """
    check.data("phi", phi, x, y)
    check_generator(generator)
    whole_number("iterations", iterations, least=1, why="each is one product with the Hessian")
    first = next(iter(phi.values()))
    size = sum(leaf.numel() for leaf in phi.values())
    v = normalize(torch.randn(len(x), size, generator=generator, dtype=first.dtype))
    basis, images = [v], []
    for _ in range(min(iterations, size)):
        images.append(rows(hessian_vector_product(loss, phi, x, y, leaves(basis[-1], phi))))
        basis.append(normalize(_beside(images[-1], basis)))
    known, images = torch.stack(basis[:-1], dim=1), torch.stack(images, dim=1)
    within = known @ images.mT
    # A task whose basis has run out (all of H is known) has rows of 0, and 0 may be no eigenvalue.
    spare = (known.norm(dim=2) == 0) * within[:, :1, 0]
    return torch.linalg.eigvalsh(within + torch.diag_embed(spare))[:, -1]


def _beside(rows: Tensor, basis: list[Tensor]) -> Tensor:
    """What is left of rows (tasks, P) at right angles to the basis; 0 where that is rounding."""
    rest = rows
    for _ in range(2):  # once would leave rounding errors of the first pass
        for old in basis:
            rest = rest - (rest * old).sum(1, keepdim=True) * old
    tiny = 10 * torch.finfo(rows.dtype).eps * rows.norm(dim=1, keepdim=True)
    return torch.where(rest.norm(dim=1, keepdim=True) > tiny, rest, 0)


def losses_after_step(
    loss: Loss, phi: Params, batch: TaskBatch, inner_lrs: Sequence[float]
) -> Tensor:
    """The query loss of each task after one step of each size: (step sizes, tasks).

    A step follows the support gradient at phi. Raises ValueError if inner_lrs is no list of
    numbers of at least 0, and as `gradients` does.
    """
    rates = numbers("inner_lrs", inner_lrs, least=0, each="step size to try")
    whole_batch("batch", batch)
    g = gradients(loss, phi, batch.support_x, batch.support_y)
    losses = []
    for rate in rates:
        theta = {name: leaf - rate * g[name] for name, leaf in phi.items()}
        found = check.one_per_task(loss(theta, batch.query_x, batch.query_y), len(batch))
        losses.append(found.detach())
    return torch.stack(losses)


def useful_step(loss: Loss, phi: Params, batch: TaskBatch, inner_lrs: Sequence[float]) -> Tensor:
    """The step size α, among those given, of least query loss after one inner step: (tasks,).

    With 0 among them, 0 means that no step helps. Raises ValueError if a task's loss is finite
    after none of the steps, and as `losses_after_step` does.
    """
    losses = losses_after_step(loss, phi, batch, inner_lrs)
    lost = (~losses.isfinite()).all(0)
    if lost.any():
        raise ValueError(
            "inner_lrs must hold a step size that keeps every task's loss finite: none of "
            f"{shown(list(inner_lrs))} does for {int(lost.sum()):,} of {len(batch):,} tasks"
        )
    best = losses.nan_to_num(nan=torch.inf).argmin(0)
    return torch.tensor(list(inner_lrs), dtype=losses.dtype)[best]
