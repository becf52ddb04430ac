"""The exercise on one step of a network (03): what is right, and what else learners write."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import maml, networks
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import Loss, Params
from course_utils.tasks import Sinusoids


def _task(sizes: tuple[int, ...], seed: int, shots: int, inner_lr: float) -> tuple[Any, ...]:
    """A small network's loss and φ, which requires its gradient, with a support set and α."""
    network = networks.mlp(sizes)
    phi = network.init(torch.Generator().manual_seed(seed))
    phi = {name: leaf.requires_grad_() for name, leaf in phi.items()}
    batch = Sinusoids().sample(
        1, shots=shots, queries=1, generator=torch.Generator().manual_seed(seed + 1)
    )
    loss = networks.squared_error(network)
    return loss, phi, batch.support_x[0], batch.support_y[0], inner_lr


def _and_back(answer: Any, loss: Loss, phi: Params, x: Tensor, y: Tensor, inner_lr: float) -> Any:
    """The new parameters, and the gradient at φ of half their squared length."""
    start = dict(phi)  # as it is before the learner's function has it
    theta = answer(loss, phi, x, y, inner_lr)
    if not isinstance(theta, dict) or not all(map(torch.is_tensor, theta.values())):
        return theta
    total = sum((leaf.square().sum() for leaf in theta.values()), torch.zeros(())) / 2
    back = [torch.zeros_like(leaf) for leaf in start.values()]
    if total.requires_grad:
        found = torch.autograd.grad(total, [*start.values()], allow_unused=True)
        back = [zero if grad is None else grad for grad, zero in zip(found, back, strict=True)]
    ways = zip(start, back, strict=True)
    return theta | {f"from θ̂ back to {name}": grad for name, grad in ways}


def _inner_step(
    loss: Loss, phi: Params, x: Tensor, y: Tensor, inner_lr: float, **how: bool
) -> Params:
    """One inner step of one task, by the package."""
    theta = maml.adapt(loss, phi, x[None], y[None], inner_lr=inner_lr, steps=1, **how)
    return {name: leaf[0] for name, leaf in theta.items()}


def _cut_off(loss, phi, x, y, inner_lr):
    theta = _inner_step(loss, phi, x, y, inner_lr)
    return {name: leaf.detach() for name, leaf in theta.items()}


def _start_cut_off(loss, phi, x, y, inner_lr):
    """φ itself detached: gradients reach it through the inner gradient alone."""
    theta = _inner_step(loss, phi, x, y, inner_lr)
    return {name: theta[name] - leaf + leaf.detach() for name, leaf in phi.items()}


def _uphill_step(loss, phi, x, y, inner_lr):
    theta = _inner_step(loss, phi, x, y, inner_lr)
    return {name: 2 * leaf - theta[name] for name, leaf in phi.items()}


def _of_size_1(loss, phi, x, y, inner_lr):
    return _inner_step(loss, phi, x, y, 1.0)


def _only_the_gradient(loss, phi, x, y, inner_lr):
    theta = _inner_step(loss, phi, x, y, 1.0)
    return {name: leaf - theta[name] for name, leaf in phi.items()}


def _only_the_change(loss, phi, x, y, inner_lr):
    theta = _inner_step(loss, phi, x, y, inner_lr)
    return {name: theta[name] - leaf for name, leaf in phi.items()}


def _mean_twice(loss, phi, x, y, inner_lr):
    return _inner_step(loss, phi, x, y, inner_lr / len(x))


def _leaf_by_leaf(loss, phi, x, y, inner_lr):
    """Each leaf's gradient is taken where the leaves before it have moved already."""
    theta = dict(phi)
    for name in phi:
        (slope,) = torch.autograd.grad(loss(theta, x, y), [theta[name]], create_graph=True)
        theta[name] = theta[name] - inner_lr * slope
    return theta


inner_step = Function(
    "inner_step",
    title="one inner step",
    notebook="03",
    answer=_inner_step,
    cases=(
        Case("five points, one hidden layer", partial(_task, (1, 10, 1), 0, 5, 0.05)),
        Case("three points, two hidden layers", partial(_task, (1, 6, 4, 1), 10, 3, 0.1)),
        Case("ten points, one hidden layer", partial(_task, (1, 8, 1), 20, 10, 0.02)),
    ),
    mistakes=(
        Mistake(
            "the gradient is a constant",
            "The new parameters are right, and the way back to φ is not whole: the inner gradient "
            "counts as a constant. With these lines you would train first-order MAML. Which "
            "setting of `torch.autograd.grad` keeps the gradient's own graph, and is anything "
            "detached?",
            partial(_inner_step, first_order=True),
        ),
        Mistake(
            "cut off from φ",
            "The new parameters are right, but no gradient flows from them back to φ. Are they "
            "detached, copied, or made under `torch.no_grad()`?",
            _cut_off,
        ),
        Mistake(
            "the start cut off",
            "The new parameters are right, and the way back to φ is not whole: it goes through "
            "the gradient alone. θ̂ is φ minus a step. Is φ detached there, or copied, or its "
            "`.data` used?",
            _start_cut_off,
        ),
        Mistake("uphill", "The step goes up the slope: its sign is wrong.", _uphill_step),
        Mistake(
            "α left out", "The step is as long as the gradient: where is `inner_lr`?", _of_size_1
        ),
        Mistake(
            "only the gradient",
            "That is the gradient itself. The parameters after the step were asked for.",
            _only_the_gradient,
        ),
        Mistake(
            "only the change",
            "That is how far the step goes, −α times the gradient. Where does it start?",
            _only_the_change,
        ),
        Mistake(
            "leaf by leaf",
            "You move one leaf and then take the next one's gradient, where the first has moved "
            "already. One gradient step takes all gradients at the same place, φ.",
            _leaf_by_leaf,
        ),
        Mistake(
            "divided by the points twice",
            "Your step is too short, by the number of points: the loss is their mean already.",
            _mean_twice,
        ),
    ),
    call=_and_back,
    means="A step that can be differentiated: from θ̂ a gradient finds its way back to φ.",
    returns="a dict with φ's keys, one new tensor for each leaf",
)
