"""What each layer's step does (07): a step size a layer, kinks, switches held, a ridge head."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_utils import maml
from course_utils.networks import MLP, Params, squared_error
from course_utils.support.check_input import number, shown
from course_utils.tasks import TaskBatch
from course_utils.variants import layer_of

NAMES = {1: "first layer", 2: "second layer", 3: "head"}  # of the sinusoid network


def rates(phi: Params, inner_lrs: Mapping[int, float]) -> dict[str, float]:
    """A step size for each leaf: its layer's, or 0 where inner_lrs, {layer: α}, names none.

    Raises ValueError if inner_lrs names a layer that phi has not.
    """
    layers = sorted({layer_of(name) for name in phi})
    if not set(inner_lrs) <= set(layers):
        raise ValueError(f"inner_lrs must name layers of phi, {layers}, got {shown([*inner_lrs])}")
    return {name: inner_lrs.get(layer_of(name), 0.0) for name in phi}


def inputs_of_units(network: MLP, params: Params, x: Tensor) -> list[Tensor]:
    """What the units of each hidden layer get before their ReLU, ([tasks,] points, units) each."""
    found = []
    for layer in range(1, len(network.sizes) - 1):
        x = _through(params, layer, x)
        found.append(x)
        x = x.relu()
    return found


def features(network: MLP, params: Params, x: Tensor) -> Tensor:
    """What the last layer sees of x: ([tasks,] points, units)."""
    return inputs_of_units(network, params, x)[-1].relu()


def _through(params: Params, layer: int, x: Tensor) -> Tensor:
    return x @ params[f"W{layer}"] + params[f"b{layer}"].unsqueeze(-2)


@dataclass(frozen=True)
class Kinks:
    """Where one unit's ReLU switches along x, (kinks,), and whether it is on at the left end."""

    places: np.ndarray
    on_at_left: bool

    def fits(self, other: Kinks) -> bool:
        """Whether both have as many, in the same order of on and off: they can be paired."""
        same_side = self.on_at_left == other.on_at_left
        return same_side and len(self.places) == len(other.places)


def kinks(x: np.ndarray, inputs: np.ndarray) -> list[Kinks]:
    """Where each unit's ReLU switches on or off along x, a unit at a time.

    x (G,), rising, fine enough for straight lines between its points; inputs (G, units): what the
    units get before their ReLU, as `inputs_of_units` gives it for one task.
    """
    found = []
    for unit in inputs.T:
        at = np.flatnonzero((unit[1:] > 0) != (unit[:-1] > 0))
        part = unit[at] / (unit[at] - unit[at + 1])
        found.append(Kinks(x[at] + part * (x[at + 1] - x[at]), bool(unit[0] > 0)))
    return found


def moved(here: Sequence[Kinks], there: Sequence[Kinks]) -> np.ndarray:
    """How far kinks have moved, (kinks,), of the units whose kinks can be paired."""
    pairs = zip(here, there, strict=True)
    found = [np.abs(b.places - a.places) for a, b in pairs if a.fits(b)]
    return np.concatenate([np.zeros(0), *found])


def kinks_moved(
    network: MLP, phi: Params, batch: TaskBatch, x: Tensor, inner_lrs: Mapping[int, float]
) -> list[np.ndarray]:
    """How far one step moves the kinks of each hidden layer, over all tasks: (kinks,) a layer.

    x (G, 1): where kinks are looked for. Step sizes as in `rates`.
    """
    theta = _one_step(network, phi, batch, rates(phi, inner_lrs))
    place = x[:, 0].numpy()
    found = []
    here_of, there_of = inputs_of_units(network, phi, x), inputs_of_units(network, theta, x)
    for here, there in zip(here_of, there_of, strict=True):
        start = kinks(place, here.numpy())
        found.append(np.concatenate([moved(start, kinks(place, u)) for u in there.numpy()]))
    return found


@torch.no_grad()
def errors_with_switches_held(
    network: MLP,
    phi: Params,
    batch: TaskBatch,
    *,
    inner_lr: maml.StepSize,
    held: Collection[int] = (1, 2),
) -> Tensor:
    """Each task's query error after one step, (tasks,), some layers' units switched as at phi.

    `held` are hidden layers. There a unit that is on at x in phi stays on at x and passes on
    whatever it gets, even below 0; one that is off stays off. With `held=()` it is
    `evaluation.errors_after` one step. Raises ValueError if `held` names no hidden layer.
    """
    hidden = range(1, len(network.sizes) - 1)
    if not set(held) <= set(hidden):
        raise ValueError(f"held must name hidden layers, {[*hidden]}, got {shown([*held])}")
    theta = _one_step(network, phi, batch, inner_lr)
    x = batch.query_x
    on = [inputs > 0 for inputs in inputs_of_units(network, phi, x)]
    for layer in hidden:
        x = _through(theta, layer, x)
        x = torch.where(on[layer - 1], x, 0) if layer in held else x.relu()
    output = _through(theta, hidden[-1] + 1, x)
    return (output - batch.query_y).square().mean((1, 2))


def _one_step(network: MLP, phi: Params, batch: TaskBatch, inner_lr: maml.StepSize) -> Params:
    with torch.no_grad():
        return maml.adapt(
            squared_error(network),
            phi,
            batch.support_x,
            batch.support_y,
            inner_lr=inner_lr,
            steps=1,
        )


@torch.no_grad()
def errors_with_ridge_head(network: MLP, phi: Params, batch: TaskBatch, knob: float) -> Tensor:
    """Each task's query error, (tasks,), with the head of ridge regression on phi's features.

    The least of Σᵢ (f(xᵢ) − yᵢ)² + λ‖head − phi's head‖², weights and bias, in closed form (Hastie,
    Tibshirani & Friedman 2009, section 3.4.1, around phi's head in the place of 0); `knob` is λ. No
    number of steps of the head alone fits the support set better at that distance from phi. Raises
    ValueError if the knob is not above 0.
    """
    if number("knob", knob) <= 0:
        raise ValueError(f"knob must be above 0, got {knob!r}: there are more features than points")
    support, query = (
        torch.cat([features(network, phi, x), torch.ones_like(x)], dim=-1).double()
        for x in (batch.support_x, batch.query_x)
    )
    missing = (batch.support_y - network(phi, batch.support_x)).double()
    gram = support @ support.mT + knob * torch.eye(support.shape[1], dtype=torch.float64)
    change = query @ support.mT @ torch.linalg.solve(gram, missing)
    output = network(phi, batch.query_x) + change
    return (output - batch.query_y).square().mean((1, 2))


def errors_with_tuned_ridge(
    network: MLP, phi: Params, batch: TaskBatch, *, validation: TaskBatch, knobs: Collection[float]
) -> Tensor:
    """`errors_with_ridge_head` at the knob of least mean error on the tasks of `validation`."""

    def error(knob: float) -> float:
        return errors_with_ridge_head(network, phi, validation, knob).mean().item()

    return errors_with_ridge_head(network, phi, batch, min(knobs, key=error))
