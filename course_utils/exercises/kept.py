"""Which exercises the reader has solved: kept in the file of scores, shown as a map."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from course_utils.exercises.verdict import printable
from course_utils.support.scores import ScoreBook

DONE, LEFT = "✓", "○"


def game(name: str) -> str:
    """What an exercise is called in the file of scores."""
    return f"exercise {name}"


def keep(name: str, book: ScoreBook | None = None) -> str:
    """Keep that an exercise was solved; a sentence where something is wrong with the file."""
    book = book or ScoreBook()
    if any(result["right"] for result in book.results(game(name))):
        return book.remark
    book.add(game(name), {"right": 1, "of": 1})
    return book.remark


@dataclass(frozen=True)
class Map:
    """The exercises of each notebook, and which of them are done, as text and as HTML."""

    exercises: Mapping[str, Sequence[str]]
    done: frozenset[str]
    remark: str = ""

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (
                notebook,
                f"{len(self.done.intersection(names))} of {len(names)}",
                "  ".join(f"{DONE if n in self.done else LEFT} {n}" for n in names),
            )
            for notebook, names in self.exercises.items()
        ]

    def __repr__(self) -> str:
        wide = max(map(len, self.exercises), default=0)
        lines = [f"{notebook:{wide}}  {done}  {names}" for notebook, done, names in self._rows()]
        return "\n".join([*lines, *filter(None, [self.remark])])

    def __str__(self) -> str:
        return printable(repr(self), {DONE: "+", LEFT: "-"})

    def _repr_html_(self) -> str:
        look = 'style="text-align:left;padding:.1em .8em"'
        rows = "".join(
            "<tr>" + "".join(f"<td {look}>{html.escape(part)}</td>" for part in row) + "</tr>"
            for row in self._rows()
        )
        heads = "".join(f"<th {look}>{h}</th>" for h in ("notebook", "done", "exercises"))
        remark = f"<p>{html.escape(self.remark)}</p>" if self.remark else ""
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{remark}"


def map_of(exercises: Mapping[str, Sequence[str]], book: ScoreBook | None = None) -> Map:
    """The map of exercises, by notebook, with those that the reader has solved."""
    book, done, remarks = book or ScoreBook(), set(), []
    for names in exercises.values():
        for name in names:
            if any(result["right"] for result in book.results(game(name))):
                done.add(name)
            remarks.append(book.remark)
    return Map(exercises, frozenset(done), next(filter(None, remarks), ""))
