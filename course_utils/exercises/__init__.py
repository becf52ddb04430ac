"""Exercises that know what went wrong: a learner's answer is compared with known wrong answers.

An exercise holds the right answer, cases on which right and wrong differ, and the mistakes that
learners make, each as an answer that makes it. Its verdict names the mistake whose results the
learner's are, and names none where none fits.

They are loaded when they are asked for: what is kept of them (`kept.py`) needs no torch.
"""

from __future__ import annotations

import importlib
from typing import Any

_MODULES = {
    "Case": "called",
    "Exercise": "exercise",
    "Function": "function",
    "Mistake": "exercise",
    "Numbers": "values",
    "PartByPart": "parts",
    "Place": "values",
    "Sampler": "sampler",
    "Sign": "sampler",
    "Verdict": "verdict",
}
__all__ = [*_MODULES]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
