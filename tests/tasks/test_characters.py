"""Characters are drawn as asked, whole, and only where a font has them."""

import numpy as np
import pytest

from course_utils.characters import (
    STYLES,
    characters_of,
    draw_character,
    letters,
    styles_of,
    upright,
    varied,
)

BAR = "ⵏ"  # Tifinagh yan, a vertical bar
GEORGIAN = characters_of("Georgian", styles=12)


def middle(rows):
    """The column of the ink's centre in the upper, the lower half."""
    columns = np.arange(rows.shape[1])
    return [float((half.sum(0) * columns).sum() / half.sum()) for half in np.split(rows, 2)]


def test_a_picture_is_28_by_28_floats_from_paper_to_ink():
    picture = draw_character(GEORGIAN[0])
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    assert picture.min() == 0
    assert picture.max() > 0.9


def test_georgian_and_tifinagh_are_there():
    assert len(characters_of("Georgian")) > 70
    assert len(GEORGIAN) == 43
    assert len(characters_of("Tifinagh", styles=2)) > 50
    assert len(styles_of(GEORGIAN[0])) == len(STYLES) == 12
    assert not set(characters_of("Georgian")) & set(characters_of("Tifinagh"))


@pytest.mark.parametrize("script", ["Georgian", "Tifinagh"])
def test_every_character_is_drawn_whole_in_every_style(script):
    for character in characters_of(script):
        for style in styles_of(character):
            picture = draw_character(character, style=style)
            edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
            assert edge.max() == 0
            inked = np.argwhere(picture > 0.2)
            assert 17 <= (inked.max(0) - inked.min(0)).max() + 1 <= 22


def test_letters_are_those_of_a_script_whole_and_without_accents():
    cyrillic = letters("Cyrillic")
    assert {"Ж", "ҕ", "қ"} <= set(cyrillic)  # a hook and a descender are part of a letter
    assert "й" not in cyrillic  # Unicode takes it apart: и with an accent
    assert {"٠", "۴", "ب", "ﺑ"} <= set(letters("Arabic"))  # digits, and a form within a word
    assert not any(letter >= "\U0001ee00" for letter in letters("Arabic"))  # mathematical ones
    assert "ͺ" not in letters("Greek")  # a sign written below
    for script in ("Lao", "Old Italic", "Ogham"):
        assert all("Sans" in styles_of(letter) for letter in letters(script))


def test_a_coarser_upright_picture_gives_nearly_the_same():
    numbers = {"rotation": 12.0, "shear": -0.1, "scale": 0.9, "shift": (1.5, -1.0)}
    for style in ("Sans", "Serif-Bold"):
        coarse = varied(upright(GEORGIAN[5], style, fine=56), **numbers)
        np.testing.assert_allclose(
            coarse.sum(), draw_character(GEORGIAN[5], style=style, **numbers).sum(), rtol=0.05
        )
        assert np.abs(coarse - draw_character(GEORGIAN[5], style=style, **numbers)).mean() < 0.02


def test_characters_of_a_script_look_different():
    pictures = np.array([draw_character(character).ravel() for character in GEORGIAN])
    apart = np.abs(pictures[:, None] - pictures[None]).sum(-1) + 99 * np.eye(len(pictures))
    assert apart.min() > 10


def test_shear_leans_the_top_to_the_right_and_rotation_turns_it_to_the_left():
    top, bottom = middle(draw_character(BAR))
    assert abs(top - bottom) < 0.1
    top, bottom = middle(draw_character(BAR, shear=0.3))
    assert top > bottom + 2
    top, bottom = middle(draw_character(BAR, rotation=15))
    assert top < bottom - 1


def test_shift_goes_right_and_down_and_scale_makes_bigger():
    picture = draw_character(GEORGIAN[3])
    shifted = draw_character(GEORGIAN[3], shift=(2, 1))
    np.testing.assert_allclose(shifted[1:, 2:], picture[:-1, :-2], atol=0.02)
    bigger = draw_character(GEORGIAN[3], scale=1.3)
    assert 1.5 < bigger.sum() / picture.sum() < 1.9


def test_styles_differ():
    pictures = [draw_character(GEORGIAN[0], style=style) for style in STYLES]
    for n, one in enumerate(pictures):
        assert all(np.abs(one - other).sum() > 2 for other in pictures[:n])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"character": BAR, "style": "Serif"}, "style Serif"),
        ({"character": BAR, "style": "Comic"}, "style must be one of"),
        ({"character": BAR, "scale": 0}, "scale"),
        ({"character": BAR, "rotation": float("nan")}, "rotation"),
        ({"character": BAR, "shift": (0, float("inf"))}, "shift"),
        ({"character": BAR, "shift": (3,)}, r"shift must be a pair \(right, down\) .* \(3,\)"),
        ({"character": BAR, "shift": (1, 2, 3)}, r"shift must be a pair .* got \(1, 2, 3\)"),
        ({"character": BAR, "shift": 3}, r"shift must be a pair \(right, down\) .* got 3"),
        ({"character": BAR, "shift": "34"}, "shift must be a number, got '3'"),
        ({"character": BAR, "scale": 10**400}, "scale must be finite and at least 0.001"),
        ({"character": "漢"}, "no style"),
    ],
)
def test_what_cannot_be_drawn_is_said(wrong, named):
    with pytest.raises(ValueError, match=named):
        draw_character(**wrong)


def test_a_script_that_is_not_there_is_said():
    with pytest.raises(ValueError, match="script must be"):
        characters_of("Klingon")
    with pytest.raises(ValueError, match="script must be one that the DejaVu fonts have"):
        letters("Klingon")
    with pytest.raises(ValueError, match="styles"):
        characters_of("Georgian", styles=0)
