"""Checks of arguments, each a ValueError that names the argument, its value and what is right."""

import math
import os
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path


def whole_number(name: str, value: int, *, least: int, why: str) -> int:
    """Return `value` if it is an int of at least `least`, else raise ValueError saying `why`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}: {why}")
    return value


def span(name: str, ends: tuple[float, float]) -> tuple[float, float]:
    """Return the (low, high) pair `ends` as floats, else raise ValueError."""
    try:
        low, high = (_real(end) for end in ends)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a pair (low, high) of numbers, got {ends!r}") from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name} must have finite ends, got {ends!r}")
    if low > high:
        raise ValueError(f"{name} must run from low to high, got {ends!r}: try ({high}, {low})")
    return low, high


def number(name: str, value: float, *, least: float = -math.inf) -> float:
    """Return `value` as a finite float of at least `least`, else raise ValueError."""
    try:
        result = _real(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, got {value!r}") from None
    if not math.isfinite(result) or result < least:
        limit = "finite" if least == -math.inf else f"finite and at least {least:g}"
        raise ValueError(f"{name} must be {limit}, got {value!r}")
    return result


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
    if isinstance(value, str | bytes):  # float() would read "5"
        raise TypeError
    return float(value)
