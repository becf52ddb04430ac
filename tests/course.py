"""Which notebooks belong to which room: NN-name.ipynb, and the appendices whose title says NN."""

import json
import re
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def appendices(number=r"\d\d"):
    """The appendices to a notebook, or to all: their first line is "# Appendix to NN ..."."""
    return [path for path in sorted(NOTEBOOKS.glob("appendix-*.ipynb")) if _is_to(path, number)]


def notebooks_of(room):
    """The notebook of a room, and then its appendices."""
    (notebook,) = NOTEBOOKS.glob(f"{room[-2:]}-*.ipynb")
    return [notebook, *appendices(room[-2:])]


def _is_to(path, number):
    first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    return re.match(rf"# Appendix to {number}\b", first) is not None
