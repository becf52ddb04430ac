"""Exercises on the same function elsewhere (05): what is right, and what else learners write."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from course_utils import networks
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import Params


def _phi(seed: int, sizes: tuple[int, ...]) -> Params:
    return networks.mlp(sizes).init(torch.Generator().manual_seed(seed))


def _network_of(phi: Params) -> networks.MLP:
    weights = [leaf for name, leaf in phi.items() if name.startswith("W")]
    return networks.mlp([len(weights[0]), *(leaf.shape[1] for leaf in weights)])


# --- an α for each layer --------------------------------------------------------------------------


def _rescale(phi: Params, s: float) -> Params:
    return phi | {"W1": s * phi["W1"], "b1": s * phi["b1"], "W2": phi["W2"] / s}


def _rates_case(
    seed: int, sizes: tuple[int, ...], inner_lr: float, s: float
) -> tuple[Params, float, float]:
    return _phi(seed, sizes), inner_lr, s


def _rates(phi: Params, inner_lr: float, s: float) -> dict[str, float]:
    """How large each leaf is beside φ's own, squared, times α."""
    grown = {k: float(leaf.norm() / phi[k].norm()) for k, leaf in _rescale(phi, s).items()}
    return {k: inner_lr * times**2 for k, times in grown.items()}


def _rates_with(powers: dict[str, int], phi: Params, inner_lr: float, s: float) -> dict[str, float]:
    """α times this power of s for each leaf; of 0 where none is named."""
    return {k: inner_lr * s ** powers.get(k, 0) for k in phi}


def _without_alpha(phi, inner_lr, s):
    return dict.fromkeys(phi, inner_lr) | {"W1": s**2, "b1": s**2, "W2": 1 / s**2}


def _factors_alone(phi, inner_lr, s):
    return {k: rate / inner_lr for k, rate in _rates(phi, inner_lr, s).items()}


def _all_later_weights(phi, inner_lr, s):
    later = [k for k in phi if k.startswith("W") and k != "W1"]
    return _rates_with({"W1": 2, "b1": 2} | dict.fromkeys(later, -2), phi, inner_lr, s)


def _one_for_all(phi, inner_lr, s):
    return dict.fromkeys(phi, inner_lr * s**2)


def _one_step_apart(args: tuple[Any, ...], found: Any) -> str:
    """How far one step with the learner's rates leads the two functions apart."""
    phi, inner_lr, s = args
    network = _network_of(phi)
    x = torch.linspace(-2, 2, 9)[:, None].expand(9, network.sizes[0])
    loss, y = networks.squared_error(network), torch.ones(9, network.sizes[-1])
    ends = []
    for start, rates in ((phi, dict.fromkeys(phi, inner_lr)), (_rescale(phi, s), found)):
        here = {k: leaf.clone().requires_grad_() for k, leaf in start.items()}
        grads = torch.autograd.grad(loss(here, x, y), [*here.values()])
        step = {
            k: leaf - float(rates[k]) * g for (k, leaf), g in zip(start.items(), grads, strict=True)
        }
        ends.append(float(loss(step, x, y)))
    return (
        f"measured on one task: after a step from φ the loss is {ends[0]:.4g}, after one from the "
        f"rescaled φ with your α {ends[1]:.4g}"
    )


layer_rates = Function(
    "layer_rates",
    title="an α for each layer",
    notebook="05",
    answer=_rates,
    cases=(
        Case("s = 5, the course's layers", partial(_rates_case, 0, (1, 8, 8, 1), 0.01, 5.0)),
        Case("s = .5, one hidden layer", partial(_rates_case, 1, (2, 6, 3), 0.1, 0.5)),
        Case("s = 3, three hidden layers", partial(_rates_case, 2, (1, 4, 5, 6, 1), 0.02, 3.0)),
    ),
    mistakes=(
        Mistake(
            "s and not s²",
            "Each α is multiplied or divided by s once. That makes up for how far the step must "
            "go. And what has become of the gradient?",
            partial(_rates_with, {"W1": 1, "b1": 1, "W2": -1}),
        ),
        Mistake(
            "the other way round",
            "It is the other way round. Think of one leaf that is multiplied by s: is its gradient "
            "longer or shorter than before, and how far must its step go?",
            partial(_rates_with, {"W1": -2, "b1": -2, "W2": 2}),
        ),
        Mistake(
            "smaller where the leaf is larger",
            "Each α is divided by s where the leaf was multiplied, and the other way round. How "
            "long must a step of a larger leaf be? And what has become of its gradient?",
            partial(_rates_with, {"W1": -1, "b1": -1, "W2": 1}),
        ),
        Mistake(
            "W1 alone",
            "W1 is right. `rescale` changes two more leaves.",
            partial(_rates_with, {"W1": 2}),
        ),
        Mistake(
            "all later weights",
            "The first two layers are right. Does `rescale` divide the weights of every later "
            "layer?",
            _all_later_weights,
        ),
        Mistake(
            "b1 forgotten",
            "The weights are right. `rescale` multiplies one more leaf.",
            partial(_rates_with, {"W1": 2, "W2": -2}),
        ),
        Mistake(
            "b1 with s",
            "The weights are right. b1 is multiplied by s just as W1 is, and its gradient becomes "
            "smaller in the same way.",
            partial(_rates_with, {"W1": 2, "b1": 1, "W2": -2}),
        ),
        Mistake(
            "W2 forgotten",
            "The first layer is right. W2 has changed, too: it was divided by s.",
            partial(_rates_with, {"W1": 2, "b1": 2}),
        ),
        Mistake(
            "W2 as W1",
            "The first layer is right. W2 became smaller where W1 became larger, so its α does "
            "not change in the same way.",
            partial(_rates_with, {"W1": 2, "b1": 2, "W2": 2}),
        ),
        Mistake(
            "b2 as W2",
            "The weights and b1 are right. Does `rescale` change b2? What the second layer puts "
            "out is what it was, bias included.",
            partial(_rates_with, {"W1": 2, "b1": 2, "W2": -2, "b2": -2}),
        ),
        Mistake(
            "one α for all",
            "All leaves get the same α, larger than before. Leaves that `rescale` does not change "
            "need the α that they had, and not all others changed in the same direction.",
            _one_for_all,
        ),
        Mistake(
            "α left out",
            "The powers of s are right, and for three leaves they stand alone. They say how many "
            "times as large an α must be. As large as which?",
            _without_alpha,
        ),
        Mistake(
            "factors, not α",
            "Your factors are right: so many times as large as before must each α be. The α "
            "themselves were asked for. Where is `inner_lr`?",
            _factors_alone,
        ),
        Mistake(
            "α as it was",
            "Each leaf has the α that φ itself uses. With it the rescaled φ is ruined.",
            partial(_rates_with, {}),
        ),
    ),
    means=(
        "A step is a step of the function again. What rescaling spoiled was how one α is divided "
        "among the layers."
    ),
    returns="a dict with φ's keys, one number α for each leaf",
    atol=1e-8,
    reading=_one_step_apart,
    secret=True,
)

# --- a factor for each unit -----------------------------------------------------------------------


def _factors_case(seed: int, sizes: tuple[int, ...]) -> tuple[Any, ...]:
    s = 0.5 + 1.5 * torch.rand(sizes[1], generator=torch.Generator().manual_seed(seed + 1))
    return _phi(seed, sizes), s


def _factors(phi, s):
    scale = torch.diag(s)
    undo = torch.linalg.inv(scale)
    return phi | {"W1": phi["W1"] @ scale, "b1": phi["b1"] @ scale, "W2": undo @ phi["W2"]}


def _without(name: str, phi, s):
    return _factors(phi, s) | {name: phi[name]}


def _columns_of_w2(phi, s):
    return _factors(phi, s) | {"W2": phi["W2"] / s}


def _w2_multiplied(phi, s):
    return _factors(phi, s) | {"W2": s[:, None] * phi["W2"]}


def _undone(phi, s):
    return _factors(phi, 1 / s)


def _b2_too(phi, s):
    return _factors(phi, s) | {"b2": phi["b2"] / s}


def _one_factor(phi, s):
    return _rescale(phi, s.mean())


def _two_functions(args: tuple[Any, ...], found: Any) -> str:
    """What the two networks answer at one place."""
    phi, _ = args
    network = _network_of(phi)
    x = torch.ones(1, network.sizes[0])
    found = {k: torch.as_tensor(leaf).detach().to(x) for k, leaf in found.items()}
    own, other = (float(network(params, x)[0, 0]) for params in (phi, found))
    return f"measured: where each x is 1, φ's network puts out {own:.4g} and yours {other:.4g}"


unit_factors = Function(
    "unit_factors",
    title="a factor for each unit",
    notebook="appendix to 05",
    answer=_factors,
    cases=(
        Case("five units in each layer", partial(_factors_case, 0, (1, 5, 5, 1))),
        Case("two inputs, four units, three outputs", partial(_factors_case, 10, (2, 4, 4, 3))),
        Case("three hidden layers", partial(_factors_case, 20, (1, 6, 6, 3, 1))),
    ),
    mistakes=(
        Mistake(
            "columns of W2",
            "W1 and b1 are right. Of W2 you divide the columns, and a column holds what goes "
            "into a unit of the second layer. Where in W2 does unit j of the first layer stand?",
            _columns_of_w2,
        ),
        Mistake(
            "b1 forgotten",
            "A unit is its column of W1 and its bias. b1 is as it was, so the function changes.",
            partial(_without, "b1"),
        ),
        Mistake(
            "W2 forgotten",
            "The units put out s times as much, and the next layer does not know of it: the "
            "function changes. Who reads these units?",
            partial(_without, "W2"),
        ),
        Mistake(
            "W2 multiplied, too",
            "W1 and b1 are right. W2 is multiplied where it should make up for the factors.",
            _w2_multiplied,
        ),
        Mistake(
            "the other way round",
            "The function is the same, but each unit puts out s_j times less. It is the first "
            "layer that is to be multiplied.",
            _undone,
        ),
        Mistake(
            "b2 divided, too",
            "W1, b1 and W2 are right. b2 belongs to the units of the second layer, and what they "
            "put out is to stay as it was.",
            _b2_too,
        ),
        Mistake(
            "one factor for all units",
            "All units get the mean of s, one factor for the whole layer. Each unit has its own.",
            _one_factor,
        ),
    ),
    means="You know a whole family of places, one for each s, at which the same function lies.",
    returns="a dict with φ's keys and shapes",
    reading=_two_functions,
)
