"""How notebook 09's learners look, and how their errors are brought onto an axis."""

from __future__ import annotations

import numpy as np

from course_utils.figures import style
from course_utils.figures.training import LOOKS as METHOD_LOOKS

LOOKS = {
    "MAML": METHOD_LOOKS["MAML"],
    "set encoder": {"color": style.TASKS[1], "ls": (0, (6, 1.5)), "marker": "s"},
    "transformer": {"color": style.INK, "ls": (0, (1.5, 1.5)), "marker": "^"},
    "kernel ridge": {"color": style.TASKS[2], "ls": (0, (3, 1, 1, 1)), "marker": "D"},
}
ERRORS = (1e-3, 1e2)  # of an axis of mean squared errors


def mark(name: str) -> dict[str, object]:
    """The look of a learner's mark, without its line."""
    return {**LOOKS[name], "ls": "", "ms": 8}


def line(name: str) -> dict[str, object]:
    """The look of a learner's line, without its mark."""
    return {key: LOOKS[name][key] for key in ("color", "ls")}


def on_axis(error: float | np.ndarray) -> np.ndarray:
    """Errors as an axis of ERRORS can show them."""
    return np.clip(np.nan_to_num(error, nan=1e9, posinf=1e9), *ERRORS)


def spelt(error: float) -> str:
    """An error in few digits."""
    if not error < 1000:  # not a number, either
        return "over 1000"
    if error < 0.001:
        return "< 0.001"
    return f"{error:.3f}" if error < 0.1 else f"{error:.2f}" if error < 10 else f"{error:.1f}"
