"""A learner's code is ended after a time, whatever it does.

The clock is looked at before every line of Python that runs (`sys.settrace`); where the system has
alarms (not on Windows), one also ends code that catches everything, or sleeps. Compiled code that
never returns is out of reach.
"""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

WAITING = 4  # times as long may pass on the wall in all: code that sleeps works little
ROOM = 50  # calls more, for the clock's own, where code stands at the limit of recursion
OURS = Path(__file__).resolve().parent.parent  # the package: no line of a learner's
LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


class Overdue(BaseException):
    """The learner's code took too long. No Exception, so that `except Exception` lets it pass."""


def learners(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Call a learner's function: what runs below this frame is ended, and nothing else."""
    return function(*args)


@contextlib.contextmanager
def ended_after(seconds: float, on_the_wall: float) -> Iterator[None]:
    """What `learners` calls is ended after so many seconds of work or on the wall, by Overdue."""

    def ends() -> tuple[float, float]:
        return time.thread_time() + seconds, time.monotonic() + on_the_wall

    trace, profile, limit = sys.gettrace(), sys.getprofile(), sys.getrecursionlimit()
    (end, latest), has_room = ends(), False

    def over(frame: FrameType | None) -> bool:
        nonlocal end, latest
        if (time.thread_time() <= end and time.monotonic() <= latest) or not _is_learners(frame):
            return False
        if not _imports(frame):
            return True
        end, latest = ends()  # half an import would break the kernel
        return False

    def look(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        if event in ("call", "line") and over(frame):
            stop(frame)
        # In a library's lines nothing is looked at: that would make it slow.
        return None if event == "call" and foreign(frame.f_code.co_filename) else look

    def look_at_calls(frame: FrameType, event: str, arg: Any) -> None:
        if event == "call" and over(frame):
            stop(frame)

    def ring(_: int, frame: FrameType | None) -> None:
        nonlocal has_room
        # Code that calls itself may leave room for this one call: more is made first.
        if time.thread_time() <= end and time.monotonic() <= latest:
            return
        if not has_room:
            sys.setrecursionlimit(sys.getrecursionlimit() + ROOM)
            has_room = True
        if over(frame):
            stop(frame)

    def stop(frame: FrameType | None) -> NoReturn:
        """Raise, and look at the clock from here on, line by line and call by call.

        Python forgets the one that raises of `look` and `look_at_calls`: each brings the other
        back. So what follows an `except:` raises as well, outside its `try`, and code that catches
        everything ends, too.
        """
        while frame is not None and frame.f_code is not learners.__code__:
            frame.f_trace = look
            frame = frame.f_back
        sys.settrace(look)
        sys.setprofile(look_at_calls)
        raise Overdue

    with _alarm(min(seconds, on_the_wall) + 0.2, ring):
        sys.settrace(look)
        try:
            yield
        finally:
            end = latest = math.inf  # nothing rings from here on
            sys.settrace(trace)
            sys.setprofile(profile)
            sys.setrecursionlimit(limit)


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
    signal.signal(known, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(known, signal.SIG_DFL)


def _is_learners(frame: FrameType | None) -> bool:
    """Whether a frame is below that of `learners`: the check's own code is never ended."""
    while frame is not None:
        frame = frame.f_back
        if frame is not None and frame.f_code is learners.__code__:
            return True
    return False


def _imports(frame: FrameType | None) -> bool:
    """Whether a module is being imported."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@cache
def foreign(filename: str) -> bool:
    """Whether a file is the course's or a library's, and so no learner's."""
    if filename.startswith("<") and "ipython" not in filename:  # <string>: a dataclass's, say
        return True
    path = Path(filename)
    return path.is_relative_to(OURS) or any(path.is_relative_to(folder) for folder in LIBRARIES)
