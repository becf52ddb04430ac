"""Networks as functions of a dictionary of parameters.

A network is called as `network(params, x)`, so "the same network at phi, at theta, at a point of
the plane" is an argument, not a state to load and restore. Parameters come shared (leaves of shape
S) or one set a task (leaves (tasks, *S)); x as (points, features) or (tasks, points, features).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from course_utils.check_input import whole_number

Params = dict[str, Tensor]
Loss = Callable[[Params, Tensor, Tensor], Tensor]


class Network(Protocol):
    """What the course calls a network."""

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw initial parameters."""

    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """The output at every x."""


@dataclass(frozen=True)
class MLP:
    """A multi-layer perceptron with ReLU between its layers; make one with `mlp`."""

    sizes: tuple[int, ...]

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw W1 (in, out), b1 (out,), W2, ... from U(±1/√in), which is PyTorch's default."""
        params = {}
        for layer, (n_in, n_out) in enumerate(
            zip(self.sizes, self.sizes[1:], strict=False), start=1
        ):
            bound = 1 / math.sqrt(n_in)
            params[f"W{layer}"] = bound * (2 * torch.rand(n_in, n_out, generator=generator) - 1)
            params[f"b{layer}"] = bound * (2 * torch.rand(n_out, generator=generator) - 1)
        return params

    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """Map x ([tasks,] points, in) to ([tasks,] points, out).

        The result has a task dimension wherever the parameters or x have one.
        """
        last = len(self.sizes) - 1
        for layer in range(1, last + 1):
            x = _linear(x, params[f"W{layer}"], params[f"b{layer}"])
            if layer < last:
                x = torch.relu(x)
        return x


def _linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    if weight.ndim == 2:
        return x @ weight + (bias if bias.ndim == 1 else bias.unsqueeze(1))
    if x.ndim == 2:
        x = x.expand(len(weight), *x.shape)
    # One fused call for all tasks: faster than `x @ weight + bias` at these sizes.
    return torch.baddbmm(bias.unsqueeze(-2), x, weight)


def mlp(sizes: Sequence[int]) -> MLP:
    """A multi-layer perceptron of the given layer sizes, input and output included.

    The MAML paper's sinusoid network is `mlp([1, 40, 40, 1])`. Raises ValueError if this is no
    sequence, if there are fewer than two sizes or one is below 1.
    """
    if not isinstance(sizes, Sequence):
        raise ValueError(f"sizes must be a list of layer sizes, say [1, 40, 1], got {sizes!r}")
    if len(sizes) < 2:
        raise ValueError(f"sizes must name the input and the output at least, got {sizes!r}")
    for size in sizes:
        whole_number("sizes", size, least=1, why="a layer needs a unit")
    return MLP(tuple(sizes))


@dataclass(frozen=True)
class Sine2:
    """The two-parameter model f(x) = a·sin(x − p); make one with `sine2`."""

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw a from U(0, 5) and p from U(0, π), each a tensor of shape ()."""
        draw = torch.rand(2, generator=generator)
        return {"a": 5 * draw[0], "p": math.pi * draw[1]}

    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """Map x ([tasks,] points, 1) to a·sin(x − p), with tasks first where params have them."""
        a, p = (leaf[..., None, None] if leaf.ndim else leaf for leaf in (params["a"], params["p"]))
        return a * torch.sin(x - p)


def sine2() -> Sine2:
    """The two-parameter model f(x) = a·sin(x − p), whose loss landscape fits on a page."""
    return Sine2()


def squared_error(network: Network) -> Loss:
    """The loss (params, x, y) -> mean squared error of each task, (tasks,), or () for one task.

    y is ([tasks,] points, out), as the network's output; the loss raises ValueError where it is not
    (torch would broadcast (tasks, points) without a word, and compare every point with every y).
    One set of points, x and y (points, ·), may serve parameters of several tasks.
    """

    def loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
        output = network(params, x)
        if output.shape != y.shape:
            _same_points(output, y)
        error = output - y
        return (error * error).mean(dim=(-2, -1))  # error**2 has the dearer derivatives

    return loss


def _same_points(output: Tensor, y: Tensor) -> None:
    if output.ndim == y.ndim or output.shape[-2:] != y.shape[-2:]:
        raise ValueError(
            f"y has the shape {tuple(y.shape)}, the network's output {tuple(output.shape)}: both "
            "must end in (points, features), after as many tasks where both have tasks, so that "
            "each output meets its own y"
        )
