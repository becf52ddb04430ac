"""Wrong answers to the exercises of the appendix to 05, written before any check was known."""

import torch

from tests.exercises.learners import answer

# --- H times a vector ----------------------------------------------------------------------------


@answer(
    "hessian_vector", "takes a difference of gradients so near to each other that rounding is left"
)
def _(loss, phi, v, x, y):
    def gradient(at):
        at = {k: leaf.detach().requires_grad_() for k, leaf in at.items()}
        return torch.autograd.grad(loss(at, x, y), list(at.values()))

    eps = 1e-6
    there = gradient({k: phi[k] + eps * v[k] for k in phi})
    here = gradient(phi)
    return {k: (a - b) / eps for k, a, b in zip(phi, there, here, strict=True)}


@answer(
    "hessian_vector", "differentiates the plain sum of the gradient and multiplies by v afterwards"
)
def _(loss, phi, v, x, y):
    phi = {name: leaf.clone().requires_grad_() for name, leaf in phi.items()}
    grads = torch.autograd.grad(loss(phi, x, y), list(phi.values()), create_graph=True)
    total = sum(g.sum() for g in grads)
    second = torch.autograd.grad(total, list(phi.values()))
    return {name: h * v[name] for name, h in zip(phi, second, strict=True)}


@answer(
    "hessian_vector", "differentiates each leaf's part by that leaf alone: mixed derivatives miss"
)
def _(loss, phi, v, x, y):
    phi = {name: leaf.clone().requires_grad_() for name, leaf in phi.items()}
    grads = torch.autograd.grad(loss(phi, x, y), list(phi.values()), create_graph=True)
    hv = {}
    for (name, leaf), g in zip(phi.items(), grads, strict=True):
        (hv[name],) = torch.autograd.grad(
            (g * v[name]).sum(), leaf, retain_graph=True, materialize_grads=True
        )
    return hv


@answer("hessian_vector", "takes the gradient times its product with v, as if H were g gᵀ")
def _(loss, phi, v, x, y):
    at = {name: leaf.detach().requires_grad_() for name, leaf in phi.items()}
    g = dict(zip(at, torch.autograd.grad(loss(at, x, y), list(at.values())), strict=True))
    slope = sum((g[name] * v[name]).sum() for name in g)
    return {name: slope * g[name] for name in g}


@answer("hessian_vector", "forgets create_graph, so the first gradient has no history: an error")
def _(loss, phi, v, x, y):
    leaves = {name: leaf.detach().clone().requires_grad_() for name, leaf in phi.items()}
    grads = torch.autograd.grad(loss(leaves, x, y), list(leaves.values()))
    dot = sum((g * v[name]).sum() for name, g in zip(leaves, grads, strict=True))
    hv = torch.autograd.grad(dot, list(leaves.values()))
    return dict(zip(leaves, hv, strict=True))


# --- a factor for each unit ----------------------------------------------------------------------


@answer("unit_factors", "divides the columns of W2, which belong to the units of the next layer")
def _(phi, s):
    return phi | {"W1": phi["W1"] * s, "b1": phi["b1"] * s, "W2": phi["W2"] / s}


@answer("unit_factors", "leaves b1 as it is, so a unit's bias no longer fits its weights")
def _(phi, s):
    new = dict(phi)
    new["W1"] = phi["W1"] * s
    new["W2"] = phi["W2"] / s[:, None]
    return new


@answer("unit_factors", "copies the dict but not its tensors, and scales φ itself in place")
def _(phi, s):
    new = dict(phi)
    new["W1"] *= s
    new["b1"] *= s
    new["W2"] /= s.unsqueeze(1)
    return new


@answer("unit_factors", "splits s evenly between the layers: a unit puts out √s times as much")
def _(phi, s):
    root = s.sqrt()
    return phi | {
        "W1": root * phi["W1"],
        "b1": root * phi["b1"],
        "W2": phi["W2"] / root[:, None],
    }


@answer("unit_factors", "scales the bias by s squared, for W1 brings one s and b1 another")
def _(phi, s):
    W1 = phi["W1"] * s
    b1 = phi["b1"] * s * s
    W2 = phi["W2"] / s[:, None]
    return {**phi, "W1": W1, "b1": b1, "W2": W2}


# --- an honest report ----------------------------------------------------------------------------


@answer("honest_report", "calls nan_to_num without saying what: NaN becomes 0, the best of errors")
def _(before, after, limit):
    after = after.nan_to_num()
    return {
        "median": after.median().item(),
        "worse": (after > before).sum().item(),
        "exploded": (after > limit).sum().item(),
    }


@answer("honest_report", "puts the limit for NaN, which is then not above the limit")
def _(before, after, limit):
    after = torch.where(after.isnan(), torch.tensor(float(limit)), after)
    return {
        "median": after.median().item(),
        "worse": int((after > before).sum()),
        "exploded": int((after > limit).sum()),
    }


@answer("honest_report", "counts NaN well, but takes the median of the other tasks only")
def _(before, after, limit):
    worse = ~(after <= before)
    exploded = ~(after <= limit)
    return {
        "median": after.nanmedian().item(),
        "worse": worse.sum().item(),
        "exploded": exploded.sum().item(),
    }


@answer("honest_report", "counts only what is NaN or infinite as exploded, and ignores the limit")
def _(before, after, limit):
    exploded = ~torch.isfinite(after)
    after = after.nan_to_num(nan=torch.inf, posinf=torch.inf)
    return {
        "median": after.median().item(),
        "worse": (after > before).sum().item(),
        "exploded": exploded.sum().item(),
    }


@answer("honest_report", "takes the exploded tasks out before it counts those that ended worse")
def _(before, after, limit):
    after = after.nan_to_num(nan=float("inf"), posinf=float("inf"))
    exploded = after > limit
    return {
        "median": after.median().item(),
        "worse": (after > before)[~exploded].sum().item(),
        "exploded": exploded.sum().item(),
    }
