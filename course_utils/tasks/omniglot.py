"""Omniglot, 1,623 characters drawn by hand, as few-shot tasks: for those who want real drawings.

Lake, Salakhutdinov & Tenenbaum 2015, https://github.com/brendenlake/omniglot (MIT licence). The
course does not need it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from course_utils.support.check_input import expanded_path, some_of
from course_utils.tasks.episodes import Episodes
from course_utils.tasks.omniglot_drawings import drawings
from course_utils.tasks.omniglot_files import source


@dataclass(frozen=True)
class Omniglot(Episodes):
    """Few-shot tasks on Omniglot's drawings: each task sorts `ways` characters of its alphabets.

    Each character was drawn by 20 people; pictures are 28 x 28, 1 is ink. The drawings come from
    `folder`, else from the environment variable OMNIGLOT_DIR, else from an earlier download.

    Facts of a batch: character, its place in `names`; script, its alphabet's in `scripts`; turn, in
    quarters, counter-clockwise.

    Parameters
    ----------
    split
        "background", 30 alphabets to train on, or "evaluation", 20 others.
    folder
        A zip file of the authors, or a folder with their zip files or with unpacked drawings
        (alphabet/character/drawing.png); torchvision's root, too. The authors' small background
        sets can be used as well.
    download
        Whether to fetch the split's zip file (6 to 10 MB) if it is not there; one that was altered
        is fetched again. Only a whole file is kept.
    only
        Some of the alphabets; by default all of them.
    rotations
        Whether each character turned by 90, 180 and 270 degrees is a class too, as in the MAML
        paper.

    Raises
    ------
    FileNotFoundError
        If the drawings are not there, and not to be downloaded.
    ConnectionError
        If the download stops early.
    OSError
        If what is downloaded cannot be written.
    BrokenArchive
        If an archive is truncated or altered, or dangerous to unpack; a ValueError.
    ValueError
        If an argument is not usable.
    """

    thing = "character"

    split: Literal["background", "evaluation"] = "background"
    folder: Path | str | None = None
    download: bool = False
    only: tuple[str, ...] | None = None
    rotations: bool = False
    _all: tuple = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.split not in ("background", "evaluation"):
            raise ValueError(f'split must be "background" or "evaluation", got {self.split!r}')
        if self.folder is not None:
            object.__setattr__(self, "folder", expanded_path("folder", self.folder))
        files = source(self.split, self.folder, self.download)
        pictures, names = drawings(files, self.split)
        alphabets = tuple(dict.fromkeys(alphabet for alphabet, _ in names))
        if self.only is not None:
            what = f"alphabets of the {self.split} set"
            alphabets = some_of("only", self.only, alphabets, what=what)
            object.__setattr__(self, "only", alphabets)
            here = [n for n, (alphabet, _) in enumerate(names) if alphabet in alphabets]
            pictures, names = pictures[here], [names[n] for n in here]
        turns = 4 if self.rotations else 1
        pictures = torch.cat([pictures.rot90(turn, (-2, -1)) for turn in range(turns)])
        facts = {
            "character": torch.arange(len(names)).repeat(turns),
            "script": torch.tensor([alphabets.index(one) for one, _ in names]).repeat(turns),
            "turn": torch.arange(turns).repeat_interleave(len(names)),
        }
        object.__setattr__(self, "_all", (pictures, facts, alphabets, names))

    @property
    def scripts(self) -> tuple[str, ...]:
        """The names of the alphabets; the fact `script` counts in them."""
        return self._all[2]

    @property
    def names(self) -> tuple[str, ...]:
        """The characters, say "Greek/character01"; the fact `character` counts in them."""
        return tuple("/".join(name) for name in self._all[3])

    @property
    def pictures(self) -> Tensor:
        """All pictures, (n_classes, 20, 1, 28, 28), uint8 up to 255 (ink): not a copy of them."""
        return self._all[0]

    @property
    def n_classes(self) -> int:
        """The number of characters, turned ones included."""
        return len(self._all[0])

    def of_script(self, name: str) -> Omniglot:
        """The family of the characters of one alphabet. Raises ValueError if it is not here."""
        if name not in self.scripts:
            raise ValueError(f"name must be one of {', '.join(self.scripts)}, got {name!r}")
        return replace(self, only=(name,))

    def _classes(self) -> tuple[Tensor, dict[str, Tensor]]:
        return self._all[:2]
