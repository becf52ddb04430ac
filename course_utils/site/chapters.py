"""Notebooks as chapters: their stored outputs, and a place for a film where an explorer stood.

Nothing is run. A chapter is a notebook again, which myst-nb reads.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

LAB = "http://localhost:8888/lab/tree/notebooks/"  # where `make lab` answers, unless it is taken
WIDGET = "application/vnd.jupyter.widget-view+json"

# What a page cannot do: by the notebook's cell, how its sentences begin.
IN_JUPYTER = {
    "e0000005": ("What you have solved is kept",),
    "7dad2688": ("Your score is kept",),
    "mark-40": ("Drag a support point",),
    "50f8a9d1": ("Press **surprise me** ten times", "**Draw your own character**"),
}


@dataclass(frozen=True)
class Chapter:
    """A notebook as the course counts it.

    number: "04", or "appendix to 05". title: its heading without the number.
    """

    path: Path
    number: str
    title: str

    @property
    def stem(self) -> str:
        """The name of its page and of its file."""
        return self.path.stem

    @property
    def heading(self) -> str:
        """Number and title, as a list shows them."""
        return f"{self.number[0].upper()}{self.number[1:]} · {self.title}"

    @property
    def room(self) -> str:
        """The two digits of the notebook whose room it shares."""
        return self.number[-2:]


def chapters(folder: Path) -> list[Chapter]:
    """The notebooks of a folder in the order of the course, each appendix behind its notebook."""
    found = []
    for path in folder.glob("*.ipynb"):
        first = "".join(_read(path)["cells"][0]["source"]).partition("\n")[0]
        number = re.match(r"# (\d\d) · (.+)", first)
        appendix = re.match(r"# Appendix to (\d\d) · (.+)", first)
        if number:
            found.append(Chapter(path, number[1], number[2].strip()))
        elif appendix:
            found.append(Chapter(path, f"appendix to {appendix[1]}", appendix[2].strip()))
        else:
            raise ValueError(f"{path} must begin with '# NN · title', got {first!r:.60}")
    return sorted(found, key=lambda chapter: (chapter.room, len(chapter.number)))


def chapter(made: Chapter, names: Sequence[str], film: Callable[[str], str]) -> dict[str, Any]:
    """The notebook of a chapter: `film` gives the HTML in the place of an explorer by its name."""
    content = copy.deepcopy(_read(made.path))
    content["metadata"].pop("widgets", None)
    cells = [_cell(cell, made, names, film) for cell in content["cells"]]
    head, _, rest = "".join(cells[0]["source"]).partition("\n")
    cells[0]["source"] = f"{head}\n\n{ways(made)}\n\n{rest}"
    return {**content, "cells": cells}


def shown_in(path: Path, names: Sequence[str]) -> list[str]:
    """The explorers and predictions that a notebook shows, in its order."""
    found = []
    for cell in _read(path)["cells"]:
        if cell["cell_type"] == "code" and any(map(_moves, cell["outputs"])):
            found.append(_named("".join(cell["source"]), names))
    return found


def to_download(made: Chapter) -> bytes:
    """The notebook as it is downloaded: without outputs, which are most of it."""
    content = copy.deepcopy(_read(made.path))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def ways(made: Chapter) -> str:
    """What a reader can do with a chapter besides reading it, as HTML."""
    file = escape(made.path.name)
    return (
        '<p class="course-ways">'
        f'<a href="{file}" download>Download the notebook</a> '
        f'<a href="{LAB}{file}">Open in Jupyter</a> '
        "<span>(while <code>make lab</code> runs on this machine)</span></p>"
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} must be a notebook: {error}") from None


def _moves(output: Mapping[str, Any]) -> bool:
    return WIDGET in output.get("data", {})


def _named(source: str, names: Sequence[str]) -> str:
    called = [name for name in names if re.search(rf"\b{name}\(", source)]
    if len(called) != 1:
        raise ValueError(f"a cell that moves must call one explorer, got {source!r:.80}")
    return called[0]


def _cell(
    cell: dict[str, Any], made: Chapter, names: Sequence[str], film: Callable[[str], str]
) -> dict[str, Any]:
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        for words in IN_JUPYTER.get(cell["id"], ()):
            source = source.replace(words, f"*In Jupyter:* {words}")
        return {**cell, "source": source}
    tags = list(cell["metadata"].get("tags", []))
    jupyter = cell["metadata"].get("jupyter", {})
    for part, tag in (("source_hidden", "hide-input"), ("outputs_hidden", "hide-output")):
        if jupyter.get(part):
            tags.append(tag)
    outputs = []
    for output in cell["outputs"]:
        if _moves(output):
            outputs.append(_html(film(_named(source, names))))
            continue
        outputs.append(output)
        if "course-card" in "".join(output.get("data", {}).get("text/html", "")):
            outputs.append(_html(_needs_kernel(made)))
    return {**cell, "metadata": {**cell["metadata"], "tags": tags}, "outputs": outputs}


def _html(text: str) -> dict[str, Any]:
    data = {"text/html": text, "text/plain": ""}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _needs_kernel(made: Chapter) -> str:
    return (
        '<p class="course-kernel">This page cannot check an answer: it has no Python. '
        f"Write yours in Jupyter, in <code>notebooks/{escape(made.path.name)}</code>.</p>"
    )
