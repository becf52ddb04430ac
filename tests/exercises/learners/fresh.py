"""Wrong answers as learners wrote them, one to each exercise, after the checks were mended."""

import math

import torch
import torch.nn.functional as F

from course_utils import learners, maml
from course_utils.vectors import vector
from tests.exercises.learners import answer

# --- 01 -------------------------------------------------------------------------------------------


@answer("sample_waves", "made A and p of one random number a task, so that high waves come late")
def _(n_tasks, shots, generator):
    u = torch.rand(n_tasks, 1, 1, generator=generator)
    A = 0.1 + 4.9 * u
    p = math.pi * u
    x = torch.rand(n_tasks, shots, 1, generator=generator) * 10 - 5
    return x, A * torch.sin(x - p)


@answer("count_leaks", "called two examples the same if they are less than a hundredth apart")
def _(batch):
    s = batch.support_x.flatten(2)
    q = batch.query_x.flatten(2)
    same = torch.cdist(q, s) < 1e-2
    return same.any(dim=2).sum(dim=1)


@answer("shared_classes", "compared a task of one batch only with the task of its own number")
def _(train, test):
    shared = set()
    for a, b in zip(train.facts["digit"].tolist(), test.facts["digit"].tolist(), strict=False):
        shared = shared | (set(a) & set(b))
    return shared


# --- 02 -------------------------------------------------------------------------------------------


@answer("meta_loss", "took the root of each task's squared error, and the mean of the roots")
def _(learner, tasks):
    prediction = learner(tasks.support_x, tasks.support_y, tasks.query_x)
    per_task = ((prediction - tasks.query_y) ** 2).mean(dim=(1, 2)).sqrt()
    return per_task.mean()


@answer("mean_of_nearest", "took neighbours in order, as many from the left as from the right")
def _(k):
    def learner(support_x, support_y, query_x):
        xs, order = support_x[..., 0].sort(dim=1)
        ys = support_y[..., 0].gather(1, order)
        place = torch.searchsorted(xs, query_x[..., 0].contiguous())
        start = (place - k // 2).clamp(0, xs.shape[1] - k)
        total = torch.zeros_like(query_x[..., 0])
        for j in range(k):
            total = total + ys.gather(1, start + j)
        return (total / k)[..., None]

    return learner


@answer("two_knobs", "chose each knob by its mean over the other, and never looked at the pair")
def _(training, unseen, knobs, widths):
    losses = torch.zeros(len(knobs), len(widths))
    for i, lam in enumerate(knobs):
        for j, w in enumerate(widths):
            losses[i, j] = learners.meta_loss(learners.kernel_ridge(lam, width=w), training)
    lam = knobs[losses.mean(dim=1).argmin()]
    width = widths[losses.mean(dim=0).argmin()]
    final = learners.meta_loss(learners.kernel_ridge(lam, width=width), unseen)
    return lam, width, final.item()


# --- 03 -------------------------------------------------------------------------------------------

answer(
    "two_steps",
    "took the second step along the gradient at φ again, instead of the one at the first stop",
    values={"theta_1": 3.0, "theta_2": 5.0, "gradient": 2.25},
)


@answer("inner_step", "moved one leaf after another, each by a gradient where the last had gone")
def _(loss, phi, x, y, inner_lr):
    theta = dict(phi)
    for name in phi:
        value = loss(theta, x, y)
        (g,) = torch.autograd.grad(value, [theta[name]], create_graph=True)
        theta[name] = theta[name] - inner_lr * g
    return theta


@answer("meta_gradient", "took every inner gradient with respect to φ, not to the θ that has moved")
def _(loss, phi, support, query, inner_lr, steps):
    start = {k: v.clone().detach().requires_grad_(True) for k, v in phi.items()}
    leaves = list(start.values())
    theta = start
    for _ in range(steps):
        grads = torch.autograd.grad(loss(theta, *support), leaves, create_graph=True)
        theta = {k: t - inner_lr * g for (k, t), g in zip(theta.items(), grads, strict=True)}
    outer = torch.autograd.grad(loss(theta, *query), leaves)
    return dict(zip(start, outer, strict=True))


answer(
    "more_points",
    "divided task by task and took the mean of the quotients, not the quotient of the means",
    values={
        "maml": 0.67,
        "transfer": 1.0,
        "one_point_mean": "rises",
        "one_point_median": "falls",
    },
)


# --- 04 -------------------------------------------------------------------------------------------

answer(
    "draw_objective",
    "let task 1 stick on its far slope at 2.5, which looks flat and is not",
    place={"l1": 0.86, "l2": 0.86, "l3": 0.86, "l4": 0.0, "l5": 0.0, "l6": 0.0, "l7": 1.4},
)


@answer("quadratic_optimum", "doubled the exponent with every step, where each step adds two to it")
def _(h, c, inner_lr, steps):
    shrink = 1 - inner_lr * h
    w = h * shrink ** (2**steps)
    return (w * c).sum() / w.sum()


@answer("steps_until_jump", "took α times the steps for constant: four at .4, so 1.6/α rounded up")
def _(inner_lr):
    # at alpha = .4 it needs 4 steps, so the way to go is 1.6 in all
    return math.ceil(1.6 / inner_lr - 1e-9)


# --- 05 -------------------------------------------------------------------------------------------


@answer("off_plane", "made the second direction orthogonal after its scaling, and not long 1 again")
def _(phi, first, second, theta):
    origin = vector(phi)
    u = vector(first) - origin
    v = vector(second) - origin
    w = vector(theta) - origin
    u = u / u.norm()
    v = v / v.norm()
    v = v - (v @ u) * u
    rest = w - (w @ u) * u - (w @ v) * v
    return rest.norm()


@answer("slice_between", "adapted one network to the support sets of all tasks together")
def _(loss, first, second, batch, places, inner_lr, steps):
    errors = []
    for t in places:
        theta = {k: ((1 - t) * first[k] + t * second[k]).detach() for k in first}
        for _ in range(steps):
            theta = {k: leaf.detach().requires_grad_() for k, leaf in theta.items()}
            value = loss(theta, batch.support_x, batch.support_y).mean()
            grads = torch.autograd.grad(value, list(theta.values()))
            pairs = zip(theta.items(), grads, strict=True)
            theta = {k: leaf.detach() - inner_lr * g for (k, leaf), g in pairs}
        errors.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(errors).detach()


@answer("layer_rates", "gave b2 the rate of W2, being of the same layer, though it is not rescaled")
def _(phi, inner_lr, s):
    rates = {}
    for name in phi:
        if name[1:] == "1":
            rates[name] = inner_lr * s**2
        elif name[1:] == "2":
            rates[name] = inner_lr / s**2
        else:
            rates[name] = inner_lr
    return rates


# --- 06 -------------------------------------------------------------------------------------------


@answer("episode", "shuffled once for all classes: each gives the pictures of the same places")
def _(pools, ways, shots, queries, generator):
    classes = torch.randperm(len(pools), generator=generator)[:ways].tolist()
    fewest = min(len(pool) for pool in pools)
    order = torch.randperm(fewest, generator=generator)
    sx, sy, qx, qy = [], [], [], []
    for label, c in enumerate(classes):
        pictures = pools[c][order]
        sx.append(pictures[:shots])
        qx.append(pictures[shots : shots + queries])
        sy += [label] * shots
        qy += [label] * queries
    return torch.cat(sx), torch.tensor(sy), torch.cat(qx), torch.tensor(qy)


@answer("one_class", "normalised transductively over the support and query pictures together")
def _(network, theta, batch, label):
    n_tasks = len(batch.query_x)
    here = batch.query_y == label
    x = batch.query_x[here].reshape(n_tasks, -1, *batch.query_x.shape[2:])
    both = torch.cat([batch.support_x, x], dim=1)
    together = network(theta, both)[:, batch.support_x.shape[1] :]
    alone = network(network.with_statistics(theta, batch.support_x), x)
    return tuple((scores.argmax(-1) == label).float().mean(1) for scores in (together, alone))


@answer("lead", "left out the tasks in which both are equally good, as if they said nothing")
def _(first, second):
    gap = 100 * (first.float().mean(1) - second.float().mean(1))
    gap = gap[gap != 0]
    half = 1.96 * gap.std() / len(gap) ** 0.5
    return gap.mean().item(), half.item()


@answer("floor", "took minus the logarithm of the share right when each class has its usual label")
def _(classes, labels):
    counts = {}
    for c, y in zip(classes.flatten().tolist(), labels.flatten().tolist(), strict=True):
        counts.setdefault(c, {})
        counts[c][y] = counts[c].get(y, 0) + 1
    right = sum(max(of_class.values()) for of_class in counts.values())
    return -math.log(right / labels.numel())


# --- 07 -------------------------------------------------------------------------------------------


@answer("reptile_gradient", "set all tasks to their mean θ after every step, so none goes its way")
def _(loss, phi, support, query, inner_lr, steps):
    n = len(support[0])
    theta = dict(phi)
    for step in range(steps):
        x, y = support if step % 2 == 0 else query
        spread = {k: leaf.expand(n, *leaf.shape) for k, leaf in theta.items()}
        moved = maml.inner_step(loss, spread, x, y, inner_lr=inner_lr)
        theta = {k: leaf.mean(0) for k, leaf in moved.items()}
    return {k: ((phi[k] - theta[k]) / inner_lr).detach() for k in phi}


answer(
    "step_too_large",
    "left the curvature out of the weights, and kept only the powers of 1 − αh",
    values={"maml": 0.2 / 0.53, "first_order": -2.0, "ends_there": True},
)


@answer("anil_gradient", "took the head's gradient where the head ends, not where it starts")
def _(loss, phi, head, support, query, inner_lr):
    phi = {k: leaf.detach().requires_grad_() for k, leaf in phi.items()}
    names = list(head)
    inner = torch.autograd.grad(loss(phi, *support), [phi[k] for k in names], create_graph=True)
    moved = {k: phi[k] - inner_lr * g for k, g in zip(names, inner, strict=True)}
    theta = phi | moved
    grads = torch.autograd.grad(loss(theta, *query), list(theta.values()))
    return dict(zip(theta, grads, strict=True))


# --- 08 -------------------------------------------------------------------------------------------


@answer("chosen_step", "sorted a Python list for the median, in which NaN stops the order")
def _(errors, to_choose, to_report, tried):
    def median(batch, pair):
        values = sorted(errors(batch, *pair).tolist())
        return values[len(values) // 2]

    best = min(tried, key=lambda pair: median(to_choose, pair))
    return best, median(to_report, best)


@answer("endings", "left the exploded tasks out of the share of those that end worse")
def _(before, after):
    after = torch.where(after.isnan(), torch.inf, after)
    exploded = after > 1000
    worse = (after > before)[~exploded].float().mean()
    return {"median": after.median().item(), "worse": worse.item(), "exploded": int(exploded.sum())}


# --- 09 -------------------------------------------------------------------------------------------


@answer("scaled", "divided by the root of the sum of squares, not of their mean")
def _(learner, support_x, support_y, query_x):
    scale = support_y.norm(dim=1, keepdim=True)
    return learner(support_x, support_y / scale, query_x) * scale


@answer("mean_of_points", "kept of every task only as many points as the shortest one has")
def _(encode, pairs, counts):
    least = int(counts.min())
    return encode(pairs[:, :least]).mean(dim=1, keepdim=True)


@answer("attention_steps", "let each support point ask all others but not itself for what is left")
def _(support_x, support_y, query_x, alpha, steps):
    n = support_x.shape[1]
    to_query = query_x @ support_x.mT
    among = support_x @ support_x.mT
    among = among * (1 - torch.eye(n, dtype=among.dtype))
    left = support_y
    result = torch.zeros_like(query_x[..., :1])
    for _ in range(steps):
        result = result + alpha / n * to_query @ left
        left = left - alpha / n * among @ left
    return result


# --- appendix: landscapes -------------------------------------------------------------------------


@answer("hessian_vector", "went through the leaves one by one, and lost how they act together")
def _(loss, phi, v, x, y):
    leaves = {k: leaf.detach().clone().requires_grad_() for k, leaf in phi.items()}
    grads = torch.autograd.grad(loss(leaves, x, y), list(leaves.values()), create_graph=True)
    product = {}
    for k, g in zip(leaves, grads, strict=True):
        (hv,) = torch.autograd.grad((g * v[k]).sum(), [leaves[k]], retain_graph=True)
        product[k] = hv
    return product


@answer("unit_factors", "copied the dict but not the tensors, and so rescaled φ itself in place")
def _(phi, s):
    new = dict(phi)
    new["W1"] *= s
    new["b1"] *= s
    new["W2"] /= s[:, None]
    return new


@answer("honest_report", "set NaN to the limit itself, which is not above the limit")
def _(before, after, limit):
    after = torch.nan_to_num(after, nan=limit, posinf=float("inf"))
    return {
        "median": after.median().item(),
        "worse": (after > before).sum().item(),
        "exploded": (after > limit).sum().item(),
    }


# --- appendix: words ------------------------------------------------------------------------------


@answer("idf", "took for N the number of all n-grams in the training words, not of the words")
def _(train_counts, counts):
    N = train_counts.sum()
    n = (train_counts > 0).sum(dim=0)
    x = counts * (torch.log((1 + N) / (1 + n)) + 1)
    return 5 * F.normalize(x, dim=1)


@answer("sort_words", "took the mean distance to a language's words, not the way to their mean")
def _(features, known, asked):
    names = list(known)
    x = features(asked)
    far = torch.stack([torch.cdist(x, features(known[name])).mean(dim=1) for name in names], dim=1)
    return [names[i] for i in far.argmin(dim=1).tolist()]


answer(
    "scale_and_alpha",
    "wrote 0 for the step of b, since nothing changes there, where the factor is 1",
    values={"gradient": 5, "change": 25, "bias": 0, "alpha": 25},
)


@answer("three_seeds", "made one number a town, and yet divided by the root of seeds times towns")
def _(ours, rule):
    gap = ours.mean(dim=0) - rule
    half = 1.96 * gap.std() / math.sqrt(ours.numel())
    return gap.mean().item(), half.item()
