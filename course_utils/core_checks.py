"""Checks of what the core is given: each raises a ValueError that names what would be right."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from course_utils.networks import Params
from course_utils.support.check_input import number, whole_number

StepSize = float | Tensor | Mapping[str, float | Tensor]


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
        raise ValueError(f"first_order must be True or False, got {first_order!r}")
    leaves("phi", phi)
    sets(x, y)
    step_sizes(inner_lr, "phi", phi)


def each_tasks_own(
    theta: Params, x: Tensor, y: Tensor, inner_lr: StepSize
) -> Mapping[str, float | Tensor]:
    """The step size of each leaf, where every task can step from its own theta, (tasks, *S).

    Raises ValueError where it cannot: parameters without a task dimension would be moved by the
    gradients of all tasks together.
    """
    leaves("theta", theta)
    sets(x, y)
    n_tasks = len(x)
    for name, leaf in theta.items():
        if not leaf.ndim or leaf.shape[0] != n_tasks:
            raise ValueError(
                f"theta[{name!r}] has the shape {tuple(leaf.shape)}, x has {n_tasks} tasks: each "
                "task steps from its own theta, leaves (tasks, ...). To start all at one phi use "
                "adapt or trajectory"
            )
    return step_sizes(inner_lr, "theta", theta)


def leaves(what: str, params: Params) -> None:
    """Raise ValueError unless the parameters, called `what`, are floating-point tensors."""
    if not params:
        raise ValueError(f"{what} must have at least one leaf, got an empty dict")
    for name, leaf in params.items():
        if not isinstance(leaf, Tensor) or not leaf.is_floating_point():
            got = leaf.dtype if isinstance(leaf, Tensor) else f"{leaf!r:.60}"
            raise ValueError(
                f"{what}[{name!r}] must be a tensor of floating-point numbers, got {got}"
            )


def sets(x: Tensor, y: Tensor) -> None:
    """Raise ValueError unless x and y are (tasks, points, ...) of the same tasks."""
    if x.ndim < 2 or not y.ndim or x.shape[0] != y.shape[0]:
        raise ValueError(
            f"x has the shape {tuple(x.shape)}, y {tuple(y.shape)}: both must start with "
            "(tasks, points), as many tasks in y as in x"
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


def no_gradient_lost(phi: Params, inner_lr: StepSize = 0.0) -> None:
    """Raise ValueError where gradients are on and nothing requires them."""
    leaves("phi", phi)
    if torch.is_grad_enabled() and not gradient_wanted(phi, inner_lr):
        raise ValueError(
            f"phi[{next(iter(phi))!r}] does not require grad: the meta-gradient would be lost; "
            "call requires_grad_(), or evaluate under torch.no_grad()"
        )


def one_per_task(losses: Tensor, n_tasks: int) -> Tensor:
    """The losses themselves, (tasks,); ValueError if they have another shape."""
    if losses.shape != (n_tasks,):
        raise ValueError(
            f"loss must return one value a task, shape ({n_tasks},), got {tuple(losses.shape)}: "
            "average over points and features, not over tasks"
        )
    return losses


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
        raise ValueError(f"decay must be 'cosine' or None, got {decay!r}")
    leaves("phi", phi)
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
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"{value!r:.60}"
        raise ValueError(
            f"objective must return a scalar tensor, shape (), got {got}: return the mean over "
            "tasks, as meta_loss does, and as a tensor, since its gradient is needed"
        )
    return value


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
