"""Learners that are networks: they read the support set and answer, without a gradient at test.

Such a learner is called as `learner(params, support_x, support_y, query_x)`, tensors (tasks,
points, 1), and answers with (tasks, queries, 1): notebook 02's learner with its parameters in
front. `meta_loss` is its objective for `maml.train`; what is trained is how to learn.

Each takes any number of support points, in any order, and answers each query on its own. The
networks see x and y divided by 5, as suits sinusoids, where both reach to ±5: bring data of
another size to this range first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils import learners
from course_utils.networks import MLP, Params, mlp
from course_utils.support import check_tensors
from course_utils.support.check_input import room_for, shown, whole_number
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch

SPAN = 5.0  # x and y of the sinusoids reach to ±5: what a network sees of them reaches to ±1


class InContextLearner(Protocol):
    """What the course calls a learner without gradients."""

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw initial parameters."""

    def __call__(
        self, params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor
    ) -> Tensor:
        """The answer to every query point."""


def meta_loss(learner: InContextLearner, phi: Params, batch: TaskBatch) -> Tensor:
    """L(φ): the mean query error over tasks of the learner at φ, a scalar.

    It is `learners.meta_loss`, notebook 02's, of the learner with φ filled in. Raises ValueError as
    that does.
    """
    return learners.meta_loss(partial(_learner("learner", learner), phi), batch)


def _learner(name: str, learner: InContextLearner) -> InContextLearner:
    """A learner that has parameters; raises ValueError for another thing, or a class of them."""
    if isinstance(learner, type) or not (callable(learner) and hasattr(learner, "init")):
        raise ValueError(
            f"{name} must be one with parameters, as set_encoder() is, got {shown(learner)}"
        )
    return learner


@torch.no_grad()
def errors(learner: InContextLearner, phi: Params, batch: TaskBatch) -> Tensor:
    """The query error of every task, (tasks,), without gradients. Raises ValueError as above."""
    whole_batch("batch", batch)
    return learners.task_losses(partial(learner, phi), batch)


@dataclass(frozen=True)
class SetEncoder:
    """Encode each support point, average, decode with x; make one with `set_encoder`."""

    width: int

    def _parts(self) -> dict[str, MLP]:
        d = self.width
        return {"encode": mlp([2, d, d, d]), "decode": mlp([d + 1, d, d, 1])}

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw the parameters of both networks, encode.W1, ..., decode.b3."""
        return _drawn(self._parts(), generator)

    def __call__(
        self, params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor
    ) -> Tensor:
        """The answers (tasks, queries, 1). Raises ValueError for sets that do not fit."""
        encode, decode = _filled_in(self._parts(), params, support_x, support_y, query_x)
        points = encode(torch.cat([support_x, support_y], -1) / SPAN)
        summary = points.mean(1, keepdim=True).expand(-1, query_x.shape[1], -1)
        return SPAN * decode(torch.cat([summary, query_x / SPAN], -1))


def set_encoder(width: int = 128) -> SetEncoder:
    """A set encoder: f(x) = decode(mean over support points of encode(xᵢ, yᵢ), x).

    The conditional neural process of Garnelo et al. 2018, equations 1 to 3, without its variance.
    Made for x and y that reach to about ±5. Raises ValueError if the width is below 1.
    """
    whole_number("width", width, least=1, why="a layer needs a unit")
    room_for(4 * int(width) ** 2, "a network", width=width)
    return SetEncoder(width)


@dataclass(frozen=True)
class Transformer:
    """Layers in which every point looks at the support points; make one with `transformer`."""

    width: int
    layers: int
    heads: int
    hidden: int

    def _parts(self) -> dict[str, MLP]:
        d, parts = self.width, {"read": mlp([3, self.width])}
        for i in range(self.layers):
            parts |= {f"{name}{i}": mlp([d, d]) for name in ("query", "key", "value", "merge")}
            parts[f"think{i}"] = mlp([d, self.hidden, d])
        return parts | {"answer": mlp([d, 1])}

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw the parameters of all its linear layers, read.W1, ..., answer.b1."""
        return _drawn(self._parts(), generator)

    def __call__(
        self, params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor
    ) -> Tensor:
        """The answers (tasks, queries, 1). Raises ValueError for sets that do not fit."""
        read, *layers, answer = _filled_in(self._parts(), params, support_x, support_y, query_x)
        shots, unknown = support_x.shape[1], torch.zeros_like(query_x)
        known = torch.cat([support_x / SPAN, support_y / SPAN, torch.ones_like(support_x)], -1)
        asked = torch.cat([query_x / SPAN, unknown, unknown], -1)
        points = read(torch.cat([known, asked], 1))
        for i in range(self.layers):
            query, key, value, merge, think = layers[5 * i : 5 * i + 5]
            h = _normal(points)
            seen = h[:, :shots]  # no point sees a query: no mask is needed, queries stay alone
            found = F.scaled_dot_product_attention(
                *(self._split(part) for part in (query(h), key(seen), value(seen)))
            )
            points = points + merge(found.transpose(1, 2).flatten(2))
            points = points + think(_normal(points))
        return SPAN * answer(_normal(points[:, shots:]))

    def _split(self, h: Tensor) -> Tensor:
        """(tasks, points, width) as (tasks, heads, points, width of a head)."""
        return h.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def transformer(width: int = 32, layers: int = 2, heads: int = 4, hidden: int = 64) -> Transformer:
    """A transformer with the support set in its context.

    A point is read as (x, y, 1), a query as (x, 0, 0). In each layer every point, support or query,
    attends to the support points only (Vaswani et al. 2017, equation 1), then thinks on its own;
    layers are normalised at their start. There is no mask and there are no positions, so any number
    of support points will do. Made for x and y that reach to about ±5. Raises ValueError if a
    number is below 1, or the heads do not share out the width.
    """
    for name, value in {"width": width, "layers": layers, "heads": heads, "hidden": hidden}.items():
        whole_number(name, value, least=1, why="a transformer needs one of each")
    if width % heads:
        raise ValueError(f"heads must divide width = {width}, got {heads}: each has its share")
    numbers = int(layers) * int(width) * (4 * int(width) + 2 * int(hidden))
    room_for(numbers, "a network", width=width, layers=layers, hidden=hidden)
    return Transformer(width, layers, heads, hidden)


@dataclass(frozen=True)
class Scaled:
    """A learner that does not see how tall a task is; make one with `scaled`."""

    learner: InContextLearner

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw the learner's parameters."""
        return self.learner.init(generator)

    def __call__(
        self, params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor
    ) -> Tensor:
        """The answers (tasks, queries, 1). Raises ValueError for sets that do not fit."""
        check_tensors.support_and_query(support_x, support_y, query_x)
        size = support_y.square().mean(1, keepdim=True).sqrt().clamp_min(1e-6)  # of y = 0, too
        return size * self.learner(params, support_x, support_y / size, query_x)


def scaled(learner: InContextLearner) -> Scaled:
    """The learner with y divided by the root mean square of its support set, and multiplied back.

    Twice as tall a support set has twice as tall an answer, whatever the learner is. Raises
    ValueError if it is none.
    """
    return Scaled(_learner("learner", learner))


def count(params: Params) -> int:
    """How many numbers there are in the parameters."""
    check_tensors.parameters("params", params)
    return sum(leaf.numel() for leaf in params.values())


def _normal(h: Tensor) -> Tensor:
    """Each point's numbers at mean 0 and variance 1: layer normalisation (Ba et al. 2016)."""
    return F.layer_norm(h, h.shape[-1:])


def _drawn(parts: Mapping[str, MLP], generator: torch.Generator | None) -> Params:
    return {
        f"{name}.{leaf}": value
        for name, part in parts.items()
        for leaf, value in part.init(generator).items()
    }


def _filled_in(parts: Mapping[str, MLP], params: Params, *sets: Tensor) -> list[partial[Tensor]]:
    """The networks with their own parameters filled in, functions of their input alone."""
    check_tensors.support_and_query(*sets)
    for name, value in zip(("support_x", "support_y", "query_x"), sets, strict=True):
        if not value.is_floating_point():
            raise ValueError(f"{name} must hold floating-point numbers, got {value.dtype}")
        if value.ndim != 3 or value.shape[2] != 1:
            raise ValueError(
                f"{name} must be (tasks, points, 1), one number a point, got the shape "
                f"{tuple(value.shape)}"
            )
    check_tensors.parameters("params", params)
    own: dict[str, Params] = {name: {} for name in parts}
    wanted = {
        f"{name}.{leaf}{layer}": shape
        for name, part in parts.items()
        for layer, (n_in, n_out) in enumerate(pairwise(part.sizes), start=1)
        for leaf, shape in (("W", (n_in, n_out)), ("b", (n_out,)))
    }
    for name, shape in wanted.items():
        if name not in params or tuple(params[name].shape) != shape:
            got = f"the shape {tuple(params[name].shape)}" if name in params else "none"
            raise ValueError(
                f"params must have a leaf {name} of the shape {shape}, got {got}: these are "
                "parameters of another learner"
            )
        part, _, leaf = name.partition(".")
        own[part][leaf] = params[name]
    if others := sorted(params.keys() - wanted.keys()):
        raise ValueError(f"params must have no leaf {others[0]}: this learner would not use it")
    return [partial(part, own[name]) for name, part in parts.items()]
