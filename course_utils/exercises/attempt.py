"""A learner's code is run: within a time, its printing kept, its errors found at its own line."""

from __future__ import annotations

import contextlib
import io
import linecache
import signal
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

SECONDS = 5.0  # of this thread's own work, so that a busy machine is no mistake
WAITING = 4  # times as long may pass on the wall: code that sleeps works little
MOST_PRINTED = 2000
OURS = Path(__file__).resolve().parent.parent  # the package: no line of a learner's
LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


class Overdue(BaseException):
    """The learner's code took too long. No Exception, so that `except Exception` lets it pass."""


class _Printed(io.StringIO):
    """What was printed, up to some length: an endless loop may print, too."""

    def write(self, text: str) -> int:
        return super().write(text) if self.tell() < MOST_PRINTED else len(text)


@dataclass(frozen=True)
class Outcome:
    """What came of a call: a result, or the `error` in words with the learner's own `line`."""

    result: Any = None
    printed: str = ""
    error: str = ""
    line: str = ""


class Attempts:
    """Calls of a learner's code that have five seconds of work in all.

    The clock is looked at before every line of Python that runs (`sys.settrace`); where the system
    has alarms (not on Windows), one also ends code that catches everything, or sleeps. Compiled
    code that never returns is out of reach.
    """

    def __init__(self, seconds: float = SECONDS):
        self._left, self._whole = seconds, seconds

    def call(self, function: Callable[..., Any], *args: Any) -> Outcome:
        """What comes of function(*args); only the reader's own interrupt goes through."""
        printed, start = _Printed(), time.thread_time()
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
                _exit_is_an_error(),
                _ended_after(self._left),
            ):
                result = function(*args)
            return Outcome(result, printed.getvalue())
        except Overdue as error:
            why = (
                f"It had not ended after {self._whole:.0f} seconds of work, all cases together. "
                "Is there a loop that never ends, or does it compute far more than is asked?"
            )
            return Outcome(printed=printed.getvalue(), error=why, line=own_line(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too: a notebook goes on after it
            return Outcome(printed=printed.getvalue(), error=in_words(error), line=own_line(error))
        finally:
            self._left = max(0.5, self._left - (time.thread_time() - start))


@contextlib.contextmanager
def _exit_is_an_error() -> Iterator[None]:
    """In a notebook `exit()` raises nothing: it asks the kernel to end, which nobody wants."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        yield
        return

    def refused() -> NoReturn:
        raise SystemExit

    shell.ask_exit = refused
    try:
        yield
    finally:
        del shell.ask_exit


@contextlib.contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    def ends() -> tuple[float, float]:
        return time.thread_time() + seconds, time.monotonic() + WAITING * seconds

    before, (end, latest) = sys.gettrace(), ends()

    def over(frame: FrameType | None) -> bool:
        nonlocal end, latest
        if time.thread_time() <= end and time.monotonic() <= latest:
            return False
        if not _imports(frame):
            return True
        end, latest = ends()  # half an import would break the kernel
        return False

    def look(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        if event in ("call", "line") and over(frame):
            raise Overdue
        # In a library's lines nothing is looked at: that would make it slow.
        return None if event == "call" and _foreign(frame.f_code.co_filename) else look

    def ring(_: int, frame: FrameType | None) -> None:
        if over(frame):
            _again(frame, look)

    with _alarm(seconds + 0.2, ring):
        sys.settrace(look)
        try:
            yield
        finally:
            sys.settrace(before)


def _again(frame: FrameType | None, look: Callable[..., Any]) -> NoReturn:
    """Raise, and look at the clock from here on.

    Python stops tracing when `look` raises. Looked at once more, the line after `except:` raises
    outside its `try`, so that code that catches everything ends, too.
    """
    while frame is not None and frame.f_code is not Attempts.call.__code__:
        frame.f_trace = look
        frame = frame.f_back
    sys.settrace(look)
    raise Overdue


@contextlib.contextmanager
def _alarm(seconds: float, ring: Callable[..., None]) -> Iterator[None]:
    """The second clock, for code that sleeps, or catches everything in a loop."""
    known = getattr(signal, "SIGALRM", None)
    if (
        known is None
        or threading.current_thread() is not threading.main_thread()
        or signal.getsignal(known) != signal.SIG_DFL  # somebody else's alarm is left alone
    ):
        yield
        return
    running = True
    signal.signal(known, lambda *args: ring(*args) if running else None)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(known, signal.SIG_DFL)


def _imports(frame: FrameType | None) -> bool:
    """Whether a module is being imported."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def in_words(error: BaseException) -> str:
    """An error's type and the beginning of its message."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # a message of the learner's own that fails, too
        message = ""
    message = message if len(message) <= 300 else message[:297] + "..."
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def own_line(error: BaseException) -> str:
    """The innermost line of an error's way that is neither the course's nor a library's."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not _foreign(frame.filename):
            code = linecache.getline(frame.filename, frame.lineno or 0).strip()
            return f"line {frame.lineno} of {frame.name}" + (f": {code}" if code else "")
    return ""


@cache
def _foreign(filename: str) -> bool:
    if filename.startswith("<") and "ipython" not in filename:  # <string>: a dataclass's, say
        return True
    path = Path(filename)
    return path.is_relative_to(OURS) or any(path.is_relative_to(folder) for folder in LIBRARIES)
