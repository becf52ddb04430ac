"""The static diagrams of the course: `python -m course_utils.diagrams FOLDER...` draws them all.

Unlike figures, diagrams may compute: they are whole pictures, made of everything below them. Each
notebook's are functions in its room's module `diagrams`, listed there in DIAGRAMS by the name of
the file that they become.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from course_utils import rooms
from course_utils.figures.style import course_style


def all_diagrams() -> dict[str, Callable[[], Figure]]:
    """Every diagram of the course by name, from the rooms that have some."""
    found: dict[str, Callable[[], Figure]] = {}
    for room in rooms.rooms():
        module = f"course_utils.{room}.diagrams"
        if importlib.util.find_spec(module):
            found |= importlib.import_module(module).DIAGRAMS
    return found


def save(folder: Path) -> list[Path]:
    """Draw all diagrams as SVG into a folder; returns the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, diagram in sorted(all_diagrams().items()):
        paths.append(folder / f"{name}.svg")
        with course_style():
            diagram().savefig(paths[-1], format="svg", metadata={"Date": None})
    return paths


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        for path in save(Path(folder)):
            print(path)
