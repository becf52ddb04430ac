"""How an objective hands over a gradient that it has worked out itself."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils.networks import Loss, Params


def slopes(loss: Loss, theta: Params, x: Tensor, y: Tensor) -> tuple[Tensor, Params]:
    """Each task's loss, (tasks,), and its gradient by its own theta, leaves (tasks, *S); no graph.

    Raises ValueError if the loss does not use a leaf.
    """
    with torch.enable_grad():
        here = {name: leaf.detach().requires_grad_() for name, leaf in theta.items()}
        losses = check.one_slope_per_task(loss(here, x, y), len(x))
        grads = torch.autograd.grad(losses.sum(), [*here.values()], allow_unused=True)
    return losses.detach(), check.every_leaf(dict(zip(here, grads, strict=True)))


def carrying(losses: Tensor, phi: Params, gradient: Params) -> Tensor:
    """The mean of losses (tasks,) as a scalar whose gradient by phi is the mean of the given ones.

    `gradient` has leaves (tasks, *S). autograd sees φ·g, of which it keeps the slope g; its value
    is taken away again. Raises ValueError where gradients are on and no leaf of phi requires its.
    """
    along = sum(
        (gradient[name] * leaf).reshape(len(losses), -1).sum(1) for name, leaf in phi.items()
    )
    return check.no_gradient_lost(losses + (along - along.detach()), len(losses), phi).mean()
