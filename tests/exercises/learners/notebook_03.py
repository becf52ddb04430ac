"""Wrong answers to notebook 03's exercises, as learners wrote them, before any check was known."""

import torch

from tests.exercises.learners import answer

# --- two inner steps -----------------------------------------------------------------------------

# After one step l' is 3.0625 and −1 at the end of the second; the chain rule's factor used once:
# 3.0625 · 7/8 − 1 · 1/2.
answer(
    "two_steps",
    "takes both steps, but multiplies by the chain rule's factor of an inner step only once",
    values={"theta_1": 3.0625, "theta_2": 4.75, "gradient": 2.1797},
)

# "Both moved by one half", so they move by one half again: 3 and 5. l' is 3 and 0, 3 · (7/8)².
answer(
    "two_steps",
    "moves by one half a second time, as if the slope of the second step were that at φ",
    values={"theta_1": 3.0, "theta_2": 5.0, "gradient": 2.2969},
)

# 1 · 3.0625 + 4 · (4.75 − 5).
answer(
    "two_steps",
    "adds the slopes where the tasks end, and leaves out how that end depends on φ",
    values={"theta_1": 3.0625, "theta_2": 4.75, "gradient": 2.0625},
)

# The slope of task 2 taken as θ − 5: 4 + 1/8 = 4.125, then 4.125 + .875/8 = 4.2344. The rest is
# right: 3.0625 · (7/8)² + 4 · (4.2344 − 5) · (1/2)².
answer(
    "two_steps",
    "forgets task 2's curvature in its inner steps: its slope is 4 (θ − 5), not θ − 5",
    values={"theta_1": 3.0625, "theta_2": 4.2344, "gradient": 1.5791},
)

# 3.0625 · (1 − 2/8) + (−1) · (1 − 2 · 4/8): the factor of one step of twice the length.
answer(
    "two_steps",
    "puts 1 − 2αh where two steps give (1 − αh)²",
    values={"theta_1": 3.0625, "theta_2": 4.75, "gradient": 2.2969},
)

# --- one inner step ------------------------------------------------------------------------------


@answer(
    "inner_step", "cuts φ itself off: gradients reach it through the slope alone, the 1 is lost"
)
def _(loss, phi, x, y, inner_lr):
    grads = torch.autograd.grad(loss(phi, x, y), list(phi.values()), create_graph=True)
    return {
        name: leaf.detach() - inner_lr * g
        for (name, leaf), g in zip(phi.items(), grads, strict=True)
    }


@answer("inner_step", "divides by the number of points, over which the loss has averaged already")
def _(loss, phi, x, y, inner_lr):
    names = list(phi)
    grads = torch.autograd.grad(loss(phi, x, y), [phi[n] for n in names], create_graph=True)
    return {n: phi[n] - inner_lr * g / len(x) for n, g in zip(names, grads, strict=True)}


@answer("inner_step", "uses backward() and .grad: constants, and what was left in .grad is added")
def _(loss, phi, x, y, inner_lr):
    value = loss(phi, x, y)
    value.backward()
    return {name: leaf - inner_lr * leaf.grad for name, leaf in phi.items()}


@answer("inner_step", "subtracts from φ's leaves in place, which autograd forbids: an error")
def _(loss, phi, x, y, inner_lr):
    grads = torch.autograd.grad(loss(phi, x, y), list(phi.values()), create_graph=True)
    theta = dict(phi)
    for name, g in zip(theta, grads, strict=True):
        theta[name] -= inner_lr * g
    return theta


@answer("inner_step", "takes one gradient after the other, each at the leaves that moved before it")
def _(loss, phi, x, y, inner_lr):
    theta = dict(phi)
    for name in phi:
        (g,) = torch.autograd.grad(loss(theta, x, y), theta[name], create_graph=True)
        theta[name] = theta[name] - inner_lr * g
    return theta


# --- the meta-gradient ---------------------------------------------------------------------------


@answer("meta_gradient", "takes the slope of every inner step at φ, and none at the θ that moved")
def _(loss, phi, support, query, inner_lr, steps):
    start = {k: v.clone().requires_grad_() for k, v in phi.items()}
    theta = dict(start)
    for _ in range(steps):
        grads = torch.autograd.grad(loss(start, *support), list(start.values()), create_graph=True)
        theta = {k: theta[k] - inner_lr * g for k, g in zip(theta, grads, strict=True)}
    meta = torch.autograd.grad(loss(theta, *query), list(start.values()))
    return dict(zip(phi, meta, strict=True))


@answer("meta_gradient", "adds up the query losses after all the steps, not only after the last")
def _(loss, phi, support, query, inner_lr, steps):
    leaves = {name: leaf.detach().requires_grad_() for name, leaf in phi.items()}
    theta, total = leaves, 0.0
    for _ in range(steps):
        g = torch.autograd.grad(loss(theta, *support), list(theta.values()), create_graph=True)
        theta = {name: t - inner_lr * d for (name, t), d in zip(theta.items(), g, strict=True)}
        total = total + loss(theta, *query)
    grads = torch.autograd.grad(total, list(leaves.values()))
    return dict(zip(leaves, grads, strict=True))


@answer("meta_gradient", "keeps the graph of the last inner step only, to save memory")
def _(loss, phi, support, query, inner_lr, steps):
    leaves = {name: leaf.detach().clone().requires_grad_() for name, leaf in phi.items()}
    theta = leaves
    for i in range(steps):
        last = i == steps - 1
        support_loss = loss(theta, support[0], support[1])
        grads = torch.autograd.grad(support_loss, list(theta.values()), create_graph=last)
        theta = {n: t - inner_lr * g for (n, t), g in zip(theta.items(), grads, strict=True)}
    query_loss = loss(theta, query[0], query[1])
    result = torch.autograd.grad(query_loss, list(leaves.values()))
    return dict(zip(leaves, result, strict=True))


@answer("meta_gradient", "the gradient is right, but φ's own leaves were made to require it")
def _(loss, phi, support, query, inner_lr, steps):
    for leaf in phi.values():
        leaf.requires_grad_(True)
    theta = phi
    for _ in range(steps):
        grads = torch.autograd.grad(loss(theta, *support), list(theta.values()), create_graph=True)
        theta = {k: theta[k] - inner_lr * g for k, g in zip(theta, grads, strict=True)}
    out = torch.autograd.grad(loss(theta, *query), list(phi.values()))
    return dict(zip(phi, out, strict=True))


@answer("meta_gradient", "returns φ after a meta-step along the gradient, not the gradient")
def _(loss, phi, support, query, inner_lr, steps):
    leaves = {name: leaf.clone().requires_grad_() for name, leaf in phi.items()}
    theta = leaves
    for _ in range(steps):
        g = torch.autograd.grad(loss(theta, *support), list(theta.values()), create_graph=True)
        theta = {name: t - inner_lr * d for (name, t), d in zip(theta.items(), g, strict=True)}
    meta = torch.autograd.grad(loss(theta, *query), list(leaves.values()))
    return {name: phi[name] - inner_lr * d for name, d in zip(phi, meta, strict=True)}


# --- more points, fewer points -------------------------------------------------------------------

# Measured with a training of our own, mean errors (median) of 2,000 tasks. MAML after one step:
# 2.030 (1.375), .579, .245 with K = 1, 5, 20; after five: 5822 (1.105), .456, .069. Transfer after
# one: 2.644, 2.433, 2.388; after five: 2.908, 2.034, 1.614.

answer(
    "more_points",
    "divides the error with 5 points by that with 20, the wrong way up",
    values={
        "maml": 2.36,
        "transfer": 1.02,
        "one_point_mean": "rises",
        "one_point_median": "falls",
    },
)

answer(
    "more_points",
    "takes the errors after five steps for the two quotients, where one step was asked",
    values={
        "maml": 0.151,
        "transfer": 0.793,
        "one_point_mean": "rises",
        "one_point_median": "falls",
    },
)

answer(
    "more_points",
    "gives the errors with 20 points as they are, divided by nothing",
    values={
        "maml": 0.245,
        "transfer": 2.39,
        "one_point_mean": "rises",
        "one_point_median": "falls",
    },
)

# .196 / .371 and 2.252 / 1.928: the support sets handed over as query sets, too.
answer(
    "more_points",
    "measures on the support points, which the task has adapted to",
    values={
        "maml": 0.529,
        "transfer": 1.17,
        "one_point_mean": "rises",
        "one_point_median": "falls",
    },
)

answer(
    "more_points",
    "leaves the exploded tasks out of the mean with one point, so that it falls as the median does",
    values={
        "maml": 0.424,
        "transfer": 0.981,
        "one_point_mean": "falls",
        "one_point_median": "falls",
    },
)
