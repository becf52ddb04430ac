"""What a learner's code prints and displays, up to some length: an endless loop does so, too."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

MOST_PRINTED = 600  # characters
MOST_DISPLAYS = 5
MOST_DISPLAYED = 1_000_000  # characters of pictures, tables and the like, all together
MORE = "(It displays more than is shown here.)"


class Printed(io.StringIO):
    """What was printed, up to some length; " ..." stands where there was more."""

    def write(self, text: str) -> int:
        if (room := MOST_PRINTED - self.tell()) >= 0:
            cut = text[room:].strip()
            super().write(f"{text[:room]} ..." if cut else text[:room])
        return len(text)


@dataclass
class Displayed:
    """How much was displayed in all calls of a check."""

    times: int = 0
    size: int = 0

    def takes(self, size: int) -> bool:
        """Whether one more is shown, of so many characters; after one that is not, none is."""
        self.times, self.size = self.times + 1, self.size + size
        return self.times <= MOST_DISPLAYS and self.size <= MOST_DISPLAYED


@contextlib.contextmanager
def kept_in(printed: Printed, displayed: Displayed) -> Iterator[None]:
    """What is printed is kept, of what is displayed the first is shown, and `exit()` is an error.

    In a notebook `exit()` raises nothing: it asks the kernel to end, which nobody wants.
    """
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if shell is None:
            yield
            return
        with (
            _instead(shell, ask_exit=_refused),
            _displays_bounded(shell.display_pub, printed, displayed),
        ):
            yield


@contextlib.contextmanager
def figures_bounded() -> Iterator[None]:
    """Of the figures that stay open the first new ones remain: a notebook shows them all."""
    before = _figures()
    try:
        yield
    finally:
        for number in [n for n in _figures() if n not in before][MOST_DISPLAYS:]:
            sys.modules["matplotlib.pyplot"].close(number)


def _figures() -> list[int]:
    return getattr(sys.modules.get("matplotlib.pyplot"), "get_fignums", list)()


def _refused() -> NoReturn:
    raise SystemExit


@contextlib.contextmanager
def _displays_bounded(publisher: Any, printed: Printed, displayed: Displayed) -> Iterator[None]:
    publish = publisher.publish

    def bounded(data: dict[str, Any], *args: Any, **more: Any) -> None:
        if displayed.takes(sum(map(_length, data.values()))):
            publish(data, *args, **more)
        elif MORE not in printed.getvalue():
            printed.write(f"{MORE}\n")

    with _instead(publisher, publish=bounded, clear_output=lambda wait=False: None):
        yield


def _length(part: Any) -> int:
    return len(part if isinstance(part, str | bytes) else str(part))


@contextlib.contextmanager
def _instead(of: Any, **methods: Any) -> Iterator[None]:
    """An object with other methods for a while."""
    known = {name: vars(of)[name] for name in methods if name in vars(of)}
    for name, method in methods.items():
        setattr(of, name, method)
    try:
        yield
    finally:
        for name in methods:
            if name in known:
                setattr(of, name, known[name])
            else:
                delattr(of, name)
