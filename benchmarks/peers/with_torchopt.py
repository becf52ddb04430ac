"""TorchOpt: its differentiable MetaSGD on the module, whose state is put back after each task."""

import torch.nn.functional as F
import torchopt

from benchmarks.peers.torches import OfModule


class Peer(OfModule):
    """The loop of TorchOpt's own MAML example. It has no first order."""

    def backward(self):
        """Put the meta-gradient into the module."""
        inner = torchopt.MetaSGD(self.net, lr=self.setting.inner_lr)
        start = torchopt.extract_state_dict(self.net, by="reference")
        inner_start = torchopt.extract_state_dict(inner)
        for support_x, support_y, query_x, query_y in zip(*self.batch, strict=True):
            for _ in range(self.setting.steps):
                inner.step(F.mse_loss(self.net(support_x), support_y))
            (F.mse_loss(self.net(query_x), query_y) / self.setting.tasks).backward()
            torchopt.recover_state_dict(self.net, start)
            torchopt.recover_state_dict(inner, inner_start)
