"""Wrong answers to notebook 09, as learners wrote them, before any check was known."""

import torch

from tests.exercises.learners import answer


@answer(
    "scaled",
    "divided support_y in place: the answer is right, and the caller's data are changed",
)
def _(learner, support_x, support_y, query_x):
    unit = support_y.square().mean(dim=1, keepdim=True).sqrt()
    support_y /= unit
    return learner(support_x, support_y, query_x) * unit


@answer(
    "scaled",
    "took the norm, the root of the sum of squares and not of their mean: it grows with the points",
)
def _(learner, support_x, support_y, query_x):
    rms = torch.norm(support_y, dim=1, keepdim=True)
    return rms * learner(support_x, support_y / rms, query_x)


@answer(
    "scaled",
    "took the mean over the last dimension, which has one number: each point is divided by itself",
)
def _(learner, support_x, support_y, query_x):
    scale = (support_y**2).mean(-1, keepdim=True).sqrt()
    answers = learner(support_x, support_y / scale, query_x)
    return answers * scale.mean(1, keepdim=True)


@answer(
    "scaled",
    "forgot keepdim: (tasks, 1) does not divide (tasks, points, 1) task by task",
)
def _(learner, support_x, support_y, query_x):
    scale = torch.sqrt(torch.mean(support_y**2, dim=1))
    return learner(support_x, support_y / scale, query_x) * scale


@answer(
    "scaled",
    "took the standard deviation around the mean instead of the root mean square",
)
def _(learner, support_x, support_y, query_x):
    s = support_y.std(dim=1, keepdim=True)
    return s * learner(support_x, support_y / s, query_x)


@answer(
    "mean_of_points",
    "set the filling to zero before encoding: the network's biases make it a vector all the same",
)
def _(encode, pairs, counts):
    real = torch.arange(pairs.shape[1]) < counts[:, None]
    encoded = encode(pairs * real[..., None])
    return encoded.sum(dim=1, keepdim=True) / counts[:, None, None]


@answer(
    "mean_of_points",
    "left the filling out of the sum, but divided by the length of the longest row",
)
def _(encode, pairs, counts):
    mask = (torch.arange(pairs.shape[1]) < counts[:, None]).unsqueeze(-1)
    return (encode(pairs) * mask).mean(dim=1, keepdim=True)


@answer(
    "mean_of_points",
    "took every pair with a zero in it for filling, also a real point on an axis",
)
def _(encode, pairs, counts):
    real = (pairs != 0).all(dim=-1, keepdim=True)
    encoded = torch.where(real, encode(pairs), 0.0)
    return encoded.sum(1, keepdim=True) / real.sum(1, keepdim=True)


@answer("mean_of_points", "lost the middle dimension: returns (tasks, d)")
def _(encode, pairs, counts):
    means = []
    for row, n in zip(encode(pairs), counts.tolist(), strict=True):
        means.append(row[:n].mean(0))
    return torch.stack(means)


@answer(
    "mean_of_points",
    "numbered the points from 1, so that the last real one of each task is left out",
)
def _(encode, pairs, counts):
    place = torch.arange(1, pairs.shape[1] + 1)
    real = (place < counts[:, None]).float()[:, :, None]
    return (encode(pairs) * real).sum(1, keepdim=True) / counts[:, None, None]


@answer(
    "attention_steps",
    "took what is left from the first y again in every layer, and not from what the last layer "
    "left",
)
def _(support_x, support_y, query_x, alpha, steps):
    n = support_x.shape[1]
    left = support_y
    answers = torch.zeros_like(query_x[..., :1])
    for _ in range(steps):
        answers = answers + alpha / n * (query_x @ support_x.mT) @ left
        left = support_y - alpha / n * (support_x @ support_x.mT) @ left
    return answers


@answer(
    "attention_steps",
    "let the support points ask before the queries do, so that each layer answers a step too late",
)
def _(support_x, support_y, query_x, alpha, steps):
    n = support_x.size(1)
    r, out = support_y, 0
    for _ in range(steps):
        r = r - alpha / n * support_x @ (support_x.transpose(1, 2) @ r)
        out = out + alpha / n * query_x @ (support_x.transpose(1, 2) @ r)
    return out


@answer(
    "attention_steps",
    "subtracted in place from support_y: the answer is right, and the caller's y are used up",
)
def _(support_x, support_y, query_x, alpha, steps):
    K = support_x.shape[1]
    residual = support_y
    out = torch.zeros(len(query_x), query_x.shape[1], 1, dtype=query_x.dtype)
    for _ in range(steps):
        out += alpha / K * (query_x @ support_x.mT @ residual)
        residual -= alpha / K * (support_x @ support_x.mT @ residual)
    return out


@answer(
    "attention_steps",
    "divided by the number of tasks, which is what len gives, and not by that of the points",
)
def _(support_x, support_y, query_x, alpha, steps):
    def attend(q, values):
        return alpha / len(support_x) * (q @ support_x.mT) @ values

    left, total = support_y, torch.zeros_like(query_x[:, :, :1])
    for _ in range(steps):
        total = total + attend(query_x, left)
        left = left - attend(support_x, left)
    return total


@answer(
    "attention_steps",
    "gave every layer the same y: so many layers are then one step that is so many times as large",
)
def _(support_x, support_y, query_x, alpha, steps):
    def layer(q):
        return alpha / support_x.shape[1] * (q @ support_x.mT) @ support_y

    return sum(layer(query_x) for _ in range(steps))
