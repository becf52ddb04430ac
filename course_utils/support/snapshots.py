"""The state of an unfinished training, in a file: an interrupted one continues where it stopped."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from course_utils.support.check_input import whole_number
from course_utils.support.whole_files import (
    BrokenFile,
    read_sealed,
    remove_left_over,
    write_whole,
)

FORMAT = 2  # of the file: one more with each change of what a training keeps


class Snapshots:
    """A file that a training writes after every so many meta-steps, and is continued from.

    Any problem with the file is printed as a sentence and stops no training.

    Parameters
    ----------
    path
        The file; it is there only while a training is unfinished.
    settings
        What the training depends on, in words. A file with other settings is not used.
    every
        Meta-steps between two writings.
    """

    def __init__(self, path: Path | str, *, settings: str, every: int = 1000):
        self.path, self.settings = Path(path), settings
        self.every = whole_number("every", every, least=1, why="it counts meta-steps")
        self._writable = True

    def read(self) -> dict[str, Any] | None:
        """The state that was kept, or None where a training must start again from its beginning.

        If there is a file that cannot be used, a sentence is printed. A state is used only with the
        same settings.
        """
        try:
            content = read_sealed(self.path)
        except FileNotFoundError:
            return None
        except (OSError, BrokenFile) as error:
            return self.refuse(f"cannot be used ({error})")
        try:
            state = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
        except Exception:  # torch and pickle raise ten kinds of error for what is not theirs
            state = None
        if not isinstance(state, dict) or state.get("format") != FORMAT:
            return self.refuse("holds something else than a training that this version kept")
        if state.get("settings") != self.settings:
            return self.refuse("belongs to a training with other settings")
        return state

    def refuse(self, why: str) -> None:
        """Say why the state is not used."""
        print(
            f"The kept state of a training, {self.path}, {why}: the training starts "
            "again from its beginning."
        )

    def write(self, **state: Any) -> None:
        """Keep a state of tensors, numbers, lists and dicts. Where that fails, say so once."""
        memory = io.BytesIO()
        torch.save(state | {"settings": self.settings, "format": FORMAT}, memory)
        try:
            write_whole(self.path, memory.getvalue(), sealed=True)
        except OSError as error:
            if self._writable:
                print(
                    f"No state can be kept ({error}): after an interrupt the training would start "
                    "again from its beginning."
                )
            self._writable = False

    def remove(self) -> None:
        """Remove the file: the training is finished."""
        self.path.unlink(missing_ok=True)
        remove_left_over(self.path, seconds=0)
