"""One layer of linear self-attention is one gradient step (von Oswald et al. 2023).

Linear regression, y ≈ w·x, from w = 0 on the loss ½·mean((w·xᵢ − yᵢ)²): a step of size α gives
w = (α/n) Σ yᵢ xᵢ, and answers a query q with (α/n) Σ yᵢ (xᵢ·q). That is attention without a
softmax: the query looks at every xᵢ, weighs it by xᵢ·q and takes its value yᵢ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from course_utils.networks import Params
from course_utils.support import check_tensors
from course_utils.support.check_input import number, room_for, shown, whole_number
from course_utils.tasks import TaskBatch


class Weights(NamedTuple):
    """The four matrices of a layer, (d + 1, d + 1) each: query, key, value and projection."""

    query: Tensor
    key: Tensor
    value: Tensor
    projection: Tensor


def attend(tokens: Tensor, weights: Weights, shots: int) -> Tensor:
    """One layer of linear self-attention, von Oswald et al. 2023, equation 2, on row vectors.

    Every token looks at the first `shots` tokens, the support points: tokens (tasks, points, d + 1)
    in and out. No softmax, no mask. Raises ValueError unless shots is from 1 to points.
    """
    whole_number("shots", shots, least=1, why="attention needs a point to look at")
    if shots > tokens.shape[1]:
        raise ValueError(f"shots must be at most {tokens.shape[1]}, the tokens, got {shots}")
    query, key, value, projection = weights
    seen = tokens[:, :shots]
    return tokens + ((tokens @ query) @ (seen @ key).mT @ (seen @ value)) @ projection


def step_weights(
    inputs: int, shots: int, alpha: float, *, dtype: torch.dtype | None = None
) -> Weights:
    """The weights with which `attend` is a gradient step of size α, for x of so many inputs.

    Von Oswald et al. 2023, proposition 1, from w = 0. Queries and keys read x, values read what is
    left of y. Raises ValueError if a count is below 1, the weights would be too large
    for memory, alpha is not finite, or the type is none of floating-point numbers.
    """
    whole_number("inputs", inputs, least=1, why="x needs an entry")
    whole_number("shots", shots, least=1, why="attention needs a point to look at")
    number("alpha", alpha)
    room_for(4 * (int(inputs) + 1) ** 2, "the weights", inputs=inputs)
    if dtype is not None and not dtype.is_floating_point:
        raise ValueError(f"dtype must be a floating-point type, got {dtype}")
    take_x = torch.diag(torch.tensor([1.0] * inputs + [0.0], dtype=dtype))
    take_y = torch.diag(torch.tensor([0.0] * inputs + [1.0], dtype=dtype))
    return Weights(take_x, take_x, take_y, -alpha / shots * torch.eye(inputs + 1, dtype=dtype))


def tokens_of(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """The tokens (x, y) of the support points and (q, 0) of the queries: (tasks, points, d + 1).

    Raises ValueError for sets that do not fit together.
    """
    _linear_sets(support_x, support_y, query_x)
    support = torch.cat([support_x, support_y], -1)
    queries = torch.cat([query_x, torch.zeros_like(query_x[..., :1])], -1)
    return torch.cat([support, queries], 1)


def attention_answer(
    support_x: Tensor, support_y: Tensor, query_x: Tensor, *, alpha: float, layers: int = 1
) -> Tensor:
    """What the constructed layers answer, (tasks, queries, 1): minus the last entry of a query.

    Each layer takes from every last entry what one step more explains of it. Raises ValueError as
    `tokens_of` and `step_weights` do.
    """
    tokens, shots = tokens_of(support_x, support_y, query_x), support_x.shape[1]
    whole_number("layers", layers, least=1, why="attention is a layer")
    weights = step_weights(support_x.shape[2], shots, alpha, dtype=support_x.dtype)
    for _ in range(layers):
        tokens = attend(tokens, weights, shots)
    return -tokens[:, shots:, -1:]


def gradient_answer(
    support_x: Tensor, support_y: Tensor, query_x: Tensor, *, alpha: float, steps: int = 1
) -> Tensor:
    """What w answers after so many gradient steps from w = 0, (tasks, queries, 1).

    The loss is ½·mean((w·xᵢ − yᵢ)²) over the support points. Raises ValueError for sets that do not
    fit together, no step, or an alpha that is not finite.
    """
    _linear_sets(support_x, support_y, query_x)
    whole_number("steps", steps, least=1, why="it counts gradient steps")
    number("alpha", alpha)
    w = torch.zeros_like(support_x[:, :1]).mT
    for _ in range(steps):
        w = w - alpha * support_x.mT @ (support_x @ w - support_y) / support_x.shape[1]
    return query_x @ w


def best_step(inputs: int, shots: int) -> float:
    """The best α of one step, n/(n + d + 1), where x and w are drawn from N(0, 1).

    From E‖(I − αŜ)w‖² = d·(1 − 2α + α²(n + d + 1)/n) with Ŝ = mean(xᵢxᵢᵀ). Raises ValueError if a
    count is below 1.
    """
    whole_number("inputs", inputs, least=1, why="x needs an entry")
    whole_number("shots", shots, least=1, why="a step needs a point")
    return shots / (shots + inputs + 1)


@dataclass(frozen=True)
class LinearAttention:
    """A layer whose matrices are learned; make one with `linear_attention`.

    `attend` uses only the products A = query·keyᵀ and B = value·projection: these are its leaves.
    """

    inputs: int

    def init(self, generator: torch.Generator | None = None) -> Params:
        """Draw A and B, (d + 1, d + 1) each, from N(0, 0.1²)."""
        check_tensors.generator(generator)
        size = (self.inputs + 1, self.inputs + 1)
        return {name: 0.1 * torch.randn(size, generator=generator) for name in "AB"}

    def __call__(
        self, params: Params, support_x: Tensor, support_y: Tensor, query_x: Tensor
    ) -> Tensor:
        """The answers (tasks, queries, 1).

        Raises ValueError for sets that do not fit together or to the layer's inputs, and for
        parameters that are not the layer's.
        """
        tokens, shots = tokens_of(support_x, support_y, query_x), support_x.shape[1]
        if support_x.shape[2] != self.inputs:
            raise ValueError(
                f"support_x must have {self.inputs} inputs, as the layer has, got "
                f"{support_x.shape[2]}: write linear_attention({support_x.shape[2]})"
            )
        check_tensors.parameters("params", params)
        wanted = dict.fromkeys("AB", (self.inputs + 1,) * 2)
        got = {name: tuple(leaf.shape) for name, leaf in params.items()}
        if got != wanted:
            raise ValueError(f"params must have leaves of the shapes {wanted}, got {shown(got)}")
        same = torch.eye(tokens.shape[2], dtype=tokens.dtype)
        # The mean, not the sum, over support points: so A and B do not depend on their number.
        weights = Weights(params["A"], same, params["B"], same / shots)
        return -attend(tokens, weights, shots)[:, shots:, -1:]


def linear_attention(inputs: int) -> LinearAttention:
    """A linear self-attention layer for x of so many inputs; ValueError if that is below 1."""
    whole_number("inputs", inputs, least=1, why="x needs an entry")
    room_for(2 * (int(inputs) + 1) ** 2, "a layer", inputs=inputs)
    return LinearAttention(inputs)


@torch.no_grad()
def step_size_of(learner: LinearAttention, params: Params, batch: TaskBatch) -> float:
    """The α that a trained layer's answers have: their slope against q·mean(xᵢyᵢ).

    Least squares through 0 over all queries of a batch. Entries of A or B do not tell: with one
    input x and y may exchange their roles in them. Raises ValueError where that slope is open,
    all support y being 0.
    """
    answer = learner(params, batch.support_x, batch.support_y, batch.query_x)
    one = gradient_answer(batch.support_x, batch.support_y, batch.query_x, alpha=1.0)
    if not one.any():
        raise ValueError("batch must have support y that are not 0: all steps answer 0 there")
    return float((answer * one).sum() / (one * one).sum())


def _linear_sets(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> None:
    check_tensors.support_and_query(support_x, support_y, query_x)
    types = {part.dtype for part in (support_x, support_y, query_x)}
    if len(types) > 1 or not support_x.is_floating_point():
        raise ValueError(
            "support_x, support_y and query_x must be of one floating-point type, got "
            f"{support_x.dtype}, {support_y.dtype} and {query_x.dtype}"
        )
    for name, value in (("support_x", support_x), ("support_y", support_y)):
        if value.ndim != 3 or (name == "support_y" and value.shape[2] != 1):
            raise ValueError(
                f"{name} must be (tasks, points, {'1' if name == 'support_y' else 'inputs'}), got "
                f"the shape {tuple(value.shape)}"
            )
