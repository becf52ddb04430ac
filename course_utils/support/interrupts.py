"""A stop, Ctrl-C or Jupyter's button, that waits until what must not be broken off is done."""

from __future__ import annotations

import signal
import threading
from typing import Any


class StopLater:
    """A block, `with StopLater() as stop:`, in which a stop is only noted; `stop.now()` obeys it.

    An import that is broken off can leave a library half loaded, which then fails until the kernel
    is started again. Where no stop can arrive, in another thread than the main one, nothing is
    changed.
    """

    def __init__(self) -> None:
        self._asked, self._before = False, None

    def __enter__(self) -> StopLater:
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(before):
            self._before = before
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: Any) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _note(self, *_: Any) -> None:
        self._asked = True

    def now(self) -> None:
        """Raise KeyboardInterrupt, once, if a stop was asked for in the block."""
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt
