"""parallel-metalearn: its MAML, all tasks in one `vmap`."""

import torch
import torch.nn.functional as F
from metalearn.algorithms import MAML
from metalearn.inner_optimizers import InnerSGD
from metalearn.loss.base import BaseLoss
from metalearn.model_wrappers import MAML_Model
from torch import nn

from benchmarks.peers.torches import OfModule, module


class SquaredError(BaseLoss):
    """Its losses are of labels; this one is of values."""

    def forward(self, out_dict, targets, model_states=None, **how):
        """The loss, and the metric that it asks for."""
        value = F.mse_loss(out_dict["logits"], targets)
        return value, value.detach()


class Quiet(nn.Module):
    """Layers that take the words that it tells each of them, and need none."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x, **how):
        """What the layers make of x."""
        return self.layers(x)


class Peer(OfModule):
    """Its step is its own: it draws, adapts, and lets Adam step."""

    def __init__(self, setting, phi, batch):
        super().__init__(setting, phi, batch)
        layers = [*module(phi)]
        model = MAML_Model(backbone=Quiet(*layers[:-1]), head=Quiet(layers[-1]))
        inner = InnerSGD(
            initial_fast_weights=model.get_fast_weights(),
            first_order=setting.first_order,
            inner_lr=setting.inner_lr,
            max_inner_steps=setting.steps,
            learn_lr=False,
        )
        self.net = model
        self.adam = torch.optim.Adam(model.parameters(), lr=setting.meta_lr, fused=True)
        self.maml = MAML(
            model=model,
            optimizer=self.adam,
            inner_optimizer=inner,
            support_loss_fn=SquaredError(),
            inner_steps=setting.steps,
            chunk_size=setting.tasks,
            device=torch.device("cpu"),
        )

    def slope(self):
        """Put the meta-gradient into the module."""
        self.adam.zero_grad()  # torch's own: the library asks for it
        self.backward()

    def backward(self):
        """Put the meta-gradient into the module: its step, with phi put back."""
        kept = {name: leaf.detach().clone() for name, leaf in self.net.state_dict().items()}
        self.steps(1)
        self.net.load_state_dict(kept)

    def steps(self, n):
        """Take n meta-steps."""
        for _ in range(n):
            self.maml.step(iter([self.batch]), training=True)
