"""Exercise 3 of notebook 09, steps without a w: what is right, and what else is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from course_utils import linear_attention
from course_utils.exercises import Case, Function, Mistake
from course_utils.tasks import LinearTasks

WATCHED = (3, 8, 0.25, 4)  # a case of several steps, in which a w would show


def _case(inputs: int, shots: int, alpha: float, steps: int) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(10 * inputs + shots)
    tasks = LinearTasks(inputs).sample(3, shots=shots, queries=4, generator=generator)
    return tasks.support_x, tasks.support_y, tasks.query_x, alpha, steps


def _steps_of_w(support_x, support_y, query_x, alpha, steps):
    """Steps of w, as the package takes them."""
    return linear_attention.gradient_answer(support_x, support_y, query_x, alpha=alpha, steps=steps)


def _layers(
    support_x: Tensor,
    support_y: Tensor,
    query_x: Tensor,
    alpha: float,
    steps: int,
    *,
    fits: Callable[[Tensor, Tensor], Tensor] = lambda query, key: query @ key.mT / key.shape[1],
    left_is: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda left, said, y: left - said,
    last_alone: bool = False,
    late: bool = False,
) -> Tensor:
    """Layers of attention in which something may be otherwise than it should be."""
    left, answer = support_y, torch.zeros_like(query_x[..., :1])
    for _ in range(steps):
        after = left_is(left, alpha * fits(support_x, support_x) @ left, support_y)
        said = alpha * fits(query_x, support_x) @ (after if late else left)
        answer = said if last_alone else answer + said
        left = after
    return answer


def _same_y(support_x, support_y, query_x, alpha, steps):
    return steps * _steps_of_w(support_x, support_y, query_x, alpha, 1)


def _without_half(support_x, support_y, query_x, alpha, steps):
    return _steps_of_w(support_x, support_y, query_x, 2 * alpha, steps)


def _without_alpha(support_x, support_y, query_x, alpha, steps):
    return _steps_of_w(support_x, support_y, query_x, 1.0, steps)


def _more(count, support_x, support_y, query_x, alpha, steps):
    if steps + count == 0:
        return torch.zeros_like(query_x[..., :1])
    return _steps_of_w(support_x, support_y, query_x, alpha, steps + count)


def _other_alpha_for_left(other: Callable[[float], float]) -> Callable[..., Tensor]:
    """The answers have α, and what is taken from the support points' y has another."""

    def answer(support_x, support_y, query_x, alpha, steps):
        def left_is(left, said, y):
            return left - other(alpha) / alpha * said

        return _layers(support_x, support_y, query_x, alpha, steps, left_is=left_is)

    return answer


def _queries_seen(support_x, support_y, query_x, alpha, steps):
    """Queries are among the points to look at, with what is left of a y of 0."""
    shots = support_x.shape[1]
    x = torch.cat([support_x, query_x], 1)
    left = torch.cat([support_y, torch.zeros_like(query_x[..., :1])], 1)
    for _ in range(steps):
        left = left - alpha / shots * x @ x.mT @ left
    return -left[:, shots:]


def _direction(vectors: Tensor) -> Tensor:
    """The sizes of a vector's numbers in order, scaled to the length 1: (..., numbers)."""
    return torch.nn.functional.normalize(vectors.abs().sort(-1).values, dim=-1)


class _Watch(TorchFunctionMode):
    """Whether a tensor that is worked with holds one of some vectors, or all tasks' together.

    Each is (tasks, inputs).
    """

    def __init__(self, of_tasks: list[Tensor]):
        super().__init__()
        self.inputs = of_tasks[0].shape[1]
        self.each = _direction(torch.cat(of_tasks))
        self.together = _direction(torch.stack(of_tasks).flatten(1))
        self.seen = False

    def __torch_function__(self, called, types, args=(), kwargs=None):
        result = called(*args, **(kwargs or {}))
        for tensor in (*args, result):
            self.seen = self.seen or (isinstance(tensor, Tensor) and self._has(tensor))
        return result

    def _has(self, tensor: Tensor) -> bool:
        if not tensor.is_floating_point():
            return False
        numbers = tensor.detach().flatten().double()
        return any(
            numbers.numel() % known.shape[1] == 0
            and bool(
                (torch.cdist(_direction(numbers.view(-1, known.shape[1])), known) < 1e-4).any()
            )
            for known in (self.each, self.together)
        )


def _keeps_w(answer: Callable[..., Tensor]) -> bool:
    """Whether an answer computes the w of a later step: all that the steps before have added up.

    What one step adds stands in `support_x.mT @ left` as well, which is attention with its
    parentheses set otherwise: after the first step, w is that and no more.
    """
    x, y, query, alpha, steps = _case(*WATCHED)
    w, later = torch.zeros_like(x[:, :1].mT, dtype=torch.float64), []
    for _ in range(steps):
        w = w + alpha / x.shape[1] * x.double().mT @ (y.double() - x.double() @ w)
        later.append(w[..., 0])
    with _Watch(later[1:]) as watch:
        answer(x, y, query, alpha, steps)
    return watch.seen


attention_steps = Function(
    "attention_steps",
    title="steps without a w",
    notebook="09",
    answer=_layers,
    cases=(
        Case("one step, one input, five points", partial(_case, 1, 5, 0.3, 1)),
        Case("two steps, three inputs, six points", partial(_case, 3, 6, 0.4, 2)),
        Case("four steps, three inputs, eight points", partial(_case, *WATCHED)),
    ),
    mistakes=(
        Mistake(
            "the same y in each layer",
            "Each layer says what the first one said: all read y as it came. That is one "
            "step, `steps` times as large. What has a second step still to explain?",
            _same_y,
        ),
        Mistake(
            "last layer alone",
            "You answer with what the last layer says. It says only what its own step adds; the "
            "layers before it have spoken, too.",
            partial(_layers, last_alone=True),
        ),
        Mistake(
            "what is left grows",
            "After each layer you add what was explained to the y instead of taking it away. So "
            "what is left grows, and every layer says more than the one before.",
            partial(_layers, left_is=lambda left, said, y: left + said),
        ),
        Mistake(
            "explained for left",
            "Your second layer reads what the first has explained of each y. It is to read what "
            "is left of it.",
            partial(_layers, left_is=lambda left, said, y: said),
        ),
        Mistake(
            "taken from the first y",
            "In each layer you take what was explained from y as it came. From the third layer on "
            "that forgets what the layers before have explained: take it from what was left.",
            partial(_layers, left_is=lambda left, said, y: y - said),
        ),
        Mistake(
            "one layer late",
            "In each layer the support points are updated first, and the queries then read what is "
            "left after it. Both must read the same values, those from before the layer.",
            partial(_layers, late=True),
        ),
        Mistake(
            "sum for mean",
            "Your layers add up over the support points. The loss is a mean over them, so a step "
            "must not grow with their number.",
            partial(_layers, fits=lambda query, key: query @ key.mT),
        ),
        Mistake(
            "divided by the tasks",
            "You divide by the number of tasks, which is what `len` says of these tensors. The "
            "mean is over the support points of a task: which dimension are they?",
            partial(_layers, fits=lambda query, key: query @ key.mT / len(key)),
        ),
        Mistake(
            "α forgotten",
            "These are steps of size 1, whatever `alpha` says.",
            _without_alpha,
        ),
        Mistake(
            "α forgotten in what is left",
            "The answers have α in them. What you take from the y of the support points has not: "
            "they are to be explained by the same step.",
            _other_alpha_for_left(lambda alpha: 1.0),
        ),
        Mistake(
            "α twice in what is left",
            "What you take from the y of the support points has α in it twice. They are to be "
            "explained by the same step as the queries.",
            _other_alpha_for_left(lambda alpha: alpha**2),
        ),
        Mistake(
            "divided by the inputs",
            "You divide by the number of inputs, the last dimension. The mean is over the support "
            "points: which dimension are they?",
            partial(_layers, fits=lambda query, key: query @ key.mT / key.shape[2]),
        ),
        Mistake(
            "divided by the queries",
            "You divide by the number of queries. The mean is over the support points: the error "
            "that the steps make smaller is theirs.",
            lambda x, y, q, *how: _layers(x, y, q, *how, fits=lambda a, b: a @ b.mT / q.shape[1]),
        ),
        Mistake(
            "the half forgotten",
            "Your steps are twice as large as they should be. The loss is half of the mean "
            "squared error, so its gradient has no factor 2.",
            _without_half,
        ),
        Mistake(
            "softmax",
            "You put the fits through a softmax, so they are shares: none is negative, and they "
            "sum to 1. In a gradient step a point on the other side of 0 counts with the other "
            "sign.",
            partial(_layers, fits=lambda query, key: (query @ key.mT).softmax(-1)),
        ),
        Mistake(
            "the root of d left in",
            "You divide the fits by the root of the number of inputs. Attention with a softmax "
            "does so, to keep the fits small; a gradient step has no such factor.",
            partial(
                _layers,
                fits=lambda q, key: q @ key.mT / key.shape[1] / key.shape[2] ** 0.5,
            ),
        ),
        Mistake(
            "queries are looked at",
            "From the second layer on your queries are among the points that are looked at. They "
            "have no y to learn from: only the support points may be keys.",
            _queries_seen,
        ),
        Mistake(
            "always one layer",
            "This is one layer, whatever `steps` says.",
            lambda x, y, q, alpha, steps: _steps_of_w(x, y, q, alpha, 1),
        ),
        Mistake(
            "a layer too many",
            "There is one layer more than `steps` says.",
            partial(_more, 1),
        ),
        Mistake(
            "a layer too few",
            "There is one layer less than `steps` says: with one step, nothing is answered yet.",
            partial(_more, -1),
        ),
    ),
    watched=(
        (
            Mistake(
                "a w is kept",
                "The numbers are right, and your code gets them from a w that grows step by step. "
                "That is the inner loop itself. Let each layer say what its step adds to the "
                "answers, and keep what is left of each y.",
                _steps_of_w,
            ),
            _keeps_w,
        ),
    ),
    means="The numbers are those of the inner loop, and no w was seen on the way: attention has "
    "run it, a layer for each step. So a network can do this; that a trained one does is another "
    "claim.",
    returns="a tensor (tasks, queries, 1)",
)
