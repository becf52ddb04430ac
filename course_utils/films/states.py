"""The states of a film: an index for each track, and the three numbers that sum up a quiz."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import Any

from course_utils.explorers.explorer import Explorer
from course_utils.films.plan import Plan, tracks_of

At = tuple[int, ...]  # a state: the index of each track's value


class States:
    """All states of an explorer over the tracks of a plan."""

    def __init__(self, explorer: Explorer, plan: Plan):
        self.explorer, self.plan = explorer, plan
        self.tracks = tracks_of(explorer, plan)
        self.number = {track.name: n for n, track in enumerate(self.tracks)}
        self.start: At = tuple(track.start for track in self.tracks)
        self.sizes = [len(track.values) for track in self.tracks]
        quiz = plan.quiz
        self.answers = [] if quiz is None else [self.number[name] for name in quiz.answers]
        if quiz is not None:
            given = len(self.answers) + 1
            self.sizes += [given, given, self.sizes[self.answers[0]]]
        self._random = random.Random(7)

    def values(self, at: At) -> dict[str, Any]:
        """The explorer's values in a state."""
        mine = {t.name: t.values[i] for t, i in zip(self.tracks, at, strict=True)}
        values = {name: v for name, v in mine.items() if name in self.explorer.controls}
        return values | {name: own.together(mine) for name, own in self.plan.own.items()}

    def index(self, name: str, value: Any) -> int | None:
        """The index of a track's value, None where there is none."""
        values = self.tracks[self.number[name]].values if name in self.number else ()
        return values.index(value) if value in values else None

    def some(self, given: int | None = None) -> At:
        """A random state that a reader can reach, of a quiz with so many answers given."""
        at = [self._random.randrange(len(track.values)) for track in self.tracks]
        if given is None:
            given = self._random.randint(0, len(self.answers))
        for n, track in enumerate(self.answers):
            at[track] = self._random.randrange(1, self.sizes[track]) if n < given else 0
        return tuple(at)

    def beside(self, at: At, track: int, most: int) -> list[At]:
        """Some states in reach that differ in one track only."""
        moves = [moved(at, track, n) for n in range(self.sizes[track]) if n != at[track]]
        moves = [other for other in moves if self._in_reach(other)]
        return self._random.sample(moves, min(most, len(moves)))

    def summed_up(self, uses: set[int]) -> set[int]:
        """What depends on many answers depends on the numbers that sum them up."""
        n = len(self.tracks)
        if len(uses.intersection(self.answers)) < 2:
            return uses
        return uses.difference(self.answers) | {self.number[self.plan.quiz.by], n, n + 1, n + 2}

    def with_numbers(self, at: At) -> At:
        """A state, and behind it the quiz's three numbers."""
        if not self.answers:
            return at
        return (*at, *numbers([at[track] for track in self.answers], self._key(at)))

    def having(self, wanted: Mapping[int, int]) -> At | None:
        """A state with some tracks, and the quiz's numbers, as wanted; None where none is."""
        at, n = list(self.start), len(self.tracks)
        for track, index in wanted.items():
            if track < n:
                at[track] = index
        if n in wanted:
            answers = answers_with(self._key(at), *(wanted[n + i] for i in range(3)))
            if answers is None:
                return None
            for track, answer in itertools.zip_longest(self.answers, answers, fillvalue=0):
                at[track] = answer
        else:  # a mark of answer n is seen after n answers
            given = [i for i, track in enumerate(self.answers) if wanted.get(track)]
            for track in self.answers[: max(given, default=0)]:
                at[track] = at[track] or 1
        return tuple(at)

    def _in_reach(self, at: At) -> bool:
        """Whether answers are given one after the other."""
        given = [at[track] > 0 for track in self.answers]
        return given == sorted(given, reverse=True)

    def _key(self, at: Sequence[int]) -> Sequence[int]:
        return self.plan.quiz.key[at[self.number[self.plan.quiz.by]]]


def moved(at: At, track: int, index: int) -> At:
    """A state with another index of one track."""
    return (*at[:track], index, *at[track + 1 :])


def numbers(answers: Sequence[int], key: Sequence[int]) -> tuple[int, int, int]:
    """How many answers are given, how many are right, and the last one (0 before the first)."""
    given = [answer for answer in answers if answer]
    right = sum(answer == good for answer, good in zip(answers, key, strict=True))
    return len(given), right, given[-1] if given else 0


def answers_with(key: Sequence[int], given: int, right: int, last: int) -> list[int] | None:
    """Some answers to a quiz of which `right` are right and the last is `last`, or None."""
    if given == 0:
        return [] if right == last == 0 else None
    before = right - (last == key[given - 1])
    if last == 0 or given > len(key) or not 0 <= before < given:
        return None
    wrong = [1 if good != 1 else 2 for good in key]
    return [*key[:before], *wrong[before : given - 1], last]
