"""MAML as most tutorials write it, one task after the other: the measure of the batched core.

Notebook 03 writes this very loop on its page (a test compares them). The tests hold the core
against it, the benchmarks time it.
"""

import torch


def plain_meta_loss(loss, phi, batch, inner_lr, steps=1, first_order=False):
    """The mean query loss after adaptation, with phi and theta as dicts of one task's leaves."""
    total = 0.0
    for n in range(len(batch)):
        theta = phi
        for _ in range(steps):
            support_loss = loss(theta, batch.support_x[n], batch.support_y[n])
            grads = torch.autograd.grad(
                support_loss, list(theta.values()), create_graph=not first_order
            )
            theta = {
                name: leaf - inner_lr * grad
                for (name, leaf), grad in zip(theta.items(), grads, strict=True)
            }
        total = total + loss(theta, batch.query_x[n], batch.query_y[n])
    return total / len(batch)
