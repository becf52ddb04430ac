"""Draw every static diagram of the course: `python -m course_utils.figures.diagrams FOLDER...`.

Each notebook's diagrams are functions in a module of their own, `diagrams_NN`, listed there in
DIAGRAMS by the name of the file that they become.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from course_utils import figures
from course_utils.figures.style import course_style


def all_diagrams() -> dict[str, Callable[[], Figure]]:
    """Every diagram of the course by name, from the modules `diagrams_NN` beside this one."""
    found: dict[str, Callable[[], Figure]] = {}
    for module in pkgutil.iter_modules(figures.__path__):
        if module.name.startswith("diagrams_"):
            found |= importlib.import_module(f"{figures.__name__}.{module.name}").DIAGRAMS
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
