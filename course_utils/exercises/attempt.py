"""A learner's code is run: within a time, its output kept, its errors found at its own line."""

from __future__ import annotations

import linecache
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_utils.exercises.deadline import WAITING, Overdue, ended_after, foreign, learners
from course_utils.exercises.output import Displayed, Printed, kept_in

SECONDS = 5.0  # of this thread's own work, so that a busy machine is no mistake


@dataclass(frozen=True)
class Outcome:
    """What came of a call: a result, or the `error` in words with the learner's own `line`."""

    result: Any = None
    printed: str = ""
    error: str = ""
    line: str = ""


class Attempts:
    """Calls of a learner's code that have five seconds of work in all, and twenty on the wall."""

    def __init__(self, seconds: float = SECONDS):
        self._left, self._wall, self._whole = seconds, WAITING * seconds, seconds
        self._displayed = Displayed()

    def call(self, function: Callable[..., Any], *args: Any) -> Outcome:
        """What comes of function(*args); only the reader's own interrupt goes through."""
        printed, start, began = Printed(), time.thread_time(), time.monotonic()
        try:
            with kept_in(printed, self._displayed), ended_after(self._left, self._wall):
                result = learners(function, args)
            return Outcome(result, printed.getvalue())
        except Overdue as error:
            why = (
                f"It had not ended after {self._whole:.0f} seconds of work, or "
                f"{WAITING * self._whole:.0f} of waiting, all cases together. "
                "Is there a loop that never ends, or does it compute far more than is asked?"
            )
            return Outcome(printed=printed.getvalue(), error=why, line=own_line(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too: a notebook goes on after it
            return Outcome(printed=printed.getvalue(), error=in_words(error), line=own_line(error))
        finally:
            self._left = max(0.0, self._left - (time.thread_time() - start))
            self._wall = max(0.0, self._wall - (time.monotonic() - began))


def in_words(error: BaseException) -> str:
    """An error's type and the beginning of its message."""
    try:
        with ended_after(0.5, 2.0):
            message = " ".join(learners(str, (error,)).split())
    except BaseException:  # a message of the learner's own that fails, or never ends
        message = ""
    message = message if len(message) <= 300 else message[:297] + "..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def own_line(error: BaseException) -> str:
    """The innermost line of an error's way that is neither the course's nor a library's."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not foreign(frame.filename):
            code = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f"line {frame.lineno} of {frame.name}" + (f": {code}" if code else "")
    return ""
