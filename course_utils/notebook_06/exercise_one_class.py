"""Exercise 2 of notebook 06: whose statistics normalise a query set of one class."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils import maml, networks
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import ConvNet, Params
from course_utils.tasks import TaskBatch


def _alone(batch: TaskBatch, label: int) -> Tensor:
    """The query pictures of one label, (tasks, pictures, 1, side, side)."""
    return torch.stack([x[y == label] for x, y in zip(batch.query_x, batch.query_y, strict=True)])


def _share(network: ConvNet, params: Params, x: Tensor, label: int) -> Tensor:
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


def _of_all_pictures(*args):
    return tuple(share / args[0].ways for share in _one_class(*args))


def _one_class_case(seed, *, ways, channels, pixels, shots, queries, label, mixed, tasks=6):
    """A random network adapted to tasks of blurred shapes, so that it is often right."""

    def make():
        draws = torch.Generator().manual_seed(seed)
        network = networks.convnet(ways, channels, pixels)
        shapes = torch.rand(tasks, ways, 1, 1, pixels, pixels, generator=draws)
        each = shots + queries
        noise = torch.randn(tasks, ways, each, 1, pixels, pixels, generator=draws)
        x = (shapes + 0.4 * noise).clamp(0, 1)
        y = torch.arange(ways)[:, None].expand(tasks, ways, each)
        order = [torch.randperm(ways * queries, generator=draws) for _ in range(tasks)]
        order = torch.stack(order) if mixed else torch.arange(ways * queries).expand(tasks, -1)
        rows = torch.arange(tasks)[:, None]
        batch = TaskBatch(
            x[:, :, :shots].flatten(1, 2),
            y[:, :, :shots].flatten(1, 2),
            x[:, :, shots:].flatten(1, 2)[rows, order],
            y[:, :, shots:].flatten(1, 2)[rows, order],
        )
        theta = maml.adapt(
            networks.cross_entropy(network),
            network.init(draws),
            batch.support_x,
            batch.support_y,
            inner_lr=0.1,
            steps=3,
        )
        theta = {name: leaf.detach() for name, leaf in theta.items()}
        return network, theta, batch, label

    return make


one_class = Function(
    "one_class",
    title="a test set of one class",
    notebook="06",
    answer=_one_class,
    cases=(
        Case(
            "label 2 of five, class by class",
            _one_class_case(
                0, ways=5, channels=8, pixels=28, shots=1, queries=10, label=2, mixed=False
            ),
        ),
        Case(
            "label 1 of five, query pictures in any order",
            _one_class_case(
                1, ways=5, channels=8, pixels=28, shots=2, queries=12, label=1, mixed=True
            ),
        ),
        Case(
            "label 2 of three, small pictures in any order",
            _one_class_case(
                2, ways=3, channels=6, pixels=16, shots=3, queries=16, label=2, mixed=True
            ),
        ),
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
