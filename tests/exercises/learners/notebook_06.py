"""Wrong answers to notebook 06, as learners wrote them, before any check was known."""

import math
from collections import Counter, defaultdict

import torch

from tests.exercises.learners import answer


@answer(
    "episode",
    "shuffled each class twice, once for the support set and once for the query set, so that a "
    "picture may be in both",
)
def _(pools, ways, shots, queries, generator):
    def pick(pool, how_many):
        order = torch.randperm(len(pool), generator=generator)
        return pool[order[:how_many]]

    classes = torch.randperm(len(pools), generator=generator)[:ways].tolist()
    support_x = torch.cat([pick(pools[c], shots) for c in classes])
    query_x = torch.cat([pick(pools[c], queries) for c in classes])
    support_y = torch.arange(ways).repeat_interleave(shots)
    query_y = torch.arange(ways).repeat_interleave(queries)
    return support_x, support_y, query_x, query_y


@answer(
    "episode",
    "stacked the pictures class by class, but wrote the labels 0, 1, 2, 0, 1, 2: right with one "
    "picture of each class only",
)
def _(pools, ways, shots, queries, generator):
    classes = torch.randperm(len(pools), generator=generator)[:ways]
    sx, qx = [], []
    for c in classes:
        p = torch.randperm(len(pools[c]), generator=generator)
        sx.append(pools[c][p[:shots]])
        qx.append(pools[c][p[shots : shots + queries]])
    sy = torch.arange(ways).repeat(shots)
    qy = torch.arange(ways).repeat(queries)
    return torch.cat(sx), sy, torch.cat(qx), qy


@answer(
    "episode",
    "drew one order of the pictures, by the first class's number of them, and used it for every "
    "class: all classes show the same places of their pools, and a smaller pool breaks it",
)
def _(pools, ways, shots, queries, generator):
    classes = torch.randperm(len(pools), generator=generator)[:ways]
    order = torch.randperm(pools[0].shape[0], generator=generator)
    s, q = order[:shots], order[shots : shots + queries]
    support_x = torch.cat([pools[c][s] for c in classes])
    query_x = torch.cat([pools[c][q] for c in classes])
    labels = torch.arange(ways)
    return (
        support_x,
        labels.repeat_interleave(shots),
        query_x,
        labels.repeat_interleave(queries),
    )


@answer(
    "episode",
    "sorted the drawn classes, so that a class early in the list always gets a low label and the "
    "label can be guessed from the picture",
)
def _(pools, ways, shots, queries, generator):
    # sort them, so that the labels are in order
    classes = sorted(torch.randperm(len(pools), generator=generator)[:ways].tolist())
    support_x, support_y, query_x, query_y = [], [], [], []
    for label, c in enumerate(classes):
        idx = torch.randperm(len(pools[c]), generator=generator)
        for i in idx[:shots]:
            support_x.append(pools[c][i])
            support_y.append(label)
        for i in idx[shots : shots + queries]:
            query_x.append(pools[c][i])
            query_y.append(label)
    return (
        torch.stack(support_x),
        torch.tensor(support_y),
        torch.stack(query_x),
        torch.tensor(query_y),
    )


@answer(
    "episode",
    "shuffled the query pictures at the end, but not their labels with them, and by torch's own "
    "random numbers instead of the generator",
)
def _(pools, ways, shots, queries, generator):
    support, query = [], []
    for c in torch.randperm(len(pools), generator=generator)[:ways]:
        pile = pools[c][torch.randperm(len(pools[c]), generator=generator)]
        support.append(pile[:shots])
        query.append(pile[shots : shots + queries])
    support_y = torch.arange(ways).repeat_interleave(shots)
    query_y = torch.arange(ways).repeat_interleave(queries)
    query = torch.cat(query)
    query = query[torch.randperm(len(query))]
    return torch.cat(support), support_y, query, query_y


@answer(
    "one_class",
    "asked for the whole query set and picked the label's pictures from the answers: they were "
    "normalised together with all other classes",
)
def _(network, theta, batch, label):
    kept = network.with_statistics(theta, batch.support_x)
    shares = []
    for params in (theta, kept):
        right = network(params, batch.query_x).argmax(-1) == batch.query_y
        wanted = batch.query_y == label
        shares.append((right & wanted).sum(1) / wanted.sum(1))
    return tuple(shares)


@answer(
    "one_class",
    "kept the statistics of the one-class query set, not of the support set, so that both shares "
    "are the transductive one",
)
def _(network, theta, batch, label):
    mask = batch.query_y == label
    x = torch.stack([batch.query_x[t][mask[t]] for t in range(len(mask))])
    transductive = (network(theta, x).argmax(-1) == label).float().mean(1)
    fixed = network.with_statistics(theta, x)
    not_transductive = (network(fixed, x).argmax(-1) == label).float().mean(1)
    return transductive, not_transductive


@answer(
    "one_class",
    "looked up in the first task where the label's pictures are, and took these places in all "
    "tasks, whose order may be another",
)
def _(network, theta, batch, label):
    where = batch.query_y[0] == label
    x, y = batch.query_x[:, where], batch.query_y[:, where]

    def share(params):
        return (network(params, x).argmax(dim=-1) == y).float().mean(dim=1)

    return share(theta), share(network.with_statistics(theta, batch.support_x))


@answer(
    "one_class",
    "reshaped the picked pictures with the points before the tasks, so that every theta gets "
    "pictures of other tasks",
)
def _(network, theta, batch, label):
    tasks = batch.query_x.shape[0]
    picked = batch.query_x[batch.query_y == label]  # (tasks * points, 1, 28, 28)
    picked = picked.reshape(-1, tasks, 1, 28, 28).transpose(0, 1)
    with torch.no_grad():
        a = network(theta, picked).argmax(-1)
        b = network(network.with_statistics(theta, batch.support_x), picked).argmax(-1)
    return (a == label).float().mean(1), (b == label).float().mean(1)


@answer(
    "one_class",
    "asked for one picture at a time where it should not be transductive: then each is normalised "
    "by itself, and not by the support set",
)
def _(network, theta, batch, label):
    tasks = len(batch.query_y)
    x = batch.query_x[batch.query_y == label].unflatten(0, (tasks, -1))
    trans = (network(theta, x).argmax(-1) == label).float().mean(1)
    alone = [network(theta, x[:, i : i + 1]).argmax(-1) for i in range(x.shape[1])]
    alone = torch.cat(alone, dim=1)
    return trans, (alone == label).float().mean(1)


@answer(
    "lead",
    "took the interval of two independent sets of tasks: added both variances, though both methods "
    "had the same tasks",
)
def _(first, second):
    a = 100 * first.float().mean(1)
    b = 100 * second.float().mean(1)
    n = len(a)
    return (a.mean() - b.mean()).item(), 1.96 * ((a.var() + b.var()) / n).sqrt().item()


@answer("lead", "counted every picture as a draw of its own, so that the interval is too narrow")
def _(first, second):
    d = 100 * (first.float() - second.float()).flatten()
    return d.mean().item(), 1.96 * d.std().item() / math.sqrt(d.numel())


@answer("lead", "subtracted two bool tensors, which torch refuses")
def _(first, second):
    difference = (first - second).mean(dim=1) * 100
    return difference.mean(), 1.96 * difference.std() / len(difference) ** 0.5


@answer("lead", "averaged over the tasks first, and counted the places in the query set as tasks")
def _(first, second):
    per_task = (first.double() - second.double()).mean(0) * 100
    half = 1.96 * per_task.std() / torch.tensor(len(per_task)).sqrt()
    return per_task.mean().item(), half.item()


@answer(
    "lead",
    "gave the lead in per cent of what the second has, task by task, and not in points of per cent",
)
def _(first, second):
    a, b = first.float().mean(1), second.float().mean(1)
    ahead = 100 * (a / b - 1)
    return ahead.mean().item(), (1.96 * ahead.std() / len(ahead) ** 0.5).item()


@answer(
    "floor",
    "averaged the classes' entropies as if all classes came equally often",
)
def _(classes, labels):
    entropies = []
    for c in classes.unique():
        of_c = labels[classes == c]
        _, n = of_c.unique(return_counts=True)
        p = n / n.sum()
        entropies.append(-(p * p.log()).sum())
    return torch.stack(entropies).mean().item()


@answer(
    "floor",
    "made a table of all labels and took 0 times log 0, which is NaN, where a class never had a "
    "label",
)
def _(classes, labels):
    table = torch.zeros(int(classes.max()) + 1, int(labels.max()) + 1)
    for c, y in zip(classes.flatten(), labels.flatten(), strict=True):
        table[c, y] += 1
    seen = table.sum(1)
    p = table[seen > 0] / seen[seen > 0][:, None]
    entropy = -(p * p.log()).sum(1)
    return ((entropy * seen[seen > 0]).sum() / seen.sum()).item()


@answer(
    "floor",
    "took one distribution of the labels for all classes together, as if the function did not see "
    "the class",
)
def _(classes, labels):
    p = torch.bincount(labels.flatten()) / labels.numel()
    p = p[p > 0]
    return float(-(p * torch.log(p)).sum())


@answer(
    "floor",
    "took the cost of each class's most frequent label alone, as if it were the truth in all tasks",
)
def _(classes, labels):
    seen = defaultdict(Counter)
    for c, y in zip(classes.flatten().tolist(), labels.flatten().tolist(), strict=True):
        seen[c][y] += 1
    total = 0
    for counts in seen.values():
        n = sum(counts.values())
        best = counts.most_common(1)[0][1] / n
        total += n * -math.log(best)
    return total / labels.numel()


@answer(
    "floor",
    "divided the sum over all pictures by the number of tasks, not by that of the pictures",
)
def _(classes, labels):
    tasks, _ways = labels.shape
    cost = 0.0
    for t in range(tasks):
        for c, y in zip(classes[t], labels[t], strict=True):
            same = labels[classes == c]
            cost += -math.log((same == y).float().mean().item())
    return cost / tasks
