"""Learned step sizes: one for each parameter (Meta-SGD), or for each layer and step (MAML++).

The step sizes are trained with phi and stand in the same dict, so that `maml.train` trains both:
beside "W1" its step sizes "inner_lr.W1", or for layer 1 those of all steps, "inner_lr.1".
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import core_checks as check
from course_utils import maml
from course_utils.networks import Loss, Params
from course_utils.support.check_input import number, room_for, whole_number
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch
from course_utils.variants.layers import layer_of
from course_utils.vectors import copies

RATE = "inner_lr."


def with_rates(phi: Params, inner_lr: float) -> Params:
    """The leaves of phi and, for each of its numbers, a step size to be learned.

    Leaf "inner_lr.W1" has W1's shape and begins at inner_lr. Raises ValueError if inner_lr is no
    number, or phi is no dict of parameters or has step sizes already.
    """
    _without_rates(phi, inner_lr)
    return phi | {RATE + name: torch.full_like(leaf, inner_lr) for name, leaf in phi.items()}


def with_step_rates(phi: Params, inner_lr: float, steps: int) -> Params:
    """The leaves of phi and, for each layer and inner step, a step size to be learned.

    Leaf "inner_lr.1", (steps,), begins at inner_lr and belongs to layer 1 (`layers.layer_of`).
    Raises ValueError if steps is below 1, and as `with_rates` does.
    """
    _without_rates(phi, inner_lr)
    whole_number("steps", steps, least=1, why="each inner step has a step size")
    room_for(int(steps) * len(phi), "step sizes", steps=steps)
    layers = sorted({layer_of(name) for name in phi})
    like = next(iter(phi.values()))
    return phi | {f"{RATE}{layer}": like.new_full((steps,), inner_lr) for layer in layers}


def split_steps(phi: Params) -> tuple[Params, Params]:
    """The network's parameters, and the step sizes that stand beside them, by their short names.

    Raises ValueError if there are no step sizes.
    """
    check.check_tensors.parameters("phi", phi)
    rates = {name.removeprefix(RATE): v for name, v in phi.items() if name.startswith(RATE)}
    if not rates:
        raise ValueError(
            f"phi must have step sizes, leaves {RATE}..., got {', '.join(phi)}: with_rates and "
            "with_step_rates add them"
        )
    return {name: v for name, v in phi.items() if not name.startswith(RATE)}, rates


def meta_sgd_loss(
    loss: Loss, phi: Params, batch: TaskBatch, *, steps: int = 1, **how: bool
) -> Tensor:
    """Meta-SGD's objective: MAML's, each parameter with a step size of its own, which is learned.

    Li et al. 2017, equation 3; phi as `with_rates` makes it. A learned step size may become
    negative. Errors as for `maml.meta_loss`.
    """
    params, rates = split_steps(phi)
    return maml.meta_loss(loss, params, batch, inner_lr=rates, steps=steps, **how)


def per_step_theta(loss: Loss, phi: Params, x: Tensor, y: Tensor, **how: bool) -> Params:
    """Every task's theta, leaves (tasks, *S), after as many steps as phi has step sizes for.

    phi as `with_step_rates` makes it; `how` (first_order) as for `maml.inner_step`.
    """
    params, rates = split_steps(phi)
    _of_layers_and_steps(params, rates)
    check.adaptation(params, x, y, 0.0, 0, **how)
    theta = copies(params, len(x))
    for step_rates in zip(*(rate.unbind() for rate in rates.values()), strict=True):
        of_layer = dict(zip(rates, step_rates, strict=True))
        inner_lr = {name: of_layer[str(layer_of(name))] for name in theta}
        theta = maml.inner_step(loss, theta, x, y, inner_lr=inner_lr, **how)
    return theta


def per_step_loss(loss: Loss, phi: Params, batch: TaskBatch, **how: bool) -> Tensor:
    """MAML's objective with a learned step size for each layer and inner step, a scalar.

    Antoniou, Edwards & Storkey 2019 (MAML++), section 4, "per layer per step learning rates". phi
    as `with_step_rates` makes it. Errors as for `maml.meta_loss`.
    """
    whole_batch("batch", batch)
    theta = per_step_theta(loss, phi, batch.support_x, batch.support_y, **how)
    losses = loss(theta, batch.query_x, batch.query_y)
    return check.no_gradient_lost(losses, len(batch), phi).mean()


def _without_rates(phi: Params, inner_lr: float) -> None:
    """Raise ValueError unless step sizes of that size may be put beside phi."""
    number("inner_lr", inner_lr)
    check.check_tensors.parameters("phi", phi)
    if there := [name for name in phi if name.startswith(RATE)]:
        raise ValueError(
            f"phi must have no step sizes yet, got {there[0]!r}: split_steps takes them off"
        )


def _of_layers_and_steps(params: Params, rates: Params) -> None:
    """Raise ValueError unless there is one row of step sizes for each layer, all of one length."""
    layers = sorted({str(layer_of(name)) for name in params})
    shapes = {name: tuple(rate.shape) for name, rate in rates.items()}
    lengths = set(shapes.values())
    if sorted(rates) != layers or len(lengths) > 1 or len(next(iter(lengths))) != 1:
        raise ValueError(
            f"phi must have step sizes {RATE}{layers[0]}, ..., one row a layer, as with_step_rates "
            f"makes them, got {shapes}"
        )
