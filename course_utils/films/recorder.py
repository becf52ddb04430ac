"""The recorder: runs an explorer over its values and keeps each state of each part once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from course_utils.explorers.explorer import Explorer
from course_utils.explorers.frame import Pose
from course_utils.figures.pen import FilmError, Pen
from course_utils.figures.style import course_style
from course_utils.films.film import FORMAT, Film
from course_utils.films.plan import Plan, Quiz, Track
from course_utils.films.states import At, States, moved
from course_utils.films.table import Table

MOST_STATES = 20_000
BASES, OTHERS, CHECKED = 12, 3, 50
PUSHES = np.array([(0, 0), (-30, 0), (0, -30)])  # pixels, nowhere, across and up

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
        self.states = States(explorer, plan)
        self.pen = Pen(explorer.stage.size, explorer.stage.figure.dpi)
        self.parts = self._all_parts()

    def film(self, name: str) -> Film:
        uses = self._uses()
        tables = self._recorded(uses)
        while wrong := self._check(uses, tables):  # ends: each round adds a track to some part
            tables |= self._recorded({part: uses[part] for part in wrong})
        return self._assembled(name, uses, tables)

    # --- one state --------------------------------------------------------------------------------

    def moment(self, at: At, parts: Iterable[Part]) -> dict[Part, str]:
        """What each of some parts shows in a state, as JSON."""
        pose = self.explorer.pose(**self.states.values(at))
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
        to = {name: self.states.index(name, value) for name, value in wanted.items()}
        if None in to.values():
            return None
        to = {self.states.number[name]: index for name, index in to.items()}
        return [[track, index] for track, index in to.items() if at[track] != index]

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
        found = [self.states.number.get(name) for name in moves]
        return [] if None in found else found

    def _ways(self, handle: str) -> str:
        """The ways along which a drag matters, of "xy": a φ on an axis follows the x only."""
        dragged = self.explorer.handles[handle]
        to_data = dragged.axes.transData
        for at in (self.states.start, *(self.states.some() for _ in range(CHECKED))):
            frame = self.explorer.pose(**self.states.values(at)).frame
            place = dragged.at(frame)
            if place is None:
                continue
            here = to_data.transform(place)
            beside = to_data.inverted().transform(here + PUSHES)
            still, *pushed = (dragged.move(*map(float, to), frame) for to in beside)
            return "".join(way for way, to in zip("xy", pushed, strict=True) if to != still)
        return "xy"  # never seen

    # --- what depends on what ---------------------------------------------------------------------

    def _uses(self) -> dict[Part, set[int]]:
        uses: dict[Part, set[int]] = {part: set() for part in self.parts}
        bases = [self.states.start, *(self.states.some() for _ in range(BASES - 1))]
        bases += [self.states.some(given) for given in range(len(self.states.answers))]
        for base in bases:
            self._find_uses(base, uses)
        return {part: self.states.summed_up(found) for part, found in uses.items()}

    def _find_uses(self, base: At, uses: dict[Part, set[int]]) -> None:
        """Move one track at a time from a state, and see what changes."""
        seen = self.moment(base, uses)
        for track in range(len(self.states.tracks)):
            for at in self.states.beside(base, track, OTHERS):
                beside = self.moment(at, uses)
                for part, found in uses.items():
                    if beside[part] != seen[part]:
                        found.add(track)

    def _check(self, uses: dict[Part, set[int]], tables: dict[Part, Table]) -> set[Part]:
        """The parts that a random state shows to depend on more; `uses` is brought up to date."""
        for _ in range(CHECKED):
            at = self.states.some()
            shown = self.moment(at, self.parts)
            full = self.states.with_numbers(at)
            wrong = {part for part in self.parts if tables[part].at(full) != shown[part]}
            if wrong:
                for part in wrong:
                    more = uses[part] | {self._overlooked(part, uses[part], at)}
                    uses[part] = self.states.summed_up(more)
                return wrong
        return set()

    def _overlooked(self, part: Part, uses: set[int], at: At) -> int:
        """A track that a part depends on: on the way to a state where it is not what is kept."""
        full = self.states.with_numbers(at)
        here = self.states.having({track: full[track] for track in uses})
        kept = self.moment(here, [part])[part]
        for track in range(len(self.states.tracks)):
            here = moved(here, track, at[track])
            if self.moment(here, [part])[part] != kept:
                if track not in uses:
                    return track
                break
        values = self.states.values(at)
        raise FilmError(f"{part} changes with something that no control holds, at {values}")

    # --- recording --------------------------------------------------------------------------------

    def _recorded(self, uses: dict[Part, set[int]]) -> dict[Part, Table]:
        tables = {part: Table(sorted(found), self.states.sizes) for part, found in uses.items()}
        groups: dict[tuple[int, ...], list[Part]] = {}
        for part, table in tables.items():
            groups.setdefault(tuple(table.uses), []).append(part)
        for found, parts in groups.items():
            shape = [self.states.sizes[track] for track in found]
            if np.prod(shape) > MOST_STATES:
                names = [track.name for n, track in enumerate(self.states.tracks) if n in found]
                raise FilmError(
                    f"{len(parts)} parts ({parts[0]}, ...) depend on {names}, together "
                    f"{np.prod(shape):,} states: give fewer values, at most {MOST_STATES:,} states"
                )
            for index in itertools.product(*map(range, shape)):
                at = self.states.having(dict(zip(found, index, strict=True)))
                if at is not None:
                    for part, shown in self.moment(at, parts).items():
                        tables[part].put(index, shown)
        return tables

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
            "question": explorer.question,
            "more": self.plan.more,
            "size": [10 * side for side in stage.size],
            "tracks": [_plain(track, self.states.number) for track in self.states.tracks],
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
                moves, ways = self._moves(handle.name), self._ways(handle.name)
                yield plain | {"moves": moves, "ways": ways, "place": place}
            elif any(state is not None for state in part["to", handle.name]["states"]):
                yield plain | {"place": place, "to": part["to", handle.name]}

    def _plain_quiz(self, quiz: Quiz) -> dict[str, Any]:
        answers = [self.states.number[name] for name in quiz.answers]
        return {"answers": answers, "by": self.states.number[quiz.by], "key": quiz.key}


def _box(placed: dict[str, Any] | None) -> list[Any] | None:
    """A handle's place and its value in words, or a button's place and size: shares of it."""
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


def _json(shown: Any) -> str:
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
