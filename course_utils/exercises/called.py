"""What exercises share whose answer is a function: it is called on cases, and errors are shown."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.exercises.attempt import Attempts, Outcome
from course_utils.exercises.exercise import Exercise, one_answer, plain_torch
from course_utils.exercises.verdict import Verdict, wrong

CHANGED = "changes what it was given"
RETURNS_NONE = "It returns `None`. Is a `return` missing, or never reached?"


@dataclass(frozen=True)
class Case:
    """Arguments to try a function on: in words, and made fresh, the same each time."""

    says: str
    make: Callable[[], tuple[Any, ...]]


def just_called(answer: Callable[..., Any], *args: Any) -> Any:
    """A function's result, as most cases want it."""
    return answer(*args)


class Called(Exercise):
    """An exercise whose answer is a function; `call` is how a case uses it."""

    def __init__(
        self,
        name: str,
        *,
        answer: Callable[..., Any],
        cases: Sequence[Case],
        call: Callable[..., Any] = just_called,
        **words: str,
    ):
        super().__init__(name, **words)
        self.answer, self.cases, self.call = answer, tuple(cases), call

    def _judge(self, *answer: Any, **parts: Any) -> Verdict:
        function = one_answer(self.name, answer, parts)
        return function if isinstance(function, Verdict) else self.verdict_on(function)

    @abstractmethod
    def verdict_on(self, function: Callable[..., Any]) -> Verdict:
        """The verdict on a function that was attempted."""

    def run(self, attempts: Attempts, function: Callable[..., Any], args: Any) -> Outcome:
        """What comes of a function of the learner's for some arguments."""
        with plain_torch():  # each time: the call before may have set another type
            return attempts.call(self.call, function, *args)

    def stopped(self, outcome: Outcome, before: int) -> Verdict:
        """The verdict on an error, after so many cases without one."""
        works = f"It runs on {before} of the cases, then stops. " if before else ""
        says = f"{works}Your code stopped in the case: {self.cases[before].says}."
        lines = [line for line in (outcome.line, outcome.error) if line]
        return wrong(says, lines=lines, printed=outcome.printed)
