"""A film's state as an SVG that stands still: for a page before it plays, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from course_utils.films.film import Film

PAINT = {
    **{"f": "fill", "fo": "fill-opacity", "s": "stroke", "so": "stroke-opacity"},
    **{"w": "stroke-width", "da": "stroke-dasharray", "cap": "stroke-linecap"},
    "join": "stroke-linejoin",
}


def still(film: Film, state: Sequence[int] | None = None, *, prefix: str = "") -> str:
    """The picture in a state, by default the first, with its alt text.

    `prefix` keeps the names of its parts apart from those of other pictures on the page.
    """
    content, state = film.content, film.start if state is None else state
    width, height = content["size"]
    alt = escape(film.at(content["alt"], state), quote=True)
    cut = [*_clips(content["looks"], prefix)]
    drawn = "".join(_drawn(content, operation, prefix) for operation in film.operations(state))
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}">'
        f'<defs>{"".join(cut)}</defs><rect width="{width}" height="{height}" fill="#fff"/>'
        f"{drawn}</svg>"
    )


def _clips(looks: Sequence[Mapping[str, Any]], prefix: str) -> Iterator[str]:
    for n, look in enumerate(looks):
        if "c" in look:
            x, y, width, height = look["c"]
            box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}"/>'
            yield f'<clipPath id="{prefix}c{n}">{box}</clipPath>'


def _drawn(content: Mapping[str, Any], operation: list[Any], prefix: str) -> str:
    kind, *rest = operation
    if kind == "i":
        x, y, width, height, picture, smooth = rest
        crisp = "" if smooth else ' style="image-rendering: pixelated"'
        return (
            f'<image x="{x}" y="{y}" width="{width}" height="{height}" '
            f'preserveAspectRatio="none"{crisp} href="{content["pictures"][picture]}"/>'
        )
    look = _look(content["looks"][rest[0]], rest[0], prefix)
    if kind == "p":
        return f'<path d="{rest[1]}"{look}/>'
    if kind == "m":
        shape, places = content["shapes"][rest[1]], rest[2]
        if len(places) <= 6:
            marks = (
                f'<path d="{shape}" transform="translate({x} {y})"/>' for x, y in _pairs(places)
            )
            return f"<g{look}>{''.join(marks)}</g>"
        one = f"{prefix}m{'-'.join(map(str, rest[:2]))}-{places[0]}-{places[1]}"
        marks = (f'<use href="#{one}" x="{x}" y="{y}"/>' for x, y in _pairs(places))
        return f'<g{look}><defs><path id="{one}" d="{shape}"/></defs>{"".join(marks)}</g>'
    x, y, size, width, words, angle = rest[1:]
    turn = f' transform="rotate({angle} {x} {y})"' if angle else ""
    long = f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if width else ""
    return f'<text x="{x}" y="{y}" font-size="{size}"{long}{turn}{look}>{escape(words)}</text>'


def _pairs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(places[::2], places[1::2], strict=True)


def _look(look: Mapping[str, Any], number: int, prefix: str) -> str:
    said = {"f": "none", **look}
    values = {PAINT[key]: value for key, value in said.items() if key in PAINT}
    if "da" in look:
        values["stroke-dasharray"] = " ".join(map(str, look["da"]))
    if "c" in look:
        values["clip-path"] = f"url(#{prefix}c{number})"
    if "b" in look:
        values["font-weight"] = "bold"
    return "".join(f' {key}="{value}"' for key, value in values.items())
