"""Exercise 3 of notebook 07, ANIL's gradient: what is right, and what else learners write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import maml, networks, variants
from course_utils.exercises import Case, Function, Mistake
from course_utils.exercises.measured import measured
from course_utils.networks import Loss, Params, differentiable
from course_utils.tasks import Sinusoids, TaskBatch

Set = tuple[Tensor, Tensor]


def _case(
    seed: int, sizes: Sequence[int], shots: int, queries: int, inner_lr: float
) -> tuple[Any, ...]:
    """A small network's loss, φ, the names of its head, one task's two sets, and α."""
    network, generator = networks.mlp(sizes), torch.Generator().manual_seed(seed)
    phi = network.init(generator)
    batch = Sinusoids().sample(1, shots=shots, queries=queries, generator=generator)
    support = batch.support_x[0], batch.support_y[0]
    query = batch.query_x[0], batch.query_y[0]
    return networks.squared_error(network), phi, variants.head(phi), support, query, inner_lr


def _by(objective: Callable[[Params], Tensor], phi: Params) -> Params:
    """The gradient of an objective at phi, leaf by leaf."""
    start = differentiable(phi)
    return dict(zip(start, torch.autograd.grad(objective(start), [*start.values()]), strict=True))


def _partly(
    adapts: Collection[str],
    loss: Loss,
    phi: Params,
    support: Set,
    query: Set,
    inner_lr: float | Tensor,
    **how: bool,
) -> Params:
    """The gradient where the leaves named in `adapts` take one step, by the package."""
    batch = TaskBatch(*(part[None] for part in (*support, *query)))
    objective = partial(variants.partly_loss, loss, batch=batch, adapts=adapts, steps=1)
    return _by(lambda start: objective(start, inner_lr=inner_lr, **how), phi)


def _anil_gradient(
    loss: Loss, phi: Params, head: Sequence[str], support: Set, query: Set, inner_lr: float
) -> Params:
    return _partly(head, loss, phi, support, query, inner_lr)


def _all_adapt(loss, phi, head, support, query, inner_lr):
    return _partly([*phi], loss, phi, support, query, inner_lr)


def _body_adapts(loss, phi, head, support, query, inner_lr):
    return _partly([*phi.keys() - {*head}], loss, phi, support, query, inner_lr)


def _first_order(loss, phi, head, support, query, inner_lr):
    return _partly(head, loss, phi, support, query, inner_lr, first_order=True)


def _uphill(loss, phi, head, support, query, inner_lr):
    return _partly(head, loss, phi, support, query, torch.tensor(-inner_lr))


def _no_step(loss, phi, head, support, query, inner_lr):
    return _by(lambda start: loss(start, *query), phi)


def _support_outside(loss, phi, head, support, query, inner_lr):
    return _partly(head, loss, phi, support, support, inner_lr)


def _query_inside(loss, phi, head, support, query, inner_lr):
    return _partly(head, loss, phi, query, query, inner_lr)


def _exchanged(loss, phi, head, support, query, inner_lr):
    return _partly(head, loss, phi, query, support, inner_lr)


def _head_only(loss, phi, head, support, query, inner_lr):
    gradient = _anil_gradient(loss, phi, head, support, query, inner_lr)
    return {name: leaf if name in head else 0 * leaf for name, leaf in gradient.items()}


def _step_without_body(loss, phi, head, support, query, inner_lr):
    """The head's step keeps its graph to the head, not to the body."""

    def objective(start):
        kept = {name: leaf if name in head else leaf.detach() for name, leaf in start.items()}
        leaves = [start[name] for name in head]
        slopes = torch.autograd.grad(loss(kept, *support), leaves, create_graph=True)
        moved = {n: start[n] - inner_lr * slope for n, slope in zip(head, slopes, strict=True)}
        return loss(start | moved, *query)

    return _by(objective, phi)


def _added_to_what_was_there(loss, phi, head, support, query, inner_lr):
    """The support loss's gradient at φ is added, as `backward` does to `.grad`."""
    first = _by(lambda start: loss(start, *support), phi)
    right = _anil_gradient(loss, phi, head, support, query, inner_lr)
    return {name: leaf + first[name] for name, leaf in right.items()}


def _by_the_moved_head(loss, phi, head, support, query, inner_lr):
    """The head's leaves by what the step made of them, the body's as they should be."""
    x, y = (part[None] for part in support)
    rates = {name: inner_lr * (name in head) for name in phi}
    moved = maml.adapt(loss, phi, x, y, inner_lr=rates, steps=1)
    by_moved = _by(lambda theta: loss(theta, *query), {name: t[0] for name, t in moved.items()})
    right = _anil_gradient(loss, phi, head, support, query, inner_lr)
    return right | {name: by_moved[name] for name in head}


def _finite_difference(args: tuple[Any, ...], found: Any) -> str:
    """The body's steepest number, measured."""
    loss, phi, head, support, query, inner_lr = args
    batch = TaskBatch(*(part[None].double() for part in (*support, *query)))
    how = {"batch": batch, "adapts": head, "inner_lr": inner_lr, "steps": 1}
    objective, name = partial(variants.partly_loss, loss, **how), next(iter(phi))
    where = int(_anil_gradient(*args)[name].abs().argmax())
    return measured(objective, phi, found, name, where, loss="the query loss after the head's step")


anil_gradient = Function(
    "anil_gradient",
    title="ANIL's gradient",
    notebook="07",
    answer=_anil_gradient,
    cases=(
        Case("a network of two layers, five points", partial(_case, 0, [1, 8, 1], 5, 7, 0.1)),
        Case("three layers, three points", partial(_case, 1, [1, 8, 8, 1], 3, 4, 0.2)),
        Case("three layers, ten points", partial(_case, 2, [1, 6, 9, 1], 10, 5, 0.1)),
    ),
    mistakes=(
        Mistake(
            "everything adapts",
            "All leaves take the inner step: this is MAML's gradient. In ANIL only those named in "
            "`head` do.",
            _all_adapt,
        ),
        Mistake(
            "the body adapts",
            "The body takes the step and the head keeps still: this is BOIL, ANIL's reverse.",
            _body_adapts,
        ),
        Mistake(
            "first order",
            "The head's inner gradient counts as a constant. But it depends on φ, on the body's "
            "leaves as on the head's. Is it detached, or is `create_graph` missing?",
            _first_order,
        ),
        Mistake(
            "the step forgets the body",
            "The head's gradient is right, the body's is not whole. The head's step is taken on "
            "the body's features, so it changes with them. Is the body detached inside?",
            _step_without_body,
        ),
        Mistake(
            "no gradient for the body",
            "The body's gradient is 0 here. It takes no inner step, but the query loss depends on "
            "it all the same, and the meta-step is to move it.",
            _head_only,
        ),
        Mistake(
            "by the moved head",
            "The body's leaves are right. The head's gradient is taken by the head as it is after "
            "the step; the meta-step moves φ, the head before it.",
            _by_the_moved_head,
        ),
        Mistake(
            "the support gradient added",
            "The support loss's gradient is added to yours. `backward` adds to what is in `.grad` "
            "already: what did your first call leave there?",
            _added_to_what_was_there,
        ),
        Mistake(
            "no inner step",
            "This is the query loss's gradient at φ itself, transfer learning's. Does the head's "
            "step reach the loss that you differentiate?",
            _no_step,
        ),
        Mistake(
            "support loss outside",
            "The outer loss is the support set's, on which the head has just been adapted. Which "
            "points judge it?",
            _support_outside,
        ),
        Mistake(
            "query set inside",
            "The head is adapted on the query set, and judged there. The query set must not be "
            "seen before it judges.",
            _query_inside,
        ),
        Mistake(
            "support and query exchanged",
            "The two sets are exchanged: the head adapts on the query set and is judged on the "
            "support set.",
            _exchanged,
        ),
        Mistake(
            "a step uphill",
            "The inner step goes up the slope: θ̂ is φ minus α times the gradient, not plus.",
            _uphill,
        ),
    ),
    means="The body never adapts, and yet it learns, for a head that is still to move: a part of "
    "its gradient goes through the head's step.",
    returns="a dict with φ's keys, also the body's, one gradient for each leaf",
    reading=_finite_difference,
)
