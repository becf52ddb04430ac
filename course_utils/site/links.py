"""The fold that ends a notebook: links to its explorers' pages, which move in a browser alone.

`python -m course_utils.site.links` writes it into every notebook; nothing is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from course_utils import rooms
from course_utils.films.page import heading
from course_utils.site import chapters
from course_utils.support.whole_files import write_whole

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CELL = "without-python"  # its id
PAGES = "../build/pages"  # as a notebook sees them

_HOW = (
    "These pages move in any browser, also on a phone, where there is no Python. Here "
    "`make pages`, typed in a terminal in the course's folder, makes them once, in some minutes. "
    "Then these links open them; in JupyterLab press *Trust HTML* above such a page, and it moves."
)


def fold(shown: Sequence[str]) -> str:
    """The Markdown of the fold: a line for each explorer or prediction, "" where there is none."""
    lines = "\n".join(f"- [{heading(name)}]({PAGES}/{name}.html)" for name in shown)
    return _folded(f"{_HOW}\n\n{lines}\n") if shown else ""


def fold_on_site(shown: Sequence[str]) -> str:
    """The same fold for the site, where each is on the page of all explorers."""
    lines = "".join(
        f'<li><a href="../explorers.html#{escape(name)}">{escape(heading(name))}</a></li>\n'
        for name in shown
    )
    return _folded(f"Alone and large, each at an address of its own:\n\n<ul>\n{lines}</ul>\n")


def on_site(chapter: Mapping[str, Any], shown: Sequence[str]) -> dict[str, Any]:
    """A chapter whose fold leads to the site's own page."""
    new = fold_on_site(shown)
    cells = [c | {"source": new} if c["id"] == CELL else c for c in chapter["cells"]]
    return {**chapter, "cells": cells}


def write(path: Path) -> bool:
    """Write a notebook's fold into its last cell; whether that has changed it."""
    before = path.read_text(encoding="utf-8")
    content = json.loads(before)
    cells = [cell for cell in content["cells"] if cell["id"] != CELL]
    if source := fold(chapters.shown_in(path, list(rooms.shown()))):
        skipped = {"slideshow": {"slide_type": "skip"}}
        lines = source.splitlines(keepends=True)
        cell = {"cell_type": "markdown", "id": CELL, "metadata": skipped, "source": lines}
        cells.append(cell)
    text = json.dumps({**content, "cells": cells}, indent=1, ensure_ascii=False) + "\n"
    if text != before:
        write_whole(path, text.encode())
    return text != before


def _folded(body: str) -> str:
    return (
        "<details><summary>These explorers as pages, for a browser alone</summary>\n\n"
        f"{body.rstrip()}\n\n</details>"
    )


if __name__ == "__main__":
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        if write(notebook):
            print(notebook)
