"""Solved copies of the notebooks: each stub gives way to the solution that stands folded above it.

``python -m course_utils.solutions [NOTEBOOK...]`` writes them into build/solutions/, with
the outputs that are stored and the card of a right answer below each exercise.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

FOLDER = Path("build/solutions")
CALL = re.compile(r"^check\.(\w+)\(", flags=re.M)
FOLD = re.compile(r"<details><summary>A solution.*?```python\n(.*?)```", flags=re.S)


@dataclass(frozen=True)
class Solved:
    """An exercise in a notebook: the place of its cell, its check's name, its solution in code."""

    cell: int
    name: str
    solution: str


def exercises_of(notebook: Any) -> Iterator[Solved]:
    """The exercises of a notebook, top to bottom.

    Raises ValueError where a cell calls a check and no solution stands above it.
    """
    fold = None
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            found = FOLD.findall(cell.source)
            fold = found[-1] if found else fold
        elif (call := CALL.search(cell.source)) and call[1] != "done":
            if fold is None:
                raise ValueError(f"no solution stands above check.{call[1]}")
            yield Solved(i, call[1], fold.rstrip())
            fold = None


def solve(notebook: Any) -> Any:
    """A notebook whose stubs have become solutions, changed in place and returned."""
    from course_utils import check
    from course_utils.exercises.verdict import Card

    for solved in list(exercises_of(notebook)):
        cell, exercise = notebook.cells[solved.cell], getattr(check, solved.name)
        calls = cell.source[CALL.search(cell.source).start() :]
        between = "\n\n\n" if solved.solution.lstrip().startswith(("def ", "class ")) else "\n\n"
        cell.source = solved.solution + between + calls
        card = Card(exercise.title, exercise.when_right)
        data = {"text/plain": repr(card), "text/html": card._repr_html_()}
        cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return notebook


def write(paths: list[Path], folder: Path = FOLDER) -> list[Path]:
    """Write a solved copy of each notebook that has exercises, and the pictures that it shows."""
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for images in {path.parent / "images" for path in paths}:
        if images.is_dir():
            shutil.copytree(images, folder / "images", dirs_exist_ok=True)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":  # the copies lie in build/ themselves
                cell.source = cell.source.replace("](../build/", "](../")
        if not list(exercises_of(notebook)):
            continue
        written.append(folder / path.name)
        nbformat.write(solve(notebook), written[-1])
    return written


def main(names: list[str]) -> None:
    """Write what the command line names, all notebooks where it names none."""
    paths = [Path(name) for name in names] or sorted(Path("notebooks").glob("*.ipynb"))
    for path in write(paths):
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
