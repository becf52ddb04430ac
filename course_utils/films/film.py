"""A film: an explorer's states as a small file that a page plays without a kernel.

The file is JSON, packed with gzip (whose checksum finds a broken one), and says what it is:

format, name, describe, question, more
    "course film 1"; the builder's name; what the picture shows; a prediction's question; what there
    is in Jupyter besides.
size
    Width and height, in tenths of a pixel as all lengths.
tracks
    What moves: {name, kind, label, texts, numbers, start, resets}, see `plan.Track`. A state is an
    index for each; a quiz adds three numbers behind them: given, right, last.
quiz
    None, or {answers, by, key}, see `plan.Quiz`; answers and by are numbers of tracks.
looks, shapes, pictures
    What recurs in operations, each once: they name it by its number.
still, marks
    Operations (see `figures.pen`) of what stands still, and of each mark that moves, the lowest
    first. A mark that `keeps` leaves all that it has shown until the reset.
alt, remark
    What is said of the picture and beside it.
handles
    {name, label, moves, ways, place} can be dragged along the `ways`, of "xy"; {name, label, place,
    to} can be clicked.

A mark, alt, remark, place and to are parts: {uses, at, states}. The state is
states[at[n]], n the place of the indices of the tracks `uses` in C order; without `at` it is
states[n].
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.figures.pen import FilmError
from course_utils.films import checks
from course_utils.films.checks import FORMAT as FORMAT
from course_utils.films.states import numbers

MOST_BYTES = 250_000


@dataclass(frozen=True)
class Film:
    """A film in memory: `content` is what its file holds."""

    content: Mapping[str, Any]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Film:
        """A film of operations as the pen wrote them: what recurs in them is listed once."""
        lists: dict[str, dict[str, int]] = {"looks": {}, "shapes": {}, "pictures": {}}

        def number(kind: str, thing: Any) -> int:
            known = lists[kind]
            return known.setdefault(json.dumps(thing, sort_keys=True), len(known))

        def listed(operation: list[Any]) -> list[Any]:
            kind, *rest = operation
            if kind == "i":
                *box, address, smooth = rest
                return [kind, *box, number("pictures", address), smooth]
            rest[0] = number("looks", rest[0])
            if kind == "m":
                rest[1] = number("shapes", rest[1])
            return [kind, *rest]

        still = [listed(operation) for operation in content["still"]]
        marks = [
            mark | {"states": [[listed(op) for op in state] for state in mark["states"]]}
            for mark in content["marks"]
        ]
        kept = {kind: [json.loads(key) for key in known] for kind, known in lists.items()}
        return cls({**content, "still": still, "marks": marks, **kept})

    @classmethod
    def unpack(cls, packed: bytes) -> Film:
        """The film of a file's bytes; FilmError with the reason if it is none, or broken."""
        try:
            content = json.loads(gzip.decompress(packed))
        except (OSError, EOFError, ValueError, TypeError, RecursionError, zlib.error) as error:
            raise FilmError(f"this film is broken, or is none: {error}") from None
        checks.whole(content)
        return cls(content)

    def pack(self) -> bytes:
        """The file's bytes, the same for the same film; FilmError if they are too many."""
        text = json.dumps(self.content, ensure_ascii=False, separators=(",", ":"))
        packed = gzip.compress(text.encode(), 9, mtime=0)
        if len(packed) > MOST_BYTES:
            raise FilmError(
                f"the film {self.content['name']!r} takes {len(packed):,} bytes and may take "
                f"{MOST_BYTES:,}: its plan must name fewer values"
            )
        return packed

    @property
    def start(self) -> tuple[int, ...]:
        """The state in which the explorer opens."""
        return tuple(track["start"] for track in self.content["tracks"])

    @property
    def states(self) -> int:
        """How many states there are, a quiz's not counted."""
        answers = self.content["quiz"]["answers"] if self.content["quiz"] else ()
        count = 1
        for n, track in enumerate(self.content["tracks"]):
            count *= 1 if n in answers else len(track["texts"])
        return count

    def at(self, part: Mapping[str, Any], state: Sequence[int]) -> Any:
        """What a part is in a state."""
        n, full = 0, self._with_numbers(state)
        for track in part["uses"]:
            n = n * self._sizes[track] + full[track]
        return part["states"][n if part["at"] is None else part["at"][n]]

    def operations(self, state: Sequence[int]) -> Iterator[list[Any]]:
        """All that is drawn in a state, the lowest first."""
        yield from self.content["still"]
        for mark in self.content["marks"]:
            yield from self.at(mark, state)

    @property
    def _sizes(self) -> list[int]:
        return checks.sizes(self.content)

    def _with_numbers(self, state: Sequence[int]) -> tuple[int, ...]:
        quiz = self.content["quiz"]
        if quiz is None:
            return tuple(state)
        answers = [state[track] for track in quiz["answers"]]
        return (*state, *numbers(answers, quiz["key"][state[quiz["by"]]]))
