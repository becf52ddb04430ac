"""First-order adaptation of many steps: the same values and gradients, and no memory a step."""

import pytest
import torch

from course_utils import maml
from course_utils.first_order import EVERY
from course_utils.networks import mlp, squared_error
from course_utils.tasks import Sinusoids

NETWORK = mlp([1, 6, 1])
LOSS = squared_error(NETWORK)
STEPS = 2 * EVERY + 3


def start():
    drawn = NETWORK.init(torch.Generator().manual_seed(0))
    return {name: leaf.requires_grad_() for name, leaf in drawn.items()}


def draw():
    return Sinusoids().sample(3, shots=5, queries=5, generator=torch.Generator().manual_seed(1))


def nodes(tensor):
    """How many steps autograd remembers of how a tensor came to be."""
    seen, to_see = set(), [tensor.grad_fn]
    while to_see:
        node = to_see.pop()
        if node is not None and node not in seen:
            seen.add(node)
            to_see += [before for before, _ in node.next_functions]
    return len(seen)


def remembered(steps, **how):
    return nodes(maml.meta_loss(LOSS, start(), draw(), steps=steps, **how))


def test_autograd_remembers_no_more_of_many_steps_than_of_few():
    how = {"inner_lr": 0.01, "first_order": True}
    few = remembered(EVERY, **how)
    assert remembered(4 * EVERY, **how) == few
    assert few < remembered(EVERY - 1, **how) / 4


@pytest.mark.parametrize("inner_lr", [0.01, torch.tensor(0.01)])
def test_values_and_gradients_are_those_of_single_steps(inner_lr):
    batch, phi, again = draw(), start(), start()
    maml.meta_loss(LOSS, phi, batch, inner_lr=inner_lr, steps=STEPS, first_order=True).backward()
    theta = {name: leaf.expand(3, *leaf.shape) for name, leaf in again.items()}
    for _ in range(STEPS):
        theta = maml.inner_step(
            LOSS, theta, batch.support_x, batch.support_y, inner_lr=inner_lr, first_order=True
        )
    LOSS(theta, batch.query_x, batch.query_y).mean().backward()
    ends = maml.adapt(
        LOSS, again, batch.support_x, batch.support_y, inner_lr=0.01, steps=STEPS, first_order=True
    )
    for name, leaf in phi.items():
        assert torch.equal(ends[name], theta[name])
        assert torch.equal(leaf.grad, again[name].grad)


def test_learned_step_sizes_keep_the_gradient_of_every_step():
    batch, rate = draw(), torch.tensor(0.01, requires_grad=True)
    how = {"inner_lr": rate, "steps": STEPS, "first_order": True}
    (found,) = torch.autograd.grad(maml.meta_loss(LOSS, start(), batch, **how), [rate])
    theta = {name: leaf.detach().expand(3, *leaf.shape) for name, leaf in start().items()}
    way = dict.fromkeys(theta, 0.0)  # of all steps: the sum of their gradients, constants
    for _ in range(STEPS):
        after = maml.inner_step(LOSS, theta, batch.support_x, batch.support_y, inner_lr=0.01)
        way = {name: way[name] + (theta[name] - after[name]) / 0.01 for name in theta}
        theta = after
    here = {name: leaf.requires_grad_() for name, leaf in theta.items()}
    slopes = torch.autograd.grad(LOSS(here, batch.query_x, batch.query_y).mean(), [*here.values()])
    expected = -sum((slope * way[name]).sum() for name, slope in zip(here, slopes, strict=True))
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5)


def test_second_order_remembers_every_step():
    how = {"inner_lr": 0.01, "first_order": False}
    assert remembered(2 * EVERY, **how) > 1.9 * remembered(EVERY, **how)
