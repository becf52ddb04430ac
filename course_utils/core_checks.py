"""Checks of what the core is given: each raises a ValueError that names what would be right."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from course_utils.networks import Params
from course_utils.support import check_tensors
from course_utils.support.check_input import number, shown, whole_number
from course_utils.support.check_tensors import sets
from course_utils.support.snapshots import Snapshots
from course_utils.tasks.batch import whole_batch as whole_batch

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
    if not _plainly_fit(params, x, y):
        check_tensors.parameters(what, params)
        sets(x, y)
        check_tensors.alike("x", x, what, params)
        check_tensors.alike("y", y, what, params)


def _plainly_fit(params: Params, x: Tensor, y: Tensor) -> bool:
    """Whether there is nothing to be said of data and parameters: a quick look, at each step."""
    try:
        dtype, device = x.dtype, x.device
        return (
            type(params) is dict
            and len(params) > 0
            and all(
                isinstance(leaf, Tensor) and leaf.dtype is dtype and leaf.device == device
                for leaf in params.values()
            )
            and dtype.is_floating_point
            and y.device == device
            and ((y.ndim > 2 and y.dtype is dtype) or (y.ndim == 2 and y.dtype is torch.int64))
            and x.ndim > 2
            and x.shape[:2] == y.shape[:2]
        )
    except AttributeError:
        return False


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
    if not torch.isfinite(rate).all():
        raise ValueError(f"{name} has values that are NaN or infinite: all must be finite")


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


def one_per_task(losses: Tensor, n_tasks: int) -> Tensor:
    """The losses themselves, (tasks,); ValueError if they have another shape, or are no tensor."""
    if not isinstance(losses, Tensor) or not losses.is_floating_point():
        got = losses.dtype if isinstance(losses, Tensor) else check_tensors.kind(losses)
        raise ValueError(
            f"loss must return a tensor, one value a task, shape ({n_tasks},), of floating-point "
            f"numbers, got {got}"
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


def no_gradient_lost(losses: Tensor, n_tasks: int, phi: Params) -> Tensor:
    """`one_per_task` of losses at phi; ValueError if gradients are on and phi would get none."""
    if not torch.is_grad_enabled():
        return one_per_task(losses, n_tasks)
    if one_per_task(losses, n_tasks).requires_grad or gradient_wanted(phi):
        return one_slope_per_task(losses, n_tasks)
    raise ValueError(
        f"phi[{next(iter(phi))!r}] does not require grad: the meta-gradient would be lost; "
        "call requires_grad_(), or evaluate under torch.no_grad()"
    )


def every_leaf(gradient: Mapping[str, Tensor | None]) -> Mapping[str, Tensor]:
    """The gradient itself; ValueError if the loss did not use a leaf, which then has none."""
    for name, leaf in gradient.items():
        if leaf is None:
            raise ValueError(
                f"loss does not use theta[{name!r}], so there is no gradient to move it by: leave "
                "that leaf out of the parameters, or let the loss use it"
            )
    return gradient


def trainable(objective: Callable, tasks: object) -> None:
    """Raise ValueError unless there is a function to minimise and a family to draw tasks from."""
    if not callable(objective):
        raise ValueError(
            "objective must be a function of (phi, batch), got "
            f"{check_tensors.kind(objective)}: write lambda phi, batch: ..."
        )
    try:
        inspect.signature(objective).bind("phi", "batch")
    except TypeError as error:
        raise ValueError(
            f"objective must be a function of (phi, batch), got {shown(objective)}, which cannot "
            f"be called so ({error}): write lambda phi, batch: ..."
        ) from None
    except ValueError:  # Python does not know what it takes
        pass
    if isinstance(tasks, type) or not callable(getattr(tasks, "sample", None)):
        raise ValueError(
            "tasks must be a family that tasks are drawn from, say Sinusoids(), got "
            f"{check_tensors.kind(tasks)}"
        )


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
    if snapshots is not None and not isinstance(snapshots, Snapshots):
        raise ValueError(
            f"snapshots must be a Snapshots, got {shown(snapshots)}: write "
            'Snapshots("name.pt", settings="what the training depends on")'
        )
    if snapshots is not None and generator is None:
        raise ValueError(
            "generator must be given with snapshots: without its state no training can be continued"
        )


def scalar(value: Tensor) -> Tensor:
    """The objective's value itself, shape (); ValueError if it is no scalar tensor."""
    if isinstance(value, Tensor) and not value.is_floating_point():
        raise ValueError(f"objective must return a floating-point number, got {value.dtype}")
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
    if not silent:
        return silent
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
