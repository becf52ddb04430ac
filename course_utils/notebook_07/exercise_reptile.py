"""Exercise 1 of notebook 07, Reptile's gradient: what is right, and what else learners write."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import maml, networks, variants
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import Loss, Params, detached
from course_utils.tasks import Sinusoids, TaskBatch
from course_utils.vectors import copies

Set = tuple[Tensor, Tensor]


def _case(
    seed: int, sizes: Sequence[int], tasks: int, shots: int, inner_lr: float, steps: int
) -> tuple[Any, ...]:
    """A small network's loss, φ, tasks of `shots` and of four query points, α and steps."""
    network, generator = networks.mlp(sizes), torch.Generator().manual_seed(seed)
    phi = network.init(generator)
    batch = Sinusoids().sample(tasks, shots=shots, queries=4, generator=generator)
    support, query = (batch.support_x, batch.support_y), (batch.query_x, batch.query_y)
    return networks.squared_error(network), phi, support, query, inner_lr, steps


def _reptile_gradient(
    loss: Loss, phi: Params, support: Set, query: Set, inner_lr: float, steps: int
) -> Params:
    """By the package, whose gradient is divided by the number of steps."""
    start = networks.differentiable(phi)
    batch = TaskBatch(*support, *query)
    value = variants.reptile_loss(loss, start, batch, inner_lr=inner_lr, steps=steps)
    grads = torch.autograd.grad(value, [*start.values()])
    return {name: steps * grad for name, grad in zip(start, grads, strict=True)}


def _way(loss: Loss, phi: Params, sets: Sequence[Set], inner_lr: float) -> Params:
    """(φ − θ̂)/α, the mean over tasks, where a step is taken on each of the sets in turn."""
    start = detached(phi)
    theta = copies(start, len(sets[0][0]))
    for x, y in sets:
        theta = maml.inner_step(loss, theta, x, y, inner_lr=inner_lr)
    return {name: (leaf - theta[name]).mean(0) / inner_lr for name, leaf in start.items()}


def _alternating(support: Set, query: Set, steps: int) -> list[Set]:
    return [(support, query)[step % 2] for step in range(steps)]


def _times(factor: float, params: Params) -> Params:
    return {name: factor * leaf for name, leaf in params.items()}


def _towards(loss, phi, support, query, inner_lr, steps):
    return _times(-1, _reptile_gradient(loss, phi, support, query, inner_lr, steps))


def _not_by_alpha(loss, phi, support, query, inner_lr, steps):
    return _times(inner_lr, _reptile_gradient(loss, phi, support, query, inner_lr, steps))


def _by_steps(loss, phi, support, query, inner_lr, steps):
    return _times(1 / steps, _reptile_gradient(loss, phi, support, query, inner_lr, steps))


def _summed(loss, phi, support, query, inner_lr, steps):
    return _times(len(query[0]), _reptile_gradient(loss, phi, support, query, inner_lr, steps))


def _last_gradient(loss, phi, support, query, inner_lr, steps):
    sets = _alternating(support, query, steps)
    whole, before = (_way(loss, phi, sets[:count], inner_lr) for count in (steps, steps - 1))
    return {name: whole[name] - before[name] for name in phi}


def _first_step(loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, [support], inner_lr)


def _support_only(loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, [support] * steps, inner_lr)


def _one_after_the_other(loss, phi, support, query, inner_lr, steps):
    on_support = (steps + 1) // 2
    return _way(loss, phi, [support] * on_support + [query] * (steps - on_support), inner_lr)


def _query_first(loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, _alternating(query, support, steps), inner_lr)


def _both_sets(loss, phi, support, query, inner_lr, steps):
    both = torch.cat([support[0], query[0]], 1), torch.cat([support[1], query[1]], 1)
    return _way(loss, phi, [both] * steps, inner_lr)


def _all_at_phi(loss, phi, support, query, inner_lr, steps):
    each = [_way(loss, phi, [one], inner_lr) for one in _alternating(support, query, steps)]
    return {name: sum(way[name] for way in each) for name in phi}


def _from_phi_again(loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, _alternating(support, query, steps)[-1:], inner_lr)


def _both_in_turn(loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, [support, query] * steps, inner_lr)


def _first_order(loss, phi, support, query, inner_lr, steps):
    how = {"inner_lr": inner_lr, "steps": steps, "first_order": True}
    start = networks.differentiable(phi)
    value = maml.meta_loss(loss, start, TaskBatch(*support, *query), **how)
    return dict(zip(start, torch.autograd.grad(value, [*start.values()]), strict=True))


def _more_steps(more, loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, _alternating(support, query, steps + more), inner_lr)


def _query_only(loss, phi, support, query, inner_lr, steps):
    return _way(loss, phi, [query] * steps, inner_lr)


def _where_they_end(loss, phi, support, query, inner_lr, steps):
    way = _reptile_gradient(loss, phi, support, query, inner_lr, steps)
    return {name: leaf - inner_lr * way[name] for name, leaf in phi.items()}


def _one_theta(loss, phi, support, query, inner_lr, steps):
    """One θ for all tasks, which takes their mean gradient's steps."""
    start = theta = detached(phi)
    for one in _alternating(support, query, steps):
        step = _way(loss, theta, [one], inner_lr)
        theta = {name: leaf - inner_lr * step[name] for name, leaf in theta.items()}
    return {name: (leaf - theta[name]) / inner_lr for name, leaf in start.items()}


reptile_gradient = Function(
    "reptile_gradient",
    title="Reptile's gradient",
    notebook="07",
    answer=_reptile_gradient,
    cases=(
        Case("three tasks, two steps", partial(_case, 0, [1, 8, 1], 3, 3, 0.05, 2)),
        Case("two tasks, three steps", partial(_case, 1, [1, 6, 6, 1], 2, 5, 0.02, 3)),
        Case("four tasks, four steps", partial(_case, 2, [1, 8, 1], 4, 2, 0.04, 4)),
    ),
    mistakes=(
        Mistake(
            "θ̂ − φ",
            "This is (θ̂ − φ)/α, the way that φ is to go. An optimiser subtracts a gradient. "
            "Which way does the gradient point, then?",
            _towards,
        ),
        Mistake(
            "not divided by α",
            "This is φ − θ̂ itself. The smaller α is, the shorter it gets, though the gradients "
            "on the way are the same. By what is it to be divided?",
            _not_by_alpha,
        ),
        Mistake(
            "divided by the steps as well",
            "This is the mean of the gradients on the way, (φ − θ̂)/(α · steps). That is Reptile's "
            "direction; here it is to be divided by α alone.",
            _by_steps,
        ),
        Mistake(
            "sum over tasks",
            "The tasks are summed where their mean is asked for. So the more tasks a batch has, "
            "the farther φ would go.",
            _summed,
        ),
        Mistake(
            "last gradient only",
            "This is the gradient of the last step alone. That is the way first-order MAML goes. "
            "What have the steps before it added to φ − θ̂?",
            _last_gradient,
        ),
        Mistake(
            "first step only",
            "Only the first step counts here, so this is transfer's gradient on the support set. "
            "Does the loop go on from where the last step led?",
            _first_step,
        ),
        Mistake(
            "support set in every step",
            "Every step is taken on the support set. Which set has its turn in the second step?",
            _support_only,
        ),
        Mistake(
            "query set in every step",
            "Every step is taken on the query set. Which set has its turn in the first step?",
            _query_only,
        ),
        Mistake(
            "a step too few",
            "There is one step less than `steps` says. Where does your loop begin, and where does "
            "it end?",
            partial(_more_steps, -1),
        ),
        Mistake(
            "a step too many",
            "There is one step more than `steps` says. Where does your loop begin, and where does "
            "it end?",
            partial(_more_steps, 1),
        ),
        Mistake(
            "θ̂ itself",
            "You return the mean θ̂, the place where the tasks end. Asked for is the way between it "
            "and φ, divided by α.",
            _where_they_end,
        ),
        Mistake(
            "query set first",
            "The sets are taken in the other order, the query set first. `range` counts from 0: "
            "which set belongs to an even count?",
            _query_first,
        ),
        Mistake(
            "first the support set, then the query set",
            "The first half of the steps is taken on the support set, the second half on the query "
            "set. They are to take turns, step by step.",
            _one_after_the_other,
        ),
        Mistake(
            "both sets in every step",
            "Every step is taken on the points of both sets. Reptile may do that, too; asked for "
            "here is one set in each step, in turn.",
            _both_sets,
        ),
        Mistake(
            "all gradients at φ",
            "All gradients are taken at φ. Each step has to begin where the last one ended, or no "
            "task is ever adapted to.",
            _all_at_phi,
        ),
        Mistake(
            "every step begins at φ again",
            "Every step begins at φ again, so only the last one is left. Is θ set back within the "
            "loop?",
            _from_phi_again,
        ),
        Mistake(
            "two steps for one",
            "Each turn of the loop takes a step on both sets, one after the other: twice as many "
            "steps as `steps` says.",
            _both_in_turn,
        ),
        Mistake(
            "first-order MAML",
            "This is first-order MAML's gradient: all steps on the support set, then the slope of "
            "the query loss. Reptile has no query loss: it looks at the way from φ to θ̂.",
            _first_order,
        ),
        Mistake(
            "one θ for all tasks",
            "All tasks share one θ, which takes steps along their mean gradient. That is a "
            "training on all data together. Where would each task alone have gone?",
            _one_theta,
        ),
    ),
    means="You have all of Reptile: follow each task's own steps, and look back. With `steps=1` "
    "it is transfer's gradient on the support set; from the second step on it sees adapting.",
    returns="a dict with φ's keys, one gradient for each leaf, of the leaf's own shape",
)
