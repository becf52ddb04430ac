"""A plain torch module as a network of the course: its parameters become an argument."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.networks import Params
from course_utils.support.check_input import shown, whole_number
from course_utils.support.check_tensors import kind, parameters


@dataclass(frozen=True, eq=False)
class ModuleNetwork:
    """A torch module that takes one tensor (points, ...); make one with `of_module`."""

    module: nn.Module
    point_dims: int | None = None

    def init(self, generator: torch.Generator | None = None) -> Params:
        """A copy of the parameters as the module has them: it was drawn when it was made."""
        return {name: leaf.detach().clone() for name, leaf in self.module.named_parameters()}

    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """The module's output at x ([tasks,] points, ...), at these parameters instead of its own.

        Each leaf is shared, or one a task, as for the course's other networks. Raises ValueError
        if they are not the module's, it cannot be told whether x has tasks (see `of_module`), or
        the module cannot take x: its own error is the cause then.
        """
        own = {name: leaf.ndim for name, leaf in self.module.named_parameters()}
        parameters("params", params)
        if params.keys() != own.keys():
            raise ValueError(
                f"params must have the leaves of the module, {', '.join(own)}, got "
                f"{', '.join(params)}"
            )
        if wrong := [n for n, leaf in params.items() if not _fits(leaf, self._leaf(n))]:
            raise ValueError(
                f"params[{wrong[0]!r}] must have the shape {tuple(self._leaf(wrong[0]).shape)} of "
                "the module's, with a dimension of tasks before it or none, got "
                f"{tuple(params[wrong[0]].shape)}"
            )
        # Each leaf on its own: where some of them adapt, these have one a task, the others do not.
        per_task = {name: 0 if leaf.ndim > own[name] else None for name, leaf in params.items()}
        a_set_each = 0 in per_task.values()
        if not isinstance(x, Tensor) or x.ndim < 2:
            raise ValueError(f"x must be a tensor ([tasks,] points, ...), got {kind(x)}")

        def of_one_task(params: Params, x: Tensor) -> Tensor:
            return torch.func.functional_call(self.module, params, (x,))

        many = x.ndim > self._dimensions(x)
        tasks = {len(params[name]) for name, place in per_task.items() if place == 0}
        tasks |= {len(x)} if many else set()
        if len(tasks) > 1:
            raise ValueError(
                f"params and x must have equally many tasks, got {shown(sorted(tasks))}"
            )
        first = next(iter(params.values()))
        if x.is_floating_point() and x.dtype != first.dtype:
            raise ValueError(f"x must be {first.dtype}, as the parameters are, got {x.dtype}")
        in_dims = (per_task if a_set_each else None, 0 if many else None)
        call = torch.func.vmap(of_one_task, in_dims, randomness="different")
        try:
            return call(params, x) if a_set_each or many else of_one_task(params, x)
        except RuntimeError as error:
            raise ValueError(
                f"the module must take x of the shape {tuple(x.shape)}"
                f"{', a task at a time through torch.func.vmap' * (a_set_each or many)}, got: "
                f"{str(error).splitlines()[0]}"
            ) from error

    def _leaf(self, name: str) -> Tensor:
        return self.module.get_parameter(name)

    def _dimensions(self, x: Tensor) -> int:
        """Of one task's x: (points, ...)."""
        if self.point_dims is not None:
            return 1 + self.point_dims
        kinds = {nn.Conv1d: 3, nn.Conv2d: 4, nn.Conv3d: 5}
        for part in self.module.modules():
            for layer, dimensions in kinds.items():
                if isinstance(part, layer):
                    return dimensions
        if x.ndim > 3:
            raise ValueError(
                f"x has the shape {tuple(x.shape)}, and nothing in the module tells whether tasks "
                "or points come first: write of_module(module, point_dims=3) for points that are "
                "pictures (channels, H, W)"
            )
        return 2


def _fits(leaf: Tensor, own: Tensor) -> bool:
    """Whether a leaf has the shape of the module's own, or that with a dimension of tasks."""
    return own.shape in (leaf.shape, leaf.shape[1:]) and leaf.ndim - own.ndim in (0, 1)


def of_module(module: nn.Module, *, point_dims: int | None = None) -> ModuleNetwork:
    """The network of a torch module: `adapt`, the losses and `train` take it as any other.

    `point_dims` is the number of dimensions of one point: 1 for features, 3 for a picture
    (channels, H, W). By default it is what the module's first convolution takes, and 1 where there
    is none. The leaves have the module's names, such as "0.weight": these have no layer, so ANIL,
    BOIL and step sizes per layer refuse them, and `partly_loss(..., adapts=names)` is the way to
    adapt some of them.

    Raises ValueError if it is no module, has no parameters, or keeps running statistics (batch
    normalisation as torch has it): tasks would share what each must have for itself. And if
    point_dims is below 1.
    """
    if point_dims is not None:
        whole_number("point_dims", point_dims, least=1, why="the features of a point are one")
    if not isinstance(module, nn.Module):
        raise ValueError(f"module must be a torch.nn.Module, got {shown(module)}")
    if not any(True for _ in module.parameters()):
        raise ValueError(f"module must have parameters to adapt, got {shown(module)}")
    if any(isinstance(p, nn.parameter.UninitializedParameter) for p in module.parameters()):
        raise ValueError(
            "module must have parameters of a known shape: call a lazy module once before, on data"
        )
    for name, part in module.named_modules():
        if getattr(part, "track_running_stats", False):
            raise ValueError(
                f"module must keep no running statistics, but {name or 'it'} is {shown(part)}: "
                "write track_running_stats=False, or take GroupNorm"
            )
    return ModuleNetwork(module, point_dims)
