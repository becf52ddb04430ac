"""Wrong answers to notebook 07, as learners wrote them, before any check was known."""

import torch

from course_utils import maml
from tests.exercises.learners import answer


@answer(
    "reptile_gradient",
    "counted the steps from 0, and so began with the query set",
)
def _(loss, phi, support, query, inner_lr, steps):
    tasks = len(support[0])
    theta = {name: leaf.expand(tasks, *leaf.shape) for name, leaf in phi.items()}
    for step in range(steps):
        x, y = support if step % 2 == 1 else query
        theta = maml.inner_step(loss, theta, x, y, inner_lr=inner_lr)
    return {name: (phi[name] - theta[name]).mean(0) / inner_lr for name in phi}


@answer(
    "reptile_gradient",
    "took the mean over the tasks after every step, so that all tasks go on from one place",
)
def _(loss, phi, support, query, inner_lr, steps):
    n = support[0].shape[0]
    current = phi
    for i in range(steps):
        data = (support, query)[i % 2]
        theta = {k: v.expand(n, *v.shape) for k, v in current.items()}
        theta = maml.inner_step(loss, theta, *data, inner_lr=inner_lr)
        current = {k: v.mean(0) for k, v in theta.items()}
    return {k: (phi[k] - current[k]) / inner_lr for k in phi}


@answer(
    "reptile_gradient",
    "took every step on the support and the query points together, instead of in turn",
)
def _(loss, phi, support, query, inner_lr, steps):
    # Reptile uses all data of the task
    x = torch.cat([support[0], query[0]], dim=1)
    y = torch.cat([support[1], query[1]], dim=1)
    theta = maml.adapt(loss, phi, x, y, inner_lr=inner_lr, steps=steps)
    return {k: (phi[k] - theta[k]).mean(dim=0) / inner_lr for k in phi}


@answer(
    "reptile_gradient",
    "gave phi itself to the inner step, and not each task a theta of its own, which the package "
    "refuses",
)
def _(loss, phi, support, query, inner_lr, steps):
    theta = phi
    for k in range(1, steps + 1):
        if k % 2 == 1:
            theta = maml.inner_step(loss, theta, support[0], support[1], inner_lr=inner_lr)
        else:
            theta = maml.inner_step(loss, theta, query[0], query[1], inner_lr=inner_lr)
    return {name: (phi[name] - theta[name]).mean(0) / inner_lr for name in phi}


@answer(
    "reptile_gradient",
    "wrote the way that phi moves, theta minus phi, where a gradient is asked for: its sign is the "
    "other one",
)
def _(loss, phi, support, query, inner_lr, steps):
    theta = {}
    for name, leaf in phi.items():
        theta[name] = leaf.expand(len(support[0]), *leaf.shape)
    for s in range(steps):
        where = support if s % 2 == 0 else query
        theta = maml.inner_step(loss, theta, where[0], where[1], inner_lr=inner_lr)
    grad = {}
    for name in phi:
        grad[name] = ((theta[name] - phi[name]) / inner_lr).mean(dim=0)
    return grad


# h (1 - αh)² = .49 and .16: .16 · 5 / .65 = 1.23. h (1 - αh) = .7 and -.8: -4 / -.1 = 40.
# The gradient is 0 there, so there it ends.
answer(
    "step_too_large",
    "found all three right but for the sign of the weights' sum: took a place where the gradient "
    "is 0 for one that descent goes to",
    values={"maml": 16 / 13, "first_order": 40.0, "ends_there": True},
)

# A weight has to be positive: .7 and .8. .8 · 5 / 1.5
answer(
    "step_too_large",
    "took the overshooting task's first-order weight as positive, so that the place lies between "
    "the two optima",
    values={"maml": 1.23, "first_order": 2.67, "ends_there": True},
)

# (1 - .3)² = .49, (1 - 1.2)² = .04: .04 · 5 / .53. And .7, -.2: -1 / .5 = -2, sum .5 > 0: yes.
answer(
    "step_too_large",
    "left h out of both weights, and kept only the factors 1 − αh",
    values={"maml": 0.3774, "first_order": -2.0, "ends_there": True},
)

# The curvatures are h/2 = .5 and 2. .5 · .85² = .361, 2 · .4² = .32: 1.6 / .681 = 2.35.
# First order: .5 · .85 = .425, 2 · .4 = .8: 4 / 1.225 = 3.27.
answer(
    "step_too_large",
    "took h/2, the factor in the loss, for the curvature",
    values={"maml": 2.349, "first_order": 3.265, "ends_there": True},
)

# -.8 · 5 = -4. .7 - .8 = .1 (slip). -4 / .1 = -40. It is not between 0 and 5, so no.
answer(
    "step_too_large",
    "lost a minus in the sum of the weights, so that the place has the wrong sign",
    values={"maml": 1.2308, "first_order": -40.0, "ends_there": False},
)


@answer(
    "anil_gradient",
    "joined the dicts in the wrong order, moved | phi: phi's own head wins, and the loss is asked "
    "before the step",
)
def _(loss, phi, head, support, query, inner_lr):
    phi = {k: v.detach().clone().requires_grad_() for k, v in phi.items()}
    grads = torch.autograd.grad(loss(phi, *support), [phi[k] for k in head], create_graph=True)
    moved = {k: phi[k] - inner_lr * g for k, g in zip(head, grads, strict=True)}
    theta = moved | phi
    out = torch.autograd.grad(loss(theta, *query), list(phi.values()))
    return dict(zip(phi, out, strict=True))


@answer(
    "anil_gradient",
    "asked for the gradient by theta, after the step, and not by phi: the way through the step is "
    "lost",
)
def _(loss, phi, head, support, query, inner_lr):
    phi = {n: p.detach().requires_grad_() for n, p in phi.items()}
    support_loss = loss(phi, support[0], support[1])
    slopes = torch.autograd.grad(support_loss, [phi[n] for n in head], create_graph=True)
    theta = dict(phi)
    for n, slope in zip(head, slopes, strict=True):
        theta[n] = phi[n] - inner_lr * slope
    query_loss = loss(theta, query[0], query[1])
    result = torch.autograd.grad(query_loss, list(theta.values()))
    return {n: r for n, r in zip(theta, result, strict=True)}


@answer(
    "anil_gradient",
    "took the step in place: phi itself has moved afterwards, and no second derivative is left",
)
def _(loss, phi, head, support, query, inner_lr):
    for p in phi.values():
        p.requires_grad_()
    grads = torch.autograd.grad(loss(phi, *support), [phi[n] for n in head])
    with torch.no_grad():
        for n, g in zip(head, grads, strict=True):
            phi[n] -= inner_lr * g
    grads = torch.autograd.grad(loss(phi, *query), phi.values())
    return dict(zip(phi, grads, strict=True))


@answer(
    "anil_gradient",
    "forgot create_graph: the step counts as a constant, and this is first-order ANIL",
)
def _(loss, phi, head, support, query, inner_lr):
    leaves = {name: leaf.clone().detach().requires_grad_(True) for name, leaf in phi.items()}
    grads = torch.autograd.grad(loss(leaves, *support), [leaves[name] for name in head])
    moved = {name: leaves[name] - inner_lr * grad for name, grad in zip(head, grads, strict=True)}
    value = loss(leaves | moved, *query)
    return dict(zip(leaves, torch.autograd.grad(value, list(leaves.values())), strict=True))


@answer(
    "anil_gradient",
    "called backward twice without clearing .grad between: the support set's gradient is added to "
    "the answer",
)
def _(loss, phi, head, support, query, inner_lr):
    phi = {k: v.detach().clone().requires_grad_() for k, v in phi.items()}
    loss(phi, *support).backward(create_graph=True)
    theta = phi | {k: phi[k] - inner_lr * phi[k].grad for k in head}
    loss(theta, *query).backward()
    return {k: v.grad.detach() for k, v in phi.items()}


# --- where Reptile rests --------------------------------------------------------------------------

answer(
    "reptile_rests",
    "One step stops midway, a hundred settle on the average wave.",
    place={"a_1": 3.0, "p_1": 1.57, "a_100": 1.73, "p_100": 1.05},
)

answer(
    "reptile_rests",
    "Reptile goes to the mean of the optima, k is only speed.",
    place={"a_1": 3.0, "p_1": 1.57, "a_100": 3.0, "p_100": 1.57},
)

answer(
    "reptile_rests",
    "Reptile is transfer, whatever k.",
    place={"a_1": 1.73, "p_1": 1.05, "a_100": 1.73, "p_100": 1.05},
)

answer(
    "reptile_rests",
    "The tall wave has the larger error, after many steps it wins.",
    place={"a_1": 1.73, "p_1": 1.05, "a_100": 4.0, "p_100": 0.52},
)

answer(
    "reptile_rests",
    "They oppose each other: half the difference, at the middle phase.",
    place={"a_1": 1.0, "p_1": 1.57, "a_100": 3.0, "p_100": 1.57},
)

answer(
    "reptile_rests",
    "More steps is more like MAML: taller than both, at the average's phase.",
    place={"a_1": 1.73, "p_1": 1.05, "a_100": 5.0, "p_100": 1.05},
)

answer(
    "reptile_rests",
    "The sum of the curves, halving forgotten.",
    place={"a_1": 3.46, "p_1": 1.05, "a_100": 3.0, "p_100": 1.57},
)

answer(
    "reptile_rests",
    "Phase of the average wave, amplitude (4+2)/2.",
    place={"a_1": 3.0, "p_1": 1.05, "a_100": 3.0, "p_100": 1.57},
)
