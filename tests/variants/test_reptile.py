"""Reptile: its gradient is its definition, its two-step form a sum of two known gradients."""

import pytest
import torch

from course_utils import curvature, maml, networks, variants
from course_utils.tasks import Sinusoids
from course_utils.variants.reptile import reptile_theta

NETWORK = networks.mlp([1, 8, 1])
LOSS = networks.squared_error(NETWORK)


def start(dtype=torch.float64):
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    return {name: leaf.to(dtype).requires_grad_() for name, leaf in phi.items()}


def draw(n_tasks=3, dtype=torch.float64):
    batch = Sinusoids().sample(
        n_tasks, shots=4, queries=6, generator=torch.Generator().manual_seed(1)
    )
    return type(batch)(
        *(getattr(batch, name).to(dtype) for name in ("support_x", "support_y", "query_x")),
        batch.query_y.to(dtype),
    )


def by_hand(phi, batch, *, inner_lr, steps):
    """Each task's theta by plain steps of gradient descent, one task at a time."""
    ends = []
    for n in range(len(batch)):
        theta = {name: leaf.detach().clone().requires_grad_() for name, leaf in phi.items()}
        for step in range(steps):
            on = "query" if step % 2 else "support"
            x, y = (getattr(batch, f"{on}_{what}")[n] for what in "xy")
            grads = torch.autograd.grad(LOSS(theta, x, y), list(theta.values()))
            theta = {
                name: (leaf - inner_lr * grad).detach().requires_grad_()
                for (name, leaf), grad in zip(theta.items(), grads, strict=True)
            }
        ends.append(theta)
    return ends


def test_its_gradient_is_the_way_to_the_tasks_own_solutions():
    phi, batch = start(), draw()
    variants.reptile_loss(LOSS, phi, batch, inner_lr=0.02, steps=3).backward()
    ends = by_hand(phi, batch, inner_lr=0.02, steps=3)
    for name, leaf in phi.items():
        way = sum(leaf.detach() - theta[name].detach() for theta in ends) / (3 * 3 * 0.02)
        torch.testing.assert_close(leaf.grad, way)


def test_its_value_is_the_query_loss_where_the_tasks_end():
    phi, batch = start(), draw()
    value = variants.reptile_loss(LOSS, phi, batch, inner_lr=0.02, steps=2)
    theta = reptile_theta(LOSS, phi, batch, inner_lr=0.02, steps=2)
    torch.testing.assert_close(value, LOSS(theta, batch.query_x, batch.query_y).mean())


def test_two_steps_are_the_support_gradient_and_first_order_maml_together():
    phi, batch = start(), draw()
    variants.reptile_loss(LOSS, phi, batch, inner_lr=0.02, steps=2).backward()
    before = curvature.gradients(LOSS, phi, batch.support_x, batch.support_y)
    after = start()
    maml.meta_loss(LOSS, after, batch, inner_lr=0.02, steps=1, first_order=True).backward()
    for name, leaf in phi.items():
        torch.testing.assert_close(2 * leaf.grad, before[name].mean(0) + after[name].grad)


def test_the_serial_form_takes_one_task_after_another():
    phi, batch = start(), draw()
    moved = variants.reptile_serial(LOSS, phi, batch, inner_lr=0.02, steps=3, step_size=0.5)
    expected = {name: leaf.detach() for name, leaf in phi.items()}
    for n in range(len(batch)):
        (theta,) = by_hand(expected, batch[n : n + 1], inner_lr=0.02, steps=3)
        expected = {k: v + 0.5 * (theta[k].detach() - v) for k, v in expected.items()}
    torch.testing.assert_close(moved, expected)


def test_serial_and_batched_are_one_for_a_single_task():
    phi, batch = start(), draw(1)
    variants.reptile_loss(LOSS, phi, batch, inner_lr=0.02, steps=3).backward()
    serial = variants.reptile_serial(LOSS, phi, batch, inner_lr=0.02, steps=3, step_size=0.3)
    for name, leaf in phi.items():
        torch.testing.assert_close(serial[name], (leaf - 0.3 * 3 * 0.02 * leaf.grad).detach())


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"inner_lr": 0.0, "steps": 2}, "inner_lr must be above 0"),
        ({"inner_lr": -1.0, "steps": 2}, "inner_lr must be finite and at least 0"),
        ({"inner_lr": 0.1, "steps": 0}, "steps must be a whole number of at least 1"),
    ],
)
def test_it_says_what_it_cannot_use(how, said):
    with pytest.raises(ValueError, match=said):
        variants.reptile_loss(LOSS, start(), draw(), **how)


def test_a_phi_that_requires_no_gradient_is_refused():
    phi = networks.detached(start())
    with pytest.raises(ValueError, match="meta-gradient would be lost"):
        variants.reptile_loss(LOSS, phi, draw(), inner_lr=0.1, steps=2)


def test_the_serial_step_size_is_checked():
    with pytest.raises(ValueError, match="step_size must be"):
        variants.reptile_serial(LOSS, start(), draw(), inner_lr=0.1, steps=2, step_size=-1.0)


@pytest.mark.parametrize("call", [variants.reptile_loss, variants.reptile_theta])
def test_what_is_no_batch_or_no_phi_is_refused_by_name(call):
    with pytest.raises(ValueError, match="batch must be a TaskBatch"):
        call(LOSS, start(), None, inner_lr=0.1, steps=2)
    with pytest.raises(ValueError, match="phi must be a dict of tensors"):
        call(LOSS, None, draw(), inner_lr=0.1, steps=2)
