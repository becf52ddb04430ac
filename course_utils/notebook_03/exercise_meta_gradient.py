"""The exercise on the meta-gradient (03): what is right, and what else learners write."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import maml, networks
from course_utils.exercises import Case, Function, Mistake
from course_utils.exercises.measured import measured
from course_utils.networks import Loss, Params
from course_utils.tasks import Sinusoids, TaskBatch

Set = tuple[Tensor, Tensor]


def _small_case(seed: int, shots: int, inner_lr: float, steps: int) -> tuple[Any, ...]:
    """A task for a network of ten units: loss, φ, support set, query set, α and steps."""
    network = networks.mlp([1, 10, 1])
    phi = network.init(torch.Generator().manual_seed(seed))
    batch = Sinusoids().sample(
        1, shots=shots, queries=7, generator=torch.Generator().manual_seed(seed + 1)
    )
    support = batch.support_x[0], batch.support_y[0]
    query = batch.query_x[0], batch.query_y[0]
    return networks.squared_error(network), phi, support, query, inner_lr, steps


def _gradient(
    loss: Loss,
    phi: Params,
    support: Set,
    query: Set,
    inner_lr: float,
    steps: int,
    **how: bool,
) -> Params:
    """The meta-gradient of one task, by the package."""
    start = {name: leaf.detach().requires_grad_() for name, leaf in phi.items()}
    batch = TaskBatch(*(part[None] for part in (*support, *query)))
    value = maml.meta_loss(loss, start, batch, inner_lr=inner_lr, steps=steps, **how)
    grads = torch.autograd.grad(value, [*start.values()])
    return dict(zip(start, grads, strict=True))


def _support_outside(loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, support, support, inner_lr, steps)


def _exchanged(loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, query, support, inner_lr, steps)


def _query_inside(loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, query, query, inner_lr, steps)


def _first_order(loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, support, query, inner_lr, steps, first_order=True)


def _transfers(loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, support, query, inner_lr, 0)


def _steps_off(more, loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, support, query, inner_lr, steps + more)


def _one_step(loss, phi, support, query, inner_lr, steps):
    return _gradient(loss, phi, support, query, inner_lr, 1)


def _after_every_step(loss, phi, support, query, inner_lr, steps):
    """The sum over 1, 2, ... steps: the query loss taken inside the loop."""
    each = [_gradient(loss, phi, support, query, inner_lr, k + 1) for k in range(steps)]
    return {name: sum(gradient[name] for gradient in each) for name in phi}


def _with_the_inner_gradient(loss, phi, support, query, inner_lr, steps):
    """The inner gradient at φ added, as where both steps call `.backward()`."""
    inner = _gradient(loss, phi, support, support, inner_lr, 0)
    outer = _gradient(loss, phi, support, query, inner_lr, steps)
    return {name: inner[name] + outer[name] for name in phi}


def _slope_at_phi(loss, phi, support, query, inner_lr, steps):
    """Every inner step takes the slope at φ: one step that is as long as all."""
    return _gradient(loss, phi, support, query, steps * inner_lr, 1)


def _uphill(loss, phi, support, query, inner_lr, steps):
    start = {name: leaf.detach().requires_grad_() for name, leaf in phi.items()}
    theta = start
    for _ in range(steps):
        slopes = torch.autograd.grad(loss(theta, *support), [*theta.values()], create_graph=True)
        moved = zip(theta.items(), slopes, strict=True)
        theta = {name: leaf + inner_lr * slope for (name, leaf), slope in moved}
    grads = torch.autograd.grad(loss(theta, *query), [*start.values()])
    return dict(zip(start, grads, strict=True))


def _always_from_phi(loss, phi, support, query, inner_lr, steps):
    """Every inner step starts from φ, with the slope where the last one ended."""
    start = {name: leaf.detach().requires_grad_() for name, leaf in phi.items()}
    theta = start
    for _ in range(steps):
        slopes = torch.autograd.grad(loss(theta, *support), [*theta.values()], create_graph=True)
        moved = zip(start.items(), slopes, strict=True)
        theta = {name: leaf - inner_lr * slope for (name, leaf), slope in moved}
    grads = torch.autograd.grad(loss(theta, *query), [*start.values()])
    return dict(zip(start, grads, strict=True))


def _both_outside(loss, phi, support, query, inner_lr, steps):
    """Query loss and support loss after adapting, added up."""
    sets = [_gradient(loss, phi, support, judged, inner_lr, steps) for judged in (support, query)]
    return {name: sets[0][name] + sets[1][name] for name in phi}


def _last_step(loss, phi, support, query, inner_lr, steps):
    """Differentiated through the last step only: by θ as it was before it."""
    x, y = (part[None] for part in support)
    before = maml.adapt(loss, phi, x, y, inner_lr=inner_lr, steps=steps - 1)
    start = {name: leaf[0].detach() for name, leaf in before.items()}
    return _gradient(loss, start, support, query, inner_lr, 1)


def _difference(phi, support, query, inner_lr, steps, loss):
    """The adapted parameters' way, θ̂ − φ, instead of a gradient."""
    x, y = (part[None] for part in support)
    theta = maml.adapt(loss, phi, x, y, inner_lr=inner_lr, steps=steps)
    return {name: theta[name][0].detach() - phi[name] for name in phi}


def _way(loss, phi, support, query, inner_lr, steps):
    return _difference(phi, support, query, inner_lr, steps, loss)


def _a_meta_step(loss, phi, support, query, inner_lr, steps):
    gradient = _gradient(loss, phi, support, query, inner_lr, steps)
    return {name: leaf - inner_lr * gradient[name] for name, leaf in phi.items()}


def _finite_difference(args: tuple[Any, ...], found: Any) -> str:
    """The first number of the last leaf, measured."""
    loss, phi, support, query, inner_lr, steps = args
    batch = TaskBatch(*(part[None].double() for part in (*support, *query)))
    objective = partial(maml.meta_loss, loss, batch=batch, inner_lr=inner_lr, steps=steps)
    return measured(
        objective, phi, found, next(reversed(phi)), 0, loss="the query loss after adapting"
    )


meta_gradient = Function(
    "meta_gradient",
    title="the meta-gradient",
    notebook="03",
    answer=_gradient,
    cases=(
        Case("one inner step on five points", partial(_small_case, 0, 5, 0.05, 1)),
        Case("two inner steps on three points", partial(_small_case, 10, 3, 0.05, 2)),
        Case("three inner steps on ten points", partial(_small_case, 20, 10, 0.03, 3)),
    ),
    mistakes=(
        Mistake(
            "support loss outside",
            "You adapt on the support set and take the outer loss there, too. The support set has "
            "been learned from; which points judge what was learned?",
            _support_outside,
        ),
        Mistake(
            "both sets outside",
            "Your outer loss is that of the support set and of the query set together. The support "
            "set has been learned from: leave it out of what is judged.",
            _both_outside,
        ),
        Mistake(
            "first order",
            "This is first-order MAML's gradient: the factor (I − αH) is missing. Is the inner "
            "gradient detached, is its graph (`create_graph`) missing, or is the last gradient "
            "taken with respect to θ̂?",
            _first_order,
        ),
        Mistake(
            "transfer's gradient",
            "This is the gradient of the query loss at φ itself, transfer learning's. At which "
            "parameters does MAML take the query loss?",
            _transfers,
        ),
        Mistake(
            "last inner step only",
            "You differentiate by the parameters before the last inner step. All steps lead from "
            "φ to θ̂, and the gradient is wanted at φ.",
            _last_step,
        ),
        Mistake(
            "support and query exchanged",
            "The two sets are exchanged: you adapt on the query set and judge on the support set.",
            _exchanged,
        ),
        Mistake(
            "query set inside",
            "You adapt on the query set, which the learner must not see before it is judged.",
            _query_inside,
        ),
        Mistake(
            "query loss after every step",
            "You add up the query losses after each inner step. MAML takes it once, where the last "
            "step ends.",
            _after_every_step,
        ),
        Mistake(
            "the inner gradient added",
            "The support loss's gradient at φ is in your result as well. `.backward()` adds to "
            "what a leaf's `.grad` holds already; `torch.autograd.grad` does not.",
            _with_the_inner_gradient,
        ),
        Mistake(
            "uphill inside",
            "Your inner steps go up the slope: the sign before `inner_lr` is wrong.",
            _uphill,
        ),
        Mistake(
            "always the slope at φ",
            "Right for one step. With more, all your steps take the slope at φ. Each is to take it "
            "where the step before it ended.",
            _slope_at_phi,
        ),
        Mistake(
            "always from φ",
            "Right for one step. With more, each of your steps starts from φ again. Each is to "
            "start where the step before it ended.",
            _always_from_phi,
        ),
        Mistake(
            "always one step",
            "One inner step is taken, whatever `steps` says.",
            _one_step,
        ),
        Mistake("a step too many", "One inner step too many is taken.", partial(_steps_off, 1)),
        Mistake("a step too few", "One inner step too few is taken.", partial(_steps_off, -1)),
        Mistake(
            "θ̂ − φ",
            "This is θ̂ − φ, the way that adapting goes. The meta-gradient says how the query loss "
            "at θ̂ changes with φ.",
            _way,
        ),
        Mistake(
            "a meta-step taken",
            "This is φ after a step along the meta-gradient. The gradient itself was asked for.",
            _a_meta_step,
        ),
    ),
    means="Your meta-gradient goes through every inner step, with all its factors (I − αH).",
    returns="a dict with φ's keys, one gradient for each leaf",
    reading=_finite_difference,
)
