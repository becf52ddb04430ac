"""The still pictures of notebook 00: the wave by eye, nearly found."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

DIAGRAMS: dict[str, Callable[[], Figure]] = {}

AFTER = {
    "00-after-by-eye": ("by_eye", {"a": 2.5, "p": 1.4, "show": True}),
}
