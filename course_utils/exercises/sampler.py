"""An exercise whose answer draws at random: signs of mistakes are looked for in what it draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from course_utils.exercises.attempt import Attempts
from course_utils.exercises.called import CHANGED, RETURNS_NONE, Called, Case
from course_utils.exercises.comparing import described, unchanged
from course_utils.exercises.verdict import Verdict, wrong


@dataclass(frozen=True)
class Try:
    """The arguments of a case, made anew after the call, and what the function returned.

    `given` are the arguments that it got, as it left them.
    """

    args: tuple[Any, ...]
    result: Any
    given: tuple[Any, ...] = ()


def not_moved_on(tries: Sequence[Try]) -> bool:
    """Whether a generator stands, after some call, where it stood before."""
    pairs = [
        (given, fresh)
        for one in tries
        for given, fresh in zip(one.given, one.args, strict=True)
        if isinstance(fresh, torch.Generator)
    ]
    return any(torch.equal(given.get_state(), fresh.get_state()) for given, fresh in pairs)


@dataclass(frozen=True)
class Sign:
    """What shows that something is wrong, looked for after all signs before it.

    `seen` takes what was read of all tries. An empty name is for what is wrong without being a
    known mistake; `answer` is a function that shows this sign first (None where the name is empty).
    """

    name: str
    says: str
    seen: Callable[[Any], bool]
    answer: Callable[..., Any] | None = None


class Sampler(Called):
    """An exercise whose answer draws at random, so that no two right ones need agree.

    Parameters
    ----------
    signs
        Looked at in this order; an answer without any is right. The first should ask for kind and
        shape, since those after it rely on them.
    cases
        What the function is called with. A torch.Generator among the arguments is the case's own.
    answer
        A right answer, for tests.
    reading
        What the signs are shown, made once of all tries (the tries themselves where nothing is
        said).
    """

    def __init__(
        self,
        name: str,
        *,
        cases: Sequence[Case],
        signs: Sequence[Sign],
        answer: Callable[..., Any],
        reading: Callable[[list[Try]], Any] = list,
        **words: str,
    ):
        super().__init__(name, answer=answer, cases=cases, **words)
        self.signs, self._reading = tuple(signs), reading

    @property
    def mistakes(self) -> tuple[Sign, ...]:
        return tuple(sign for sign in self.signs if sign.name)

    def verdict_on(self, function: Callable[..., Any]) -> Verdict:
        """The verdict on a function, from the first sign that is seen in what it draws."""
        attempts, tries, printed = Attempts(), [], ""
        for case in self.cases:
            given = case.make()
            outcome = self.run(attempts, function, given)
            printed = printed or outcome.printed
            if outcome.error:
                return self.stopped(outcome, len(tries))
            if outcome.result is None:
                return wrong(RETURNS_NONE, printed=printed)
            tries.append(Try(case.make(), outcome.result, given))
        read = self._reading(tries)
        for sign in self.signs:
            if sign.seen(read):
                got = f"got, in the first case: {described(tries[0].result)}"
                names, lines = ([sign.name], []) if sign.name else ([], [got])
                return wrong(sign.says, *names, lines=lines, printed=printed)
        if not all(unchanged(one.given, one.args) for one in tries):
            says = (
                "What it draws is right, but the function changes the lists or tensors that it was "
                "given, and whoever calls it still needs them as they were."
            )
            return wrong(says, CHANGED, printed=printed)
        return self.when_right
