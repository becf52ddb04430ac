"""Messages of the page: what is malformed, or no finite number, changes nothing."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import ipywidgets
import traitlets


class Heard:
    """A widget that takes from the page what it can hold, and else says again what it holds."""

    def set_state(self, sync_data: Any) -> None:
        """Called by ipywidgets with what the page sends."""
        try:
            named = isinstance(sync_data, dict) and all(isinstance(n, str) for n in sync_data)
            if not named or not _finite(sync_data):
                raise traitlets.TraitError("no state, or not finite")
            super().set_state(sync_data)
        except traitlets.TraitError:
            self.send_state([name for name in _names(sync_data) if name in self.keys])


class IntSlider(Heard, ipywidgets.IntSlider):
    """A slider over whole numbers."""


class Play(Heard, ipywidgets.Play):
    """The buttons that move a slider over whole numbers on."""


class FloatSlider(Heard, ipywidgets.FloatSlider):
    """A slider over numbers."""


class SelectionSlider(Heard, ipywidgets.SelectionSlider):
    """A slider over given values."""


class Dropdown(Heard, ipywidgets.Dropdown):
    """A list to choose from."""


class RadioButtons(Heard, ipywidgets.RadioButtons):
    """Buttons to choose from."""


def share(value: Any) -> float | None:
    """A share of the picture's width or height, from 0 to 1; None where it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not _finite(value):
        return None
    return min(max(float(value), 0.0), 1.0)


def _finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_finite, value))
    try:
        return not isinstance(value, Real) or math.isfinite(value)
    except OverflowError:  # a whole number of more than 308 digits
        return False


def _names(sync_data: Any) -> list[str]:
    return list(sync_data) if isinstance(sync_data, dict) else []
