"""Real handwritten digits as few-shot tasks, from what scikit-learn ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from numbers import Integral
from pathlib import Path

import torch
from torch import Tensor

from course_utils.tasks.episodes import Episodes


@cache
def _digit_images() -> tuple[Tensor, ...]:
    """scikit-learn's handwritten digits by digit, each (examples, 1, 8, 8) in [0, 1]."""
    import numpy as np

    # Its file alone: to import scikit-learn would take 60 MiB for as long as the kernel lives.
    (folder,) = find_spec("sklearn").submodule_search_locations
    rows = np.loadtxt(Path(folder, "datasets", "data", "digits.csv.gz"), delimiter=",")
    images = torch.tensor(rows[:, :64], dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    labels = torch.tensor(rows[:, 64])
    return tuple(images[labels == digit] for digit in range(10))


@cache
def _large_digit_images() -> tuple[Tensor, ...]:
    """The same digits as the drawn characters are: (examples, 1, 28, 28), longer side 20 pixels."""
    from torch.nn.functional import interpolate

    def large(fine: Tensor) -> Tensor:
        inked = fine > 0.5
        rows, columns = (inked.any(side).nonzero() for side in (1, 0))
        whole = fine[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        # Enlarged, an edge is a slope 3 pixels wide; this makes it as steep as a drawn one.
        whole = ((whole - 0.3) / 0.4).clamp(0, 1)
        height, width = (max(1, round(20 * side / max(whole.shape))) for side in whole.shape)
        picture = torch.zeros(28, 28)
        place = picture[(28 - height) // 2 :, (28 - width) // 2 :][:height, :width]
        place[:] = interpolate(
            whole[None, None], size=(height, width), mode="bilinear", antialias=True
        )[0, 0]
        return picture.clamp(0, 1)  # rounding leads slightly outside

    blown_up = (
        interpolate(images, scale_factor=8, mode="bicubic")[:, 0] for images in _digit_images()
    )
    return tuple(torch.stack([large(one) for one in images])[:, None] for images in blown_up)


@dataclass(frozen=True)
class Digits(Episodes):
    """Few-shot tasks on real handwritten digits: each task sorts `ways` of the given digits.

    The pictures are the 1,797 8 x 8 digits that scikit-learn ships (UCI, Alpaydin & Kaynak 1998),
    so nothing is downloaded. With `pixels=28` they are enlarged to the size and the sharpness of
    the drawn characters (`Characters`), 1 is ink in both: a new domain for what was learned there.
    Fact of a batch: digit, the one behind each label.
    Raises ValueError if a digit is not one of 0 to 9, or given twice, or pixels not 8 or 28.
    """

    thing = "digit"

    digits: tuple[int, ...] = tuple(range(10))
    pixels: int = 8

    def __post_init__(self) -> None:
        whole = isinstance(self.digits, Sequence) and all(
            isinstance(digit, Integral) and 0 <= digit <= 9 for digit in self.digits
        )
        if not whole or not self.digits:
            raise ValueError(
                f"digits must be some of 0 to 9, got {self.digits!r}: write them as a tuple of "
                "whole numbers, say (3, 5, 8)"
            )
        object.__setattr__(self, "digits", tuple(map(int, self.digits)))
        if len(set(self.digits)) < len(self.digits):
            raise ValueError(f"digits must name each digit once, got {self.digits!r}")
        if self.pixels not in (8, 28):
            raise ValueError(f"pixels must be 8 or 28, got {self.pixels!r}")

    def _classes(self) -> tuple[Sequence[Tensor], dict[str, Tensor]]:
        images = _digit_images() if self.pixels == 8 else _large_digit_images()
        return [images[digit] for digit in self.digits], {"digit": torch.tensor(self.digits)}
