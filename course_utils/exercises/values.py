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
        Each one's answer is () -> its wrong values, one name or more. `...` for a value: whatever
        it is, it may follow from the others.
    rtol, within
        How near a number must be: a share of it (one per cent where nothing is said), by name a
        distance, or both.
    together
        A mistake is named only where all its wrong values are met (they come in one go, say).
    """

    def __init__(
        self,
        name: str,
        *,
        answer: Callable[[], Values],
        mistakes: Sequence[Mistake],
        rtol: float | None = None,
        within: Mapping[str, float] | None = None,
        together: bool = False,
        **words: str,
    ):
        super().__init__(name, **words)
        self.answer, self._mistakes = answer, tuple(mistakes)
        self._rtol, self._within, self._together = rtol, dict(within or {}), together

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
        return self.verdict_on(
            {k: v for k, v in parts.items() if v is not None and v is not Ellipsis}
        )

    def verdict_on(self, given: Values) -> Verdict:
        """The verdict on values by name, those that were given."""
        if not given:
            return Verdict(OPEN, "")
        off = [name for name in given if not self.near(name, given[name], self.expected[name])]
        missing = [name for name in self.expected if name not in given]
        if not off:
            if not missing:
                return self.when_right
            return wrong(f"Right so far. Still to be found: {_listed(missing)}.")
        if mistake := self._explaining(given, off):
            follows = self._following(off, mistake)
            return wrong(self._so_far(given, off) + mistake.says + follows, mistake.name)
        several = self._several(given, off)
        if set(off) == {name for _, made in several for name in made}:
            says = " ".join(mistake.says for mistake, _ in several)
            return wrong(self._so_far(given, off) + says, *(mistake.name for mistake, _ in several))
        return self.unnamed(given, off, [] if self._together else several)

    def _explaining(self, given: Values, off: list[str]) -> Mistake | None:
        """The first mistake that explains all of these wrong values."""
        # What it says nothing of may be right, but not wrong in a way of its own.
        fit = (one for one in self._mistakes if self._made(given, off, one) == off)
        return next(fit, None)

    def _several(self, given: Values, off: list[str]) -> list[tuple[Mistake, list[str]]]:
        """Mistakes, and which of the wrong values each explains that those before it do not."""
        found, left = [], off
        for mistake in self._mistakes:
            made = self._made(given, off, mistake)
            if explained := [name for name in left if name in made]:
                found.append((mistake, explained))
                left = [name for name in left if name not in made]
        return found

    def _made(self, given: Values, off: list[str], mistake: Mistake) -> list[str]:
        """The wrong values that a mistake explains; none where one of its own is not met."""
        values = self.known[mistake.name]
        own = [name for name in given if values.get(name, ...) is not ...]
        if self._together:  # what the mistake has right may be right
            own = [n for n in own if n in off or not self.near(n, values[n], self.expected[n])]
        else:
            own = [n for n in own if n in off]
        met = all(self.near(name, given[name], values[name]) for name in own)
        return [name for name in off if name in values] if met and set(own) & set(off) else []

    def _following(self, off: list[str], mistake: Mistake) -> str:
        left = [name for name in off if self.known[mistake.name].get(name) is ...]
        return f" With that mended, work out {_listed(left)} anew." if left else ""

    def near(self, name: str, value: Any, other: Any) -> bool:
        """Whether a value is one of that name, near enough to another."""
        return self._difference(name, value, other) is None

    def _difference(self, name: str, value: Any, other: Any) -> Any:
        apart = self._within.get(name)
        share = (1e-2 if apart is None else 0.0) if self._rtol is None else self._rtol
        close = {"rtol": share, "atol": 1e-6 if apart is None else apart}
        if isinstance(value, str) and isinstance(other, str):
            value, other = value.strip().casefold(), other.casefold()
        return difference(value, other, **close)

    def _so_far(self, given: Values, off: list[str]) -> str:
        right = [name for name in given if name not in off]
        return f"Right: {_listed(right)}. Not right: {_listed(off)}. " if right else ""

    def unnamed(
        self, given: Values, off: list[str], known: list[tuple[Mistake, list[str]]]
    ) -> Verdict:
        """Where a value is left that no mistake explains: which one, and what the others are."""
        left = [name for name in off if not any(name in made for _, made in known)]
        says = [f"{_listed(made)}: {mistake.says}" for mistake, made in known]
        which = f"{_listed(left)}: this" if known else "That"
        says.append(f"{which} is none of the mistakes known here.")
        lines = []
        for name in left:
            kind = self._difference(name, given[name], self.expected[name]).kind
            hint = "" if kind == "value" else " (another kind of thing was asked for)"
            lines.append(f"{name}: got {described(given[name])}{hint}")
        names = [mistake.name for mistake, _ in known]
        return wrong(self._so_far(given, off) + " ".join(says), *names, lines=lines)


class Place(Numbers):
    """An exercise whose answer is set in a picture: some values of an explorer.

    As long as none of them was moved it counts as not attempted. Where `pieces` names parts of the
    picture and the values of each, what is wrong is said of each part by itself.
    """

    def __init__(self, name: str, *, pieces: Mapping[str, Sequence[str]] | None = None, **how: Any):
        super().__init__(name, **how)
        self._pieces = dict(pieces or {})

    def verdict_on(self, given: Values) -> Verdict:
        off = [n for n in given if not self.near(n, given[n], self.expected[n])]
        parts = {part: [n for n in names if n in off] for part, names in self._pieces.items()}
        parts = {part: names for part, names in parts.items() if names}
        if not parts or (len(parts) > 1 and self._explaining(given, off)):
            return super().verdict_on(given)
        names, says, lines = [], [], []
        for part, wrong_here in parts.items():
            if mistake := self._explaining(given, wrong_here):
                names.append(mistake.name)
                says.append(f"{part}: {mistake.says}{self._following(wrong_here, mistake)}")
            else:
                says.append(f"{part}: not there yet, and none of the places known here.")
                lines += self._where(given, wrong_here)
        return wrong(self._so_far(given, off) + " ".join(says), *names, lines=lines)

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
        still = [name for name in names if given[name] == start[name]]
        if len(still) == len(names):
            return Verdict(OPEN, "")
        verdict = self.verdict_on(given)
        whole = any(set(part) <= set(still) for part in self._pieces.values())
        if still and verdict.kind == WRONG and (whole or not verdict.names):
            off = [name for name in names if not self.near(name, given[name], self.expected[name])]
            more = f"Not moved yet: {_listed(still)}. With all of them set, more can be said."
            return wrong(self._so_far(given, off) + more)
        return verdict

    def unnamed(
        self, given: Values, off: list[str], known: list[tuple[Mistake, list[str]]]
    ) -> Verdict:
        says = "Not there yet, and it is none of the places known here."
        return wrong(self._so_far(given, off) + says, lines=self._where(given, off))

    def _where(self, given: Values, off: list[str]) -> list[str]:
        return [f"{name} is at {described(given[name])}" for name in off]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
