"""The static diagrams of the course: `python -m course_utils.diagrams FOLDER...` draws them all.

Unlike figures, diagrams may compute: they are whole pictures, made of everything below them. Each
notebook's are functions in its room's module `diagrams`, listed there in DIAGRAMS by the name of
the file that they become. AFTER lists, in the same way, explorers in the state *after* the event
that the reader is to find, (builder, values): what moves on a screen stands still on paper.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from course_utils import rooms
from course_utils.figures.style import course_style

if TYPE_CHECKING:
    from course_utils.explorers.explorer import Explorer


def all_diagrams() -> dict[str, Callable[[], Figure]]:
    """Every diagram of the course by name, from the rooms that have some."""
    return {name: make for module in _modules() for name, make in module.DIAGRAMS.items()}


def all_after() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every explorer that is shown in its state after the event: {name: (builder, values)}."""
    return {
        name: state for module in _modules() for name, state in getattr(module, "AFTER", {}).items()
    }


def explorer_after(name: str) -> Explorer:
    """The explorer of `all_after` in that state: `png()` is its picture, `alt` its words.

    Raises ValueError for a name that there is not.
    """
    if name not in all_after():
        raise ValueError(f"name must be one of {', '.join(all_after())}, got {name!r}")
    builder, values = all_after()[name]
    explorer = rooms.shown()[builder]()
    explorer.set(**values)
    return explorer


def save(folder: Path) -> list[Path]:
    """Draw all into a folder, diagrams as SVG and explorers as PNG; returns the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, diagram in sorted(all_diagrams().items()):
        paths.append(folder / f"{name}.svg")
        with course_style():
            diagram().savefig(paths[-1], format="svg", metadata={"Date": None})
    for name in sorted(all_after()):
        paths.append(folder / f"{name}.png")
        paths[-1].write_bytes(explorer_after(name).png())
    return paths


def _modules() -> list[ModuleType]:
    names = [f"course_utils.{room}.diagrams" for room in rooms.rooms()]
    return [importlib.import_module(name) for name in names if importlib.util.find_spec(name)]


if __name__ == "__main__":
    if not sys.argv[1:]:
        raise SystemExit("name a folder to draw the diagrams into")
    for folder in sys.argv[1:]:
        try:
            for path in save(Path(folder)):
                print(path)
        except OSError as error:
            raise SystemExit(f"no diagrams in {folder}: {error}") from None
