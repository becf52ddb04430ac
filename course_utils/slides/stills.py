"""Pictures of explorers in a state, drawn from their films: sharp, and their letters can grow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import PurePath
from typing import Any

from course_utils import diagrams
from course_utils.films import svg
from course_utils.films.film import Film

_PICTURE = re.compile(r'<img src="(?P<address>[^"]+)" alt="(?P<alt>[^"]*)"')


def still(source: str, made: Mapping[str, Film]) -> str | None:
    """The SVG in the place of a picture in markdown; None where no film has what it shows."""
    found = _PICTURE.match(source)
    if not found:
        return None
    name = PurePath(found["address"]).stem
    builder, values = diagrams.all_after().get(name, ("", {}))
    if builder not in made:
        return None
    state = state_of(made[builder], values)
    if state is None:
        return None
    drawn = svg.still(made[builder], state, prefix=f"{name}-")
    return re.sub(r'aria-label="[^"]*"', lambda _: f'aria-label="{escape(found["alt"])}"', drawn)


def state_of(film: Film, values: Mapping[str, Any]) -> tuple[int, ...] | None:
    """A film's state with these values, None where it has none."""
    tracks = film.content["tracks"]
    if values.keys() - {track["name"] for track in tracks}:
        return None
    state = list(film.start)
    for n, track in enumerate(tracks):
        if track["name"] not in values:
            continue
        index = _index(track, values[track["name"]])
        if index is None:
            return None
        state[n] = index
    return tuple(state)


def _index(track: Mapping[str, Any], value: Any) -> int | None:
    texts, numbers = track["texts"], track["numbers"]
    if isinstance(value, bool):
        return int(value) if len(texts) == 2 else None
    if isinstance(value, str):
        return texts.index(value) if value in texts else None
    near = (n for n, number in enumerate(numbers or ()) if abs(number - value) < 1e-6)
    return next(near, None)
