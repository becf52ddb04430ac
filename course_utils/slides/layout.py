"""How the parts of a slide share its room: 1280 x 720, all of it in sight from the last row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_utils.films.film import Film
from course_utils.slides.plan import Part, Slide

# Pixels; the last two are sizes of letters.
CODE_WIDTH, CODE_HEIGHT, LARGEST, SMALLEST = 1100, 490, 28, 17
LOW = 540  # pixels
HIGH, UNDER, UNDER_QUESTION = 626, 505, 478  # pixels for a film's picture: beside, below
BESIDE, BESIDE_LONG = 1020, 940  # pixels of width that controls beside leave
LONG = 12  # words of a question, which then gets more room
MOST, NARROW = 70, 780  # words that have room beside a wide picture, and the width for more
PICTURE_HIGH, LINE, LINE_WORDS = 600, 38, 13  # below a picture: pixels, of a line, its words
FEW, SOME = 50, 85  # words of a slide that are set larger


def layout(slide: Slide, made: Mapping[str, Film], folder: Path) -> str:
    """A slide's class and style, as attributes."""
    kinds = [part.kind for part in slide.parts]
    said = " ".join(p.source for p in slide.parts if p.kind == "words" and p.source[:1] != "#")
    words = len(said.split())
    for part in slide.parts:
        if part.kind == "film":
            film = made[part.source]
            ratio = ratio_of(film)
            asks = (film.content["question"] or "").split()
            wide = BESIDE_LONG if len(asks) + words > LONG else BESIDE
            # Under a low picture there is room for what is said at the end.
            flat = " flat" * (wide / ratio < LOW)
            # Below if the picture is larger so: the room is what the other parts leave of it.
            high = (UNDER_QUESTION if asks else UNDER) - LINE * -(-words // LINE_WORDS)
            room = high * ratio
            place = "below" if room > min(wide, HIGH * ratio) else f"beside{flat}"
            style = f"--ratio: {ratio:.4f}; --wide: {wide}px; --room: {room:.0f}px"
            return f'class="page film-page {place}" style="{style}"'
        if part.kind == "picture" and kinds.count("picture") == 1 and words:
            ratio = _picture_ratio(part.source, folder)
            below = (PICTURE_HIGH - LINE * -(-words // LINE_WORDS)) * ratio
            plain = not {"code", "output"} & set(kinds) and not re.search(r"\$\$|^\|", said, re.M)
            wide = BESIDE_LONG if words <= MOST else NARROW
            if plain and below < min(wide, HIGH * ratio):
                style = f"--ratio: {ratio:.4f}; --wide: {wide}px"
                return f'class="page picture-page" style="{style}"'
            return 'class="page"'
    if {"picture", "code", "output"} & set(kinds):
        return 'class="page"'
    return f'class="page {"few" if words < FEW else "some" if words < SOME else "many"}"'


def ratio_of(film: Film) -> float:
    """Its width by its height."""
    width, height = film.content["size"]
    return width / height


def _picture_ratio(source: str, folder: Path) -> float:
    """Of a picture in markdown, its width by its height; 1 where it is no file that can be read."""
    from PIL import Image

    found = re.search(r'src="([^"]+)"|\]\(([^)\s]+)', source)
    path = folder / (found[1] or found[2]) if found else folder
    try:
        if path.suffix == ".svg":
            box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', path.read_text(encoding="utf-8"))
            return float(box[1]) / float(box[2]) if box else 1.0
        with Image.open(path) as picture:
            return picture.width / picture.height
    except (OSError, ValueError):
        return 1.0


def letters(slide: Slide) -> float:
    """The size of a slide's code and printed output, in pixels: all of it is to be in sight."""
    lines: list[str] = []
    for part in slide.parts:
        if part.kind == "code":
            lines += _code(part).splitlines()
        elif part.kind == "output":
            lines += _printed(part.cell).splitlines()
    if not lines:
        return LARGEST
    longest, taken = max(map(len, lines)), 1.4 * (len(lines) + 2)
    return max(SMALLEST, min(LARGEST, CODE_WIDTH / (0.605 * longest), CODE_HEIGHT / taken))


def _code(part: Part) -> str:
    return re.sub(r"^```.*$\n?", "", part.source, flags=re.M)


def _printed(cell: Mapping[str, Any]) -> str:
    """What a code cell has printed, without its pictures."""
    said = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" not in data:
            said.append("".join(output.get("text", "") or data.get("text/plain", "")))
    return "\n".join(said)
