"""Characters of the world's scripts as few-shot tasks, drawn here: nothing is downloaded."""

from __future__ import annotations

import hashlib
import operator
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from course_utils.support.check_input import expanded_path, some_of, whole_number
from course_utils.tasks.episodes import Episodes
from course_utils.tasks.kept import cache_folder, read_arrays, write_arrays

if TYPE_CHECKING:
    import numpy as np

SPLITS = {
    "train": ("Latin", "Cyrillic", "Canadian", "Arabic", "Armenian"),
    "validation": ("Nko", "Lisu", "Old Italic", "Ogham", "Coptic"),
    "test": ("Greek", "Hebrew", "Georgian", "Tifinagh", "Lao"),
}
SCRIPTS = tuple(script for scripts in SPLITS.values() for script in scripts)

PICTURES = 20  # of a class, as in Omniglot
ROTATION, SHEAR, SCALE, SHIFT = 15.0, 0.2, (0.8, 1.1), 2.0
FINE = 56  # drawn at twice the size, then averaged
# Two characters have one shape if their upright pictures, at 14 x 14 pixels, correlate so much: on
# average over the styles that both have (a capital and its small letter, which differ a little in
# width, need less), or in one of these styles.
COARSE, ALIKE, ALIKE_CASES, THE_SAME = 14, 0.96, 0.885, 0.99
FORMAT = 5  # of the cached file, one more with each change of what is drawn
FORM = {
    "pictures": ("uint8", (PICTURES, 1, 28, 28), None),
    "codes": ("int64", (), 0x110000),
    "scripts": ("int64", (), len(SCRIPTS)),
}


@dataclass(frozen=True)
class Characters(Episodes):
    """Few-shot tasks on drawn characters: each task sorts `ways` of them.

    A class is a character: about 1,200 of five scripts to train on, 110 of five others to choose
    settings on, 318 of five more to test on, with 20 pictures each. A picture has a style (a font),
    a rotation, a shear, a scale and a shift. No two classes have the same shape, in one split or
    across splits: scripts share letters (A is Latin, Greek and Cyrillic), and small letters look
    like big ones once they are scaled. The Latin alphabet keeps its shapes, then the test scripts
    keep theirs, then the rest; a turned or mirrored character is another one, as in the Canadian
    syllabics.

    Drawing takes some seconds, once: the pictures are kept in one file of the user's cache folder,
    checked whenever it is read. It replaces the file that an earlier version of the course, of its
    fonts or of a library wrote there. A folder that cannot be written to is no error.

    Facts of a batch: code, the Unicode code points, and script, the places in `scripts`.

    Parameters
    ----------
    split
        "train", "validation" or "test".
    only
        Some of the split's scripts; by default all of them.
    seed
        Of the pictures: another seed, other rotations, shears, scales and shifts.
    folder
        Where the file of pictures is kept, instead of the user's cache folder; nothing is ever
        removed from it.

    Raises
    ------
    ValueError
        If the split or a script is unknown, the seed no whole number or the folder no path.
    """

    thing = "character"

    split: Literal["train", "validation", "test"] = "train"
    only: tuple[str, ...] | None = None
    seed: int = 0
    folder: Path | str | None = None

    def __post_init__(self) -> None:
        if self.split not in tuple(SPLITS):
            raise ValueError(f'split must be "train", "validation" or "test", got {self.split!r}')
        whole_number("seed", self.seed, least=0, why="it seeds a random generator")
        if self.folder is not None:
            object.__setattr__(self, "folder", expanded_path("folder", self.folder))
        if self.only is not None:
            what = f"scripts of the {self.split} split"
            only = some_of("only", self.only, self._all_scripts, what=what)
            object.__setattr__(self, "only", only)

    @property
    def _all_scripts(self) -> tuple[str, ...]:
        return SPLITS[self.split]

    @property
    def scripts(self) -> tuple[str, ...]:
        """The names of the scripts; the fact `script` counts in them."""
        return self._all_scripts if self.only is None else self.only

    @property
    def codes(self) -> Tensor:
        """The Unicode code point of each class, (n_classes,)."""
        return _family(self)[1]["code"]

    @property
    def pictures(self) -> Tensor:
        """All pictures, (n_classes, 20, 1, 28, 28), uint8 up to 255 (ink): not a copy of them."""
        return _family(self)[0]

    @property
    def n_classes(self) -> int:
        """The number of characters."""
        return len(self.codes)

    def of_script(self, name: str) -> Characters:
        """The family of the characters of one script. Raises ValueError if it is not here."""
        if name not in self.scripts:
            raise ValueError(f"name must be one of {', '.join(self.scripts)}, got {name!r}")
        return replace(self, only=(name,))

    def pictures_of(self, code: int | str) -> Tensor:
        """All pictures of a character or its code: (20, 1, 28, 28) in [0, 1], 1 is ink.

        A code may be one of the property `codes`. Raises ValueError if it is no class of this
        family.
        """
        codes = self.codes.tolist()
        try:
            number = ord(code) if isinstance(code, str) else operator.index(code)
        except TypeError:  # neither a character nor a whole number
            number = None
        if number not in codes:
            raise ValueError(
                f"code must be that of a character of {', '.join(self.scripts)} whose shape no "
                f"other class has, got {code!r}: the property codes lists them"
            )
        return self.pictures[codes.index(number)].float() / 255

    def _classes(self) -> tuple[Tensor, dict[str, Tensor]]:
        return _family(self)


@cache
def _family(family: Characters) -> tuple[Tensor, dict[str, Tensor]]:
    """The pictures (classes, 20, 1, 28, 28), uint8, and the facts of each class."""
    pictures, codes, scripts = _all_pictures(family.seed, family.folder)
    mine = torch.full((len(SCRIPTS),), -1)
    mine[[SCRIPTS.index(name) for name in family.scripts]] = torch.arange(len(family.scripts))
    scripts = mine[scripts]
    here = (scripts >= 0).nonzero()[:, 0]
    first, end = int(here[0]), int(here[-1]) + 1
    if len(here) == end - first:  # as those of a split: no copy
        here = slice(first, end)
    return pictures[here], {"code": codes[here], "script": scripts[here]}


@cache
def _all_pictures(seed: int, folder: Path | None) -> tuple[Tensor, Tensor, Tensor]:
    """The pictures of all classes of all splits, their codes and their places in SCRIPTS."""
    file = (folder or cache_folder()) / f"characters-seed{seed}-{_version(seed)}.bin"
    kept = read_arrays(file, "drawn characters", FORM)
    if kept is None:
        kept = _draw_all(seed)
        write_arrays(file, kept)
        if folder is None and file.exists():
            _remove_others(file, seed)
    return tuple(torch.from_numpy(kept[name]) for name in ("pictures", "codes", "scripts"))


def _remove_others(file: Path, seed: int) -> None:
    """Remove the files beside one that hold the pictures of the same seed in another version."""
    for other in file.parent.iterdir():
        ours = re.fullmatch(
            rf"characters-seed{seed}-[0-9a-f]{{16}}\.bin(-[0-9a-f]{{8}}\.new)?", other.name
        )
        if ours and not other.name.startswith(file.name):
            with suppress(OSError):  # another program reads it, or has removed it
                other.unlink()


def _version(seed: int) -> str:
    """A word that changes whenever the pictures would: with fonts, settings and libraries."""
    import unicodedata

    import PIL
    from PIL import features

    from course_utils.characters import fonts

    settings = (FORMAT, SCRIPTS, PICTURES, ROTATION, SHEAR, SCALE, SHIFT, FINE, seed)
    rule = (COARSE, ALIKE, ALIKE_CASES, THE_SAME, unicodedata.unidata_version)
    drawn_by = (PIL.__version__, features.version("freetype2"))
    digest = hashlib.sha256(repr((settings, rule, drawn_by)).encode())
    for path in fonts():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _draw_all(seed: int) -> dict:
    """Draw every character whose shape no other has: pictures, codes and scripts as arrays."""
    import numpy as np

    from course_utils.characters import letters

    script_of = {ord(c): n for n, script in enumerate(SCRIPTS) for c in letters(script)}
    uprights = {code: _uprights(code) for code in script_of}

    def rank(code: int) -> tuple[int, int]:
        """The Latin alphabet keeps its shapes, then the test scripts do, then the rest."""
        return (0 if code < 128 else 1 if SCRIPTS[script_of[code]] in SPLITS["test"] else 2), code

    codes = _different(uprights, sorted(script_of, key=rank))
    codes.sort(key=lambda code: (script_of[code], code))
    pictures = np.array([_draw_class(seed, code, uprights[code]) for code in codes])
    scripts = np.array([script_of[code] for code in codes])
    return {"pictures": pictures, "codes": np.array(codes), "scripts": scripts}


def _uprights(code: int) -> dict:
    """The upright picture of a character in each style that has it."""
    from course_utils.characters import styles_of, upright

    return {style: upright(chr(code), style, fine=FINE) for style in styles_of(chr(code))}


def _draw_class(seed: int, code: int, uprights: dict) -> np.ndarray:
    """The pictures of one class, (20, 1, 28, 28), uint8."""
    import numpy as np

    from course_utils.characters import varied

    # A generator for each class, so that its pictures do not depend on which others there are.
    random = np.random.default_rng([seed, code])
    styles = random.permutation(list(uprights))
    drawn = np.empty((PICTURES, 1, 28, 28), np.uint8)
    for n, picture in enumerate(drawn):
        rotation, shear = random.uniform(-1, 1, 2) * (ROTATION, SHEAR)
        scale, shift = random.uniform(*SCALE), random.uniform(-SHIFT, SHIFT, 2)
        ground = uprights[styles[n % len(styles)]]
        picture[0] = np.rint(255 * varied(ground, rotation, shear, scale, shift))
    return drawn


def _different(uprights: dict[int, dict], order: list[int]) -> list[int]:
    """The codes, in the given order, that have the shape of none before them."""
    import numpy as np

    from course_utils.characters import STYLES

    n = len(order)
    highest, total, shared = (np.zeros((n, n), np.float32) for _ in range(3))
    for style in STYLES:
        has = [place for place, code in enumerate(order) if style in uprights[code]]
        if not has:
            continue
        flat = np.array(
            [np.asarray(uprights[order[p]][style].reduce(FINE // COARSE)).ravel() for p in has],
            np.float32,
        )
        flat -= flat.mean(1, keepdims=True)
        flat /= np.linalg.norm(flat, axis=1, keepdims=True)
        correlation, pairs = flat @ flat.T, np.ix_(has, has)
        highest[pairs] = np.maximum(highest[pairs], correlation)
        total[pairs] += correlation
        shared[pairs] += 1
    mean = total / np.maximum(shared, 1)
    alike = (highest >= THE_SAME) | (mean >= ALIKE)
    place_of = {chr(code): place for place, code in enumerate(order)}
    for character, place in place_of.items():
        capital = place_of.get(character.upper(), place)
        if capital != place and mean[place, capital] >= ALIKE_CASES:
            alike[place, capital] = alike[capital, place] = True
    kept: list[int] = []
    for place in range(n):
        if not alike[place, kept].any():
            kept.append(place)
    return [order[place] for place in kept]
