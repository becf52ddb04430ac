"""Characters of the world's scripts, drawn as small pictures: few-shot data without a download.

The DejaVu fonts come with matplotlib and hold sixteen scripts. One class is a character; a picture
of it has a style (a font), and is turned, slanted, scaled and shifted a little.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.support.check_input import number, shown, whole_number

PIXELS = 28
_FINE = 4 * PIXELS  # drawn at four times the size, then averaged: smooth edges
_FAMILIES = ("Sans", "SansMono", "Serif")
_WEIGHTS = ("", "-Bold", "-Oblique", "-BoldOblique", "-Italic", "-BoldItalic")


def _path(style: str) -> Path:
    return Path(matplotlib.get_data_path(), "fonts", "ttf", f"DejaVu{style}.ttf")


STYLES = tuple(
    family + weight
    for family in _FAMILIES
    for weight in _WEIGHTS
    if _path(family + weight).exists()
)


def fonts() -> tuple[Path, ...]:
    """The files of the fonts, in the order of STYLES."""
    return tuple(map(_path, STYLES))


@cache
def _glyphs(style: str) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(str(_path(style))).get_charmap()))


@cache
def styles_of(character: str) -> tuple[str, ...]:
    """The styles that have this character."""
    return tuple(style for style in STYLES if character in _glyphs(style))


@cache
def characters_of(script: str, styles: int = 1) -> tuple[str, ...]:
    """The letters of a script ("Georgian") that exist in at least so many styles, by code.

    Left out are ligatures and letters WITH a sign on them, as Unicode names them. Raises ValueError
    if there is no such letter.
    """
    whole_number("styles", styles, least=1, why="a picture is drawn in some style")
    found = []
    for character in sorted(frozenset.union(*map(_glyphs, STYLES))):
        name = unicodedata.name(character, "")
        plain = " LETTER " in name and " WITH " not in name and "LIGATURE" not in name
        if plain and name.startswith(f"{script.upper()} ") and len(styles_of(character)) >= styles:
            found.append(character)
    if not found:
        raise ValueError(
            f"script must be one whose letters the DejaVu fonts have in {styles} or more styles, "
            f'got {script!r}: try "Georgian"'
        )
    return tuple(found)


@cache
def letters(script: str) -> tuple[str, ...]:
    """A script's letters and digits in the style Sans, by code: more than `characters_of` gives.

    Included are letters with a stroke, a hook or a tail, ligatures, and Arabic's forms within a
    word. Left out are mathematical and small raised letters, and what Unicode takes for another
    letter, or for a letter and an accent. Raises ValueError if there are none.
    """
    starts = (f"{script.upper()} ", f"{script.upper()}-INDIC ")  # Arabic's digits have the latter
    found = []
    for character in sorted(frozenset.union(*map(_glyphs, STYLES))):
        name = unicodedata.name(character, "")
        whole = unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo", "Nd")
        whole = whole and unicodedata.normalize("NFD", character) == character
        plain = "MATHEMATICAL" not in name and character in _glyphs("Sans")
        if whole and plain and name.removeprefix("EXTENDED ").startswith(starts):
            found.append(character)
    if not found:
        raise ValueError(
            f'script must be one that the DejaVu fonts have, got {script!r}: try "Georgian"'
        )
    return tuple(found)


def draw_character(
    character: str,
    *,
    style: str = "Sans",
    rotation: float = 0.0,
    shear: float = 0.0,
    scale: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """A picture of a character: (28, 28), float32 in [0, 1], 1 is ink.

    Parameters
    ----------
    character, style
        What is drawn, in which of `STYLES`. At scale 1 its longer side fills 20 pixels.
    rotation
        In degrees, counter-clockwise.
    shear
        How far the top leans to the right, as a share of the height.
    scale, shift
        A factor of size, and a way to the right and down, in pixels.

    Raises
    ------
    ValueError
        If the style lacks the character, a number is not finite, the scale not positive or the
        shift no pair.
    """
    turn, lean = number("rotation", rotation), number("shear", shear)
    size = number("scale", scale, least=1e-3)
    try:
        right, down = shift
    except (TypeError, ValueError):
        raise ValueError(
            f"shift must be a pair (right, down) of numbers, got {shown(shift)}"
        ) from None
    way = number("shift", right), number("shift", down)
    return varied(_upright(character, style), turn, lean, size, way)


def varied(
    picture: Image.Image,
    rotation: float,
    shear: float,
    scale: float,
    shift: tuple[float, float],
) -> np.ndarray:
    """An upright picture of any fineness turned, slanted, scaled and shifted: (28, 28) float32.

    The numbers are those of `draw_character`, here unchecked.
    """
    fine = picture.width
    turn = math.radians(rotation)
    cos, sin = math.cos(turn) / scale, math.sin(turn) / scale
    # Pillow asks where each pixel comes from, so this is the inverse: turned back, then unslanted.
    inverse = np.array([[1, shear], [0, 1]]) @ np.array([[cos, -sin], [sin, cos]])
    middle = np.full(2, fine / 2)
    offset = middle - inverse @ (middle + fine / PIXELS * np.array(shift))
    (a, b), (c, d) = inverse.tolist()
    turned = picture.transform(
        (fine, fine),
        Image.Transform.AFFINE,
        (a, b, float(offset[0]), c, d, float(offset[1])),
        resample=Image.Resampling.BILINEAR,
    )
    return np.asarray(turned.reduce(fine // PIXELS), np.float32) / 255


@lru_cache(maxsize=32)  # what a slider turns; all characters would be 20 MB
def _upright(character: str, style: str) -> Image.Image:
    return upright(character, style)


def upright(character: str, style: str, *, fine: int = _FINE) -> Image.Image:
    """The character in the middle of a picture, its longer side 20 of 28 pixels.

    The picture has `fine` pixels a side, a multiple of 28. Raises ValueError if the style lacks the
    character.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r}")
    if character not in _glyphs(style):
        raise ValueError(
            f"character must be one that the style {style} has, got {character!r}: "
            f"it is in {', '.join(styles_of(character)) or 'no style'}"
        )
    sheet = Image.new("L", (3 * _FINE, 3 * _FINE))
    ImageDraw.Draw(sheet).text((_FINE, 2 * _FINE), character, 255, _font(style), anchor="ls")
    ink = sheet.crop(sheet.getbbox())
    factor = 20 / PIXELS * fine / max(ink.size)
    ink = ink.resize([max(1, round(factor * side)) for side in ink.size])
    picture = Image.new("L", (fine, fine))
    picture.paste(ink, ((fine - ink.width) // 2, (fine - ink.height) // 2))
    return picture


@cache
def _font(style: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_path(style), _FINE)
