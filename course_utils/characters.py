"""Characters of the world's scripts, drawn as small pictures: few-shot data without a download.

The DejaVu fonts come with matplotlib and hold sixteen scripts. One class is a character; a picture
of it has a style (a font), and is turned, slanted, scaled and shifted a little.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.check_input import number, whole_number

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
        If the style lacks the character, or a number is not finite or the scale not positive.
    """
    turn = math.radians(number("rotation", rotation))
    lean, size = number("shear", shear), number("scale", scale, least=1e-3)
    right, down = (number("shift", part) for part in shift)
    cos, sin = math.cos(turn) / size, math.sin(turn) / size
    # Pillow asks where each pixel comes from, so this is the inverse: turned back, then unslanted.
    inverse = np.array([[1, lean], [0, 1]]) @ np.array([[cos, -sin], [sin, cos]])
    middle = np.full(2, _FINE / 2)
    offset = middle - inverse @ (middle + _FINE / PIXELS * np.array([right, down]))
    (a, b), (c, d) = inverse.tolist()
    picture = _upright(character, style).transform(
        (_FINE, _FINE),
        Image.Transform.AFFINE,
        (a, b, float(offset[0]), c, d, float(offset[1])),
        resample=Image.Resampling.BILINEAR,
    )
    return np.asarray(picture.reduce(_FINE // PIXELS), np.float32) / 255


@cache
def _upright(character: str, style: str) -> Image.Image:
    """The character in the middle of a fine picture, its longer side 20 of 28 pixels."""
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
    factor = 20 / PIXELS * _FINE / max(ink.size)
    ink = ink.resize([max(1, round(factor * side)) for side in ink.size])
    picture = Image.new("L", (_FINE, _FINE))
    picture.paste(ink, ((_FINE - ink.width) // 2, (_FINE - ink.height) // 2))
    return picture


@cache
def _font(style: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_path(style), _FINE)
