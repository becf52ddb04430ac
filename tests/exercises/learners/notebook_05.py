"""Wrong answers to notebook 05's exercises, as learners wrote them, before any check was known."""

import torch

from course_utils import maml
from course_utils.vectors import vector
from tests.exercises.learners import answer

# --- how far off the plane -----------------------------------------------------------------------


@answer("off_plane", "takes both parts along the plane separately, though they overlap")
def _(phi, first, second, theta):
    a = vector(first) - vector(phi)
    b = vector(second) - vector(phi)
    way = vector(theta) - vector(phi)
    a, b = a / a.norm(), b / b.norm()
    rest = way - (way @ a) * a - (way @ b) * b
    return rest.norm()


@answer("off_plane", "measures from the plane of both directions through 0: φ is not taken off θ̂")
def _(phi, first, second, theta):
    start = vector(phi)
    plane = torch.stack([vector(first) - start, vector(second) - start], dim=1)  # (P, 2)
    q, _ = torch.linalg.qr(plane)
    rest = vector(theta) - q @ (q.T @ vector(theta))
    return rest.norm().item()


@answer("off_plane", "returns the sum of squares that least squares leaves, and not its root")
def _(phi, first, second, theta):
    v0 = vector(phi)
    A = torch.stack([vector(first) - v0, vector(second) - v0], dim=1)
    b = (vector(theta) - v0)[:, None]
    x = torch.linalg.lstsq(A, b).solution
    return ((A @ x - b) ** 2).sum().item()


@answer("off_plane", "takes the distance to the nearest of the three points, not to their plane")
def _(phi, first, second, theta):
    target = vector(theta)
    return min((target - vector(corner)).norm() for corner in (phi, first, second))


@answer("off_plane", "measures from a plane of its own in every leaf, and adds the distances up")
def _(phi, first, second, theta):
    total = 0.0
    for name in phi:
        start = phi[name].flatten()
        a = torch.stack([p[name].flatten() - start for p in (first, second)], dim=1)
        way = theta[name].flatten() - start
        total += (way - a @ (torch.linalg.pinv(a) @ way)).norm()
    return total


# --- a slice of your own -------------------------------------------------------------------------


@answer("slice_between", "adapts at the two ends and mixes what comes out, with no step in between")
def _(loss, first, second, batch, places, inner_lr, steps):
    how = {"inner_lr": inner_lr, "steps": steps}
    a = maml.adapt(loss, first, batch.support_x, batch.support_y, **how)
    b = maml.adapt(loss, second, batch.support_x, batch.support_y, **how)
    errors = []
    for t in places:
        theta = {name: (1 - t) * a[name] + t * b[name] for name in a}
        errors.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(errors)


@answer("slice_between", "lays its own even places from 0 to 1, and uses only how many were asked")
def _(loss, first, second, batch, places, inner_lr, steps):
    result = []
    for t in torch.linspace(0, 1, len(places)):
        phi = {k: torch.lerp(first[k], second[k], t) for k in first}
        theta = maml.adapt(
            loss, phi, batch.support_x, batch.support_y, inner_lr=inner_lr, steps=steps
        )
        result.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(result)


@answer("slice_between", "lets the tasks adapt to their query sets, on which they are then judged")
def _(loss, first, second, batch, places, inner_lr, steps):
    data = batch.query_x, batch.query_y
    out = torch.zeros(len(places))
    for i, t in enumerate(places):
        phi = {k: (1 - t) * first[k] + t * second[k] for k in first}
        theta = maml.adapt(loss, phi, *data, inner_lr=inner_lr, steps=steps)
        out[i] = loss(theta, *data).mean()
    return out


@answer(
    "slice_between", "adds t times the second φ to the first, and takes nothing of the first away"
)
def _(loss, first, second, batch, places, inner_lr, steps):
    errors = []
    for t in places:
        phi = {name: first[name] + t * second[name] for name in first}
        theta = maml.adapt(
            loss, phi, batch.support_x, batch.support_y, inner_lr=inner_lr, steps=steps
        )
        errors.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(errors)


@answer(
    "slice_between", "goes on from the last place's mixture: each mixes the one before with second"
)
def _(loss, first, second, batch, places, inner_lr, steps):
    phi = first
    errors = []
    for t in places:
        phi = {k: (1 - t) * phi[k] + t * second[k] for k in phi}
        theta = maml.adapt(
            loss, phi, batch.support_x, batch.support_y, inner_lr=inner_lr, steps=steps
        )
        errors.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(errors)


# --- an α for each layer -------------------------------------------------------------------------


@answer(
    "layer_rates", "scales the steps as the leaves: it forgets that the gradients change as well"
)
def _(phi, inner_lr, s):
    rates = dict.fromkeys(phi, inner_lr)
    rates["W1"] = inner_lr * s
    rates["b1"] = inner_lr * s
    rates["W2"] = inner_lr / s
    return rates


@answer("layer_rates", "treats b2 as W2, though rescale leaves b2 as it is")
def _(phi, inner_lr, s):
    factor = {"1": s**2, "2": 1 / s**2}
    return {name: inner_lr * factor.get(name[-1], 1.0) for name in phi}


@answer("layer_rates", "names only the three leaves that change, and has no rate for the others")
def _(phi, inner_lr, s):
    return {"W1": inner_lr * s**2, "b1": inner_lr * s**2, "W2": inner_lr / s**2}


@answer(
    "layer_rates", "makes the first layer's steps s² shorter and W2's longer, the wrong way round"
)
def _(phi, inner_lr, s):
    rates = {name: inner_lr for name in phi}
    for name in ("W1", "b1"):
        rates[name] /= s**2  # the leaf is s times as large: smaller steps
    rates["W2"] *= s**2
    return rates


@answer("layer_rates", "gives the factors of the rates and forgets to multiply them by inner_lr")
def _(phi, inner_lr, s):
    rates = {}
    for name in phi:
        if name in ("W1", "b1"):
            rates[name] = s * s
        elif name == "W2":
            rates[name] = 1 / (s * s)
        else:
            rates[name] = 1.0
    return rates
