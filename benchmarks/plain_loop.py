"""MAML as most tutorials write it, one task after the other: the measure of the batched core.

Notebook 03 writes this loop on the page; the tests hold the core against it, the benchmarks time
it. It uses nothing of the course's package.
"""

import torch


def network(theta, x):
    """A perceptron with ReLU; theta is a list W1, b1, W2, b2, ... of one task."""
    for weight, bias in zip(theta[:-2:2], theta[1:-2:2], strict=True):
        x = torch.relu(x @ weight + bias)
    return x @ theta[-2] + theta[-1]


def plain_meta_loss(phi, batch, *, inner_lr, steps, first_order=False):
    """The mean query loss after adaptation; phi is a list of tensors that require gradients."""
    total = 0.0
    sets = batch.support_x, batch.support_y, batch.query_x, batch.query_y
    for support_x, support_y, query_x, query_y in zip(*sets, strict=True):
        theta = phi
        for _ in range(steps):
            support_loss = ((network(theta, support_x) - support_y) ** 2).mean()
            grads = torch.autograd.grad(support_loss, theta, create_graph=not first_order)
            theta = [p - inner_lr * g for p, g in zip(theta, grads, strict=True)]
        total = total + ((network(theta, query_x) - query_y) ** 2).mean()
    return total / len(batch)
