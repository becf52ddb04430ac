"""Exercises whose answer is numbers or words, worked out on paper or set in a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from course_utils.exercises.comparing import described, difference
from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.verdict import OPEN, WRONG, Verdict, wrong

Values = dict[str, Any]


class Numbers(Exercise):
    """An exercise whose answer is named numbers, texts or lists of numbers.

    Parameters
    ----------
    answer
        () -> the right values by name.
    mistakes
        Each one's answer is () -> its wrong values, one name or more.
    rtol, within
        How near a number must be: a share of it, or by name a distance.
    """

    def __init__(
        self,
        name: str,
        *,
        answer: Callable[[], Values],
        mistakes: Sequence[Mistake],
        rtol: float = 1e-2,
        within: Mapping[str, float] | None = None,
        **words: str,
    ):
        super().__init__(name, **words)
        self.answer, self._mistakes = answer, tuple(mistakes)
        self._rtol, self._within = rtol, dict(within or {})

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return self._mistakes

    @cached_property
    def expected(self) -> Values:
        """The right values by name."""
        return self.answer()

    @cached_property
    def known(self) -> dict[str, Values]:
        """The values of each mistake by name."""
        return {mistake.name: mistake.answer() for mistake in self._mistakes}

    def _judge(self, *answer: Any, **parts: Any) -> Verdict:
        if answer or set(parts) - set(self.expected):
            names = ", ".join(f"{name}=..." for name in self.expected)
            return Verdict(
                WRONG, f"The check takes its values by name: `check.{self.name}({names})`."
            )
        return self._of_values(
            {k: v for k, v in parts.items() if v is not None and v is not Ellipsis}
        )

    def _of_values(self, given: Values) -> Verdict:
        if not given:
            return Verdict(OPEN, "")
        off = [name for name in given if not self.near(name, given[name], self.expected[name])]
        missing = [name for name in self.expected if name not in given]
        if not off:
            if not missing:
                return self.when_right
            return wrong(f"Right so far. Still to be found: {_listed(missing)}.")
        for mistake in self._mistakes:
            values = self.known[mistake.name]
            made = [name for name in off if name in values]
            # What the mistake says nothing of may be right, but not wrong in a way of its own.
            if made == off and all(self.near(name, given[name], values[name]) for name in made):
                return wrong(self._so_far(given, off) + mistake.says, mistake.name)
        if several := self._several(given, off):
            says = " ".join(mistake.says for mistake in several)
            return wrong(self._so_far(given, off) + says, *(mistake.name for mistake in several))
        return self._unnamed(given, off)

    def _several(self, given: Values, off: list[str]) -> list[Mistake]:
        """Mistakes that together explain all wrong values; none where a value is left."""
        found, left = [], off
        for mistake in self._mistakes:
            values = self.known[mistake.name]
            said = [name for name in off if name in values]
            made = all(self.near(name, given[name], values[name]) for name in said)
            if made and set(said) & set(left):
                found.append(mistake)
                left = [name for name in left if name not in said]
        return [] if left else found

    def near(self, name: str, value: Any, other: Any) -> bool:
        """Whether a value is one of that name, near enough to another."""
        return self._difference(name, value, other) is None

    def _difference(self, name: str, value: Any, other: Any) -> Any:
        close = {"rtol": self._rtol, "atol": 1e-6}
        if name in self._within:
            close = {"rtol": 0.0, "atol": self._within[name]}
        if isinstance(value, str) and isinstance(other, str):
            value, other = value.strip().casefold(), other.casefold()
        return difference(value, other, **close)

    def _so_far(self, given: Values, off: list[str]) -> str:
        right = [name for name in given if name not in off]
        return f"Right: {_listed(right)}. Not right: {_listed(off)}. " if right else ""

    def _unnamed(self, given: Values, off: list[str]) -> Verdict:
        says = f"{self._so_far(given, off)}That is none of the mistakes known here."
        lines = []
        for name in off:
            kind = self._difference(name, given[name], self.expected[name]).kind
            hint = "" if kind == "value" else " (another kind of thing was asked for)"
            lines.append(f"{name}: got {described(given[name])}{hint}")
        return wrong(says, lines=lines)


class Place(Numbers):
    """An exercise whose answer is set in a picture: some values of an explorer.

    As long as none of them was moved it counts as not attempted.
    """

    def _judge(self, *answer: Any, **parts: Any) -> Verdict:
        (place,) = answer if len(answer) == 1 else (None,)
        if place is Ellipsis or (place is None and not parts and len(answer) < 2):
            return Verdict(OPEN, "")
        values = getattr(place, "values", None)
        if parts or not isinstance(values, Mapping) or set(self.expected) - set(values):
            says = f"The check takes the picture that you moved: `check.{self.name}(place)`."
            return Verdict(WRONG, says)
        names = list(self.expected)
        start = {name: place.controls[name].nearest(place.controls[name].value) for name in names}
        given = {name: values[name] for name in names}
        return Verdict(OPEN, "") if given == start else self._of_values(given)

    def _unnamed(self, given: Values, off: list[str]) -> Verdict:
        says = "Not there yet, and it is none of the places known here."
        return wrong(says, lines=[f"{name} is at {described(given[name])}" for name in off])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
