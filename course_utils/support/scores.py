"""The reader's own scores, kept from one notebook to the next in a small file; never needed.

One JSON file in the user's data folder holds a list of results for each game, each with the whole
numbers `right` and `of`. Any problem with the file becomes a sentence (`ScoreBook.remark`), never
an error.
"""

from __future__ import annotations

import json
import os
import reprlib
import tempfile
import weakref
from pathlib import Path
from typing import Any

import platformdirs

from course_utils.support.check_input import expanded_path
from course_utils.support.whole_files import write_whole

ONE_SHOT_GAME = "one-shot game"
FILE, BROKEN, LOCK = "scores.json", "scores-broken.json", "scores.lock"
LOCK_SECONDS = 2
MOST = 1000  # questions of a game
Results = dict[str, list[dict[str, Any]]]


class BrokenScores(ValueError):
    """A file that holds no scores."""


class ScoreBook:
    """The file of scores in a folder, by default the user's data folder.

    The environment variable COURSE_DATA names another default: tests and stored notebooks know no
    reader.
    `remark` says what went wrong at the last reading or writing, and is empty where all was well.
    """

    def __init__(self, folder: Path | str | None = None):
        default = os.environ.get("COURSE_DATA") or platformdirs.user_data_dir(
            "meta-learning-course", False
        )
        self.folder = expanded_path("folder", folder or default)
        self.remark = ""

    @property
    def path(self) -> Path:
        """Where the scores are."""
        return self.folder / FILE

    def results(self, game: str) -> list[dict[str, Any]]:
        """The results of a game, oldest first; empty where there are none.

        Entries that are no results are left out, and that is said. Raises ValueError if the name
        of the game is no text.
        """
        self.remark = ""
        _is_game(game)
        try:
            listed = self._read().get(game, [])
        except OSError as error:
            self.remark = f"The earlier scores could not be read: {error}."
            return []
        except BrokenScores:
            self.remark = f"The file of earlier scores, {self.path}, is broken."
            return []
        found = [result for result in listed if _is_result(result)]
        if left_out := len(listed) - len(found):
            self.remark = f"Entries of {self.path} that are no scores are left out: {left_out}."
        return found

    def add(self, game: str, result: dict[str, Any]) -> list[dict[str, Any]]:
        """Add a result to those of a game and return them all, also where they can't be kept.

        One program writes at a time; where another does so for two seconds nothing is kept. Raises
        ValueError unless the result says how many of how many were right, and JSON can hold it.
        """
        _is_game(game)
        if not _is_result(result):
            raise ValueError(
                'result must be a dict with the whole numbers "right" and "of", right from 0 to '
                f"of and of from 1 to {MOST}, got {reprlib.repr(result)}"
            )
        try:
            json.dumps(result, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise ValueError(
                f"result must be what JSON can hold, got {reprlib.repr(result)}"
            ) from None
        try:
            return self._kept(game, result)
        except TimeoutError:
            why = f"another program holds {self.folder / LOCK}"
        except (OSError, RecursionError) as error:
            why = str(error)
        known = self.results(game)
        self.remark = f"The score could not be kept: {why}."
        return [*known, result]

    def _kept(self, game: str, result: dict[str, Any]) -> list[dict[str, Any]]:
        """What `add` returns, once it is written. Raises OSError where that cannot be done."""
        from filelock import FileLock

        self.remark = ""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / LOCK, timeout=LOCK_SECONDS):
            try:
                known = self._read()
            except BrokenScores:
                os.replace(self.path, self.folder / BROKEN)
                self.remark = (
                    f"The file of earlier scores, {self.path}, was broken. It is now called "
                    f"{BROKEN}, and a new file is made."
                )
                known = {}
            # Also what is no result is written again: a later version of the course may know it.
            known[game] = [*known.get(game, []), result]
            write_whole(self.path, json.dumps(known, indent=1).encode())
        return [result for result in known[game] if _is_result(result)]

    def _read(self) -> Results:
        """All that is kept. Raises OSError where it cannot be read, BrokenScores if it is none."""
        try:
            known = json.loads(self.path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):  # not JSON, not even text, or 100,000 brackets
            raise BrokenScores from None
        if not isinstance(known, dict) or not all(isinstance(v, list) for v in known.values()):
            raise BrokenScores
        return known


def empty_book() -> ScoreBook:
    """A book without scores in a temporary folder, which is removed with the book."""
    folder = tempfile.TemporaryDirectory(prefix="course-")
    book = ScoreBook(folder.name)
    weakref.finalize(book, folder.cleanup)
    return book


def _is_game(game: Any) -> None:
    if not isinstance(game, str):
        raise ValueError(f"game must be text, a game's name, got {reprlib.repr(game)}")


def _is_result(result: Any) -> bool:
    """Whether it says how many answers of how many were right."""
    if not isinstance(result, dict):
        return False
    right, of = result.get("right"), result.get("of")
    return type(right) is type(of) is int and 0 <= right <= of and 1 <= of <= MOST
