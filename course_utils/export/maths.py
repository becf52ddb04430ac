"""Formulas as MathML, which browsers set by themselves: no script, no font, no network."""

from __future__ import annotations

import html
import re
from typing import Any

import latex2mathml.converter
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer

# What the converter misreads, and the same formula in words that it knows.
_REWRITTEN = (
    (re.compile(r"\\arg(?![a-zA-Z])"), r"\\operatorname{arg}"),
    # Else brackets grow with their neighbours, and lose their size under an index.
    (re.compile(r"\\begin\{(\w?matrix)\}.*?\\end\{\1\}", re.DOTALL), r"{\g<0>}"),
    (re.compile(r"\\[bB]igg?[lmr]?\s*[])|](?=\s*[_^])"), r"{\g<0>}"),
)
# A prime is drawn small and high already: as a superscript it can't be seen.
_PRIMED = re.compile(r"<msup>(<mi>[^<]+</mi>)<m[io]>(&#x0203[234];)</m[io]></msup>")

# A norm's bars: else the first grows with its neighbours, and an index makes the last one small.
_BAR = re.compile(r'<mo(?: fence="false" stretchy="false")?>(&#x02016;)</mo>')

# Functions' names stand apart from what they are of, unless a bracket does that: sin x.
_NAMED = r"<mi>(?:sin|cos|tan|log|exp|ln|min|max)</mi>"
_BEFORE = re.compile(rf"(?<=</m[in]>){_NAMED}|(?<=</msu[bp]>){_NAMED}|(?<=</mfrac>){_NAMED}")
_AFTER = re.compile(rf"({_NAMED}|<msup>{_NAMED}<mn>\d</mn></msup>)(?=<m[ins])")


def formula(tex: str, *, block: bool = False) -> str:
    """TeX as a `<math>` element, or as its source in `<code>` where it can't be read as TeX.

    A `block` is a line of its own, which breaks at its wide spaces where the page is narrow.
    """
    if not block:
        return _math(tex, "inline")
    parts = (_math(part, "block") for part in _parts(tex))
    # Set large and in the line: so that two parts stand beside each other where there is room.
    lines = (part.replace('display="block"', 'displaystyle="true"', 1) for part in parts)
    return f'<span class="equation">{" ".join(lines)}</span>'


def _math(tex: str, display: str) -> str:
    words = tex.strip()
    for found, instead in _REWRITTEN:
        words = found.sub(instead, words)
    try:
        made = latex2mathml.converter.convert(words, display=display)
    except Exception:  # many kinds; the reader still wants to see what was meant
        return f"<code>{html.escape(tex.strip())}</code>"
    made = _BAR.sub(r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', made)
    made = _AFTER.sub(r'\1<mspace width="0.17em"/>', made)
    made = _BEFORE.sub(r'<mspace width="0.17em"/>\g<0>', made)
    return _PRIMED.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', made)


def _parts(tex: str) -> list[str]:
    """A formula cut at its wide spaces, unless they stand inside something."""
    parts = [part for part in re.split(r"(?:\\qquad(?![a-zA-Z])\s*)+", tex) if part.strip()]
    openers, closers = re.compile(r"\{|\\begin|\\left"), re.compile(r"\}|\\end|\\right")
    whole = all(len(openers.findall(part)) == len(closers.findall(part)) for part in parts)
    return parts if whole and parts else [tex]


class Renderer(IPythonRenderer):
    """Markdown to HTML as nbconvert does it, with MathML for its formulas."""

    def block_math(self, body: str) -> str:
        return formula(body, block=True)

    def inline_math(self, body: str) -> str:
        return formula(body)

    def latex_environment(self, name: str, body: str) -> str:
        return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", block=True)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        # The name to link to stays, the sign that is shown for it goes.
        return re.sub('<a class="anchor-link".*?</a>', "", super().heading(text, level, **attrs))

    def _embed_image_or_attachment(self, src: str) -> str:
        try:
            return super()._embed_image_or_attachment(src)
        except (
            InvalidNotebook,
            StopIteration,
        ):  # no such attachment: named later, as lost files are
            return src
