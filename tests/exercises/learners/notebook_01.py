"""Wrong answers to notebook 01's exercises, as learners wrote them, before any check was known."""

import math

import torch

from tests.exercises.learners import answer

# --- sample many waves ---------------------------------------------------------------------------


@answer("sample_waves", "every task has one amplitude, but each of its points a phase of its own")
def _(n_tasks, shots, generator):
    amplitude = 0.1 + 4.9 * torch.rand(n_tasks, 1, 1, generator=generator)
    x = -5 + 10 * torch.rand(n_tasks, shots, 1, generator=generator)
    phase = math.pi * torch.rand(x.shape, generator=generator)
    y = amplitude * torch.sin(x - phase)
    return x, y


@answer("sample_waves", "adds 0.1 to five times a random number, so the amplitude goes up to 5.1")
def _(n_tasks, shots, generator):
    A = 0.1 + 5 * torch.rand((n_tasks, 1, 1), generator=generator)
    p = torch.rand((n_tasks, 1, 1), generator=generator) * math.pi
    x = torch.rand((n_tasks, shots, 1), generator=generator) * 10 - 5
    return x, A * torch.sin(x - p)


@answer("sample_waves", "puts the x evenly on the axis as for a plot, the same for all tasks")
def _(n_tasks, shots, generator):
    amplitude = 0.1 + 4.9 * torch.rand(n_tasks, 1, 1, generator=generator)
    phase = math.pi * torch.rand(n_tasks, 1, 1, generator=generator)
    x = torch.linspace(-5, 5, shots)[None, :, None].repeat(n_tasks, 1, 1)
    return x, amplitude * torch.sin(x - phase)


@answer(
    "sample_waves", "subtracts the phase from the sine and not from x: the bracket closes early"
)
def _(n_tasks, shots, generator):
    amplitude = 0.1 + 4.9 * torch.rand(n_tasks, 1, 1, generator=generator)
    phase = math.pi * torch.rand(n_tasks, 1, 1, generator=generator)
    x = -5 + 10 * torch.rand(n_tasks, shots, 1, generator=generator)
    y = amplitude * (torch.sin(x) - phase)
    return x, y


@answer("sample_waves", "seeds a new generator with 0 for every task, so all tasks are one wave")
def _(n_tasks, shots, generator):
    xs, ys = [], []
    for _ in range(n_tasks):
        generator = torch.Generator().manual_seed(0)
        amplitude = 0.1 + 4.9 * torch.rand(1, generator=generator)
        phase = math.pi * torch.rand(1, generator=generator)
        x = -5 + 10 * torch.rand(shots, 1, generator=generator)
        xs.append(x)
        ys.append(amplitude * torch.sin(x - phase))
    return torch.stack(xs), torch.stack(ys)


# --- count the leaks -----------------------------------------------------------------------------


@answer("count_leaks", "looks each number up in the support sets of all tasks, pixel by pixel")
def _(batch):
    found = torch.isin(batch.query_x, batch.support_x)
    return found.flatten(2).all(dim=2).sum(dim=1)


@answer("count_leaks", "takes two pictures for the same as soon as one pixel is the same")
def _(batch):
    query = batch.query_x.flatten(2)
    support = batch.support_x.flatten(2)
    same = (query[:, :, None] == support[:, None]).any(dim=-1)  # (tasks, query, support)
    return same.any(dim=2).sum(dim=1)


@answer("count_leaks", "asks of each support example whether it is in the query set")
def _(batch):
    q, s = batch.query_x.flatten(2), batch.support_x.flatten(2)
    same = (q.unsqueeze(2) == s.unsqueeze(1)).all(-1)
    return same.any(1).sum(1)


@answer("count_leaks", "compares the y of the examples: two pictures of one class are a leak to it")
def _(batch):
    query = batch.query_y.flatten(1)
    support = batch.support_y.flatten(1)
    same = query[:, :, None] == support[:, None, :]
    return same.any(dim=2).sum(dim=1)


@answer("count_leaks", "counts query examples that are merely near to a support example")
def _(batch):
    d = torch.cdist(batch.query_x.flatten(2), batch.support_x.flatten(2))
    return (d.min(dim=2).values < 0.2).sum(dim=1)


# --- the shared classes --------------------------------------------------------------------------


@answer("shared_classes", "makes sets of 0-d tensors, which are never equal to each other in a set")
def _(train, test):
    a = set(train.facts["digit"].flatten())
    b = set(test.facts["digit"].flatten())
    return a & b


@answer("shared_classes", "takes the labels of the tasks, 0 to ways − 1, and not the digits behind")
def _(train, test):
    a = set(train.support_y.flatten().tolist())
    b = set(test.support_y.flatten().tolist())
    return a & b


@answer("shared_classes", "compares the first task with the first, the second with the second, ...")
def _(train, test):
    shared = set()
    for mine, theirs in zip(train.facts["digit"], test.facts["digit"], strict=False):
        shared |= set(mine.tolist()) & set(theirs.tolist())
    return shared


@answer("shared_classes", "prints the set, and returns how many digits it has")
def _(train, test):
    a = set(train.facts["digit"].flatten().tolist())
    b = set(test.facts["digit"].flatten().tolist())
    print(a & b)
    return len(a & b)


@answer("shared_classes", "looks at the first task of each batch only")
def _(train, test):
    first, second = train.facts["digit"][0], test.facts["digit"][0]
    return {d for d in first.tolist() if d in second.tolist()}
