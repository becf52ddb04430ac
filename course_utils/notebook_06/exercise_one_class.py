"""Exercise 2 of notebook 06: whose statistics normalise a query set of one class."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from course_utils import maml, networks
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import ConvNet, Params
from course_utils.tasks import TaskBatch


def _alone(batch: TaskBatch, label: int) -> Tensor:
    """The query pictures of one label, (tasks, pictures, 1, side, side)."""
    return torch.stack([x[y == label] for x, y in zip(batch.query_x, batch.query_y, strict=True)])


def _share(network: ConvNet, params: Params, x: Tensor, label: int | Tensor) -> Tensor:
    return (network(params, x).argmax(-1) == label).float().mean(1)


def _one_class(network, theta, batch, label, *, statistics_of=None, x=None):
    """The right answer, but for what a mistake says otherwise: whose statistics, which pictures."""
    x = _alone(batch, label) if x is None else x
    other = batch.support_x if statistics_of is None else statistics_of
    by_other = network.with_statistics(theta, other)
    return tuple(_share(network, params, x, label) for params in (theta, by_other))


def _answered_among_all(network, theta, batch, label):
    """The network sees the whole query set, and one label is counted afterwards."""
    shares = []
    for params in (theta, network.with_statistics(theta, batch.support_x)):
        right = network(params, batch.query_x).argmax(-1) == label
        mine = batch.query_y == label
        shares.append((right & mine).sum(1) / mine.sum(1))
    return tuple(shares)


def _in_blocks(network, theta, batch, label):
    """The label's pictures are taken to stand class by class."""
    each = batch.query_y.shape[1] // network.ways
    x = batch.query_x[:, each * label : each * (label + 1)]
    return _one_class(network, theta, batch, label, x=x)


def _support_of_one_class(network, theta, batch, label):
    pairs = zip(batch.support_x, batch.support_y, strict=True)
    kept = torch.stack([x[y == label] for x, y in pairs])
    return _one_class(network, theta, batch, label, statistics_of=kept)


def _of_all_tasks(network, theta, batch, label):
    """The pictures of all tasks in one heap: each task's parameters answer all of them."""
    return _one_class(network, theta, batch, label, x=batch.query_x[batch.query_y == label])


def _dealt_out(network, theta, batch, label):
    """The pictures of all tasks in one heap, dealt out to the tasks one by one."""
    heap = batch.query_x[batch.query_y == label]
    x = heap.unflatten(0, (-1, len(batch.query_y))).transpose(0, 1)
    return _one_class(network, theta, batch, label, x=x)


def _places_of_the_first(network, theta, batch, label):
    """The label's places in the first task's query set, taken in every task."""
    x = batch.query_x[:, batch.query_y[0] == label]
    return _one_class(network, theta, batch, label, x=x)


def _places_and_labels_of_the_first(network, theta, batch, label):
    """The same, judged by the labels that stand at these places."""
    where = batch.query_y[0] == label
    return _one_class(network, theta, batch, batch.query_y[:, where], x=batch.query_x[:, where])


def _one_by_one(network, theta, batch, label):
    """Without transduction each picture is asked alone, and so is normalised by itself."""
    x = _alone(batch, label)
    right = [_share(network, theta, one, label) for one in x.split(1, dim=1)]
    return _share(network, theta, x, label), torch.stack(right).mean(0)


def _all_labels(network, theta, batch, label):
    """The whole query set comes, and all its labels are counted."""
    each = (theta, network.with_statistics(theta, batch.support_x))
    right = [network(params, batch.query_x).argmax(-1) == batch.query_y for params in each]
    return tuple(share.float().mean(1) for share in right)


def _probabilities(network, theta, batch, label):
    x = _alone(batch, label)
    each = (theta, network.with_statistics(theta, batch.support_x))
    return tuple(network(params, x).softmax(-1)[..., label].mean(1) for params in each)


def _with_the_support_set(network, theta, batch, label):
    both = torch.cat([batch.support_x, _alone(batch, label)], 1)
    return _one_class(network, theta, batch, label, statistics_of=both)


def _counts(*args):
    return tuple(_alone(*args[2:]).shape[1] * share for share in _one_class(*args))


def _of_all_pictures(*args):
    return tuple(share / args[0].ways for share in _one_class(*args))


@cache
def _made(seed, ways, channels, pixels, shots, queries, mixed) -> tuple[ConvNet, Params, TaskBatch]:
    """A random network adapted to tasks of blurred shapes, so that it is often right."""
    draws, tasks, each = torch.Generator().manual_seed(seed), 6, shots + queries
    network = networks.convnet(ways, channels, pixels)
    shapes = torch.rand(tasks, ways, 1, 1, pixels, pixels, generator=draws)
    noise = torch.randn(tasks, ways, each, 1, pixels, pixels, generator=draws)
    x = (shapes + 0.4 * noise).clamp(0, 1)
    y = torch.arange(ways)[:, None].expand(tasks, ways, each)
    order = torch.arange(ways * queries).expand(tasks, -1)
    if mixed:
        order = torch.rand(order.shape, generator=draws).argsort(1)
    rows = torch.arange(tasks)[:, None]
    support_x, support_y = x[:, :, :shots].flatten(1, 2), y[:, :, :shots].flatten(1, 2)
    query = (part[:, :, shots:].flatten(1, 2)[rows, order] for part in (x, y))
    loss, phi = networks.cross_entropy(network), network.init(draws)
    theta = maml.adapt(loss, phi, support_x, support_y, inner_lr=0.1, steps=3)
    theta = {name: leaf.detach() for name, leaf in theta.items()}
    return network, theta, TaskBatch(support_x, support_y, *query)


def _case(label: int, *how: int | bool) -> Callable[[], tuple[Any, ...]]:
    def make():
        network, theta, batch = _made(*how)
        sets = (batch.support_x, batch.support_y, batch.query_x, batch.query_y)
        theta = {name: leaf.clone() for name, leaf in theta.items()}
        return network, theta, TaskBatch(*(part.clone() for part in sets)), label

    return make


one_class = Function(
    "one_class",
    title="a test set of one class",
    notebook="06",
    answer=_one_class,
    # The label; a seed without near ties; ways, channels, pixels, shots, queries; whether mixed.
    cases=(
        Case("label 2 of five, class by class", _case(2, 8, 5, 8, 28, 1, 10, False)),
        Case("label 1 of five, in any order", _case(1, 7, 5, 8, 28, 2, 12, True)),
        Case("label 2 of three, in any order", _case(2, 24, 3, 6, 28, 3, 16, True)),
    ),
    mistakes=(
        Mistake(
            "the whole query set is seen",
            "The network was asked about the whole query set, and one label was counted after. "
            "Then the other classes still have their say in the statistics. Which pictures come?",
            _answered_among_all,
        ),
        Mistake(
            "the other way round",
            "Both shares are right, in the wrong order. Transductive is where the query pictures "
            "are normalised by themselves.",
            lambda *args: _one_class(*args)[::-1],
        ),
        Mistake(
            "statistics of the whole query set",
            "The second share was normalised by all query pictures. Without transduction no query "
            "picture has a say: which set is known before they come?",
            lambda *args: _one_class(*args, statistics_of=args[2].query_x),
        ),
        Mistake(
            "one class twice",
            "Both shares were normalised by the one class's query pictures. For the second, ask "
            "for the statistics of a set that holds every class.",
            lambda *args: (_one_class(*args)[0],) * 2,
        ),
        Mistake(
            "the support set's statistics twice",
            "Both shares were normalised by the support set. That is right for the second. For "
            "the first, the query pictures are normalised by themselves.",
            lambda *args: (_one_class(*args)[1],) * 2,
        ),
        Mistake(
            "a support set of one class",
            "The support set was cut to one class as well. It stays whole: only the query "
            "pictures come from one class.",
            _support_of_one_class,
        ),
        Mistake(
            "pictures by their place",
            "The pictures were taken from a place in the query set, as if it were ordered class "
            "by class. Ask query_y which pictures have the label.",
            _in_blocks,
        ),
        Mistake(
            "label 0",
            "That is label 0, whichever label was asked for.",
            lambda network, theta, batch, label: _one_class(network, theta, batch, 0),
        ),
        Mistake(
            "the pictures of all tasks",
            "The pictures of all tasks lie in one heap: a mask flattens the first two axes, and "
            "then every θ answers those of all tasks. Make it (tasks, pictures, ...) again.",
            _of_all_tasks,
        ),
        Mistake(
            "pictures of other tasks",
            "A mask puts the pictures of all tasks into one heap, task after task. You deal them "
            "out one by one, so that each θ answers pictures of other tasks. Which axis is first?",
            _dealt_out,
        ),
        Mistake(
            "the places of the first task",
            "You look up in one task where the label's pictures are, and take these places in all "
            "tasks. Each query set has an order of its own.",
            _places_of_the_first,
        ),
        Mistake(
            "places and labels of the first task",
            "You look up in one task where the label's pictures are, and take what stands at these "
            "places in all tasks, with its labels. In other tasks that is several labels.",
            _places_and_labels_of_the_first,
        ),
        Mistake(
            "all labels counted",
            "All query pictures come and are counted, whichever label they have. Only those of one "
            "label were to come.",
            _all_labels,
        ),
        Mistake(
            "probabilities",
            "You take the mean probability of the label. A share of pictures is asked for: those "
            "of which it is the most probable label.",
            _probabilities,
        ),
        Mistake(
            "support and query pictures together",
            "The second share was normalised by the support set and the query pictures together. "
            "Without transduction the query pictures have no say.",
            _with_the_support_set,
        ),
        Mistake(
            "one picture at a time",
            "The first share is right. For the second each picture was asked alone: then it is "
            "normalised by itself, which is transductive, too. Which set was there before it?",
            _one_by_one,
        ),
        Mistake(
            "how many, not which share",
            "You count how many are right. A share is asked for: of how many?",
            _counts,
        ),
        Mistake(
            "a share of all pictures",
            "The right answers were divided by the number of all query pictures. Only those of "
            "one label came.",
            _of_all_pictures,
        ),
    ),
    means="Whose statistics normalise a picture is part of the answer it gets. The fold runs this "
    "on 300 tasks: look what the balance was worth.",
    returns="a tuple of two tensors, (tasks,) each",
)
