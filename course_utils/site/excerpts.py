"""What the search shows of a page: its words, in a script, since pages from files read no others.

Sphinx's own excerpts are fetched, which works on a server only.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from bs4 import BeautifulSoup

from course_utils.support.whole_files import write_whole

HERE = Path(__file__).parent
NAME = "course-excerpts.js"
_NO_WORDS = "script, style, pre, noscript, figure, .headerlink, .course-ways, .course-cards"
_END = "</body>"


def write(folder: Path) -> None:
    """The script beside a made site's pages, and its tag in the page of the search."""
    search = folder / "search.html"
    texts = {
        path.relative_to(folder).as_posix(): sections(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
        if path.name not in ("search.html", "genindex.html", "py-modindex.html")
    }
    data = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    script = (HERE / "search.js").read_text(encoding="utf-8")
    write_whole(folder / "_static" / NAME, f"const courseTexts = {data};\n{script}".encode())
    page = search.read_text(encoding="utf-8")
    tag = f'<script src="_static/{NAME}"></script>'
    write_whole(search, page.replace(_END, tag + _END, 1).encode())


def sections(page: str) -> list[list[str]]:
    """A page's sections in order: the name to link to, and the words without code and formulas."""
    article = BeautifulSoup(page, "html.parser").find("article")
    if article is None:
        return []
    for part in article.select(_NO_WORDS):
        part.decompose()
    for formula in article.find_all("math"):
        formula.replace_with("…")
    found = [["", article]] if article.find("section") is None else []
    found += [[section.get("id", ""), section] for section in article.find_all("section")]
    texts = []
    for name, part in reversed(found):  # the inner ones first: their words are theirs alone
        words = re.sub(r"\s+", " ", part.get_text(" ")).strip()
        texts.append([name, re.sub(r" (?=[.,;:?!)](?!\d))", "", words)])
        part.decompose()
    return [text for text in reversed(texts) if text[1]]
