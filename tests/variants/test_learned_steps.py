"""Learned step sizes: MAML where they are equal and fixed; gradients are finite differences."""

import pytest
import torch

from course_utils import maml, networks, variants
from course_utils.tasks import Sinusoids, TaskBatch

NETWORK = networks.mlp([1, 6, 1])
LOSS = networks.squared_error(NETWORK)


def start():
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    return {name: leaf.double() for name, leaf in phi.items()}


def draw():
    batch = Sinusoids().sample(3, shots=5, queries=5, generator=torch.Generator().manual_seed(1))
    sets = batch.support_x, batch.support_y, batch.query_x, batch.query_y
    return TaskBatch(*(values.double() for values in sets))


def gradient(objective, phi):
    phi = {name: leaf.clone().requires_grad_() for name, leaf in phi.items()}
    value = objective(LOSS, phi, draw())
    value.backward()
    return value.detach(), {name: leaf.grad for name, leaf in phi.items()}


@pytest.mark.parametrize("steps", [1, 3])
def test_at_equal_fixed_sizes_both_are_maml(steps):
    value, expected = gradient(
        lambda *args: maml.meta_loss(*args, inner_lr=0.02, steps=steps), start()
    )
    meta_sgd = gradient(
        lambda *args: variants.meta_sgd_loss(*args, steps=steps),
        variants.with_rates(start(), 0.02),
    )
    per_step = gradient(variants.per_step_loss, variants.with_step_rates(start(), 0.02, steps))
    for found, grads in (meta_sgd, per_step):
        torch.testing.assert_close(found, value)
        torch.testing.assert_close({name: grads[name] for name in expected}, expected)


@pytest.mark.parametrize("leaf", ["inner_lr.W1", "inner_lr.b2"])
def test_meta_sgds_step_sizes_have_the_gradient_of_finite_differences(leaf):
    phi = variants.with_rates(start(), 0.02)
    _, grads = gradient(variants.meta_sgd_loss, phi)
    _finite_difference(variants.meta_sgd_loss, phi, grads, leaf)


@pytest.mark.parametrize("leaf", ["inner_lr.1", "inner_lr.2"])
def test_step_sizes_of_layers_and_steps_have_that_of_finite_differences(leaf):
    phi = variants.with_step_rates(start(), 0.02, 2)
    _, grads = gradient(variants.per_step_loss, phi)
    _finite_difference(variants.per_step_loss, phi, grads, leaf)


def _finite_difference(objective, phi, grads, leaf):
    shift = torch.zeros_like(phi[leaf]).flatten()
    shift[-1] = 1e-6
    shift = shift.reshape(phi[leaf].shape)
    with torch.no_grad():
        ends = [objective(LOSS, phi | {leaf: phi[leaf] + sign * shift}, draw()) for sign in (1, -1)]
    measured = (ends[0] - ends[1]) / 2e-6
    torch.testing.assert_close(grads[leaf].flatten()[-1], measured, rtol=1e-5, atol=1e-7)


def test_each_step_uses_its_own_sizes():
    phi = variants.with_step_rates(start(), 0.0, 2)
    phi["inner_lr.2"] = torch.tensor([0.0, 0.05], dtype=torch.float64)
    batch = draw()
    theta = variants.per_step_theta(LOSS, phi, batch.support_x, batch.support_y)
    rates = {"W1": 0.0, "b1": 0.0, "W2": 0.05, "b2": 0.05}
    once = maml.adapt(LOSS, start(), batch.support_x, batch.support_y, inner_lr=rates, steps=1)
    torch.testing.assert_close(theta, once)


def test_the_parameters_come_apart_again():
    phi = start()
    params, rates = variants.split_steps(variants.with_rates(phi, 0.02))
    torch.testing.assert_close(params, phi)
    assert rates.keys() == phi.keys()
    assert variants.split_steps(variants.with_step_rates(phi, 0.02, 3))[1]["1"].shape == (3,)


def test_maml_train_moves_the_step_sizes():
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    trained, _ = maml.train(
        lambda phi, batch: variants.meta_sgd_loss(LOSS, phi, batch),
        variants.with_rates(phi, 0.02),
        Sinusoids(),
        iterations=3,
        generator=torch.Generator().manual_seed(0),
        progress=False,
    )
    assert not torch.equal(trained["inner_lr.W1"], torch.full_like(phi["W1"], 0.02))


def test_they_say_what_they_cannot_use():
    with pytest.raises(ValueError, match="phi must have step sizes"):
        variants.meta_sgd_loss(LOSS, start(), draw())
    with pytest.raises(ValueError, match="as with_step_rates makes them"):
        variants.per_step_loss(LOSS, variants.with_rates(start(), 0.02), draw())
    uneven = variants.with_step_rates(start(), 0.02, 2) | {"inner_lr.2": torch.zeros(3)}
    with pytest.raises(ValueError, match="as with_step_rates makes them"):
        variants.per_step_loss(LOSS, uneven, draw())
    with pytest.raises(ValueError, match="inner_lr must be a number"):
        variants.with_rates(start(), "0.1")
    with pytest.raises(ValueError, match="steps must be a whole number of at least 1"):
        variants.with_step_rates(start(), 0.1, 0)


def test_step_sizes_are_put_beside_parameters_once():
    for add in (
        lambda phi: variants.with_rates(phi, 0.1),
        lambda phi: variants.with_step_rates(phi, 0.1, 2),
    ):
        with pytest.raises(ValueError, match="phi must have no step sizes yet"):
            add(variants.with_rates(start(), 0.1))
        for nothing in (None, {}):
            with pytest.raises(ValueError, match="phi must"):
                add(nothing)
    with pytest.raises(ValueError, match="first_order must be True or False"):
        variants.per_step_loss(
            LOSS, variants.with_step_rates(start(), 0.1, 2), draw(), first_order="yes"
        )
