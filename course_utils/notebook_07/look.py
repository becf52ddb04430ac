"""The cousins' colours, letters and lines, the same in every picture of notebook 07."""

from __future__ import annotations

from typing import Any

from course_utils.figures import style
from course_utils.notebook_07.estimates import FIRST_ORDER, IMAML, MAML, REPTILE, TRANSFER

COLORS = {
    MAML: style.MAML,
    FIRST_ORDER: style.MAML,
    REPTILE: style.TASKS[0],
    IMAML: style.TASKS[1],
    TRANSFER: style.TRANSFER,
}
LETTERS = {MAML: "M", FIRST_ORDER: "F", REPTILE: "R", IMAML: "i", TRANSFER: "T"}
DASHES = {MAML: "-", FIRST_ORDER: "--", REPTILE: "-", IMAML: "-", TRANSFER: "-"}


def letter(name: str) -> dict[str, Any]:
    """The look of a mark that is a method's letter: none is told by its colour alone."""
    return {"marker": f"${LETTERS[name]}$", "ms": 9, "mew": 0, "ls": "", "color": style.INK}
