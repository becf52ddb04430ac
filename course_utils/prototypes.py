"""Prototypical networks (Snell, Swersky & Zemel 2017): features learned for the nearest class mean.

Nothing adapts by a gradient step: a task's support set gives one mean of features for each class,
its *prototype*, and a query picture gets the class of the nearest one.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.evaluation import PICTURE_CHUNK, parts
from course_utils.learners import class_means, nearest_centroid
from course_utils.networks import ConvNet, Params
from course_utils.support.check_input import number
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch

SCALE = 10.0  # chosen on the validation scripts, as was the unit length


def prototype_loss(
    network: ConvNet,
    phi: Params,
    batch: TaskBatch,
    *,
    scale: float = SCALE,
    unit_length: bool = True,
) -> Tensor:
    """The mean over tasks and query pictures of −log p(y | x), a scalar.

    p(y = k | x) is the softmax over classes of −scale·‖f(x) − cₖ‖², with the network's features f
    and the mean cₖ of those of class k's support pictures (Snell et al. 2017, equations 1 and 2;
    there scale is 1 and features keep their length). `unit_length` scales the features of each
    picture to length 1 first. Each of the two sets is normalised by its own statistics, unless phi
    says otherwise. phi's last layer is not used. Raises ValueError if a label from 0 to
    ways − 1 is missing in a support set or one of a query set is not among them, scale is negative,
    or the network has no features.
    """
    number("scale", scale, least=0)
    _has_features(network)
    _labels_known(whole_batch("batch", batch))
    support, query = (network.features(phi, x) for x in (batch.support_x, batch.query_x))
    if unit_length:
        support, query = (F.normalize(features, dim=-1) for features in (support, query))
    apart = query[:, :, None] - class_means(support, batch.support_y)[:, None]
    scores = -scale * (apart * apart).sum(-1)
    return F.cross_entropy(scores.flatten(0, 1), batch.query_y.flatten())


@torch.no_grad()
def prototype_accuracies(
    network: ConvNet,
    phi: Params,
    batch: TaskBatch,
    *,
    transductive: bool = True,
    unit_length: bool = True,
) -> Tensor:
    """The share of query pictures that the nearest class mean sorts right, (tasks,).

    `transductive` normalises the query pictures by their own set's statistics, so they help each
    other; without it by the support set's. `unit_length` scales the features of each picture to
    length 1 first. phi may be any of the network's parameters, however they were trained. Raises
    ValueError as `prototype_loss` does.
    """
    _has_features(network)
    _labels_known(whole_batch("batch", batch))
    shares = []
    for part in parts(batch, PICTURE_CHUNK):
        for_query = phi if transductive else network.with_statistics(phi, part.support_x)
        support = network.features(phi, part.support_x)
        query = network.features(for_query, part.query_x)
        if unit_length:
            support, query = (F.normalize(features, dim=-1) for features in (support, query))
        answers = nearest_centroid(support, part.support_y, query)
        shares.append((answers == part.query_y).float().mean(1))
    return torch.cat(shares)


def _has_features(network: ConvNet) -> None:
    if not callable(getattr(network, "features", None)):
        raise ValueError(
            f"network must be one with features, as convnet(5) is, got {network!r:.60}"
        )


def _labels_known(batch: TaskBatch) -> None:
    """Raise ValueError if a query picture has a label that no support picture has."""
    support, query = batch.support_y, batch.query_y
    if query.dtype == support.dtype == torch.int64 and not 0 <= query.min() <= query.max() <= (
        support.max()
    ):
        raise ValueError(
            f"query_y must hold labels of the support set, from 0 to {support.max().item()}, got "
            f"{query.min().item()} to {query.max().item()}"
        )
