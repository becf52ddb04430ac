"""Augmentation: each picture that a family draws is turned, scaled and shifted at random."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from inspect import getattr_static
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.support.check_input import number, span
from course_utils.support.check_tensors import generator as check_generator
from course_utils.support.check_tensors import kind
from course_utils.tasks.batch import TaskBatch


class HasSample(Protocol):
    """A family that tasks are drawn from."""

    def sample(self, *args: Any, generator: torch.Generator | None, **how: Any) -> TaskBatch:
        """Draw a batch of tasks."""


@dataclass(frozen=True)
class Augmented:
    """A family of pictures in which no picture comes twice: each is turned, scaled and shifted.

    Each picture of each batch, in its support and in its query set, has its own random numbers,
    drawn evenly: a turn of up to `turn` degrees to either side, a factor between the ends of
    `scale`, and a shift of up to `shift` pixels along each axis. What leaves the frame is lost,
    what comes in is empty paper. Labels and facts stay.

    Parameters
    ----------
    family
        Where the tasks come from, pictures (tasks, points, 1, H, W) with paper 0: `Characters`,
        `AllClasses(Characters())`, ...
    turn, shift
        Degrees and pixels, at least 0; 0 leaves that out.
    scale
        The smallest and the largest factor, (low, high), above 0; 1.2 makes bigger.

    Raises
    ------
    ValueError
        If the family has no `sample`, or a number is out of its range.
    """

    family: HasSample
    turn: float = 15.0
    scale: tuple[float, float] = (0.8, 1.2)
    shift: float = 2.0

    def __post_init__(self) -> None:
        missing = getattr_static(self.family, "sample", None) is None
        if missing or isinstance(self.family, type):
            raise ValueError(
                f"family must be one that tasks are drawn from, got {self.family!r}: "
                "write Augmented(Characters())"
            )
        for name in ("turn", "shift"):
            number(name, getattr(self, name), least=0)
        low, high = span("scale", self.scale)
        if low <= 0:
            raise ValueError(f"scale must have ends above 0, got {self.scale!r}: 1 keeps the size")
        object.__setattr__(self, "scale", (low, high))

    def sample(self, *args: Any, generator: torch.Generator | None = None, **how: Any) -> TaskBatch:
        """Draw tasks as the family does, with the same arguments, then change each picture.

        Raises ValueError as the family does.
        """
        batch = self.family.sample(*args, generator=generator, **how)
        support_x, query_x = (
            self.changed(x, generator=generator) for x in (batch.support_x, batch.query_x)
        )
        return replace(batch, support_x=support_x, query_x=query_x)

    def changed(self, pictures: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """Pictures (..., 1, H, W), each changed by its own random numbers.

        Raises ValueError if they have no such shape.
        """
        check_generator(generator)
        if not isinstance(pictures, Tensor) or not pictures.is_floating_point():
            got = pictures.dtype if isinstance(pictures, Tensor) else kind(pictures)
            raise ValueError(f"pictures must be a tensor of floating-point numbers, got {got}")
        if pictures.ndim < 4 or pictures.shape[-3] != 1:
            raise ValueError(
                f"pictures must have the shape (..., 1, H, W), got {tuple(pictures.shape)}"
            )
        flat = pictures.reshape(-1, *pictures.shape[-3:])
        turn, scale, right, down = torch.rand(4, len(flat), generator=generator)
        low, high = self.scale
        angle = math.radians(self.turn) * (2 * turn - 1)
        # The grid says where each new pixel comes from: the change turned round.
        smaller = 1 / (low + (high - low) * scale)
        cos, sin = smaller * angle.cos(), smaller * angle.sin()
        height, width = pictures.shape[-2:]
        right = (2 * right - 1) * 2 * self.shift / width
        down = (2 * down - 1) * 2 * self.shift / height
        rows = (cos, -sin, right, sin, cos, down)
        where = torch.stack(rows, -1).unflatten(-1, (2, 3))
        grid = F.affine_grid(where, flat.shape, align_corners=False)
        return F.grid_sample(flat, grid, align_corners=False).reshape(pictures.shape)
