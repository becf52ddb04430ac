"""Checks of a film's file: what is altered or half of one is said in a FilmError, not played."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from course_utils.figures.pen import FilmError

FORMAT = "course film 1"
NUMBER = (int, float)
KEYS = {
    **{"format": str, "name": str, "describe": str, "question": str, "more": str},
    **{"size": list, "tracks": list, "still": list, "marks": list, "alt": dict, "remark": dict},
    **{"handles": list, "looks": list, "shapes": list, "pictures": list},
    "quiz": (dict, type(None)),
}
TRACK = {"name": str, "kind": str, "label": str, "texts": list, "start": int, "resets": list}
QUIZ = {"answers": list, "by": int, "key": list}
PART = {"uses": list, "at": (list, type(None)), "states": list}
# Behind the kind of an operation; see `figures.pen`. The first number of p, m and t is a look.
OPERATIONS = {
    "p": (int, str),
    "m": (int, int, list),
    "t": (int, *[NUMBER] * 4, str, NUMBER),
    "i": (*[NUMBER] * 4, int, int),
}


def sizes(content: Mapping[str, Any]) -> list[int]:
    """How many values each track has, and behind them each of a quiz's three numbers."""
    found = [len(track["texts"]) for track in content["tracks"]]
    if content["quiz"]:
        answers = content["quiz"]["answers"]
        found += [len(answers) + 1, len(answers) + 1, found[answers[0]]]
    return found


def whole(content: Any) -> None:
    """FilmError if a film is not whole: with what is wrong, where that is known."""
    if not isinstance(content, dict) or "format" not in content:
        raise FilmError("this is no film: it has no format")
    if content["format"] != FORMAT:
        raise FilmError(f"this film's format is {content['format']!r}, and {FORMAT!r} is known")
    _has("it", content, KEYS)
    try:
        _controls_fit(content)
        _parts_fit(content)
    except (TypeError, KeyError, IndexError, ValueError, AttributeError) as error:
        if isinstance(error, FilmError):
            raise
        raise FilmError(f"this film is broken: {type(error).__name__} {error}") from None


def _has(what: str, thing: Any, keys: Mapping[str, Any]) -> None:
    if not isinstance(thing, dict):
        raise FilmError(f"this film is broken: {what} is {thing!r:.40}")
    for key, kind in keys.items():
        if key not in thing or not _is(thing[key], kind):
            raise FilmError(f"this film is broken: {what} has no {key}")


def _is(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _below(what: str, numbers: Sequence[Any], end: int) -> None:
    """FilmError unless all are whole numbers that count in a list of so many."""
    for number in numbers:
        if not _is(number, int) or not 0 <= number < end:
            raise FilmError(f"this film is broken: it has no {what} {number!r:.40}")


def _controls_fit(content: Mapping[str, Any]) -> None:
    if len(content["size"]) != 2 or not all(_is(n, NUMBER) and n > 0 for n in content["size"]):
        raise FilmError("this film is broken: its size is no width and height")
    tracks = content["tracks"]
    for track in tracks:
        _has("a track", track, TRACK)
        if not all(isinstance(text, str) for text in track["texts"]):
            raise FilmError("this film is broken: a track's texts are none")
        if track.get("numbers") is not None and len(track["numbers"]) != len(track["texts"]):
            raise FilmError("this film is broken: a track lacks numbers")
        _below("value", [track["start"]], len(track["texts"]))
        _below("track", track["resets"], len(tracks))
    quiz = content["quiz"]
    if quiz is not None:
        _has("its quiz", quiz, QUIZ)
        _below("track", [*quiz["answers"], quiz["by"]], len(tracks))
        count = len(tracks[quiz["by"]]["texts"])
        answers = len(quiz["answers"])
        if not answers or [len(key) for key in quiz["key"]] != [answers] * count:
            raise FilmError("this film is broken: its quiz lacks answers")


def _parts_fit(content: Mapping[str, Any]) -> None:
    known, tracks = sizes(content), len(content["tracks"])
    for operation in content["still"]:
        _drawn(content, operation)
    for mark in content["marks"]:
        _states_fit("a mark", mark, known)
        for state in mark["states"]:
            for operation in state:
                _drawn(content, operation)
    for name in ("alt", "remark"):
        _states_fit(f"its {name}", content[name], known)
        if not all(isinstance(state, str) for state in content[name]["states"]):
            raise FilmError(f"this film is broken: its {name} is no text")
    for handle in content["handles"]:
        _has("a handle", handle, {"name": str, "label": str, "place": dict})
        _states_fit("a handle", handle["place"], known)
        if "to" in handle:
            _states_fit("a button", handle["to"], known)
        else:
            _below("track", handle["moves"], tracks)


def _states_fit(what: str, part: Any, known: Sequence[int]) -> None:
    _has(what, part, PART)
    _below("track", part["uses"], len(known))
    count = math.prod(known[track] for track in part["uses"])
    index, states = part["at"], len(part["states"])
    lengths_fit = count == (states if index is None else len(index))
    if not lengths_fit or not all(_is(n, int) and 0 <= n < states for n in index or ()):
        raise FilmError("this film is broken: a part lacks states")


def _drawn(content: Mapping[str, Any], operation: Any) -> None:
    """FilmError unless a page can draw an operation."""
    kind, *rest = operation
    kinds = OPERATIONS.get(kind)
    if kinds is None or len(rest) != len(kinds) or not all(map(_is, rest, kinds)):
        raise FilmError(f"this film is broken: {operation!r:.40} draws nothing")
    lists = {"looks": rest[:1], "shapes": rest[1:2] if kind == "m" else ()}
    for name, numbers in lists.items() if kind != "i" else [("pictures", rest[4:5])]:
        _below(name.removesuffix("s"), numbers, len(content[name]))
        if not all(isinstance(content[name][n], dict if name == "looks" else str) for n in numbers):
            raise FilmError(f"this film is broken: one of its {name} is none")
