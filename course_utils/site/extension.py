"""The site's part in Sphinx: formulas as MathML, and docstrings that are plain words.

`docs/conf.py` names this module as an extension.
"""

from __future__ import annotations

import re
from typing import Any

from course_utils.export.maths import formula

_SPECIAL = re.compile(r"([*|]|(?<=\w)_(?=\W|$))")
_AS_IT_IS = re.compile(r"(`[^`]*`|(?<!\w)\*[a-zA-Z](?:[\w ]*\w)?\*(?!\w))")  # code, and *stress*


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(inline, None), block_renderers=(block, None)
    )
    app.connect("autodoc-process-docstring", plain)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(self: Any, node: Any) -> None:
    """A formula in a line."""
    from docutils import nodes

    self.body.append(formula(node.astext()))
    raise nodes.SkipNode


def block(self: Any, node: Any) -> None:
    """A formula of its own."""
    from docutils import nodes

    self.body.append(f'<div class="math">{formula(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def plain(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Docstrings are written for people: stars and bars in them mean themselves."""
    spaced: list[str] = []
    for n, line in enumerate(lines):
        parts = _AS_IT_IS.split(line)
        parts[::2] = [_SPECIAL.sub(r"\\\1", part) for part in parts[::2]]
        before, after = (_indent(lines, n - 1), _indent(lines, n + 1))
        here = _indent(lines, n)
        # A word with its lines below, indented, is an item: it stands apart from what is around it.
        if None not in (before, here) and (here < before or (after is not None and after > here)):
            spaced.append("")
        spaced.append("".join(parts))
    lines[:] = spaced


def _indent(lines: list[str], n: int) -> int | None:
    """How far a line is indented; None for an empty one, or none."""
    if not 0 <= n < len(lines) or not lines[n].strip():
        return None
    return len(lines[n]) - len(lines[n].lstrip())
