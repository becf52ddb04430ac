"""ANIL and BOIL: only some leaves adapt, and the meta-step still moves them all."""

import pytest
import torch

from course_utils import maml, networks, variants
from course_utils.tasks import Sinusoids

NETWORK = networks.mlp([1, 8, 8, 1])
LOSS = networks.squared_error(NETWORK)
HOW = {"inner_lr": 0.05, "steps": 2}


def start():
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    return {name: leaf.requires_grad_() for name, leaf in phi.items()}


def draw():
    return Sinusoids().sample(4, shots=5, queries=5, generator=torch.Generator().manual_seed(1))


def gradients(objective):
    phi = start()
    value = objective(phi)
    value.backward()
    return value.detach(), {name: leaf.grad for name, leaf in phi.items()}


def with_zero_rates(adapts, **how):
    """The same by MAML itself, with a step size of 0 for what does not adapt."""
    rates = {name: how["inner_lr"] if name in adapts else 0.0 for name in start()}
    return lambda phi: maml.meta_loss(LOSS, phi, draw(), **how | {"inner_lr": rates})


def test_with_every_layer_adapted_anil_is_maml():
    every = variants.partly_loss
    found = gradients(lambda phi: every(LOSS, phi, draw(), adapts=tuple(phi), **HOW))
    torch.testing.assert_close(found, gradients(lambda p: maml.meta_loss(LOSS, p, draw(), **HOW)))


@pytest.mark.parametrize("first_order", [False, True])
@pytest.mark.parametrize(
    ("objective", "adapts"),
    [(variants.anil_loss, ("W3", "b3")), (variants.boil_loss, ("W1", "b1", "W2", "b2"))],
)
def test_what_does_not_adapt_has_a_step_size_of_0(objective, adapts, first_order):
    how = HOW | {"first_order": first_order}
    found = gradients(lambda phi: objective(LOSS, phi, draw(), **how))
    torch.testing.assert_close(found, gradients(with_zero_rates(adapts, **how)))


def test_pictures_too_have_a_head_and_a_body():
    phi = networks.convnet(5, channels=4).init()
    assert variants.head(phi) == ("W4", "b4")
    assert set(variants.body(phi)) == set(phi) - {"W4", "b4"}


@pytest.mark.parametrize("adapts", [(), "W3", ("W9",), 3])
def test_what_adapts_must_be_leaves_of_phi(adapts):
    with pytest.raises(ValueError, match="adapts must name leaves of phi"):
        variants.partly_loss(LOSS, start(), draw(), adapts=adapts, **HOW)


@pytest.mark.parametrize("name", ["a", "", 3])
def test_a_leaf_without_a_number_has_no_layer(name):
    with pytest.raises(ValueError, match="name must end with its layer's number"):
        variants.layer_of(name)


def test_what_is_no_phi_is_refused_by_name():
    for objective in (variants.anil_loss, variants.boil_loss):
        with pytest.raises(ValueError, match="phi must be a dict of tensors"):
            objective(LOSS, None, draw(), **HOW)
