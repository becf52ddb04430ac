"""A frame: one state of an explorer, and what is placed by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from matplotlib.axes import Axes

Frame = SimpleNamespace  # the values of the controls and `data`, what compute made of them


@dataclass(frozen=True)
class Handle:
    """A thing in the picture that can be dragged, or clicked.

    `at(frame)` is its place in the coordinates of `axes`, or None where it is not shown.
    `move(x, y, frame)` gives the values that a drag to (x, y) wants, by name; `moves` are their
    names (each value is then brought to the nearest allowed one). A handle with `click(frame)`
    instead is a button as wide and high as `size` (data coordinates), and gives the values that a
    click wants.
    """

    name: str
    label: str
    axes: Axes
    at: Callable[[Frame], tuple[float, float] | None]
    move: Callable[[float, float, Frame], Mapping[str, Any]] | None = None
    moves: tuple[str, ...] = ()
    click: Callable[[Frame], Mapping[str, Any]] | None = None
    size: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Pose:
    """A state without its picture: what is said of it, and where the handles stand, by name."""

    frame: Frame
    alt: str
    remark: str
    handles: dict[str, dict[str, Any]]
