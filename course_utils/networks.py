"""Networks as functions of a dictionary of parameters.

A network is called as `network(params, x)`, so "the same network at phi, at theta, at a point of
the plane" is an argument, not a state to load and restore. Parameters come shared (leaves of shape
S) or one set a task (leaves (tasks, *S)); x as (points, features) or (tasks, points, features).

A plain torch module is adapted as well, by a loss that calls it with the parameters it is given,
here of a `module` whose last bias is called "2.bias":

    phi = {name: leaf.detach().requires_grad_() for name, leaf in module.named_parameters()}

    def of_one_task(params, x, y):
        return (torch.func.functional_call(module, params, (x,)) - y).square().mean()

    def loss(params, x, y):
        own = None if params["2.bias"].ndim == 1 else 0  # shared, or one set a task
        return torch.func.vmap(of_one_task, in_dims=(own, 0, 0))(params, x, y)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.support import check_tensors
from course_utils.support.check_input import room_for, whole_number

Params = dict[str, Tensor]
Loss = Callable[[Params, Tensor, Tensor], Tensor]


def detached(params: Params) -> Params:
    """The same parameters without their history: leaves that require no gradient."""
    return {name: leaf.detach() for name, leaf in params.items()}


def differentiable(params: Params, *, keep_graph: bool = False) -> Params:
    """The same parameters as leaves to differentiate by: each starts its own graph.

    With `keep_graph` leaves that already require their gradient are used as they are, history
    included.
    """
    return {
        name: leaf if keep_graph and leaf.requires_grad else leaf.detach().requires_grad_()
        for name, leaf in params.items()
    }


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
        check_tensors.generator(generator)
        params = {}
        for layer, (n_in, n_out) in enumerate(
            zip(self.sizes, self.sizes[1:], strict=False), start=1
        ):
            bound = 1 / math.sqrt(n_in)
            params[f"W{layer}"] = bound * (2 * torch.rand(n_in, n_out, generator=generator) - 1)
            params[f"b{layer}"] = bound * (2 * torch.rand(n_out, generator=generator) - 1)
        return params

    @check_tensors.called_with
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
    numbers = sum((n_in + 1) * n_out for n_in, n_out in pairwise(map(int, sizes)))
    room_for(numbers, "a network", sizes=sizes)
    return MLP(tuple(sizes))


@dataclass(frozen=True)
class Sine2:
    """The two-parameter model f(x) = a·sin(x − p); make one with `sine2`."""

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw a from U(0, 5) and p from U(0, π), each a tensor of shape ()."""
        check_tensors.generator(generator)
        draw = torch.rand(2, generator=generator)
        return {"a": 5 * draw[0], "p": math.pi * draw[1]}

    @check_tensors.called_with
    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """Map x ([tasks,] points, 1) to a·sin(x − p), with tasks first where params have them."""
        a, p = (leaf[..., None, None] if leaf.ndim else leaf for leaf in (params["a"], params["p"]))
        return a * torch.sin(x - p)


def sine2() -> Sine2:
    """The two-parameter model f(x) = a·sin(x − p), whose loss landscape fits on a page."""
    return Sine2()


LAYERS = (1, 2, 3)  # of a ConvNet
STATISTICS = tuple(f"{what}{layer}" for layer in LAYERS for what in "mv")


@dataclass(frozen=True)
class ConvNet:
    """Three convolutions of stride 2, then one linear layer; make one with `convnet`.

    After each convolution every channel is brought to mean 0 and variance 1 over all pictures (and
    places) of a set, then scaled by `g` and shifted by `b`, both learned. The statistics are those
    of the set that the network is called with, each task's its own, unless the parameters say
    otherwise (`with_statistics`).
    """

    ways: int
    channels: int
    pixels: int

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw W1 (channels, 1, 3, 3), g1, b1, ... and the last W4 (features, ways), b4.

        Weights come from U(±1/√in), which is PyTorch's default; g starts at 1, b at 0.
        """
        check_tensors.generator(generator)
        params = {}
        for layer in LAYERS:
            n_in = 1 if layer == 1 else self.channels
            shape = (self.channels, n_in, 3, 3)
            bound = 1 / math.sqrt(9 * n_in)
            params[f"W{layer}"] = bound * (2 * torch.rand(shape, generator=generator) - 1)
            params[f"g{layer}"] = torch.ones(self.channels)
            params[f"b{layer}"] = torch.zeros(self.channels)
        last, side = len(LAYERS) + 1, -(-self.pixels // 2 ** len(LAYERS))
        n_in = self.channels * side * side
        bound = 1 / math.sqrt(n_in)
        params[f"W{last}"] = bound * (2 * torch.rand(n_in, self.ways, generator=generator) - 1)
        params[f"b{last}"] = torch.zeros(self.ways)
        return params

    @check_tensors.called_with
    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """Map pictures ([tasks,] points, 1, 28, 28) to a score for each class, (..., ways)."""
        last = len(LAYERS) + 1
        return _linear(self.features(params, x), params[f"W{last}"], params[f"b{last}"])

    @check_tensors.called_with
    def features(self, params: Params, x: Tensor) -> Tensor:
        """What the last layer sees of each picture: ([tasks,] points, features)."""
        return self._through(params, x, {})

    @check_tensors.called_with
    def with_statistics(self, params: Params, x: Tensor) -> Params:
        """The parameters and, as leaves m1, v1, ..., the means and variances that x has in them.

        A network called with these normalises *by them*, whatever it is called on. With those of
        the support set each query picture is judged on its own: not transductive.
        """
        plain = {name: leaf for name, leaf in params.items() if name not in STATISTICS}
        found: Params = {}
        self._through(plain, x, found)
        return params | found

    def _through(self, params: Params, x: Tensor, found: Params) -> Tensor:
        """The features; the statistics of every layer go into `found`."""
        alone = x.ndim == 4 and params["W1"].ndim == 4
        if x.shape[-3:] != (1, self.pixels, self.pixels) or x.ndim not in (4, 5):
            raise ValueError(
                f"x must be pictures ([tasks,] points, 1, {self.pixels}, {self.pixels}), "
                f"got the shape {tuple(x.shape)}"
            )
        tasks = len(x) if x.ndim == 5 else 1 if alone else len(params["W1"])
        if params["W1"].ndim == 5 and len(params["W1"]) != tasks:
            raise ValueError(
                f"x must have a task for each of the {len(params['W1'])} in the parameters, "
                f"got {tasks}"
            )
        x = x.expand(tasks, *x.shape[-4:])
        for layer in LAYERS:
            x = _convolution(x, params[f"W{layer}"])
            # Per task and channel, over pictures, rows and columns.
            variance, mean = torch.var_mean(x, dim=(1, 3, 4), correction=0)
            found |= {f"m{layer}": mean, f"v{layer}": variance}
            m, v = (params.get(name, found[name]) for name in (f"m{layer}", f"v{layer}"))
            g, b = params[f"g{layer}"], params[f"b{layer}"]
            scale = g * torch.rsqrt(v + 1e-5)
            x = torch.relu(x * _on_channels(scale) + _on_channels(b - m * scale))
        x = x.flatten(2)
        return x[0] if alone else x


def _convolution(x: Tensor, weight: Tensor) -> Tensor:
    """A 3 x 3 convolution of stride 2 on x (tasks, points, in, h, w), weights shared or per task.

    Torch has no convolution with a weight for each task. Its convolution in *groups* is one: the
    tasks' channels side by side, each group of channels with its own weights.
    """
    tasks, points = x.shape[:2]
    if weight.ndim == 4:
        x = F.conv2d(x.flatten(0, 1), weight, stride=2, padding=1)
        return x.unflatten(0, (tasks, points))
    side_by_side = x.transpose(0, 1).flatten(1, 2)
    x = F.conv2d(side_by_side, weight.flatten(0, 1), stride=2, padding=1, groups=tasks)
    return x.unflatten(1, (tasks, -1)).transpose(0, 1)


def _on_channels(leaf: Tensor) -> Tensor:
    """A leaf ([tasks,] channels) shaped to meet (tasks, points, channels, h, w)."""
    return leaf[..., None, :, None, None]


def convnet(ways: int = 5, channels: int = 32, pixels: int = 28) -> ConvNet:
    """A small convolutional network for pictures of one colour, batch statistics included.

    Three convolutions of stride 2 take 28 x 28 pixels to 4 x 4. Raises ValueError if a number is
    too small or not whole.
    """
    whole_number("ways", ways, least=2, why="sorting needs two classes")
    whole_number("channels", channels, least=1, why="a layer needs a unit")
    whole_number("pixels", pixels, least=1, why="a picture needs a pixel")
    numbers = int(channels) * (18 * int(channels) + int(ways) * (int(pixels) // 8 + 1) ** 2)
    room_for(numbers, "a network", ways=ways, channels=channels, pixels=pixels)
    return ConvNet(ways, channels, pixels)


def cross_entropy(network: Network) -> Loss:
    """The loss (params, x, y) -> mean cross-entropy of each task, (tasks,), or () for one task.

    y holds labels 0 to ways − 1, ([tasks,] points), int64. Raises ValueError where there is not one
    such label for each output.
    """

    def loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
        scores = network(params, x)
        check_tensors.labels(scores, x, y)
        right = scores.gather(-1, y.expand(scores.shape[:-1]).unsqueeze(-1)).squeeze(-1)
        return (scores.logsumexp(-1) - right).mean(-1)

    return loss


def squared_error(network: Network) -> Loss:
    """The loss (params, x, y) -> mean squared error of each task, (tasks,), or () for one task.

    y is ([tasks,] points, out), as the network's output; the loss raises ValueError where it is not
    (torch would broadcast (tasks, points) silently, and compare every point with every y).
    One set of points, x and y (points, ·), may serve parameters of several tasks.
    """

    def loss(params: Params, x: Tensor, y: Tensor) -> Tensor:
        output = network(params, x)
        check_tensors.values(output, x, y)
        error = output - y
        return (error * error).mean(dim=(-2, -1))  # error**2 has the slower derivatives

    return loss
