"""Checks of arguments, each a ValueError that names the argument, its value and what is right."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from pathlib import Path

LARGEST = 200_000_000  # numbers in what is drawn at once: 0.8 GB


def shown(value: object) -> str:
    """How a value stands in an error: at most 60 characters, on one line."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # Python writes no number of so many digits; or somebody's own __repr__
        many = isinstance(value, int)
        text = "a whole number of thousands of digits" if many else ""
        text = text or f"something of the type {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def whole_number(name: str, value: int, *, least: int, why: str) -> int:
    """Return `value` if it is an int of at least `least`, else raise ValueError saying `why`."""
    if type(value) is int and value >= least:  # nearly always, and many times as quick
        return value
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(
            f"{name} must be a whole number of at least {least}, got {shown(value)}: {why}"
        )
    return value


def step_counts(steps: Sequence[int]) -> tuple[int, ...]:
    """Return `steps`, one or more numbers of gradient steps, as a tuple; else raise ValueError."""
    if not isinstance(steps, Iterable) or isinstance(steps, str | bytes | Mapping):
        say = shown(steps) if isinstance(steps, int) else "1"
        raise ValueError(
            f"steps must be a tuple of numbers of steps, say (0, {say}), got {shown(steps)}"
        )
    steps = tuple(steps)
    if not steps:
        raise ValueError("steps must hold at least one number of steps, say (0, 1), got none")
    for count in steps:
        whole_number("steps", count, least=0, why="it counts gradient steps")
    return steps


def room_for(numbers: int, what: str, **counts: object) -> None:
    """Raise ValueError if `what` is to be made of more numbers than fit into memory.

    `counts` are the arguments that make it so large, by name.
    """
    if numbers > LARGEST:
        got = ", ".join(f"{name}={shown(count)}" for name, count in counts.items())
        raise ValueError(
            f"{' and '.join(counts)} must make {what} of at most {LARGEST:,} numbers, which fit "
            f"into memory, got {got}"
        )


def span(name: str, ends: tuple[float, float]) -> tuple[float, float]:
    """Return the (low, high) pair `ends` as floats, else raise ValueError."""
    try:
        low, high = (_real(end) for end in ends)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a pair (low, high) of numbers, got {shown(ends)}"
        ) from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name} must have finite ends, got {shown(ends)}")
    if low > high:
        raise ValueError(
            f"{name} must run from low to high, got {shown(ends)}: try ({high}, {low})"
        )
    return low, high


def number(name: str, value: float, *, least: float = -math.inf) -> float:
    """Return `value` as a finite float of at least `least`, else raise ValueError."""
    if type(value) is float and least <= value < math.inf and value != -math.inf:
        return value
    try:
        result = _real(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, got {shown(value)}") from None
    if not math.isfinite(result) or result < least:
        limit = "finite" if least == -math.inf else f"finite and at least {least:g}"
        raise ValueError(f"{name} must be {limit}, got {shown(value)}")
    return result


def numbers(
    name: str, values: Sequence[float], *, least: float = -math.inf, each: str = "number"
) -> tuple[float, ...]:
    """Return `values`, one or more numbers in a row, as floats; else raise ValueError.

    A list, a tuple or a NumPy array of one dimension will do; a number, a text, a tensor or nothing
    will not.
    """
    row = isinstance(values, Sequence) or type(values).__name__ == "ndarray"
    if not row or isinstance(values, str | bytes):
        raise ValueError(
            f"{name} must be a list of numbers, say [0.01, 0.1], got {shown(values)}"
            + (": write .tolist()" if hasattr(values, "tolist") else "")
        )
    shape = values.shape if hasattr(values, "shape") else (len(values),)
    if len(shape) != 1:
        raise ValueError(f"{name} must be one row of numbers, got the shape {shape}")
    if shape == (0,):
        raise ValueError(f"{name} must hold at least one {each}, got none")
    return tuple(number(name, value, least=least) for value in values)


def some_of(
    name: str, chosen: Sequence[str], known: tuple[str, ...], *, what: str
) -> tuple[str, ...]:
    """Return `chosen` as a tuple if it is some of the names `known`, each once, else ValueError.

    The error says `what` they are: "scripts of the test split".
    """
    if isinstance(chosen, str) or not isinstance(chosen, Sequence) or not chosen:
        raise ValueError(f'{name} must be a tuple of {what}, say ("{known[-1]}",), got {chosen!r}')
    for one in chosen:
        if one not in known:
            raise ValueError(f"{name} must name {what}, got {one!r}: there are {', '.join(known)}")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"{name} must name {what} once each, got {chosen!r}")
    return tuple(chosen)


def expanded_path(name: str, value: str | os.PathLike[str]) -> Path:
    """Return `value` as a path, a leading ~ replaced by the user's home, else raise ValueError."""
    try:
        return Path(value).expanduser()
    except TypeError:
        raise ValueError(f"{name} must be a path, as text or Path, got {value!r}") from None
    except RuntimeError as error:  # ~somebody, where there is no such user
        raise ValueError(f"{name} must be a path, got {value!r}: {error}") from None


def _real(value: float) -> float:
    # float() would read "5", [5] and True, too.
    if isinstance(value, str | bytes | bool) or getattr(value, "ndim", 0):
        raise TypeError
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf
