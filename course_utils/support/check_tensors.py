"""Checks of tensors, each a ValueError that names the argument, what it is and what is right.

The data of a set are x, (tasks, points, features...), and y: floating-point values, shaped as x is,
or class labels, whole numbers (tasks, points). Where a dimension was forgotten torch would often
broadcast what is left, and compute something else without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import torch
from torch import Tensor

from course_utils.support.check_input import shown


def sets(x: Tensor, y: Tensor) -> None:
    """Raise ValueError unless x and y hold points of the same tasks."""
    inputs("x", x)
    outputs("y", y)
    if x.shape[:2] != y.shape[:2]:
        raise ValueError(
            f"x has the shape {tuple(x.shape)}, y {tuple(y.shape)}: both must start with "
            "(tasks, points), as many tasks in y as in x, and a y for each x"
        )


def inputs(name: str, x: Tensor) -> None:
    """Raise ValueError unless x, called `name`, is a tensor (tasks, points, features...)."""
    if not isinstance(x, Tensor):
        raise ValueError(
            f"{name} must be a tensor (tasks, points, ...), got {kind(x)}: "
            "write torch.as_tensor(..., dtype=torch.float32)"
        )
    if x.is_complex():
        raise ValueError(f"{name} must hold real numbers, got {x.dtype}: write {name}.real")
    if x.ndim < 3:
        raise ValueError(
            f"{name} must be a tensor (tasks, points, ...) with features last, got the shape "
            f"{tuple(x.shape)}{_what_would_be_right(name, x)}"
        )


def outputs(name: str, y: Tensor) -> None:
    """Raise ValueError unless y, called `name`, is like x, or class labels (tasks, points)."""
    if not isinstance(y, Tensor) or y.is_floating_point() or y.is_complex():
        inputs(name, y)
    elif y.ndim != 2:
        raise ValueError(
            f"{name} has whole numbers and the shape {tuple(y.shape)}: whole numbers are class "
            f"labels, (tasks, points); values to be predicted are {name}.float()"
        )


def support_and_query(support_x: Tensor, support_y: Tensor, query_x: Tensor) -> None:
    """Raise ValueError unless a learner can be called with these sets of the same tasks."""
    sets(support_x, support_y)
    inputs("query_x", query_x)
    if len(query_x) != len(support_x):
        raise ValueError(
            f"query_x has {len(query_x)} tasks, support_x has {len(support_x)}: each task is "
            "judged on its own query set"
        )
    if query_x.shape[2:] != support_x.shape[2:]:
        raise ValueError(
            f"query_x has points of the shape {tuple(query_x.shape[2:])}, support_x of "
            f"{tuple(support_x.shape[2:])}: both must be the same"
        )


def _what_would_be_right(name: str, value: Tensor) -> str:
    if value.ndim == 2:
        first, second = value.shape
        return (
            f": write {name}[..., None] for {first} tasks of {second} points (one-shot tasks have "
            f"1), {name}[None] for a single task of {first} points"
        )
    if value.ndim == 1:
        return (
            f": write {name}[:, None, None] for one-shot tasks, {name}[None, :, None] for a single "
            f"task of {len(value)} points"
        )
    return ""


def parameters(what: str, params: Mapping[str, Tensor]) -> None:
    """Raise ValueError unless parameters, called `what`, are a dict of floating-point tensors."""
    if not isinstance(params, Mapping):
        raise ValueError(
            f"{what} must be a dict of tensors by name, got {kind(params)}: of a torch module take "
            "dict(module.named_parameters()), and let the loss call torch.func.functional_call"
        )
    if not params:
        raise ValueError(f"{what} must have at least one leaf, got an empty dict")
    for name, leaf in params.items():
        if not isinstance(leaf, Tensor) or not leaf.is_floating_point():
            got = leaf.dtype if isinstance(leaf, Tensor) else shown(leaf)
            raise ValueError(
                f"{what}[{name!r}] must be a tensor of floating-point numbers, got {got}"
            )


def grid_points(params: Mapping[str, Tensor]) -> int:
    """How many points there are in parameters with leaves (points, *S).

    Raises ValueError if there are none, or not the same number in all leaves.
    """
    parameters("points", params)
    counts = {name: len(leaf) if leaf.ndim else 0 for name, leaf in params.items()}
    if 0 in counts.values() or len(set(counts.values())) > 1:
        raise ValueError(
            f"points must have leaves (points, ...) of the same number of points, one at least, "
            f"got {shown({name: tuple(leaf.shape) for name, leaf in params.items()})}"
        )
    return next(iter(counts.values()))


def directions(v: Mapping[str, Tensor], params: Mapping[str, Tensor], n_tasks: int) -> None:
    """Raise ValueError unless v has leaves (tasks, *S) where params has S or (tasks, *S)."""
    parameters("v", v)
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
        if v[name].dtype != leaf.dtype:
            raise ValueError(
                f"v[{name!r}] is {v[name].dtype}, params[{name!r}] {leaf.dtype}: both must be the "
                "same"
            )


def alike(name: str, value: Tensor, what: str, params: Mapping[str, Tensor]) -> None:
    """Raise ValueError unless data have the type of number and the device of the parameters.

    Whole numbers, labels or a network's own business, may be of any type.
    """
    dtype = value.dtype if value.is_floating_point() else None
    device = value.device
    for key, leaf in params.items():
        if leaf.device != device or (dtype is not None and leaf.dtype != dtype):
            raise ValueError(
                f"{name} is {value.dtype} on {device}, {what}[{key!r}] {leaf.dtype} on "
                f"{leaf.device}: both must be the same (NumPy's numbers are float64), write "
                f"{name}.to({what}[{key!r}])"
            )


def called_with(function: Callable) -> Callable:
    """A network's function of (params, x) that says in a ValueError what it cannot use."""

    @wraps(function)
    def checked(network: Any, params: Mapping[str, Tensor], x: Tensor) -> Any:
        if type(params) is not dict or not params:
            parameters("params", params)
        _fed(x, next(iter(params.values())), getattr(network, "sizes", (None,))[0])
        try:
            return function(network, params, x)
        except KeyError as missing:
            raise ValueError(
                f"params[{missing}] is missing, there are {', '.join(params)}: these are "
                f"parameters of another network than {network}"
            ) from None

    return checked


def _fed(x: Tensor, leaf: Tensor, features: int | None) -> None:
    """Raise ValueError unless x is of a leaf's type and has so many features."""
    if not isinstance(x, Tensor):
        raise ValueError(
            f"x must be a tensor, got {kind(x)}: write torch.as_tensor(x, dtype={leaf.dtype})"
        )
    if x.dtype is not leaf.dtype or x.device != leaf.device:
        raise ValueError(
            f"x is {x.dtype} on {x.device}, the network's parameters {leaf.dtype} on "
            f"{leaf.device}: both must be the same (NumPy's numbers are float64), write "
            "x.to(a leaf of the parameters)"
        )
    if features is not None and (x.ndim < 2 or x.shape[-1] != features):
        raise ValueError(
            f"x must be ([tasks,] points, {features}), as many features as the network takes, "
            f"got the shape {tuple(x.shape)}"
        )


def labels(scores: Tensor, x: Tensor, y: Tensor) -> None:
    """Raise ValueError unless each of a network's scores ([tasks,] points, ways) has its label."""
    _is_tensor("y", y)
    shared = y.shape == scores.shape[-2:-1] and not _has_tasks(x, scores)
    if y.shape != scores.shape[:-1] and not shared:
        raise ValueError(
            f"y has the shape {tuple(y.shape)}, the network's output {tuple(scores.shape)}: "
            "each output needs one label, y ([tasks,] points)"
        )
    if y.dtype != torch.int64 or y.min() < 0 or y.max() >= scores.shape[-1]:
        raise ValueError(
            f"y must hold labels from 0 to {scores.shape[-1] - 1} of the type int64, "
            f"got {y.dtype} from {y.min().item()} to {y.max().item()}"
        )


def values(output: Tensor, x: Tensor, y: Tensor) -> None:
    """Raise ValueError unless each of a network's outputs ([tasks,] points, features) has its y.

    y of another shape may be one set for all tasks, if x is such a set too, and only the parameters
    have tasks.
    """
    _is_tensor("y", y)
    if output.shape == y.shape:
        return
    shared = output.ndim != y.ndim and not _has_tasks(x, output)
    if not shared or output.shape[-2:] != y.shape[-2:]:
        raise ValueError(
            f"y has the shape {tuple(y.shape)}, the network's output {tuple(output.shape)}: both "
            "must end in (points, features), after as many tasks where both have tasks, so that "
            "each output meets its own y"
        )


def _is_tensor(name: str, value: Tensor) -> None:
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} must be a tensor, got {kind(value)}: write torch.as_tensor(...)")


def row(name: str, value: Tensor) -> None:
    """Raise ValueError unless it is a tensor of one dimension with a number at least."""
    _is_tensor(name, value)
    if value.ndim != 1 or not len(value):
        raise ValueError(
            f"{name} must be one row of numbers, one at least, got the shape {tuple(value.shape)}"
        )


def _has_tasks(x: Tensor, output: Tensor) -> bool:
    return x.ndim > 2 and output.ndim > 2 and x.shape[:2] == output.shape[:2]


def generator(value: torch.Generator | None) -> None:
    """Raise ValueError unless it is a generator of random numbers on the processor, or None."""
    if value is None:
        return
    if not isinstance(value, torch.Generator):
        seed = shown(value) if type(value) is int and value >= 0 else "0"
        raise ValueError(
            f"generator must be a torch.Generator or None, got {shown(value)}: write "
            f"torch.Generator().manual_seed({seed})"
        )
    if value.device.type != "cpu":
        raise ValueError(
            f"generator must be one of the processor, got one of {value.device}: write "
            "torch.Generator(), tasks and parameters are drawn there"
        )


def kind(value: Any) -> str:
    """What a thing is that is no tensor, in few words."""
    return f"{type(value).__name__} {shown(value)}"
