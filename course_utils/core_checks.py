"""Checks of what the core is given: each raises a ValueError that names what would be right."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from course_utils.networks import Params
from course_utils.support import check_tensors
from course_utils.support.check_input import number, shown, whole_number
from course_utils.support.check_tensors import sets
from course_utils.tasks import TaskBatch

StepSize = float | Tensor | Mapping[str, float | Tensor]

NOTHING_MOVES = (
    "got a value that gives none of its leaves a gradient, so nothing would be trained: does it "
    "use another phi from outside, detach() or torch.no_grad()?"
)


def adaptation(
    phi: Params,
    x: Tensor,
    y: Tensor,
    inner_lr: StepSize,
    steps: int,
    *,
    first_order: bool = False,
) -> None:
    """Raise ValueError unless phi, leaves of shape S, can be adapted to the support sets x, y."""
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    if not isinstance(first_order, bool):
        raise ValueError(f"first_order must be True or False, got {shown(first_order)}")
    data("phi", phi, x, y)
    step_sizes(inner_lr, "phi", phi)


def each_tasks_own(
    theta: Params, x: Tensor, y: Tensor, inner_lr: StepSize
) -> Mapping[str, float | Tensor]:
    """The step size of each leaf, where every task can step from its own theta, (tasks, *S).

    Raises ValueError where it cannot: parameters without a task dimension would be moved by the
    gradients of all tasks together.
    """
    data("theta", theta, x, y)
    n_tasks = len(x)
    for name, leaf in theta.items():
        if not leaf.ndim or leaf.shape[0] != n_tasks:
            raise ValueError(
                f"theta[{name!r}] has the shape {tuple(leaf.shape)}, x has {n_tasks} tasks: each "
                "task steps from its own theta, leaves (tasks, ...). To start all at one phi use "
                "adapt or trajectory"
            )
    return step_sizes(inner_lr, "theta", theta)


def data(what: str, params: Params, x: Tensor, y: Tensor) -> None:
    """Raise ValueError unless parameters, called `what`, and a set x, y fit together.

    Parameters are a dict of floating-point tensors; x and y hold points of the same tasks, and are
    of the parameters' type of number, on their device.
    """
    check_tensors.parameters(what, params)
    sets(x, y)
    check_tensors.alike("x", x, what, params)
    if y.dtype != x.dtype or y.device != x.device:
        check_tensors.alike("y", y, what, params)


def points(params: Params) -> int:
    """How many points there are in parameters with leaves (points, *S).

    Raises ValueError if there are none, or not the same number in all leaves.
    """
    check_tensors.parameters("points", params)
    counts = {name: len(leaf) if leaf.ndim else 0 for name, leaf in params.items()}
    if 0 in counts.values() or len(set(counts.values())) > 1:
        raise ValueError(
            f"points must have leaves (points, ...) of the same number of points, one at least, "
            f"got {shown({name: tuple(leaf.shape) for name, leaf in params.items()})}"
        )
    return next(iter(counts.values()))


def directions(v: Params, params: Params, n_tasks: int) -> None:
    """Raise ValueError unless v has leaves (tasks, *S) where params has S or (tasks, *S)."""
    check_tensors.parameters("v", v)
    for name in sorted(params.keys() ^ v.keys()):
        raise ValueError(
            f"v[{name!r}] and params do not match: v has {sorted(v)}, params has {sorted(params)}"
        )
    for name, leaf in params.items():
        whole = v[name].shape
        if whole[:1] != (n_tasks,) or leaf.shape not in (whole, whole[1:]):
            raise ValueError(
                f"v[{name!r}] has the shape {tuple(whole)}, params[{name!r}] {tuple(leaf.shape)}, "
                f"x has {n_tasks} tasks: v needs a direction for each task, leaves (tasks, ...), "
                "as vectors.copies makes them"
            )


def step_sizes(inner_lr: StepSize, what: str, params: Params) -> Mapping[str, float | Tensor]:
    """The step size of each leaf of the parameters, called `what`, by its name.

    Raises ValueError for a number that is negative, a tensor that does not broadcast to its leaf, a
    dict with other names than the leaves', and anything that is not finite. A tensor may be
    negative, since a learned step size can become so.
    """
    if not isinstance(inner_lr, Mapping):
        _step_size("inner_lr", inner_lr, what, params)
        return dict.fromkeys(params, inner_lr)
    for name in sorted(params.keys() ^ inner_lr.keys()):
        raise ValueError(
            f"inner_lr[{name!r}] and {what} do not match: inner_lr has {sorted(inner_lr)}, "
            f"{what} has {sorted(params)}; a dict of step sizes needs exactly {what}'s leaves"
        )
    for name, rate in inner_lr.items():
        _step_size(f"inner_lr[{name!r}]", rate, what, {name: params[name]})
    return inner_lr


def _step_size(name: str, rate: float | Tensor, what: str, params: Params) -> None:
    if not isinstance(rate, Tensor):
        number(name, rate, least=0)
        return
    if not torch.isfinite(rate).all():
        raise ValueError(f"{name} has values that are NaN or infinite: all must be finite")
    for key, leaf in params.items():
        if rate.dtype != leaf.dtype and torch.result_type(leaf, rate) != leaf.dtype:
            raise ValueError(
                f"{name} is {rate.dtype}, {what}[{key!r}] {leaf.dtype}: a step of this size would "
                f"change the type of the leaf, write {name}.to({leaf.dtype})"
            )
        if rate.device != leaf.device and rate.ndim:
            raise ValueError(
                f"{name} is on {rate.device}, {what}[{key!r}] on {leaf.device}: both must be on "
                "the same device"
            )
        if not _broadcasts(rate.shape, leaf.shape):
            raise ValueError(
                f"{name} has the shape {tuple(rate.shape)}, {what}[{key!r}] {tuple(leaf.shape)}: "
                "a step size must broadcast to its leaf"
            )


def _broadcasts(small: torch.Size, full: torch.Size) -> bool:
    """Whether a tensor of the one shape can be broadcast to the other."""
    sizes = zip(reversed(small), reversed(full), strict=False)
    return len(small) <= len(full) and all(size in (1, whole) for size, whole in sizes)


def gradient_wanted(params: Params, inner_lr: StepSize = 0.0) -> bool:
    """Whether gradients are on and one of the leaves or step sizes requires its own."""
    rates = inner_lr.values() if isinstance(inner_lr, Mapping) else [inner_lr]
    return torch.is_grad_enabled() and any(
        isinstance(each, Tensor) and each.requires_grad for each in (*params.values(), *rates)
    )


def objective(phi: Params, batch: TaskBatch, inner_lr: StepSize = 0.0) -> None:
    """Raise ValueError unless phi can be judged on the query sets of a batch.

    Also where gradients are on and nothing requires them.
    """
    if not isinstance(batch, TaskBatch):
        raise ValueError(f"batch must be a TaskBatch, got {check_tensors.kind(batch)}")
    data("phi", phi, batch.query_x, batch.query_y)
    if torch.is_grad_enabled() and not gradient_wanted(phi, inner_lr):
        raise ValueError(
            f"phi[{next(iter(phi))!r}] does not require grad: the meta-gradient would be lost; "
            "call requires_grad_(), or evaluate under torch.no_grad()"
        )


def one_per_task(losses: Tensor, n_tasks: int) -> Tensor:
    """The losses themselves, (tasks,); ValueError if they have another shape, or are no tensor."""
    if not isinstance(losses, Tensor):
        raise ValueError(
            f"loss must return a tensor, one value a task, shape ({n_tasks},), got "
            f"{check_tensors.kind(losses)}"
        )
    if losses.shape != (n_tasks,):
        raise ValueError(
            f"loss must return one value a task, shape ({n_tasks},), got {tuple(losses.shape)}: "
            "average over points and features, not over tasks"
        )
    return losses


def one_slope_per_task(losses: Tensor, n_tasks: int) -> Tensor:
    """`one_per_task` of losses that are to be differentiated; ValueError if they cannot be."""
    if not one_per_task(losses, n_tasks).requires_grad:
        raise ValueError(
            "loss must depend on the parameters it is given, got values without a gradient: does "
            "it use other parameters, detach() or NumPy?"
        )
    return losses


def every_leaf(gradient: Mapping[str, Tensor | None]) -> Mapping[str, Tensor]:
    """The gradient itself; ValueError if the loss did not use a leaf, which then has none."""
    for name, leaf in gradient.items():
        if leaf is None:
            raise ValueError(
                f"loss does not use theta[{name!r}], so there is no gradient to move it by: leave "
                "that leaf out of the parameters, or let the loss use it"
            )
    return gradient


def training(
    phi: Params,
    iterations: int,
    meta_lr: float,
    decay: str | None,
    generator: torch.Generator | None,
    snapshots: object | None,
) -> None:
    """Raise ValueError unless phi can be trained so."""
    whole_number("iterations", iterations, least=1, why="training needs a step")
    number("meta_lr", meta_lr, least=0)
    if decay not in ("cosine", None):
        raise ValueError(f"decay must be 'cosine' or None, got {shown(decay)}")
    check_tensors.parameters("phi", phi)
    check_tensors.generator(generator)
    for name, leaf in phi.items():
        if not torch.isfinite(leaf).all():
            raise ValueError(
                f"phi[{name!r}] has values that are NaN or infinite: training starts where all are "
                "finite"
            )
    if snapshots is not None and generator is None:
        raise ValueError(
            "generator must be given with snapshots: without its state no training can be continued"
        )


def scalar(value: Tensor) -> Tensor:
    """The objective's value itself, shape (); ValueError if it is no scalar tensor."""
    if not isinstance(value, Tensor) or value.ndim:
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else shown(value)
        raise ValueError(
            f"objective must return a scalar tensor, shape (), got {got}: return the mean over "
            "tasks, as meta_loss does, and as a tensor, since its gradient is needed"
        )
    if not value.requires_grad:
        raise ValueError(f"objective must depend on the phi it is given, {NOTHING_MOVES}")
    return value


def moving(phi: Params, silent: list[str]) -> list[str]:
    """Which of these leaves still have no gradient; ValueError if no leaf of phi has one."""
    silent = [name for name in silent if phi[name].grad is None]
    if len(silent) == len(phi):
        raise ValueError(f"objective must use the phi it is given, {NOTHING_MOVES}")
    return silent


def finite(value: float, meta_steps: int) -> float:
    """The objective's value itself; FloatingPointError with a likely cause if it is not finite."""
    if math.isfinite(value):
        return value
    said = f"the objective is {value} after {meta_steps} meta-steps: most likely "
    if meta_steps == 0:  # phi is finite, and meta_lr was not used yet
        raise FloatingPointError(
            said + "inner_lr is too large and the inner steps overshoot. Try a third of it"
        )
    raise FloatingPointError(
        said
        + "meta_lr is too large and phi grew without limit, or inner_lr is and the inner steps "
        "overshoot. Try a third of one, then of the other"
    )
