"""The reader's own scores, kept from one notebook to the next in a small file; never needed.

One JSON file in the user's data folder holds a list of results for each game. Any problem
with the file becomes a sentence (`ScoreBook.remark`), never an error.
"""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from pathlib import Path
from typing import Any

import platformdirs

from course_utils.support.whole_files import write_whole

ONE_SHOT_GAME = "one-shot game"
FILE, BROKEN = "scores.json", "scores-broken.json"
Results = dict[str, list[dict[str, Any]]]


class ScoreBook:
    """The file of scores in a folder, by default the user's data folder.

    `remark` says what went wrong at the last reading or writing, and is empty where all was well.
    """

    def __init__(self, folder: Path | str | None = None):
        self.folder = Path(folder or platformdirs.user_data_dir("meta-learning-course", False))
        self.remark = ""

    @property
    def path(self) -> Path:
        """Where the scores are."""
        return self.folder / FILE

    def results(self, game: str) -> list[dict[str, Any]]:
        """The results of a game, oldest first; empty where there are none."""
        self.remark = ""
        return self._read().get(game, [])

    def add(self, game: str, result: dict[str, Any]) -> list[dict[str, Any]]:
        """Add a result to those of a game and return them all, also where they can't be kept.

        Raises ValueError if JSON cannot hold the result.
        """
        self.remark = ""
        try:
            json.dumps(result, allow_nan=False)
        except (TypeError, ValueError):
            raise ValueError(f"result must be what JSON can hold, got {result!r}") from None
        known = self._read()
        known[game] = [*known.get(game, []), result]
        try:
            self._write(known)
        except OSError as error:
            self.remark = f"{self.remark} The score could not be kept: {error}.".strip()
        return known[game]

    def _read(self) -> Results:
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.remark = f"The earlier scores could not be read: {error}."
            return {}
        except ValueError:  # not JSON, or not even text
            known = None
        if _is_well_formed(known):
            return known
        self.remark = f"The file of earlier scores, {self.path}, was broken."
        try:
            os.replace(self.path, self.folder / BROKEN)
            self.remark += f" It is now called {BROKEN}, and a new file is made."
        except OSError:
            self.remark += " A new file is made."
        return {}

    def _write(self, known: Results) -> None:
        write_whole(self.path, json.dumps(known, indent=1).encode())


def empty_book() -> ScoreBook:
    """A book without scores in a temporary folder, which is removed with the book."""
    folder = tempfile.TemporaryDirectory(prefix="course-")
    book = ScoreBook(folder.name)
    weakref.finalize(book, folder.cleanup)
    return book


def _is_well_formed(known: Any) -> bool:
    return isinstance(known, dict) and all(
        isinstance(results, list) and all(isinstance(result, dict) for result in results)
        for results in known.values()
    )
