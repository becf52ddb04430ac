"""Learners: functions from a support set to predictions, and how good they are (notebook 02).

A learner F is called as `learner(support_x, support_y, query_x) -> query prediction`, each task on
its own. In regression all are (tasks, points, 1); a learner that sorts into classes takes x
(tasks, points, *features) and labels (tasks, points), and gives such labels. One with a knob is
made by a function of the knob.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral

import torch
from torch import Tensor

from course_utils.support.check_input import number, numbers
from course_utils.support.check_tensors import inputs, kind, sets, support_and_query
from course_utils.support.memory import give_back
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import whole_batch

Learner = Callable[[Tensor, Tensor, Tensor], Tensor]

# The λ that notebook 02 tries: ten a decade, from nearly no ridge to one that flattens every f.
KNOBS = tuple(10 ** (i / 10) for i in range(-40, 21))


def gaussian_kernel(a: Tensor, b: Tensor, width: float) -> Tensor:
    """exp(−d²/2w²) for every pair of a (tasks, n, 1) and b (tasks, m, 1): (tasks, n, m)."""
    return torch.exp(-((a - b.mT) ** 2) / (2 * width**2))


def kernel_ridge(knob: float, *, width: float = 2.0) -> Learner:
    """Kernel ridge regression with a Gaussian kernel as a learner; `knob` is its λ.

    f(x) = Σᵢ wᵢ·k(x, xᵢ) over the support points, with w = (G + λI)⁻¹ y and Gᵢⱼ = k(xᵢ, xⱼ), the
    Gram matrix (Hastie, Tibshirani & Friedman 2009, section 5.8, who call it K: here K counts
    shots). Computed in float64, since G + λI is nearly singular where λ is small.
    Raises ValueError if λ is negative or the width is not above 0; the learner does for points of
    several features, or where λ is 0 and two support points are one.
    """
    number("knob", knob, least=0)
    if number("width", width) <= 0:
        raise ValueError(f"width must be above 0, got {width!r}: it is the reach of a point")

    def learner(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
        _numbers(support_x, support_y, query_x)
        support_x, support_y, query_x = (t.double() for t in (support_x, support_y, query_x))
        ridge = knob * torch.eye(support_x.shape[1], dtype=torch.float64)
        gram = gaussian_kernel(support_x, support_x, width)
        try:
            weights = torch.linalg.solve(gram + ridge, support_y)
        except torch.linalg.LinAlgError:
            raise ValueError(
                f"knob must be above 0 where support points are as near to each other as here, got "
                f"{knob!r}: without a ridge no weights are the right ones"
            ) from None
        return gaussian_kernel(query_x, support_x, width) @ weights

    return learner


def wave_fit(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """The learner that knows sine waves: least squares on sin x and cos x, in float64.

    Its u·sin x + v·cos x is the wave A·sin(x − p), of any amplitude and phase, that lies nearest to
    the support points. One point leaves u and v open: then the smallest pair is taken. Raises
    ValueError for sets that do not fit together, or points of several features.
    """
    _numbers(support_x, support_y, query_x)
    basis, asked = (torch.cat([x.sin(), x.cos()], -1).double() for x in (support_x, query_x))
    return asked @ (torch.linalg.pinv(basis) @ support_y.double())


def _numbers(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> None:
    """Raise ValueError unless these are sets of points (tasks, points, 1)."""
    support_and_query(support_x, support_y, query_x)
    inputs("support_y", support_y)
    for name, value in (("support_x", support_x), ("query_x", query_x)):
        if value.ndim != 3 or value.shape[2] != 1:
            raise ValueError(
                f"{name} must be (tasks, points, 1), one number a point, got the shape "
                f"{tuple(value.shape)}"
            )


def task_losses(learner: Learner, tasks: TaskBatch, *, on: str = "query") -> Tensor:
    """The mean squared error lⁿ of every task, (tasks,), on its "query" or its "support" set.

    The learner sees the support set in both cases. Raises ValueError for another name of a set,
    tasks with labels or a prediction of the wrong shape.
    """
    whole_batch("tasks", tasks)
    if on not in ("query", "support"):
        raise ValueError(f"on must be 'query' or 'support', got {on!r}")
    if not callable(learner):
        raise ValueError(
            f"learner must be a function, as kernel_ridge(0.1) is, got {kind(learner)}"
        )
    if tasks.query_y.ndim != 3:
        raise ValueError(
            "tasks must be those of regression, y (tasks, points, 1), got labels "
            f"{tuple(tasks.query_y.shape)}: what is right of these is a share, no squared error"
        )
    x, y = (tasks.query_x, tasks.query_y) if on == "query" else (tasks.support_x, tasks.support_y)
    prediction = learner(tasks.support_x, tasks.support_y, x)
    if not isinstance(prediction, Tensor) or prediction.shape != y.shape:
        got = tuple(prediction.shape) if isinstance(prediction, Tensor) else kind(prediction)
        raise ValueError(
            f"learner must predict one value for each point, shape {tuple(y.shape)}, got {got}"
        )
    return ((prediction - y) ** 2).mean(dim=(1, 2))


def meta_loss(learner: Learner, tasks: TaskBatch) -> Tensor:
    """L(F): the learner's mean query loss over tasks, a scalar."""
    return task_losses(learner, tasks).mean()


def over_knobs(
    make: Callable[[float], Learner],
    knobs: Sequence[float],
    tasks: TaskBatch,
    *,
    on: str = "query",
) -> Tensor:
    """Every task's loss under every setting of a learner's knob, (knobs, tasks).

    `make(knob)` is the learner. Raises ValueError if the knobs are no list of numbers.
    """
    values = numbers("knobs", knobs, each="value to try")
    losses = torch.stack([task_losses(make(knob), tasks, on=on) for knob in values])
    give_back()
    return losses


def chosen_by_groups(losses: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """The knob that each group of `size` training tasks would choose, and what it promises.

    Parameters
    ----------
    losses
        (knobs, tasks), as `over_knobs` gives them; the tasks are cut into groups in their order, a
        remainder is left out.

    Returns
    -------
    index, promise: (groups,) each: the place of the chosen knob, and the group's mean loss there.

    Raises
    ------
    ValueError
        If `size` is below 1 or above the number of tasks.
    """
    if not isinstance(losses, Tensor) or losses.ndim != 2:
        raise ValueError(f"losses must be a tensor (knobs, tasks), got {kind(losses)}")
    n_tasks = losses.shape[1]
    if not isinstance(size, Integral) or not 1 <= size <= n_tasks:
        raise ValueError(f"size must be from 1 to {n_tasks}, the tasks here, got {size!r}")
    whole = losses[:, : n_tasks // size * size]
    promise, index = whole.unflatten(1, (-1, size)).mean(dim=2).min(dim=0)
    return index, promise


def nearest_neighbour(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """Each query point gets the label of the nearest support point: (tasks, points), int64."""
    support_and_query(support_x, support_y, query_x)
    if support_y.ndim != 2:
        raise ValueError(
            "support_y must hold labels, whole numbers (tasks, points), got "
            f"{support_y.dtype} of the shape {tuple(support_y.shape)}"
        )
    nearest = _distances(query_x, support_x).argmin(-1)
    return support_y.gather(1, nearest)


def nearest_centroid(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> Tensor:
    """Each query point gets the label of the nearest class mean: (tasks, points), int64.

    On the features of a network this is a strong few-shot learner (Snell, Swersky & Zemel 2017
    train a network for it). Raises ValueError if a label from 0 to ways − 1 is missing in a task.
    """
    support_and_query(support_x, support_y, query_x)
    return _distances(query_x, class_means(support_x, support_y)).argmin(-1)


def class_means(x: Tensor, y: Tensor) -> Tensor:
    """The mean of x (tasks, points, *features) over each class: (tasks, ways, features).

    y holds labels (tasks, points). Raises ValueError if a label from 0 to ways − 1 is missing in a
    task.
    """
    sets(x, y)
    if y.dtype != torch.int64 or y.min() < 0:
        raise ValueError(
            f"y must hold labels from 0 on of the type int64, got {y.dtype} from {y.min().item()}"
        )
    ways = int(y.max()) + 1
    member = torch.nn.functional.one_hot(y, ways).to(x.dtype)
    counts = member.sum(1)
    if not counts.all():
        raise ValueError(f"support_y must have each label from 0 to {ways - 1} in every task")
    return member.mT @ x.flatten(2) / counts[..., None]


def _distances(a: Tensor, b: Tensor) -> Tensor:
    """Distances of all pairs of a (tasks, n, ...) and b (tasks, m, ...): (tasks, n, m)."""
    if a.dtype != b.dtype:
        raise ValueError(f"query_x is {a.dtype}, support_x {b.dtype}: both must be the same")
    # Torch's quick way, by products, is inexact where points lie far from 0.
    mode = "donot_use_mm_for_euclid_dist"
    return torch.cdist(a.flatten(2), b.flatten(2), compute_mode=mode)
