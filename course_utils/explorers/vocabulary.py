"""What recurs: the controls by the names of the formula, φ, α, k, K and the guess; counts."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.explorers.controls import Choice, Slider, Stops


def phi(low: float, high: float, step: float, value: float) -> Slider:
    """φ, the initial parameter."""
    return Slider("phi", "φ", "initial parameter", low, high, step, value)


def inner_lr(high: float, step: float, value: float) -> Slider:
    """α, the inner step size, from 0."""
    return Slider("inner_lr", "α", "inner step size", 0.0, high, step, value, _digits(step))


def inner_lrs(options: Sequence[float], value: float, *, format: str = ".2f") -> Stops:
    """α, the inner step size, at those values only that something was computed for."""
    return Stops("inner_lr", "α", "inner step size", options, value, format=format)


def steps(most: int, value: int) -> Slider:
    """k, the number of inner steps, from 0."""
    return Slider("steps", "k", "inner steps", 0, most, 1, value)


def shots(most: int, value: int) -> Slider:
    """K, the number of support points, from 1."""
    return Slider("shots", "K", "support points", 1, most, 1, value)


def guess(name: str, symbol: str, low: float, high: float, step: float, value: float) -> Slider:
    """What the reader predicts, a number."""
    return Slider(name, symbol, "your guess", low, high, step, value, _digits(step))


def verdicts(options: Sequence[tuple[str, str]]) -> Choice:
    """What the reader predicts, one of some sentences, none of them at first."""
    return Choice("guess", "", list(options), None, open=True)


def counted(number: int, what: str) -> str:
    """A number of things in words: "1 step", "3 steps"."""
    return f"{number} {what}" + ("" if number == 1 else "s")


def _digits(step: float) -> str:
    """The format of values that far apart: none of them is rounded to another."""
    return f".{3 if step < 0.01 else 2}f"
