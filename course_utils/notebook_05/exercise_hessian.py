"""The exercise on products with a Hessian (appendix to 05), and what else learners write."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import networks
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import Network
from course_utils.vectors import leaves, vector

NEAR = 0.05  # of the length of Hv: a difference of two gradients is about so good


def _product_case(
    network: Network, seed: int, n_in: int, n_out: int, dtype: torch.dtype = torch.float64
) -> tuple[Any, ...]:
    """A network's loss, φ, a direction and eight points of a task."""
    generator = torch.Generator().manual_seed(seed)
    phi = {k: leaf.to(dtype) for k, leaf in network.init(generator).items()}
    v = {k: torch.randn(leaf.shape, generator=generator).to(dtype) for k, leaf in phi.items()}
    x, y = (2 * torch.randn(8, n, generator=generator).to(dtype) for n in (n_in, n_out))
    return networks.squared_error(network), phi, v, x, y


def _of_the_row(loss, phi, x, y) -> Callable[[Tensor], Tensor]:
    return lambda row: loss(leaves(row, phi), x, y)


def _hessian(loss, phi, x, y) -> Tensor:
    return torch.autograd.functional.hessian(_of_the_row(loss, phi, x, y), vector(phi))


def _gradient(loss, phi, x, y) -> Tensor:
    return torch.autograd.functional.jacobian(_of_the_row(loss, phi, x, y), vector(phi))


def _product(loss, phi, v, x, y):
    return leaves(_hessian(loss, phi, x, y) @ vector(v), phi)


def _gradient_alone(loss, phi, v, x, y):
    return leaves(_gradient(loss, phi, x, y), phi)


def _gradient_times_v(loss, phi, v, x, y):
    return leaves(_gradient(loss, phi, x, y) * vector(v), phi)


def _of_the_gradient(loss, phi, v, x, y):
    g = _gradient(loss, phi, x, y)
    return leaves(2 * _hessian(loss, phi, x, y) @ g, phi)


def _along_the_gradient(loss, phi, v, x, y):
    return leaves(_hessian(loss, phi, x, y) @ _gradient(loss, phi, x, y), phi)


def _of_ones(loss, phi, v, x, y):
    return leaves(_hessian(loss, phi, x, y).sum(1), phi)


def _ones_times_v(loss, phi, v, x, y):
    return leaves(_hessian(loss, phi, x, y).sum(1) * vector(v), phi)


def _gradient_added(loss, phi, v, x, y):
    return leaves(_gradient(loss, phi, x, y) + _hessian(loss, phi, x, y) @ vector(v), phi)


def _times_v_again(loss, phi, v, x, y):
    return {k: v[k] * leaf for k, leaf in _product(loss, phi, v, x, y).items()}


def _leaf_by_leaf(loss, phi, v, x, y):
    """Only the blocks of H that belong to one leaf each."""
    found = {}
    for name in phi:
        alone = {k: leaf if k == name else torch.zeros_like(leaf) for k, leaf in v.items()}
        found[name] = _product(loss, phi, alone, x, y)[name]
    return found


def _diagonal(loss, phi, v, x, y):
    return leaves(_hessian(loss, phi, x, y).diagonal() * vector(v), phi)


def _outer_product(loss, phi, v, x, y):
    g = _gradient(loss, phi, x, y)
    return leaves((g @ vector(v)) * g, phi)


def _a_whole_v(loss, phi, v, x, y):
    there = {k: leaf + v[k] for k, leaf in phi.items()}
    return leaves(_gradient(loss, there, x, y) - _gradient(loss, phi, x, y), phi)


def _measured(args: tuple[Any, ...], found: Any) -> str:
    """vᵀHv by a difference of slopes, beside the learner's."""
    loss, phi, v, x, y = args
    if x.dtype == torch.float32:
        return (
            "Right in float64, and not here: is it a difference of two gradients, divided by a "
            "small step? So is then their rounding. A gradient can be differentiated itself."
        )
    row, eps = vector(v), 1e-5
    slopes = []
    for sign in (1, -1):
        moved = leaves(vector(phi) + sign * eps * row, phi)
        slopes.append(float(_gradient(loss, moved, x, y) @ row))
    answer = vector({k: torch.as_tensor(leaf).detach() for k, leaf in found.items()}).double()
    right = vector(_product(*args))
    if (answer - right).norm() < NEAR * right.norm():
        return (
            "Near, and not the same: is it a difference of two gradients? That holds up to its "
            "step. A gradient can be differentiated itself, and then nothing is lost."
        )
    own = float(answer @ row)
    return (
        f"measured: along v the slope ∇l · v grows {(slopes[0] - slopes[1]) / (2 * eps):.5g} times "
        f"as fast as φ moves; that should be v · Hv, and yours is {own:.5g}"
    )


hessian_vector = Function(
    "hessian_vector",
    title="H times a vector",
    notebook="appendix to 05",
    answer=_product,
    cases=(
        Case("a sine with two parameters", partial(_product_case, networks.sine2(), 0, 1, 1)),
        Case(
            "a straight line in two inputs", partial(_product_case, networks.mlp([2, 1]), 1, 2, 1)
        ),
        Case("a network of six units", partial(_product_case, networks.mlp([1, 6, 1]), 2, 1, 1)),
        # Last: here a difference of gradients fails that is near enough in float64.
        Case(
            "a network in float32, as all of this course are",
            partial(_product_case, networks.mlp([1, 8, 1]), 10, 1, 1, torch.float32),
        ),
    ),
    mistakes=(
        Mistake(
            "leaf by leaf",
            "Each leaf has a slope of its own. What a step along one leaf does to the gradient of "
            "another is lost: only the blocks of H on its diagonal are left. The slope along v is "
            "one number, over all leaves.",
            _leaf_by_leaf,
        ),
        Mistake(
            "the diagonal alone",
            "Only the diagonal of H is used: each number of the gradient is differentiated by its "
            "own parameter. In Hv each entry mixes all numbers of v.",
            _diagonal,
        ),
        Mistake(
            "2Hg: v is not used",
            "This is the gradient of ∇l · ∇l, twice H times the gradient. The product is wanted "
            "with `v`, whatever it is, and v is a constant.",
            _of_the_gradient,
        ),
        Mistake(
            "Hg: v is not used",
            "This is H times the gradient. `v` may be any direction, and here it is another.",
            _along_the_gradient,
        ),
        Mistake(
            "the gradient",
            "This is the gradient of the loss, without a second derivative and without `v`. H v "
            "says how this gradient changes along v.",
            _gradient_alone,
        ),
        Mistake(
            "the gradient times v",
            "This is the gradient multiplied by v, number by number, without a second derivative. "
            "Their sum is the slope along v: what is still to be done with it?",
            _gradient_times_v,
        ),
        Mistake(
            "H times ones",
            "The sum of the gradient's entries is differentiated, which gives H times a vector of "
            "ones. Where does `v` come in?",
            _of_ones,
        ),
        Mistake(
            "v after the second derivative",
            "You differentiate the sum of the gradient's entries and multiply by v afterwards, "
            "number by number. In Hv each entry mixes all numbers of v: v belongs into the number "
            "that is differentiated.",
            _ones_times_v,
        ),
        Mistake(
            "the gradient added",
            "This is Hv plus the gradient. `backward` adds to `.grad` what is already there, so "
            "the first gradient is still in it.",
            _gradient_added,
        ),
        Mistake(
            "times v once more",
            "This is Hv, multiplied by v number by number. The sum of these is vᵀHv, which is for "
            "a curvature, further on.",
            _times_v_again,
        ),
        Mistake(
            "the gradient's outer product",
            "This is (∇l · v) times ∇l. It holds first derivatives only, and H is made of second "
            "ones.",
            _outer_product,
        ),
        Mistake(
            "the gradient a whole v away",
            "This is the gradient at φ + v minus the one at φ. H is how the gradient changes at "
            "φ, and a whole v further it may be another. No differences are needed: a gradient can "
            "be differentiated.",
            _a_whole_v,
        ),
    ),
    means=(
        "Your product costs about two gradients, for a network of any size. Curvatures and the "
        "largest eigenvalue are made of it."
    ),
    returns="a dict with φ's keys and shapes",
    reading=_measured,
)
