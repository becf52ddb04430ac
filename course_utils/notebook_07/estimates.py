"""Five answers to "which way should φ go?" for the same tasks, each from its own objective (07)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from course_utils import maml, variants
from course_utils.networks import Loss, Params
from course_utils.tasks import TaskBatch
from course_utils.vectors import vector

MAML, FIRST_ORDER, REPTILE, IMAML, TRANSFER = (
    "MAML",
    "first-order",
    "Reptile",
    "iMAML",
    "transfer",
)
METHODS = (MAML, FIRST_ORDER, REPTILE, IMAML, TRANSFER)
INNER_STEPS = 12  # of iMAML's inner problem: on the plane it is then solved to some per cent


def objectives(
    loss: Loss, inner_lr: float, steps: int, *, steepest: float = 22.0, cg_steps: int = 2
) -> dict[str, Callable[..., Tensor]]:
    """The objective (phi, batch) -> scalar of every method, for one α and number of steps.

    iMAML is tied to φ as tightly as the steps: its λ is 1/(α·steps), as a walk of that length
    would be; `steepest` is more than any curvature it meets, on the plane 22. At α = 0 or without a
    step nobody adapts, and all are transfer's.
    """
    none = partial(maml.transfer_loss, loss)
    if inner_lr == 0 or steps == 0:
        return dict.fromkeys(METHODS, none)
    how = {"inner_lr": inner_lr, "steps": steps}
    strength = 1 / (inner_lr * steps)
    near = {"inner_lr": 1 / (strength + steepest), "steps": INNER_STEPS, "strength": strength}
    return {
        MAML: partial(maml.meta_loss, loss, **how),
        FIRST_ORDER: partial(maml.meta_loss, loss, first_order=True, **how),
        REPTILE: partial(variants.reptile_loss, loss, **how),
        IMAML: partial(variants.imaml_loss, loss, cg_steps=cg_steps, **near),
        TRANSFER: none,
    }


def gradient(objective: Callable[..., Tensor], phi: Params, batch: TaskBatch) -> Params:
    """The gradient of an objective at phi, leaves S."""
    here = {name: leaf.detach().clone().requires_grad_() for name, leaf in phi.items()}
    with torch.enable_grad():
        grads = torch.autograd.grad(objective(here, batch), [*here.values()])
    return dict(zip(here, grads, strict=True))


def cosines(gradients: Mapping[str, Params], of: str = MAML) -> dict[str, float]:
    """The cosine of the angle between one method's gradient and every method's."""
    ours = vector(gradients[of])
    return {
        name: torch.nn.functional.cosine_similarity(ours, vector(each), dim=0).item()
        for name, each in gradients.items()
    }
