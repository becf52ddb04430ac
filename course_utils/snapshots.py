"""The state of an unfinished training, in a file: an interrupted one goes on where it stopped."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import torch

from course_utils.check_input import whole_number


class Snapshots:
    """A file that a training writes every so many meta-steps, and is taken up from.

    Parameters
    ----------
    path
        The file; it is there only while a training is unfinished.
    settings
        What the training depends on, in words. A file with other settings is not taken up.
    every
        Meta-steps between two writings.

    `remark` says why a file could not be taken up, and is empty where all was well.
    """

    def __init__(self, path: Path | str, *, settings: str, every: int = 1000):
        self.path, self.settings = Path(path), settings
        self.every = whole_number("every", every, least=1, why="it counts meta-steps")
        self.remark = ""

    def read(self) -> dict[str, Any] | None:
        """The state that was kept, or None where a training must begin anew."""
        self.remark = ""
        try:
            state = torch.load(self.path, weights_only=True)
        except FileNotFoundError:
            return None
        except Exception:  # torch.load has no error of its own for a file that is none of its files
            return self._refused("is broken")
        if not isinstance(state, dict) or state.get("settings") != self.settings:
            return self._refused("belongs to a training with other settings")
        return state

    def write(self, **state: Any) -> None:
        """Keep a state: tensors, numbers, lists and dicts of them."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside it and then renamed, so that no crash leaves half a file.
        handle, beside = tempfile.mkstemp(dir=self.path.parent, suffix=".new")
        os.close(handle)
        try:
            torch.save(state | {"settings": self.settings}, beside)
            os.replace(beside, self.path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def remove(self) -> None:
        """Remove the file: the training is finished."""
        self.path.unlink(missing_ok=True)

    def _refused(self, why: str) -> None:
        self.remark = f"The kept state {self.path} {why}: training begins anew."
