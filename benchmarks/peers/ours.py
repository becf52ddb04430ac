"""The core: `maml.train` as the course calls it, checks included."""

import torch

from benchmarks.peers.torches import tensors
from course_utils import maml, networks
from course_utils.tasks import Sinusoids, TaskBatch


class Peer:
    """`maml.train`, with a family that always draws the same batch."""

    def __init__(self, setting, phi, batch):
        self.phi = {name: torch.tensor(leaf) for name, leaf in phi.items()}
        self.batch = TaskBatch(*tensors(batch))
        loss = networks.squared_error(networks.mlp([1, setting.width, setting.width, 1]))
        self.setting = setting
        how = {"inner_lr": setting.inner_lr, "steps": setting.steps}
        how["first_order"] = setting.first_order
        self.objective = lambda phi, batch: maml.meta_loss(loss, phi, batch, **how)

    def sample(self, *counts, **how):
        """The batch, as a family of tasks draws it."""
        return self.batch

    def gradient(self):
        """The meta-gradient."""
        phi = {name: leaf.clone().requires_grad_() for name, leaf in self.phi.items()}
        self.objective(phi, self.batch).backward()
        return {name: leaf.grad.numpy() for name, leaf in phi.items()}

    def steps(self, n):
        """Take n meta-steps."""
        self._train(self, n)

    def train(self, n):
        """Take n meta-steps on fresh tasks."""
        self._train(Sinusoids(), n)

    def _train(self, family, n):
        maml.train(
            self.objective,
            self.phi,
            family,
            iterations=n,
            n_tasks=self.setting.tasks,
            meta_lr=self.setting.meta_lr,
            progress=False,
        )
