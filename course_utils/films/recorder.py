"""The recorder: runs an explorer over its values and keeps each state of each part once."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from course_utils.explorers.explorer import Explorer
from course_utils.explorers.frame import Pose
from course_utils.figures.pen import FilmError, Pen
from course_utils.figures.style import course_style
from course_utils.films.film import FORMAT, Film
from course_utils.films.plan import Plan, Quiz, Track, tracks_of
from course_utils.films.table import Table, answers_with

MOST_STATES = 20_000
BASES, OTHERS, CHECKED = 12, 3, 50

At = tuple[int, ...]  # a state: the index of each track's value
Part = tuple[str, Any]  # what is kept: ("mark", n), ("alt", ""), ("place", handle), ...


def film(explorer: Explorer, plan: Plan | None = None, *, name: str = "") -> Film:
    """The film of an explorer, over the values of a plan (by default all, thinned out).

    A part is kept over those tracks only that it depends on. They are found by moving one at a
    time, and checked at 50 random states. FilmError for what cannot be filmed.
    """
    with course_style():
        return _Recorder(explorer, Plan() if plan is None else plan).film(name)


class _Recorder:
    def __init__(self, explorer: Explorer, plan: Plan):
        self.explorer, self.plan = explorer, plan
        self.tracks = tracks_of(explorer, plan)
        self.by_name = {track.name: n for n, track in enumerate(self.tracks)}
        stage = explorer.stage
        self.pen = Pen(stage.size, stage.figure.dpi)
        self.random = random.Random(7)
        self.start: At = tuple(track.start for track in self.tracks)
        self.sizes = [len(track.values) for track in self.tracks]
        if plan.quiz is not None:
            answers = len(plan.quiz.answers)
            self.sizes += [answers + 1, answers + 1, self.sizes[self._answers()[0]]]
        self.parts = self._all_parts()

    def film(self, name: str) -> Film:
        uses = self._uses()
        tables = self._recorded(uses)
        for _ in range(CHECKED):  # more than enough: each round finds a track that was overlooked
            wrong = self._check(uses, tables)
            if not wrong:
                break
            tables |= self._recorded({part: uses[part] for part in wrong})
        return self._assembled(name, uses, tables)

    # --- one state --------------------------------------------------------------------------------

    def values(self, at: At) -> dict[str, Any]:
        """The explorer's values in a state."""
        mine = {t.name: t.values[i] for t, i in zip(self.tracks, at, strict=True)}
        values = {name: v for name, v in mine.items() if name in self.explorer.controls}
        return values | {name: own.together(mine) for name, own in self.plan.own.items()}

    def moment(self, at: At, parts: Iterable[Part]) -> dict[Part, str]:
        """What each of some parts shows in a state, as JSON."""
        pose = self.explorer.pose(**self.values(at))
        return {part: _json(self._shown(part, pose, at)) for part in parts}

    def _shown(self, part: Part, pose: Pose, at: At) -> Any:
        kind, which = part
        if kind == "mark":
            return self.pen.written(self.explorer.stage.moving[which])
        if kind in ("alt", "remark"):
            return getattr(pose, kind)
        placed = pose.handles.get(which)
        if kind == "place":
            return _box(placed)
        return None if placed is None else self._clicked(which, pose, at)

    def _clicked(self, button: str, pose: Pose, at: At) -> list[list[int]] | None:
        """Where a click leads, [track, index] each; None where the film cannot go there."""
        wanted: dict[str, Any] = {}
        for control, value in self.explorer.handles[button].click(pose.frame).items():
            own = self.plan.own.get(control)
            apart = {control: value} if own is None else own.apart(value)
            if apart is None:
                return None
            wanted |= apart
        to = [(self.by_name.get(name), self._index(name, v)) for name, v in wanted.items()]
        if any(index is None for _, index in to):
            return None
        return [[track, index] for track, index in to if at[track] != index]

    def _index(self, name: str, value: Any) -> int | None:
        values = self.tracks[self.by_name[name]].values if name in self.by_name else ()
        return values.index(value) if value in values else None

    def _all_parts(self) -> list[Part]:
        parts: list[Part] = [("mark", n) for n in range(len(self.explorer.stage.moving))]
        parts += [("alt", ""), ("remark", "")]
        for handle in self.explorer.handles.values():
            if handle.click is not None:
                parts += [("place", handle.name), ("to", handle.name)]
            elif self._moves(handle.name):
                parts.append(("place", handle.name))
        return parts

    def _moves(self, handle: str) -> list[int]:
        """The tracks that a drag moves, none where the film lacks one of them."""
        moves: list[str] = []
        for name in self.explorer.handles[handle].moves:
            own = self.plan.own.get(name)
            moves += [name] if own is None else [track for track, _ in own.tracks]
        found = [self.by_name.get(name) for name in moves]
        return [] if None in found else found

    # --- what depends on what ---------------------------------------------------------------------

    def some_state(self, given: int | None = None) -> At:
        """A random state that a reader can reach, of a quiz with so many answers given."""
        at = [self.random.randrange(len(track.values)) for track in self.tracks]
        if self.plan.quiz is not None:
            if given is None:
                given = self.random.randint(0, len(self._answers()))
            for n, track in enumerate(self._answers()):
                at[track] = self.random.randrange(1, self.sizes[track]) if n < given else 0
        return tuple(at)

    def _uses(self) -> dict[Part, set[int]]:
        uses: dict[Part, set[int]] = {part: set() for part in self.parts}
        bases = [self.start, *(self.some_state() for _ in range(BASES - 1))]
        bases += [self.some_state(given) for given in range(len(self._answers()))]
        for base in bases:
            self._find_uses(base, uses)
        return {part: self._with_quiz(found) for part, found in uses.items()}

    def _find_uses(self, base: At, uses: dict[Part, set[int]]) -> None:
        """Move one track at a time from a state, and see what changes."""
        seen = self.moment(base, uses)
        for track, size in enumerate(self.sizes[: len(self.tracks)]):
            moves = [_with(base, track, n) for n in range(size) if n != base[track]]
            moves = [at for at in moves if self._in_reach(at)]
            for at in self.random.sample(moves, min(OTHERS, len(moves))):
                moved = self.moment(at, uses)
                for part, found in uses.items():
                    if moved[part] != seen[part]:
                        found.add(track)

    def _check(self, uses: dict[Part, set[int]], tables: dict[Part, Table]) -> set[Part]:
        """The parts that a random state shows to depend on more; `uses` is brought up to date."""
        for _ in range(CHECKED):
            at = self.some_state()
            shown = self.moment(at, self.parts)
            full = self._with_numbers(at)
            wrong = {part for part in self.parts if tables[part].at(full) != shown[part]}
            if wrong:
                for part in wrong:
                    uses[part] = self._with_quiz(uses[part] | {self._overlooked(part, uses, at)})
                return wrong
        return set()

    def _overlooked(self, part: Part, uses: dict[Part, set[int]], at: At) -> int:
        """A track that a part depends on: on the way to a state where it is not what is kept."""
        full = self._with_numbers(at)
        here = self._state({track: full[track] for track in uses[part]})
        kept = self.moment(here, [part])[part]
        for track in range(len(self.tracks)):
            here = _with(here, track, at[track])
            if self.moment(here, [part])[part] != kept:
                if track not in uses[part]:
                    return track
                break
        raise FilmError(f"{part} changes with something that no control holds: {self.values(at)}")

    # --- the quiz ---------------------------------------------------------------------------------

    def _answers(self) -> list[int]:
        quiz = self.plan.quiz
        return [] if quiz is None else [self.by_name[name] for name in quiz.answers]

    def _in_reach(self, at: At) -> bool:
        """Whether answers are given one after the other."""
        answers = [at[track] > 0 for track in self._answers()]
        return answers == sorted(answers, reverse=True)

    def _with_quiz(self, uses: set[int]) -> set[int]:
        """What depends on many answers depends on the numbers that sum them up."""
        answers, n = set(self._answers()), len(self.tracks)
        if len(uses & answers) < 2:
            return uses
        return uses - answers | {self.by_name[self.plan.quiz.by], n, n + 1, n + 2}

    def _with_numbers(self, at: At) -> At:
        """A state, and behind it the quiz's three numbers."""
        if self.plan.quiz is None:
            return at
        answers = [at[track] for track in self._answers()]
        given = [answer for answer in answers if answer]
        key = self.plan.quiz.key[at[self.by_name[self.plan.quiz.by]]]
        right = sum(answer == good for answer, good in zip(answers, key, strict=True))
        return (*at, len(given), right, given[-1] if given else 0)

    # --- recording --------------------------------------------------------------------------------

    def _recorded(self, uses: dict[Part, set[int]]) -> dict[Part, Table]:
        tables = {part: Table(sorted(found), self.sizes) for part, found in uses.items()}
        groups: dict[tuple[int, ...], list[Part]] = {}
        for part, table in tables.items():
            groups.setdefault(tuple(table.uses), []).append(part)
        for found, parts in groups.items():
            shape = [self.sizes[track] for track in found]
            if np.prod(shape) > MOST_STATES:
                names = [self.tracks[n].name if n < len(self.tracks) else "quiz" for n in found]
                raise FilmError(
                    f"{len(parts)} parts ({parts[0]}, ...) depend on {names}, together "
                    f"{np.prod(shape):,} states: give fewer values, at most {MOST_STATES:,} states"
                )
            for index in itertools.product(*map(range, shape)):
                at = self._state(dict(zip(found, index, strict=True)))
                if at is not None:
                    for part, shown in self.moment(at, parts).items():
                        tables[part].put(index, shown)
        return tables

    def _state(self, wanted: dict[int, int]) -> At | None:
        """A state with some tracks, and the quiz's numbers, as wanted; None where none is."""
        at, n = list(self.start), len(self.tracks)
        for track, index in wanted.items():
            if track < n:
                at[track] = index
        if n in wanted:
            key = self.plan.quiz.key[at[self.by_name[self.plan.quiz.by]]]
            answers = answers_with(key, *(wanted[n + i] for i in range(3)))
            if answers is None:
                return None
            for track, answer in itertools.zip_longest(self._answers(), answers, fillvalue=0):
                at[track] = answer
        else:  # a mark of answer n is seen after n answers
            given = [i for i, track in enumerate(self._answers()) if wanted.get(track)]
            for track in self._answers()[: max(given, default=0)]:
                at[track] = at[track] or 1
        return tuple(at)

    def _assembled(self, name: str, uses: dict[Part, set[int]], tables: dict[Part, Table]) -> Film:
        explorer, stage = self.explorer, self.explorer.stage
        explorer.pose()
        self.pen.operations = still = []
        stage.figure.draw(self.pen)
        part = {key: table.plain() for key, table in tables.items()}
        content = {
            "format": FORMAT,
            "name": name,
            "describe": explorer.describe,
            "question": getattr(explorer, "question", ""),
            "more": self.plan.more,
            "size": [10 * side for side in stage.size],
            "tracks": [_plain(track, self.by_name) for track in self.tracks],
            "quiz": None if self.plan.quiz is None else self._plain_quiz(self.plan.quiz),
            "still": still,
            "marks": [self._plain_mark(n, part["mark", n]) for n in range(len(stage.moving))],
            "alt": part["alt", ""],
            "remark": part["remark", ""],
            "handles": [*self._plain_handles(part)],
        }
        return Film.of(content)

    def _plain_mark(self, n: int, part: dict[str, Any]) -> dict[str, Any]:
        kept = self.explorer.stage.moving[n].get_gid() in self.plan.keeps
        return part | {"keeps": True} if kept else part

    def _plain_handles(self, part: dict[Part, dict]) -> Iterator[dict[str, Any]]:
        for handle in self.explorer.handles.values():
            if ("place", handle.name) not in part:
                continue
            plain = {"name": handle.name, "label": handle.label}
            place = part["place", handle.name]
            if handle.click is None:
                yield plain | {"moves": self._moves(handle.name), "place": place}
            elif any(state is not None for state in part["to", handle.name]["states"]):
                yield plain | {"place": place, "to": part["to", handle.name]}

    def _plain_quiz(self, quiz: Quiz) -> dict[str, Any]:
        answers = [self.by_name[name] for name in quiz.answers]
        return {"answers": answers, "by": self.by_name[quiz.by], "key": quiz.key}


def _box(placed: dict[str, Any] | None) -> list[Any] | None:
    """A handle's place and its value in words, or a button's place and size; in thousandths."""
    if placed is None:
        return None
    sides = ("x", "y", "width", "height") if "width" in placed else ("x", "y")
    box = [round(placed[side], 4) for side in sides]
    return box if "width" in placed else [*box, placed["value"]]


def _plain(track: Track, by_name: dict[str, int]) -> dict[str, Any]:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in track.values)
    return {
        "name": track.name,
        "kind": track.kind,
        "label": track.label,
        "texts": track.texts,
        "numbers": [round(float(value), 6) for value in track.values] if numbers else None,
        "start": track.start,
        "resets": [by_name[name] for name in track.resets],
    }


def _with(at: At, track: int, index: int) -> At:
    return (*at[:track], index, *at[track + 1 :])


def _json(shown: Any) -> str:
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
