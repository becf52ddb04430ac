"""higher: a copy of the module for each task, whose parameters are patched in."""

import higher
import torch
import torch.nn.functional as F

from benchmarks.peers.torches import OfModule


class Peer(OfModule):
    """The loop of higher's own examples; each task's gradient is added at once."""

    def backward(self):
        """Put the meta-gradient into the module."""
        inner = torch.optim.SGD(self.net.parameters(), lr=self.setting.inner_lr)
        cut = {"grad_callback": lambda all: [g.detach() for g in all]}
        how = cut if self.setting.first_order else {}
        for support_x, support_y, query_x, query_y in zip(*self.batch, strict=True):
            with higher.innerloop_ctx(self.net, inner, copy_initial_weights=False) as (net, sgd):
                for _ in range(self.setting.steps):
                    sgd.step(F.mse_loss(net(support_x), support_y), **how)
                (F.mse_loss(net(query_x), query_y) / self.setting.tasks).backward()
