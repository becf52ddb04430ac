"""How learners look in the pictures of notebook 08, and axes that several of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from course_utils.figures import style

# A dash and a mark of its own for each: no meaning by colour alone.
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "MAML": {"color": style.MAML, "marker": "o", "ls": "-"},
    "transfer": {"color": style.TRANSFER, "marker": "s", "ls": (0, (5, 2))},
    "random": {"color": style.RANDOM, "marker": "^", "ls": (0, (1, 1.3))},
    "kernel ridge": {"color": style.TASKS[0], "marker": "D", "ls": (0, (6, 1.5, 1, 1.5))},
    "sin and cos": {"color": style.INK, "marker": "v", "ls": (0, (3, 2))},
}
NAMES = {
    "MAML": "MAML",
    "transfer": "transfer",
    "random": "untrained",
    "kernel ridge": "kernel ridge",
    "sin and cos": "sin and cos",
}
ERRORS = (1e-2, 1e2)  # of a logarithmic axis of errors


def clipped(errors: np.ndarray, limits: tuple[float, float] = ERRORS) -> np.ndarray:
    """Errors as an axis can show them: those beyond its ends, or not finite, lie at an end."""
    return np.clip(np.nan_to_num(errors, nan=1e9, posinf=1e9), *limits)


def error_axis(ax: Axes, limits: tuple[float, float] = ERRORS) -> Axes:
    """A logarithmic axis of median errors, its values written out."""
    ax.set(yscale="log", ylim=limits, ylabel="median squared error")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_minor_formatter(lambda value, _: "")
    return ax


def band(ax: Axes, ends: tuple[float, float], words: str = "trained here") -> None:
    """Shade what training knew, and say so."""
    ax.axvspan(*ends, color="#f0f0f0", lw=0, zorder=0)
    place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    ax.annotate(words, (ends[0], 0.0), (4, 5), size=9, **place)
