"""Small pictures side by side, framed as a support set or as a query set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.figures import style


def draw_strip(
    axes: Axes, pictures: np.ndarray, labels: Sequence[object] = (), *, aspect: str = "equal"
) -> Axes:
    """Pictures (n, height, width) in [0, 1] side by side, each with its label below, if any.

    Picture i is centred at x = i, y = 0, and one unit wide.
    """
    for i, picture in enumerate(pictures):
        axes.imshow(
            picture, cmap="gray_r", vmin=0, vmax=1, extent=(i - 0.45, i + 0.45, 0.45, -0.45)
        )
    axes.set(xlim=(-0.55, len(pictures) - 0.45), ylim=(0.55, -0.55), yticks=[], aspect=aspect)
    axes.set_xticks(range(len(labels)), [str(label) for label in labels])
    axes.tick_params(length=0, pad=1)
    axes.spines[:].set_visible(True)
    return axes


def frame_set(axes: Axes, *, query: bool) -> None:
    """Frame an axes as a support set (bold) or as a query set (thin and dashed)."""
    axes.spines[:].set_visible(True)
    axes.spines[:].set(
        color=style.INK, linewidth=1.2 if query else 2.2, linestyle=(0, (3, 2)) if query else "-"
    )
