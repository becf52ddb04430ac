"""A progress bar that works in JupyterLab and in a terminal, and leaves only a sentence."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from course_utils.support.interrupts import StopLater


@contextmanager
def bar(
    total: int, unit: str, *, show: bool = True, kept: str = "what was learned is kept"
) -> Iterator[Callable[..., None]]:
    """Show a bar over `total` steps; yields `advance(value)`, to be called once a step.

    The value, a loss, is shown beside the bar; `advance()` has none.

    An interrupt inside the block ends it without an error, so that what was computed is kept; the
    closing line says so, with `kept`. In a notebook the bar's display is replaced by its plain text
    at the end: a stored notebook has neither a widget without a kernel nor a bar at 0 %.
    """
    start, done = time.perf_counter(), 0
    with StopLater() as stop:  # a stop while the display is made ends the block, not the import
        display = _open(total, unit) if show else None

    def advance(value: float | None = None) -> None:
        nonlocal done
        done += 1
        stop.now()
        if display is not None:
            if value is not None and done % 100 == 0:
                display.set_postfix_str(f"loss {value:.2f}", refresh=False)
            display.update()

    stopped = ""
    try:
        yield advance
    except KeyboardInterrupt:
        stopped = f"stopped after {done:,} of {total:,} {unit}; {kept}\n"
    finally:
        if display is not None:
            display.finish()
    if stopped:
        print(stopped, end="")
    elif show:
        print(f"{total:,} {unit} took {time.perf_counter() - start:.0f} s")


def _open(total: int, unit: str):
    from tqdm import TqdmExperimentalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmExperimentalWarning)
        from tqdm.auto import tqdm
    from tqdm.notebook import tqdm as notebook_tqdm

    if issubclass(tqdm, notebook_tqdm):
        return _NotebookBar(tqdm, total, unit)
    return _TerminalBar(tqdm, total, unit)


class _TerminalBar:
    def __init__(self, tqdm: type, total: int, unit: str):
        self._bar = tqdm(total=total, unit=f" {unit}", leave=False)
        self.update, self.set_postfix_str = self._bar.update, self._bar.set_postfix_str
        self.finish = self._bar.close


class _NotebookBar:
    def __init__(self, tqdm: type, total: int, unit: str):
        from IPython.display import display

        self._bar = tqdm(total=total, unit=f" {unit}", display=False)
        self.update, self.set_postfix_str = self._bar.update, self._bar.set_postfix_str
        self._text = {"text/plain": f"{total:,} {unit}"}
        container = self._bar.container
        view = {"model_id": container.model_id, "version_major": 2, "version_minor": 0}
        bundle = self._text | {"application/vnd.jupyter.widget-view+json": view}
        self._handle = display(bundle, raw=True, display_id=True)

    def finish(self) -> None:
        self._bar.close()
        self._bar.container.close()
        self._handle.update(self._text, raw=True)
