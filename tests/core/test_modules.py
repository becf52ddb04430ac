"""A plain torch module as a network: equal to the course's own, shared or one set a task."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from course_utils import maml, networks, variants
from course_utils.modules import of_module
from course_utils.tasks import Sinusoids


def pair():
    """A module and the course's own network with the same numbers."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1))
    own = networks.mlp([1, 8, 1])
    names = {"0.weight": "W1", "0.bias": "b1", "2.weight": "W2", "2.bias": "b2"}
    phi = of_module(module).init()
    return (
        of_module(module),
        phi,
        own,
        {names[k]: leaf.mT if leaf.ndim == 2 else leaf for k, leaf in phi.items()},
    )


def test_its_meta_gradient_is_that_of_the_same_network_of_the_course():
    network, phi, own, same = pair()
    batch = Sinusoids().sample(4, shots=5, queries=6, generator=torch.Generator().manual_seed(0))
    grads = []
    for net, params in ((network, phi), (own, same)):
        params = {k: leaf.clone().requires_grad_() for k, leaf in params.items()}
        loss = networks.squared_error(net)
        value = maml.meta_loss(loss, params, batch, inner_lr=0.01, steps=2)
        grads.append([value, *torch.autograd.grad(value, list(params.values()))])
    for a, b in zip(*grads, strict=True):
        assert_close(a.mT if a.ndim == 2 else a, b, rtol=1e-4, atol=1e-6)


def test_all_four_combinations_of_shared_and_own():
    network, phi, own, same = pair()
    many = {k: torch.stack([leaf, 2 * leaf]) for k, leaf in phi.items()}
    many_same = {k: torch.stack([leaf, 2 * leaf]) for k, leaf in same.items()}
    x = torch.randn(2, 5, 1, generator=torch.Generator().manual_seed(0))
    for a, b in ((phi, same), (many, many_same)):
        for points in (x, x[0]):
            assert_close(network(a, points), own(b, points))


def test_the_module_itself_is_never_changed():
    network, phi, _, _ = pair()
    before = {k: leaf.clone() for k, leaf in network.module.named_parameters()}
    batch = Sinusoids().sample(2, shots=5, queries=5)
    maml.adapt(
        networks.squared_error(network),
        phi,
        batch.support_x,
        batch.support_y,
        inner_lr=0.1,
        steps=2,
    )
    assert all(torch.equal(before[k], leaf) for k, leaf in network.module.named_parameters())


def test_pictures_pass_through_a_convolution():
    module = nn.Sequential(nn.Conv2d(1, 3, 3), nn.GroupNorm(1, 3), nn.Flatten(), nn.Linear(108, 5))
    network = of_module(module)
    phi = network.init()
    x = torch.randn(2, 4, 1, 8, 8)
    assert_close(network(phi, x)[1], module(x[1]))
    many = {k: leaf.expand(2, *leaf.shape) for k, leaf in phi.items()}
    assert_close(network(many, x), network(phi, x))


def test_pictures_without_a_convolution_are_points_only_where_that_is_said():
    module = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
    x = torch.randn(2, 7, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    network = of_module(module, point_dims=3)
    phi = network.init()
    assert_close(network(phi, x[0]), module(x[0]))
    assert_close(network(phi, x)[1], module(x[1]))
    many = {k: leaf.expand(2, *leaf.shape) for k, leaf in phi.items()}
    assert_close(network(many, x), network(phi, x))
    for points in (x, x[0]):
        with pytest.raises(ValueError, match=r"tasks or points come first: .*point_dims=3"):
            of_module(module)(phi, points)
    with pytest.raises(ValueError, match=r"point_dims must be .* got 0"):
        of_module(module, point_dims=0)


def test_names_without_a_layer_are_for_partly_loss():
    network, phi, own, same = pair()
    batch = Sinusoids().sample(2, shots=5, queries=5)
    how = {"inner_lr": 0.01, "steps": 1}
    loss = networks.squared_error(network)
    with torch.no_grad():
        head = variants.partly_loss(loss, phi, batch, adapts=("2.weight", "2.bias"), **how)
        assert_close(head, variants.anil_loss(networks.squared_error(own), same, batch, **how))
    with pytest.raises(ValueError, match="number"):
        variants.anil_loss(loss, phi, batch, **how)


def test_what_cannot_be_used_is_named():
    with pytest.raises(ValueError, match=r"module must be a torch\.nn\.Module, got 3"):
        of_module(3)
    with pytest.raises(ValueError, match="must have parameters"):
        of_module(nn.ReLU())
    with pytest.raises(ValueError, match="no running statistics, but 1 is BatchNorm1d"):
        of_module(nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2)))
    network, phi, _, same = pair()
    with pytest.raises(ValueError, match=r"params must have the leaves of the module, 0\.weight"):
        network(same, torch.ones(3, 1))
    with pytest.raises(ValueError, match="x must be a tensor"):
        network(phi, [1.0])


@pytest.mark.parametrize(
    ("change", "x", "said"),
    [
        ({}, torch.ones(2, 5, 3), r"the module must take x of the shape \(2, 5, 3\)"),
        ({}, torch.ones(5, 3), r"the module must take x of the shape \(5, 3\)"),
        ({}, torch.ones(2, 5, 1).double(), r"x must be torch\.float32, as the parameters"),
        ({"2.bias": torch.ones(3, 2, 1)}, torch.ones(2, 5, 1), r"'2\.bias'\] must have the shape"),
        ({"2.bias": torch.ones(2)}, torch.ones(2, 5, 1), r"'2\.bias'\] must have the shape \(1,\)"),
        ({"2.bias": torch.ones(3, 1)}, torch.ones(2, 5, 1), r"equally many tasks, got \[2, 3\]"),
    ],
)
def test_points_and_leaves_that_do_not_fit_the_module_are_named(change, x, said):
    network, phi, _, _ = pair()
    with pytest.raises(ValueError, match=said):
        network(phi | change, x)


def test_a_module_without_its_shapes_is_refused():
    with pytest.raises(ValueError, match="call a lazy module once before"):
        of_module(nn.Sequential(nn.LazyLinear(3)))
