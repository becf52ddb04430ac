"""Exercise 1 of notebook 09, a wave of any height: what is right, and what else is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import in_context
from course_utils.exercises import Case, Function, Mistake
from course_utils.notebook_09 import kinds
from course_utils.tasks import Sinusoids


def bending(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """A learner that has learned nothing: bent y, those near the query counting most."""
    near = (-((query_x - support_x.mT) ** 2)).softmax(-1)
    return 2 * near @ (support_y / 2).tanh()


def set_encoder(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """The stored set encoder; a function with a name, as a card shows it."""
    return kinds.reader("set encoder")(support_x, support_y, query_x)


def _tall_waves() -> tuple[Any, ...]:
    waves = Sinusoids(amplitude=(5.0, 10.0)).sample(
        3, shots=5, queries=6, generator=torch.Generator().manual_seed(0)
    )
    return set_encoder, waves.support_x, waves.support_y, waves.query_x


def _points(seed: int, tasks: int, shots: int, high: float) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(seed)
    support_x, query_x = (torch.randn(tasks, n, 1, generator=generator) for n in (shots, 4))
    unit = torch.arange(1.0, tasks + 1)[:, None, None]
    y = unit * (high + torch.randn(tasks, shots, 1, generator=generator))
    return bending, support_x, y, query_x


def _unscaled(answer: Callable[..., Tensor], *args: Any) -> Tensor:
    with torch.no_grad():
        return answer(*args)


def _scaled(learner, support_x, support_y, query_x):
    """By the package, which takes a learner that has parameters."""

    class Made:
        def init(self, generator=None):
            return {}

        def __call__(self, params, *sets):
            return learner(*sets)

    return in_context.scaled(Made())({}, support_x, support_y, query_x)


def _by(size: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """As is right, but with another size of y."""

    def answer(learner, support_x, support_y, query_x):
        unit = size(support_y)
        return unit * learner(support_x, support_y / unit, query_x)

    return answer


def _size(y: Tensor) -> Tensor:
    return y.square().mean(1, keepdim=True).sqrt()


def _deviation(y: Tensor, by: int) -> Tensor:
    """The standard deviation of each task's y; nan, and no warning, where it is not defined."""
    apart = (y - y.mean(1, keepdim=True)).square()
    return (apart.sum(1, keepdim=True) / (y.shape[1] + by)).sqrt()


def _not_back(learner, support_x, support_y, query_x):
    return learner(support_x, support_y / _size(support_y), query_x)


def _not_divided(learner, support_x, support_y, query_x):
    return _size(support_y) * learner(support_x, support_y, query_x)


def _divided_twice(learner, support_x, support_y, query_x):
    return learner(support_x, support_y / _size(support_y), query_x) / _size(support_y)


def _multiplied_twice(learner, support_x, support_y, query_x):
    return _size(support_y) * _scaled(learner, support_x, support_y, query_x)


def _wrong_way_round(learner, support_x, support_y, query_x):
    return learner(support_x, support_y * _size(support_y), query_x) / _size(support_y)


def _mean_taken_off(learner, support_x, support_y, query_x):
    """Made to mean 0 and deviation 1, and brought back."""
    middle, unit = support_y.mean(1, keepdim=True), _deviation(support_y, -1)
    return middle + unit * learner(support_x, (support_y - middle) / unit, query_x)


def _moved_and_divided(learner, support_x, support_y, query_x):
    """The mean taken off and brought back, in the right unit."""
    middle, unit = support_y.mean(1, keepdim=True), _size(support_y)
    return middle + unit * learner(support_x, (support_y - middle) / unit, query_x)


def _x_as_well(learner, support_x, support_y, query_x):
    unit = _size(support_y)
    return unit * learner(support_x / unit, support_y / unit, query_x / unit)


scaled = Function(
    "scaled",
    title="a wave of any height",
    notebook="09",
    answer=_scaled,
    call=_unscaled,
    cases=(
        Case("three tall waves, read by the set encoder", _tall_waves),
        Case("four tasks of six points that all lie high", partial(_points, 1, 4, 6, 3.0)),
        Case("two tasks of a single point", partial(_points, 2, 2, 1, 1.0)),
    ),
    mistakes=(
        Mistake(
            "one unit for all tasks",
            "You divide all tasks by one number, a mean over tasks as well as points. In a batch "
            "of small and tall waves it fits none of them. Over which dimension is the mean to go?",
            _by(lambda y: y.square().mean().sqrt()),
        ),
        Mistake(
            "standard deviation",
            "You divide by the standard deviation. It takes the mean off first: points that all "
            "lie high then have hardly a size, and with a single point it is not defined.",
            _by(partial(_deviation, by=-1)),
        ),
        Mistake(
            "standard deviation, by n",
            "You divide by a standard deviation (with n, not n − 1). It takes the mean off first: "
            "points that all lie high then have hardly a size, and a single point has none.",
            _by(partial(_deviation, by=0)),
        ),
        Mistake(
            "mean taken off",
            "You take the mean off, divide by the standard deviation, and bring both back. So what "
            "the learner reads is another wave, moved up or down; a new unit was asked for alone.",
            _mean_taken_off,
        ),
        Mistake(
            "mean taken off beside the unit",
            "Your unit is right, but you also take the mean off and bring it back. So what the "
            "learner reads is another wave, moved up or down.",
            _moved_and_divided,
        ),
        Mistake(
            "mean of y",
            "You divide by the mean of y. What is below 0 cancels what is above, so it may be near "
            "0 for a tall wave, or turn it round. Take squares first.",
            _by(lambda y: y.mean(1, keepdim=True)),
        ),
        Mistake(
            "the wrong way round",
            "You multiply on the way in and divide on the way out: a tall wave is made taller "
            "still for the learner.",
            _wrong_way_round,
        ),
        Mistake(
            "not brought back",
            "The learner's answer is still in the small unit. What was divided going in must be "
            "undone coming out.",
            _not_back,
        ),
        Mistake(
            "not divided",
            "You multiply the answer, but the learner was given y as they are: tall waves are as "
            "strange to it as before, and its answer is then blown up.",
            _not_divided,
        ),
        Mistake(
            "divided on the way back",
            "You divide on the way in and again on the way out. Does a taller wave have a smaller "
            "answer?",
            _divided_twice,
        ),
        Mistake(
            "multiplied twice",
            "You divide once and multiply twice, or by a square. What takes y into the new unit "
            "takes the answer back, once.",
            _multiplied_twice,
        ),
        Mistake(
            "root forgotten",
            "You divide by the mean square. Its unit is that of y times y, so a wave of twice the "
            "height is made half as tall instead of equal. What is missing?",
            _by(lambda y: y.square().mean(1, keepdim=True)),
        ),
        Mistake(
            "sum of squares",
            "You take the root of the sum of squares: that grows with the number of points, so "
            "the same wave has another unit when there are more of them.",
            _by(lambda y: y.square().sum(1, keepdim=True).sqrt()),
        ),
        Mistake(
            "largest y",
            "You divide by the largest |y|. It is a unit as well, but one that hangs on a single "
            "point; the root mean square was asked for.",
            _by(lambda y: y.abs().amax(1, keepdim=True)),
        ),
        Mistake(
            "half the range",
            "You divide by half of the way from the lowest y to the highest. From five points of a "
            "wave that is its height only by luck; and the root mean square was asked for.",
            _by(lambda y: (y.amax(1, keepdim=True) - y.amin(1, keepdim=True)) / 2),
        ),
        Mistake(
            "mean of |y|",
            "You divide by the mean of |y|. A root mean square takes squares first, so that large "
            "values count for more.",
            _by(lambda y: y.abs().mean(1, keepdim=True)),
        ),
        Mistake(
            "x divided too",
            "You divide x as well. Only the height is in another unit; where a wave's points stand "
            "must stay.",
            _x_as_well,
        ),
    ),
    means="Your learner cannot care for the height any more: whatever it is given, twice the y "
    "have twice the answer. That did not need to be learned.",
    returns="a tensor with the shape of query_x",
)
