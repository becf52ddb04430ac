"""Notebooks as pages: every picture with its words, every formula, every output, in one file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from course_utils.export.alone import stand_alone
from course_utils.export.maths import Renderer, formula

TEMPLATES = Path(__file__).parent / "template"
# A picture first: what a page without a kernel can show of a widget, or of what a script draws.
SHOWN = ("svg+xml", "png", "jpeg", "gif", "webp")
KINDS = [*(f"image/{kind}" for kind in SHOWN), "text/html", "text/markdown", "text/latex"]


class PageExporter(HTMLExporter):
    """nbconvert's exporter with the course's template, found in the package.

    A template that extends `course/index.html.j2` and is given as `template_name`, in one of
    `extra_template_basedirs`, can add to the page or change its frame.
    """

    @property
    def default_config(self) -> Config:
        found = super().default_config.copy()
        found.NbConvertBase.display_data_priority = [*KINDS, "text/plain"]
        return found

    def __init__(self, **options: Any):
        folders = [*options.pop("extra_template_basedirs", []), str(TEMPLATES)]
        super().__init__(extra_template_basedirs=folders, **{"template_name": "course"} | options)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as HTML, its formulas as MathML."""
        attachments = context.get("cell", {}).get("attachments", {})
        return MarkdownWithMath(Renderer(escape=False, attachments=attachments)).render(source)

    def default_filters(self):
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html
        yield "formula", lambda tex: formula(tex.strip().strip("$"), block=True)
        yield "is_picture", lambda kind: kind.startswith("image/")

    def _init_resources(self, resources):
        found = super()._init_resources(resources)
        found["code_css"] = HtmlFormatter(style="xcode").get_style_defs(".highlight")
        return found


def page(notebook: Path, exporter: PageExporter | None = None) -> tuple[str, list[str]]:
    """A notebook as one HTML page, and a sentence for each picture that is not there.

    Shown is what the file holds, run or not, with or without the state of its widgets. Raises
    ValueError where `notebook` is no file that can be read as a notebook.
    """
    content = _read(notebook)
    content.metadata.pop("widgets", None)  # live parts: without a kernel they are empty boxes
    content.metadata.setdefault("title", _title(content) or notebook.stem)
    resources = {"metadata": {"name": notebook.stem, "path": str(notebook.parent)}}
    made, _ = (exporter or PageExporter()).from_notebook_node(content, resources)
    return stand_alone(made, notebook.parent)


def _read(notebook: Path) -> nbformat.NotebookNode:
    wanted = "must be a notebook, say notebooks/04-maml-against-transfer.ipynb"
    try:
        content = nbformat.reads(notebook.read_text(encoding="utf-8-sig"), as_version=4)
        nbformat.validate(content)
    except OSError as error:
        raise ValueError(f"notebook {wanted}, got {str(notebook)!r}: {error.strerror}") from None
    except Exception as error:  # many kinds: JSON, its encoding, what nbformat finds missing
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(f"notebook {wanted}, got {str(notebook)!r}: {said[0]:.120}") from None
    return content


def _title(content: nbformat.NotebookNode) -> str:
    heads = (re.match(r"#\s+(.+)", c.source) for c in content.cells if c.cell_type == "markdown")
    return next((head[1].strip() for head in heads if head), "")
