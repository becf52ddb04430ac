"""What a cell shows when it is run again: the explorers of its last run are closed.

Else each run leaves its explorers in the kernel, in the page and in the saved file.
"""

from __future__ import annotations

import gc
import re
from typing import Any

import ipywidgets
from IPython import get_ipython

from course_utils.support.memory import give_back

_shown: dict[str, tuple[str, list[ipywidgets.Widget]]] = {}  # by cell: its last run, and what with


def note_shown(widget: ipywidgets.Widget) -> None:
    """Note that the running cell shows a widget; at its end, what only its last run showed closes.

    A widget that was closed is opened again. Where no notebook says which cell runs, nothing more
    is done: two cells may hold the same code.
    """
    if widget.comm is None:
        for part in _parts(widget):
            part.open()
    shell = get_ipython()
    message = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell = message.get("metadata", {}).get("cellId")
    if cell is None:
        return
    run = message["header"]["msg_id"]
    last_run, before = _shown.get(cell, ("", []))
    if run != last_run:
        _at_the_end(shell, before)
        before = []
    _shown[cell] = run, [*before, widget]


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget with all its parts; shown again, it opens again."""
    for part in reversed(_parts(widget)):
        part.close()
        vars(part).pop("_repr_mimebundle_", None)  # ipywidgets hides the class's own


def _at_the_end(shell: Any, before: list[ipywidgets.Widget]) -> None:
    def close_those_of_the_last_run(_: Any = None) -> None:
        shell.events.unregister("post_run_cell", close_those_of_the_last_run)
        here = {id(widget) for _, widgets in _shown.values() for widget in widgets}
        gone = [widget for widget in before if id(widget) not in here]
        for widget in gone:
            close(widget)
        _forget(shell, gone)
        if gone:
            widget = None
            gone.clear()
            before.clear()
            gc.collect()  # they refer to each other: Python would look for them much later
            give_back()

    shell.events.register("post_run_cell", close_those_of_the_last_run)


def _forget(shell: Any, gone: list[ipywidgets.Widget]) -> None:
    """Take closed widgets out of IPython's history of results, which would keep them for ever."""
    ids = set(map(id, gone))
    outputs = shell.user_ns.get("_oh", {})
    for number in [number for number, value in outputs.items() if id(value) in ids]:
        del outputs[number]
    for names in (shell.user_ns, shell.user_ns_hidden):
        for name in [name for name, value in names.items() if id(value) in ids]:
            if re.fullmatch(r"_\d+", name):
                del names[name]
            elif name in ("_", "__", "___"):
                names[name] = None
    for name in ("_", "__", "___"):
        if id(getattr(shell.displayhook, name, None)) in ids:
            setattr(shell.displayhook, name, None)


def _parts(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """A widget and all that it is made of, each after its own parts."""
    found: dict[int, ipywidgets.Widget] = {}

    def visit(part: Any) -> None:
        if isinstance(part, list | tuple):
            for each in part:
                visit(each)
        elif isinstance(part, ipywidgets.Widget) and id(part) not in found:
            for name in part.keys:
                visit(getattr(part, name))
            found[id(part)] = part

    visit(widget)
    return list(found.values())
