"""What an exercise says of an answer, and how it stands in a notebook: as a card."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

OPEN, RIGHT, WRONG = "open", "right", "wrong"
# A sign and a word each, so that a card reads without its colour.
LOOKS = {
    OPEN: ("○", "Not attempted yet", "#777777"),
    RIGHT: ("✓", "Right", "#009E73"),
    WRONG: ("✗", "Not yet right", "#D55E00"),
}
# For a terminal that cannot print them: the word beside a sign says the same.
PLAIN = {"○ ": "", "✓ ": "", "✗ ": "", "·": "-", "−": "-", "π": "pi", "∞": "infinity", "’": "'"}
PLAIN |= {"φ": "phi", "θ̂": "theta", "θ": "theta", "α": "alpha", "λ": "lambda", "√": "the root of "}


@dataclass(frozen=True)
class Verdict:
    """`kind`, the `names` of the mistakes that were recognised (none: no name fits), and words.

    `says` is a text whose `code` stands between backticks, `lines` are shown as they are, below it;
    `printed` is what the learner's code printed.
    """

    kind: Literal["open", "right", "wrong"]
    says: str
    names: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    printed: str = ""


@dataclass(frozen=True)
class Card:
    """A verdict under its exercise's title, as text and as HTML; `remark` stands at its end."""

    title: str
    verdict: Verdict
    remark: str = ""

    def __repr__(self) -> str:
        sign, word, _ = LOOKS[self.verdict.kind]
        blocks = [f"{sign} {word} · {self.title}", self.verdict.says]
        blocks += ["    " + line for line in self._below()]
        return "\n".join(block for block in [*blocks, self.remark] if block)

    def _repr_html_(self) -> str:
        sign, word, color = LOOKS[self.verdict.kind]
        parts = [f"<strong>{sign} {word}</strong> · {html.escape(self.title)}"]
        if self.verdict.says:
            parts.append(f"<div>{_with_code(self.verdict.says)}</div>")
        if below := self._below():
            look = "margin:.4em 0 0;white-space:pre-wrap;overflow-wrap:anywhere"
            parts.append(f'<pre style="{look}">{html.escape(chr(10).join(below))}</pre>')
        if self.remark:
            parts.append(f"<div><em>{html.escape(self.remark)}</em></div>")
        look = f"border-left:6px solid {color};padding:.3em .9em;margin:.4em 0;max-width:46em"
        return f'<div class="course-card" style="{look}">{"".join(parts)}</div>'

    def _below(self) -> list[str]:
        printed = self.verdict.printed.rstrip()
        return [*self.verdict.lines, *(["It printed:", *printed.splitlines()] if printed else [])]

    def show(self) -> None:
        """Show the card in a notebook; print it anywhere else."""
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is None:
            print(printable(repr(self)))
        else:
            display(self)


def printable(text: str, plain: Mapping[str, str] = PLAIN) -> str:
    """A text as it can be printed here: in plain words where signs of it cannot be."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        for sign, word in plain.items():
            text = text.replace(sign, word)
        return text.encode("ascii", "replace").decode("ascii")
    return text


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))


def wrong(says: str, *names: str, lines: Any = (), printed: str = "") -> Verdict:
    """A verdict on an answer that is not right."""
    return Verdict(WRONG, says, names, tuple(lines), printed)
