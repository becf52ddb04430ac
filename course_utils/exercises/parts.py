"""An exercise whose answer returns several numbers by name, each with mistakes of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from course_utils.exercises.comparing import same
from course_utils.exercises.exercise import Mistake
from course_utils.exercises.function import Function
from course_utils.exercises.verdict import Verdict, wrong

Part = Callable[..., Any]  # of a case's arguments: one of the numbers
Parts = Mapping[str, Mapping[str, tuple[str, Part]]]


class PartByPart(Function):
    """A function that returns a dict of numbers, {name: number}.

    Where no mistake explains all of them, each is explained by a mistake of its own.

    Parameters
    ----------
    parts
        For each number its known mistakes: {name: (what is said, (*arguments) -> number)}. What is
        said may say nothing of the other numbers.
    """

    def __init__(
        self,
        name: str,
        *,
        answer: Callable[..., Any],
        mistakes: Sequence[Mistake],
        parts: Parts,
        **more: Any,
    ):
        single = [
            Mistake(of, says, partial(_with_part, answer, key, part))
            for key, known in parts.items()
            for of, (says, part) in known.items()
        ]
        more.setdefault("reading", self._one_by_one)
        super().__init__(name, answer=answer, mistakes=(*mistakes, *single), **more)
        self.parts = parts

    def named(self, results: list[Any]) -> Verdict | None:
        """The verdict on results that one mistake explains, or one for each number."""
        return super().named(results) or self._part_by_part(results)

    def unnamed(self, results: list[Any], differences: list[Any], first: int) -> Verdict:
        """Where one number has no name, those of the others are told all the same."""
        verdict, found = super().unnamed(results, differences, first), self._parts(results)
        if not any(found.values()):
            return verdict
        left = ", ".join(f"`{key}`" for key, name in found.items() if not name)
        says = [*self._says(found), f"{left}: this is none of the mistakes known here."]
        return wrong(" ".join(says), *filter(None, found.values()), lines=verdict.lines)

    def _part_by_part(self, results: list[Any]) -> Verdict | None:
        found = self._parts(results)
        if not found or "" in found.values():
            return None
        return wrong(" ".join(self._says(found)), *found.values())

    def _parts(self, results: list[Any]) -> dict[str, str]:
        """By each number that is not right its mistake's name, or "" where it has none."""
        found: dict[str, str] = {}
        if not all(isinstance(result, dict) and {*result} == {*self.parts} for result in results):
            return found
        for key, known in self.parts.items():
            values = [result[key] for result in results]
            if all(map(self._near, values, (right[key] for right in self.expected))):
                continue
            made = (of for of in known if all(map(self._near, values, self._of_part(known[of][1]))))
            found[key] = next(made, "")
        return found

    def _near(self, value: Any, other: Any) -> bool:
        return same(value, other, **self._close)

    def _says(self, found: dict[str, str]) -> list[str]:
        return [self.parts[key][name][0] for key, name in found.items() if name]

    def _of_part(self, part: Part) -> list[Any]:
        return [part(*case.make()) for case in self.cases]

    def _one_by_one(self, args: tuple[Any, ...], found: Any) -> str:
        """Each of the numbers on its own: right, or by which mistake it is not."""
        right, said = self.answer(*args), []
        for key, known in self.parts.items():
            value = found[key]
            if self._near(value, right[key]):
                said.append(f"{key} is right")
            elif self._near(value, math.nan):
                said.append(f"{key} is NaN")
            else:
                names = [of for of, (_, part) in known.items() if self._near(value, part(*args))]
                said.append(f"{key} is not right" + (f" ({names[0]})" if names else ""))
        return "one by one: " + ", ".join(said)


def _with_part(answer: Callable[..., Any], key: str, part: Part, *args: Any) -> dict[str, Any]:
    """The right numbers but for one."""
    return answer(*args) | {key: part(*args)}
