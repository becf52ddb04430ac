"""What the peers in torch share: phi as tensors or as a module, and Adam."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.peers.setting import Arrays
from course_utils.adam import Adam

torch.set_num_threads(1)


def leaves(phi: Arrays) -> dict[str, Tensor]:
    """Phi as tensors to differentiate by."""
    return {name: torch.tensor(leaf, requires_grad=True) for name, leaf in phi.items()}


def tensors(batch: list[np.ndarray]) -> list[Tensor]:
    """The four sets as tensors."""
    return [torch.tensor(each) for each in batch]


def network(params: dict[str, Tensor], x: Tensor) -> Tensor:
    """The network as a tutorial writes it, for one task."""
    x = torch.relu(x @ params["W1"] + params["b1"])
    x = torch.relu(x @ params["W2"] + params["b2"])
    return x @ params["W3"] + params["b3"]


def module(phi: Arrays) -> nn.Sequential:
    """The network as a module with phi in it; a linear layer keeps its weight turned round."""
    width = len(phi["b1"])
    net = nn.Sequential(
        nn.Linear(1, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1)
    )
    with torch.no_grad():
        for leaf, value in zip(net.parameters(), phi.values(), strict=True):
            leaf.copy_(torch.tensor(value.T))
    return net


def gradients(net: nn.Module, phi: Arrays) -> Arrays:
    """The gradients that stand in a module, named and turned as phi."""
    return {
        name: leaf.grad.numpy().T.copy() for name, leaf in zip(phi, net.parameters(), strict=True)
    }


class Stepping:
    """A peer whose step is: forget the gradient, work it out, let Adam step."""

    def backward(self) -> None:
        """Put the meta-gradient into the leaves."""
        raise NotImplementedError

    def steps(self, n: int) -> None:
        """Take n meta-steps."""
        for _ in range(n):
            self.slope()
            self.adam.step()

    def slope(self) -> None:
        """Put the meta-gradient into the leaves."""
        for leaf in self.adam.leaves:
            leaf.grad = None
        self.backward()


class OfLeaves(Stepping):
    """A peer that keeps phi as a dict of leaves."""

    def __init__(self, setting, phi, batch):
        self.setting, self.phi, self.batch = setting, leaves(phi), tensors(batch)
        self.adam = Adam([*self.phi.values()], setting.meta_lr)

    def gradient(self) -> Arrays:
        """The meta-gradient."""
        self.slope()
        return {name: leaf.grad.numpy().copy() for name, leaf in self.phi.items()}


class OfModule(Stepping):
    """A peer that keeps phi in a module."""

    def __init__(self, setting, phi, batch):
        self.setting, self.batch, self.names = setting, tensors(batch), phi
        self.net = module(phi)
        self.adam = Adam([*self.net.parameters()], setting.meta_lr)

    def gradient(self) -> Arrays:
        """The meta-gradient."""
        self.slope()
        return gradients(self.net, self.names)
