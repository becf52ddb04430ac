"""An exercise whose answer is a function: it is run on cases beside right and wrong ones."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from course_utils.exercises.attempt import Attempts
from course_utils.exercises.called import CHANGED, RETURNS_NONE, Called, Case, just_called
from course_utils.exercises.comparing import (
    described,
    difference,
    factor,
    numbers,
    outlined,
    same,
    unchanged,
)
from course_utils.exercises.exercise import Mistake, plain_torch
from course_utils.exercises.verdict import Verdict, wrong

FORGETFUL = "another answer the second time"
SIGN = "wrong sign"
MOST_SHOWN = 120  # characters of a result that is shown as it is
FEWEST = 6  # numbers that must be multiples of the right ones, else it may be chance


class Function(Called):
    """An exercise whose answer is a function.

    Parameters
    ----------
    answer, mistakes
        The right function and the known wrong ones, all of the learner's signature.
    cases
        What they are tried on. No two of them may give the same results on all cases.
    others
        Other functions whose results count as right (another convention, say).
    call
        (answer, *arguments) -> result: how a case uses a function.
    returns
        What the function is to return, in words.
    rtol, atol
        How near a result must be, against float32's rounding.
    reading
        (arguments, result) -> a sentence that helps where no mistake was recognised, or ""; it
        must stand a result that holds nan.
    watched
        Mistakes that show in how a right result came about: each with (answer) -> whether it does
        so. They are looked at in this order, where all results are right.
    secret
        Whether what was expected stays unsaid: beside the inputs it would give the rule away.
    """

    def __init__(
        self,
        name: str,
        *,
        answer: Callable[..., Any],
        cases: Sequence[Case],
        mistakes: Sequence[Mistake],
        others: Sequence[Callable[..., Any]] = (),
        call: Callable[..., Any] = just_called,
        returns: str = "",
        rtol: float = 1e-4,
        atol: float = 1e-5,
        reading: Callable[[tuple[Any, ...], Any], str] | None = None,
        watched: Sequence[tuple[Mistake, Callable[[Callable[..., Any]], bool]]] = (),
        secret: bool = False,
        **words: str,
    ):
        super().__init__(name, answer=answer, cases=cases, call=call, **words)
        self._mistakes, self._returns, self.reading = tuple(mistakes), returns, reading
        self._close, self._secret = {"rtol": rtol, "atol": atol}, secret
        self._others, self._watched = tuple(others), tuple(watched)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return *self._mistakes, *(mistake for mistake, _ in self._watched)

    @cached_property
    def expected(self) -> list[Any]:
        """The right result of each case."""
        return self.results(self.answer)

    @cached_property
    def right(self) -> list[list[Any]]:
        """All that counts as right, case by case: what is expected comes first."""
        return [self.expected, *map(self.results, self._others)]

    @cached_property
    def known(self) -> dict[str, list[Any]]:
        """The results of each mistake, case by case."""
        return {mistake.name: self.results(mistake.answer) for mistake in self._mistakes}

    def results(self, answer: Callable[..., Any]) -> list[Any]:
        """What a function of our own returns, case by case."""
        with plain_torch():
            return [self.call(answer, *case.make()) for case in self.cases]

    def verdict_on(self, function: Callable[..., Any]) -> Verdict:
        """The verdict on a function, from its results in all cases."""
        attempts, outcomes, changed = Attempts(), [], False
        for case in self.cases:
            args = case.make()
            outcome = self.run(attempts, function, args)
            if outcome.error:
                return self.stopped(outcome, len(outcomes))
            outcomes.append(outcome)
            changed = changed or not unchanged(args, case.make())
        results = [outcome.result for outcome in outcomes]
        printed = outcomes[0].printed
        verdict = self.verdict_on_results(results, changed, printed)
        if verdict == self.when_right:
            again = self.run(attempts, function, self.cases[0].make())
            if again.error:
                return self.stopped(again, 0)
            first = [right[0] for right in self.right]
            if not any(same(again.result, one, **self._close) for one in first):
                says = (
                    "Its first answer is right, but called once more with the same arguments it "
                    "gives another. Does it keep something from one call to the next?"
                )
                return wrong(says, FORGETFUL, printed=printed)
            for mistake, does in self._watched:
                with plain_torch():
                    seen = attempts.call(does, function)
                if seen.error:
                    return self.stopped(seen, 0)
                if seen.result:
                    return wrong(mistake.says, mistake.name, printed=printed)
        return verdict

    def verdict_on_results(
        self, results: list[Any], changed: bool = False, printed: str = ""
    ) -> Verdict:
        """The verdict on what a function has returned, case by case."""
        if any(self._same(results, right) for right in self.right):
            if not changed:
                return self.when_right
            says = (
                "The results are right, but the function changes the tensors or dicts that it was "
                "given, and whoever calls it still needs them. Make new ones in their place. "
                "(Whether a tensor requires a gradient, and its `.grad`, count as well.)"
            )
            return wrong(says, CHANGED, printed=printed)
        differences = [
            difference(found, right, **self._close)
            for found, right in zip(results, self.expected, strict=True)
        ]
        first = next(i for i, different in enumerate(differences) if different)
        verdict = self.named(results) or self.unnamed(results, differences, first)
        if changed and CHANGED not in verdict.names:
            more = (
                "It changes the tensors or dicts that it was given: make new ones in their place."
            )
            verdict = wrong(f"{more} {verdict.says}", *verdict.names, lines=verdict.lines)
        return wrong(verdict.says, *verdict.names, lines=verdict.lines, printed=printed)

    def named(self, results: list[Any]) -> Verdict | None:
        """The verdict on wrong results that a known mistake has, too; None where none has."""
        for mistake in self._mistakes:
            if self._same(results, self.known[mistake.name]):
                return wrong(mistake.says, mistake.name)
        times = self._times(results, self.expected)
        if times is not None:
            if abs(times - 1) < 1e-3:  # nearly right, and what is like the right one is nothing
                return None
            if abs(times + 1) < 1e-3:
                return wrong("The size is right, and the sign is not.", SIGN)
            return wrong(f"Each of your results is {times:.4g} times the right one.")
        for mistake in self._mistakes:
            if (times := self._times(results, self.known[mistake.name])) is not None:
                if abs(times + 1) < 1e-3:
                    return wrong(f"{mistake.says} The sign is wrong as well.", mistake.name, SIGN)
                if abs(times - 1) < 1e-3:
                    return wrong(mistake.says, mistake.name)
                says = f"{mistake.says} And the result is {times:.4g} times that."
                return wrong(says, mistake.name)
        return None

    def _same(self, results: list[Any], others: list[Any]) -> bool:
        return all(same(f, o, **self._close) for f, o in zip(results, others, strict=True))

    def _times(self, results: list[Any], others: list[Any]) -> float | None:
        """The one factor between all results and others, where there are enough numbers."""
        row = numbers(others)
        if row is None or len(row) < FEWEST or len(row.unique()) < FEWEST // 2:
            return None
        if any(
            difference(found, other, rtol=1.0, atol=1e9)
            for found, other in zip(results, others, strict=True)
        ):
            return None  # another type or shape is another mistake
        return factor(results, others, **self._close)

    def _inputs(self, case: Case) -> str:
        """A case's arguments by name, numbers as they are, the rest by kind and shape."""
        args = case.make()
        names = [*inspect.signature(self.answer).parameters][: len(args)]
        named = len(names) == len(args)
        return ", ".join(
            f"{name} = {outlined(arg)}" if named else outlined(arg)
            for name, arg in zip(names if named else args, args, strict=True)
        )

    def unnamed(self, results: list[Any], differences: list[Any], first: int) -> Verdict:
        """The verdict on wrong results that have no name, with the first case that fails."""
        found, case = results[first], self.cases[first]
        right = len(results) - sum(map(bool, differences))
        some = f" It is right in {right} of {len(results)} cases." if right else ""
        if found is None and right:
            return wrong(f"It returns `None` in the case: {case.says}.{some}")
        if found is None:
            return wrong(RETURNS_NONE)
        returns = f" It is to return {self._returns}." if self._returns else ""
        kind = differences[first].kind
        says = {
            "type": f"That is another kind of thing than was asked for.{returns}",
            "shape": f"The result has another shape than was asked for.{returns}",
            "nan": "The result holds nan. Was something divided by 0, or a root taken of less?",
            "value": "The result is not right, and it is none of the mistakes known here.",
        }[kind]
        lines = [f"case:     {case.says}", f"inputs:   {self._inputs(case)}"]
        whole = described(self.expected[first]), described(found)
        secret = self._secret and kind in ("value", "nan")
        if max(map(len, whole)) <= MOST_SHOWN:
            lines += [] if secret else [f"expected: {whole[0]}"]
            lines.append(f"got:      {whole[1]}")
        if not secret and differences[first].says not in "".join(lines):
            lines.append(f"there:    {differences[first].says}")
        if self.reading is not None and kind in ("value", "nan"):
            with contextlib.suppress(Exception):  # of an odd result there may be nothing to say
                lines += filter(None, [self.reading(case.make(), found)])
        return wrong(says + some, lines=lines)
