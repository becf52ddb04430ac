"""The plain loop over tasks of most tutorials, and of notebook 03."""

from benchmarks.peers.torches import OfLeaves, network
from benchmarks.plain_loop import plain_meta_loss
from course_utils.tasks import TaskBatch


def loss(params, x, y):
    """The mean squared error of one task."""
    return ((network(params, x) - y) ** 2).mean()


class Peer(OfLeaves):
    """A graph of each task, one after the other."""

    def backward(self):
        """Put the meta-gradient into the leaves."""
        s = self.setting
        how = {"inner_lr": s.inner_lr, "steps": s.steps, "first_order": s.first_order}
        plain_meta_loss(loss, self.phi, TaskBatch(*self.batch), **how).backward()
