"""How the parts of a slide share its room: 1280 x 720, all of it in sight from the last row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from course_utils.films.film import Film
from course_utils.slides.plan import Part, Slide, printed

# Pixels; the last two are sizes of letters.
CODE_WIDTH, CODE_HEIGHT, LARGEST, SMALLEST = 1150, 540, 28, 20
LOW = 540  # pixels: a lower picture has room for words under it
# Pixels for the height of a picture with its controls or words beside, under the heading or not.
HIGH, HIGHEST = 640, 684
UNDER, UNDER_QUESTION = 512, 484  # and of a film with its controls below
BESIDE, BESIDE_LONG = 1038, 956  # pixels of width that controls beside leave
LONG = 12  # words of a question, which then gets more room
MOST, NARROW = 70, 780  # words that have room beside a wide picture, and the width for more
FILM_LINE, FILM_LINE_WORDS = 38, 13  # above a film: pixels of a line, its words
PICTURE_HIGH, LINE, LINE_WORDS = 622, 33, 14  # below a picture
FEW, SOME = 50, 85  # words of a slide that are set larger


def layout(slide: Slide, made: Mapping[str, Film], folder: Path) -> str:
    """A slide's class and style, as attributes."""
    kinds = [part.kind for part in slide.parts]
    said = " ".join(p.source for p in slide.parts if p.kind == "words" and p.source[:1] != "#")
    words = len(said.split())
    for part in slide.parts:
        if part.kind == "film":
            return _film_page(made[part.source], words)
        if part.kind == "picture" and kinds.count("picture") == 1 and words:
            plain = not {"code", "output"} & set(kinds) and not re.search(r"\$\$|^\|", said, re.M)
            return _picture_page(_picture_ratio(part.source, folder), words, plain)
    if {"picture", "code", "output"} & set(kinds):
        return 'class="page"'
    return f'class="page {"few" if words < FEW else "some" if words < SOME else "many"}"'


def _film_page(film: Film, words: int) -> str:
    """Controls below the picture if it is larger so, else beside it."""
    ratio, asks = ratio_of(film), (film.content["question"] or "").split()
    wide = BESIDE_LONG if len(asks) + words > LONG else BESIDE
    # Where height is short the heading stands beside, too; else there may be room under it.
    tall = not asks and words <= LONG and wide / ratio > HIGH
    high = HIGHEST if tall else HIGH
    # The room below is what the other parts leave of it.
    below = UNDER_QUESTION if asks else UNDER
    room = (below - FILM_LINE * -(-words // FILM_LINE_WORDS)) * ratio
    place = "beside" + " tall" * tall + " flat" * (wide / ratio < LOW)
    if room > min(wide, high * ratio):
        place = "below"
    return _page(f"film-page {place}", ratio, wide=wide, high=high, room=round(room))


def _picture_page(ratio: float, words: int, plain: bool) -> str:
    """Words beside the picture if it is larger so, else below it."""
    wide = BESIDE_LONG if words <= MOST else NARROW
    tall = wide / ratio > HIGH
    high = HIGHEST if tall else HIGH
    below = (PICTURE_HIGH - LINE * -(-words // LINE_WORDS)) * ratio
    if plain and below < min(wide, high * ratio):
        return _page("picture-page" + " tall" * tall, ratio, wide=wide, high=high)
    return 'class="page picture-above"' if plain else 'class="page"'


def _page(names: str, ratio: float, **pixels: int) -> str:
    said = "".join(f"; --{name}: {size}px" for name, size in pixels.items())
    return f'class="page {names}" style="--ratio: {ratio:.4f}{said}"'


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
            lines += (part.source or printed(part.cell)).splitlines()
    if not lines:
        return LARGEST
    longest, taken = max(map(len, lines)), 1.4 * (len(lines) + 2)
    return max(SMALLEST, min(LARGEST, CODE_WIDTH / (0.605 * longest), CODE_HEIGHT / taken))


def _code(part: Part) -> str:
    return re.sub(r"^```.*$\n?", "", part.source, flags=re.M)
