"""torch.func: the gradient of one task as a function, and `vmap` over tasks."""

from torch.func import grad, vmap

from benchmarks.peers.plain import loss
from benchmarks.peers.torches import OfLeaves


class Peer(OfLeaves):
    """As torch's own tutorial of per-sample gradients writes it."""

    def backward(self):
        """Put the meta-gradient into the leaves."""
        s = self.setting

        def of_one_task(phi, support_x, support_y, query_x, query_y):
            theta = phi
            for _ in range(s.steps):
                here = {k: v.detach() for k, v in theta.items()} if s.first_order else theta
                slope = grad(loss)(here, support_x, support_y)
                theta = {name: leaf - s.inner_lr * slope[name] for name, leaf in theta.items()}
            return loss(theta, query_x, query_y)

        vmap(of_one_task, in_dims=(None, 0, 0, 0, 0))(self.phi, *self.batch).mean().backward()
