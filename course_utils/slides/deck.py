"""A deck: a notebook's slides, reveal.js, films and pictures as one HTML page."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path

import nbformat

from course_utils.export.alone import stand_alone
from course_utils.export.maths import Renderer
from course_utils.export.pages import TEMPLATES, PageExporter
from course_utils.figures import font, pen
from course_utils.films import page as films
from course_utils.films import svg
from course_utils.films.film import Film
from course_utils.slides.layout import layout, letters, ratio_of
from course_utils.slides.plan import Part, Slide
from course_utils.slides.stills import still

HERE = Path(__file__).parent
_LINK = re.compile(r'href="((\d\d-)?[\w-]+)\.ipynb[^"]*"')  # to a deck beside this one, if any


def deck(
    notebook: nbformat.NotebookNode,
    slides: list[Slide],
    made: Mapping[str, Film],
    library: Mapping[str, str],
    folder: Path,
) -> str:
    """The page of a notebook's slides.

    made: the films that they show, by name. library: what `reveal.reveal` gives. folder: where the
    notebook's pictures lie. Raises ValueError where a picture is not there.
    """
    title = re.sub(r"^#\s+", "", notebook.cells[0].source.splitlines()[0])
    metadata = {**notebook.metadata, "title": f"{title} · slides"}
    parts = nbformat.v4.new_notebook(cells=list(_cells(slides, made, folder)), metadata=metadata)
    exporter = PageExporter(
        template_name="deck",
        extra_template_basedirs=[str(HERE / "template")],
        extra_template_paths=[str(TEMPLATES)],
    )
    text, _ = exporter.from_notebook_node(parts)
    text, lost = stand_alone(text, folder)
    if lost:
        raise ValueError(lost[0])
    text = _LINK.sub(lambda link: f'href="{link[1]}.html"' if link[2] else "", text)
    for name, film in made.items():
        text = text.replace(_place(name), _film(film))
    woff = base64.b64encode(font.woff(_characters(made.values()))).decode()
    head = f"""<link rel="icon" href="data:,">
<!-- reveal.js, https://revealjs.com
{library["licence"]}-->
<style>
{library["style"]}
@font-face {{ font-family: "Course"; src: url(data:font/woff;base64,{woff}) format("woff"); }}
{_player("player.css")}{(HERE / "deck.css").read_text(encoding="utf-8")}</style>
</head>"""
    scripts = (library["script"], pen.SCRIPT, *map(_player, films.SCRIPTS))
    tail = f"""<script>
{"".join(_inline(script) for script in scripts)}
{"".join((HERE / name).read_text(encoding="utf-8") for name in ("letters.js", "deck.js"))}</script>
</body>"""
    text = text.replace("</head>", head, 1)
    before, _, after = text.rpartition("</body>")
    return before + tail + after


def _characters(shown: Iterable[Film]) -> str:
    """Every character that films may write."""
    return "".join(
        sorted({c for film in shown for c in json.dumps(film.content, ensure_ascii=False)})
    )


def _player(name: str) -> str:
    """A file of the player's."""
    return (films.HERE / name).read_text(encoding="utf-8")


def _inline(script: str) -> str:
    """A script that may stand in a page: nothing in it ends the element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--") + "\n"


def _cells(
    slides: list[Slide], made: Mapping[str, Film], folder: Path
) -> Iterator[nbformat.NotebookNode]:
    """A cell for each part of each slide, which carries the tags about it."""
    for n, slide in enumerate(slides):
        before = _opens(slides, n, layout(slide, made, folder))
        for part in slide.parts:
            yield _cell(part, slide, before, made)
            before = ""
        yield _tagged(nbformat.v4.new_markdown_cell(""), before, _closes(slides, n))


def _opens(slides: list[Slide], n: int, page: str) -> str:
    stacked = not slides[n].down and n + 1 < len(slides) and slides[n + 1].down
    seconds = round(60 * slides[n].minutes)
    return (
        "<section>" * stacked
        + f'<section data-timing="{seconds}" data-minutes="{slides[n].minutes:.1f}">'
        + f"<div {page}>"
    )


def _closes(slides: list[Slide], n: int) -> str:
    last = n + 1 == len(slides) or not slides[n + 1].down
    stacked = slides[n].down or (n + 1 < len(slides) and slides[n + 1].down)
    notes = f'<aside class="notes">{_notes(slides[n], slides[-1].until)}</aside>'
    return f"</div>{notes}</section>" + "</section>" * (last and stacked)


def _notes(slide: Slide, total: float) -> str:
    """What the speaker's window shows: the time first, then what is said, then the notebook."""
    time = (
        f"<p><b>{_halves(slide.minutes)} min</b>, until minute {slide.until:.0f} of {total:.0f}</p>"
    )
    return time + "".join(map(_html, slide.notes))


def _halves(minutes: float) -> str:
    return f"{max(1, round(2 * minutes)) / 2:g}"


def _html(markdown: str) -> str:
    from nbconvert.filters.markdown_mistune import MarkdownWithMath

    return MarkdownWithMath(Renderer(escape=False)).render(markdown)


def _cell(part: Part, slide: Slide, before: str, made: Mapping[str, Film]) -> nbformat.NotebookNode:
    kind = {"film": "film-part"}.get(part.kind, part.kind)
    style = ""
    if part.kind in ("code", "output"):
        style = f' style="--letters: {letters(slide):.1f}px"'
    opened = f'{before}<div class="part {kind}{" fragment" * part.fragment}"{style}>'
    if part.kind == "film":
        return _tagged(nbformat.v4.new_markdown_cell(_place(part.source)), opened, "</div>")
    if part.kind in ("code", "output") and part.cell["cell_type"] == "code":
        cell = nbformat.v4.new_code_cell(part.source if part.kind == "code" else "")
        if part.kind == "output":
            rows = nbformat.v4.new_output("stream", text=part.source)
            cell.outputs = [rows] if part.source else list(part.cell["outputs"])
        return _tagged(cell, opened, "</div>")
    drawn = still(part.source, made) if part.kind == "picture" else None
    shown = part.source if drawn is None else f'<div class="still">{drawn}</div>'
    cell = nbformat.v4.new_markdown_cell(shown)
    if "attachments" in part.cell:
        cell.attachments = part.cell["attachments"]
    return _tagged(cell, opened, "</div>")


def _tagged(cell: nbformat.NotebookNode, before: str, after: str) -> nbformat.NotebookNode:
    cell.metadata["deck"] = {"before": before, "after": after}
    return cell


def _place(name: str) -> str:
    return f'<div class="film-place" id="place-{name}"></div>'


def _film(film: Film) -> str:
    """A film's player, which opens from the data beside it once its slide is near."""
    name, ratio = film.content["name"], ratio_of(film)
    asked = film.content["question"]
    question = f'<p class="course-question"><b>Predict.</b> {asked}</p>' if asked else ""
    return f"""<div class="film" id="film-{escape(name)}">
<div class="course-player">{question}<div class="course-frame" style="--ratio: {ratio:.4f}">
{svg.still(film, prefix=f"{name}-")}</div></div>
<script type="text/plain">{base64.b64encode(film.pack()).decode()}</script></div>"""
