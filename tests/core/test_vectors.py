"""Parameters as vectors: there and back, whatever the order of the leaves."""

import pytest
import torch
from torch.testing import assert_close

from course_utils import networks, vectors

NETWORK = networks.mlp([1, 3, 2, 1])


def phi(seed=0):
    return NETWORK.init(torch.Generator().manual_seed(seed))


def together(*params):
    return {name: torch.stack([p[name] for p in params]) for name in params[0]}


def test_a_row_holds_every_parameter_once():
    row = vectors.vector(phi())
    assert row.shape == (sum(leaf.numel() for leaf in phi().values()),)
    assert_close(row.square().sum(), sum(leaf.square().sum() for leaf in phi().values()))


def test_several_networks_have_a_row_each():
    found = vectors.rows(together(phi(0), phi(1)))
    assert torch.equal(found, torch.stack([vectors.vector(phi(0)), vectors.vector(phi(1))]))


def test_no_network_at_all_has_no_row_of_the_same_length():
    phi = networks.mlp([1, 3, 1]).init()
    none = {name: leaf[None][:0] for name, leaf in phi.items()}
    assert vectors.rows(none).shape == (0, len(vectors.vector(phi)))


def test_leaves_are_the_way_back():
    both = together(phi(0), phi(1))
    assert_close(vectors.leaves(vectors.vector(phi()), phi()), phi(), rtol=0, atol=0)
    assert_close(vectors.leaves(vectors.rows(both), phi()), both, rtol=0, atol=0)


def test_a_leaf_may_be_a_single_number():
    phi = networks.sine2().init(torch.Generator().manual_seed(0))
    assert_close(vectors.leaves(vectors.vector(phi), phi), phi, rtol=0, atol=0)


def test_leaves_have_the_type_of_those_they_are_like():
    found = vectors.leaves(vectors.vector(phi()).double(), phi())
    assert {leaf.dtype for leaf in found.values()} == {torch.float32}


def test_the_order_in_which_a_dict_was_built_does_not_matter():
    turned = dict(reversed(phi().items()))
    assert list(turned) != list(phi())
    assert torch.equal(vectors.vector(turned), vectors.vector(phi()))
    assert_close(vectors.leaves(vectors.vector(phi()), turned), phi(), rtol=0, atol=0)


def test_copies_are_all_the_same_and_share_their_memory():
    three = vectors.copies(phi(), 3)
    assert torch.equal(vectors.rows(three), vectors.vector(phi()).expand(3, -1))
    assert three["W1"].data_ptr() == three["W1"][2].data_ptr()


def test_a_scalar_product_is_one_number_a_task():
    one, other = together(phi(0), phi(1)), together(phi(2), phi(3))
    wanted = [vectors.vector(phi(n)) @ vectors.vector(phi(n + 2)) for n in range(2)]
    assert_close(vectors.dots(one, other), torch.stack(wanted))


def test_a_row_of_another_network_is_refused():
    row = vectors.vector(networks.mlp([1, 4, 1]).init())
    with pytest.raises(ValueError, match="row must hold 17 numbers, one for each parameter, got"):
        vectors.leaves(row, phi())
