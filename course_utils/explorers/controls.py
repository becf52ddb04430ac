"""The controls of an explorer: each owns one value, by the name that formula and code use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
import traitlets

from course_utils.explorers import messages
from course_utils.support.check_input import number, shown, span, whole_number

PLAY_INTERVAL = 400  # milliseconds between two steps of a slider that plays
_LABEL = {"description_width": "150px"}


@dataclass(frozen=True)
class Slider:
    """A number between two ends; `symbol` and `word` label it, `format` spells its value.

    With `plays` there is a button that moves it on to its end, step by step.
    """

    name: str
    symbol: str
    word: str
    low: float
    high: float
    step: float
    value: float
    format: str = ".2f"
    plays: bool = False

    def __post_init__(self) -> None:
        span(self.name, (self.low, self.high))
        if number("step", self.step) <= 0:
            raise ValueError(f"step of {self.name} must be above 0, got {self.step!r}")
        if not isinstance(self.plays, bool) or (self.plays and not self._whole):
            raise ValueError(
                f"plays of {self.name} must be True or False, and a slider that plays go over "
                f"whole numbers, got {self.plays!r} with steps of {self.step!r}"
            )

    def widget(self) -> ipywidgets.Widget:
        """The live slider."""
        kind = messages.IntSlider if self._whole else messages.FloatSlider
        return kind(
            value=self.nearest(self.value),
            min=self.low,
            max=self.high,
            step=self.step,
            description=self.label,
            readout_format="d" if self._whole else self.format,
            style=_LABEL,
        )

    def nearest(self, value: float) -> float:
        """The allowed value nearest to `value`; ValueError if that is no finite number."""
        inside = min(max(number(self.name, value), self.low), self.high)
        steps = round((inside - self.low) / self.step)
        snapped = min(max(self.low + steps * self.step, self.low), self.high)
        return round(snapped) if self._whole else round(snapped, 10)

    @property
    def label(self) -> str:
        """The symbol and the word."""
        return _label(self.symbol, self.word)

    def allowed(self) -> list[float]:
        """Every allowed value, in order."""
        steps = round((self.high - self.low) / self.step)
        every = (self.nearest(self.low + n * self.step) for n in range(steps + 1))
        return list(dict.fromkeys(every))

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return self.low, self.high

    def spell(self, value: float) -> str:
        """The value as the slider shows it."""
        return f"{value:{'d' if self._whole else self.format}}"

    @property
    def _whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.step, int)


@dataclass(frozen=True)
class Stops:
    """A slider over the given values only (those that a surface was computed for, say)."""

    name: str
    symbol: str
    word: str
    options: Sequence[float]
    value: float
    format: str = ".2f"

    def __post_init__(self) -> None:
        if len(self.options) == 0:
            raise ValueError(f"options of {self.name} must hold a value at least, got none")

    def widget(self) -> ipywidgets.Widget:
        """The live slider."""
        return messages.SelectionSlider(
            options=[(self.spell(option), option) for option in self.options],
            value=self.nearest(self.value),
            description=self.label,
            style=_LABEL,
        )

    def nearest(self, value: float) -> float:
        """The allowed value nearest to `value`; ValueError if that is no finite number."""
        wanted = number(self.name, value)
        return min(self.options, key=lambda option: abs(option - wanted))

    @property
    def label(self) -> str:
        """The symbol and the word."""
        return _label(self.symbol, self.word)

    def allowed(self) -> list[float]:
        """Every allowed value, in order."""
        return list(self.options)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return min(self.options), max(self.options)

    def spell(self, value: float) -> str:
        """The value as the slider shows it."""
        return f"{value:{self.format}}"


@dataclass(frozen=True)
class Choice:
    """One of a few named options: a drop-down list, or buttons to choose from with `open=True`."""

    name: str
    word: str
    options: Sequence[tuple[str, Any]]
    value: Any
    open: bool = False

    def widget(self) -> ipywidgets.Widget:
        """The live list."""
        kind = messages.RadioButtons if self.open else messages.Dropdown
        layout = {"width": "auto"} if self.open else {}
        style = {"description_width": "initial"} if self.open else _LABEL
        return kind(
            options=list(self.options),
            value=self.nearest(self.value),
            description=self.word,
            style=style,
            layout=layout,
        )

    def nearest(self, value: Any) -> Any:
        """The value itself, if it is one of the options, or None where no answer is the start."""
        allowed = [option for _, option in self.options]
        unanswered = value is None and self.value is None
        try:
            known = unanswered or value in allowed
        except ValueError:  # an array: its comparison is one, too
            known = False
        if not known:
            raise ValueError(f"{self.name} must be one of {allowed}, got {shown(value)}")
        return value


@dataclass(frozen=True)
class Press:
    """A button that counts its presses ("new draw", "next step")."""

    name: str
    word: str
    value: int = 0

    def widget(self) -> ipywidgets.Widget:
        """The live button, its count in the trait `value`."""
        return _CountingButton(description=self.word, value=self.value, layout={"width": "auto"})

    def nearest(self, value: int) -> int:
        """The value itself; ValueError if it is no whole number of at least 0."""
        return whole_number(self.name, value, least=0, why="it counts presses")


@dataclass(frozen=True)
class Hidden:
    """A value without its own control: it is moved in the picture only, or by other controls."""

    name: str
    value: Any

    def widget(self) -> traitlets.HasTraits:
        """A holder of the value."""
        return _Holder(value=self.value)

    def nearest(self, value: Any) -> Any:
        """The value itself; ValueError if it is not finite, or no truth where one is held."""
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{self.name} must be finite, got {value!r}")
        if isinstance(self.value, bool) and not isinstance(value, bool):
            raise ValueError(f"{self.name} must be True or False, got {shown(value)}")
        return value


Control = Slider | Stops | Choice | Press | Hidden


def player(slider: ipywidgets.IntSlider) -> ipywidgets.Widget:
    """The buttons that move a slider on by itself: play, pause, back to the start."""
    play = messages.Play(
        min=slider.min,
        max=slider.max,
        step=slider.step,
        interval=PLAY_INTERVAL,
        show_repeat=False,
        layout={"width": "auto"},
    )
    traitlets.link((slider, "value"), (play, "value"))
    return play


class _CountingButton(ipywidgets.Button):
    value = traitlets.Int(0)

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.on_click(self._count)

    def _count(self, _: ipywidgets.Button) -> None:
        self.value += 1


class _Holder(traitlets.HasTraits):
    value = traitlets.Any()


def _label(symbol: str, word: str) -> str:
    return f"{symbol}  {word}" if symbol else word
