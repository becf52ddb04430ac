"""What a screen reader says of a handle: where it stands, in the words of what it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from course_utils.explorers.controls import Control, Slider, Stops
from course_utils.figures.style import with_minus_signs


def spoken(
    at: tuple[float, float],
    ends: tuple[float, float],
    moved: Sequence[Control],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """A handle's value in words, and as a number between two others, as ARIA wants them.

    They are those of the controls that it moves, the number is the first one's; where some have no
    number of their own, they are the place `at` in the picture and, in its x, the `ends` of that.
    """
    if moved and all(isinstance(control, Slider | Stops) for control in moved):
        first = moved[0]
        now, ends = values[first.name], first.ends
        words = [f"{c.symbol} {c.spell(values[c.name])}".strip() for c in moved]
    else:
        now, words = float(at[0]), [f"{part:.2f}" for part in at]
    low, high = sorted(map(float, ends))
    now = float(min(max(now, low), high))
    return {"value": with_minus_signs(", ".join(words)), "now": now, "low": low, "high": high}
