"""A plain torch module as a network of the course: its parameters become an argument."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.networks import Params
from course_utils.support.check_input import shown
from course_utils.support.check_tensors import kind, parameters


@dataclass(frozen=True, eq=False)
class ModuleNetwork:
    """A torch module that takes one tensor (points, ...); make one with `of_module`."""

    module: nn.Module

    def init(self, generator: torch.Generator | None = None) -> Params:
        """A copy of the parameters as the module has them: it was drawn when it was made."""
        return {name: leaf.detach().clone() for name, leaf in self.module.named_parameters()}

    def __call__(self, params: Params, x: Tensor) -> Tensor:
        """The module's output at x ([tasks,] points, ...), at these parameters instead of its own.

        Leaves are shared, or one set a task, as for the course's other networks. Raises ValueError
        if they are not the module's.
        """
        own = {name: leaf.ndim for name, leaf in self.module.named_parameters()}
        parameters("params", params)
        if params.keys() != own.keys():
            raise ValueError(
                f"params must have the leaves of the module, {', '.join(own)}, got "
                f"{', '.join(params)}"
            )
        first = next(iter(own))
        a_set_each = params[first].ndim > own[first]
        if not isinstance(x, Tensor) or x.ndim < 2:
            raise ValueError(f"x must be a tensor ([tasks,] points, ...), got {kind(x)}")

        def of_one_task(params: Params, x: Tensor) -> Tensor:
            return torch.func.functional_call(self.module, params, (x,))

        many = x.ndim > self._dimensions(x)
        if not (a_set_each or many):
            return of_one_task(params, x)
        in_dims = (0 if a_set_each else None, 0 if many else None)
        return torch.func.vmap(of_one_task, in_dims, randomness="different")(params, x)

    def _dimensions(self, x: Tensor) -> int:
        """Of one task's x: pictures (points, channels, H, W) where there is a convolution."""
        kinds = {nn.Conv1d: 3, nn.Conv2d: 4, nn.Conv3d: 5}
        for part in self.module.modules():
            for layer, dimensions in kinds.items():
                if isinstance(part, layer):
                    return dimensions
        return 2


def of_module(module: nn.Module) -> ModuleNetwork:
    """The network of a torch module: `adapt`, the losses and `train` take it as any other.

    Raises ValueError if it is no module, has no parameters, or keeps running statistics (batch
    normalisation as torch has it): tasks would share what each must have for itself.
    """
    if not isinstance(module, nn.Module):
        raise ValueError(f"module must be a torch.nn.Module, got {shown(module)}")
    if not any(True for _ in module.parameters()):
        raise ValueError(f"module must have parameters to adapt, got {shown(module)}")
    for name, part in module.named_modules():
        if getattr(part, "track_running_stats", False):
            raise ValueError(
                f"module must keep no running statistics, but {name or 'it'} is {shown(part)}: "
                "write track_running_stats=False, or take GroupNorm"
            )
    return ModuleNetwork(module)
