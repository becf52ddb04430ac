"""Pages made of notebooks: run or not, saved with widgets' state or not, all pictures are there."""

import base64
import io
import json
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from course_utils.export import __main__ as command
from course_utils.export.maths import formula
from course_utils.export.pages import page
from tests.course import NOTEBOOKS

WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
FETCHED = ("src", "srcset", "data", "background", "poster", "xlink:href")


def png(color="red"):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 3), color).save(buffer, "png")
    return buffer.getvalue()


def encoded(content):
    return base64.b64encode(content).decode()


def explorer(alt="φ & θ̂ at 'home'", model="m1"):
    data = {WIDGET: {"model_id": model, "version_major": 2, "version_minor": 0}}
    data |= {"image/png": encoded(png()), "text/plain": "Explorer: a dot."}
    return new_output("execute_result", data, metadata={"image/png": {"alt": alt, "width": 40}})


def made(tmp_path, *cells, widgets=None):
    """The page of a notebook of these cells or outputs, parsed, and what was lost on the way."""
    code = [c if "cell_type" in c else new_code_cell("1", outputs=[c]) for c in cells]
    notebook = new_notebook(cells=code)
    if widgets is not None:
        notebook.metadata["widgets"] = widgets
    nbformat.write(notebook, tmp_path / "some.ipynb")
    text, lost = page(tmp_path / "some.ipynb")
    assert nothing_is_fetched(text)
    return BeautifulSoup(text, "html.parser"), lost


def nothing_is_fetched(text):
    soup = BeautifulSoup(text, "html.parser")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert soup.find_all(["script", "link", "iframe", "object", "embed", "base"]) == []
    asked = [str(tag.get(name, "data:")) for tag in soup.find_all(True) for name in FETCHED]
    return all(address.startswith("data:") for address in asked)


def pictures(soup):
    return [(tag["alt"], tag["src"]) for tag in soup.find_all("img")]


@pytest.mark.parametrize(
    "widgets",
    [
        None,
        {STATE: {"state": {"m1": {"model_name": "VBoxModel", "state": {}}}, "version_major": 2}},
        {STATE: {"state": {}, "version_major": 2, "version_minor": 0}},
        {"another kind": {}},
        {},
    ],
)
def test_an_explorer_is_its_picture_whatever_was_saved_of_its_widgets(tmp_path, widgets):
    soup, lost = made(tmp_path, explorer(), explorer("second", "m2"), widgets=widgets)
    wanted = f"data:image/png;base64,{encoded(png())}"
    assert pictures(soup) == [("φ & θ̂ at 'home'", wanted), ("second", wanted)]
    assert soup.find("img")["width"] == "40"
    assert lost == []


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/svg+xml", "image/gif"])
@pytest.mark.parametrize("where", ["of the kind", "of all", "nowhere"])
def test_a_picture_of_any_kind_keeps_its_words(tmp_path, kind, where):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path d="M0 0"/></svg>'
    content = svg if kind.endswith("xml") else encoded(png())
    metadata = {"of the kind": {kind: {"alt": "dots"}}, "of all": {"alt": "dots"}, "nowhere": {}}
    data = {kind: content, "text/plain": "<Figure>", "text/html": "<b>other</b>"}
    soup, _ = made(tmp_path, new_output("display_data", data, metadata=metadata[where]))
    words = "A picture without a description." if where == "nowhere" else "dots"
    source = encoded(svg.encode()) if kind.endswith("xml") else content
    assert [(alt, src.replace("\n", "")) for alt, src in pictures(soup)] == [
        (words, f"data:{kind};base64,{source}")
    ]


def test_a_widget_without_a_picture_is_its_words(tmp_path):
    data = {WIDGET: {"model_id": "m"}, "text/plain": "IntSlider(value=<3>)"}
    state = {STATE: {"state": {"m": {}}, "version_major": 2}}
    soup, _ = made(tmp_path, new_output("display_data", data), widgets=state)
    assert "IntSlider(value=<3>)" in soup.find("pre").find_next("pre").get_text()


def test_the_other_outputs_are_there_and_no_script_is(tmp_path):
    soup, _ = made(
        tmp_path,
        new_output("display_data", {"text/html": "<table><td>7</td></table><script>x</script>"}),
        new_output("display_data", {"text/html": "<div onclick='x()' style='color: red'>8</div>"}),
        new_output("display_data", {"text/markdown": "**bold** $a^2$"}),
        new_output("display_data", {"text/latex": "$$b^2$$"}),
        new_output("display_data", {"application/javascript": "alert(1)", "text/plain": "<js>"}),
        new_output("stream", name="stdout", text="a < b\x1b[31mred\x1b[0m"),
        new_output("stream", name="stderr", text="careful"),
        new_output("error", ename="E", evalue="v", traceback=["first <line>", "second"]),
    )
    assert soup.find("td").get_text() == "7"
    assert soup.find(string="8").parent.attrs == {"style": "color: red"}
    assert soup.find("strong").get_text() == "bold"
    assert len(soup.find_all("math")) == 2
    text = soup.get_text()
    assert all(words in text for words in ("<js>", "a < bred", "careful", "first <line>\nsecond"))


def test_cells_keep_their_code_and_what_is_folded_stays_folded(tmp_path):
    plain = new_code_cell("x = '<b>'")
    folded = new_code_cell("assert x", metadata={"jupyter": {"source_hidden": True}})
    answer = new_output("stream", text="the answer")
    hidden = new_code_cell("y", metadata={"jupyter": {"outputs_hidden": True}}, outputs=[answer])
    empty = new_code_cell("", outputs=[])
    soup, _ = made(tmp_path, plain, folded, hidden, empty)
    assert [code.get_text().strip() for code in soup.select(".code pre")] == [
        "x = '<b>'",
        "assert x",
        "y",
    ]
    assert [fold.get_text(" ").split() for fold in soup.find_all("details")] == [
        ["code", "assert", "x"],
        ["output", "the", "answer"],
    ]


# --- words ----------------------------------------------------------------------------------------


def test_the_files_of_the_notebook_come_into_the_page(tmp_path):
    (tmp_path / "images").mkdir()
    for name in ("one.png", "two words.png"):
        (tmp_path / "images" / name).write_bytes(png())
    words = (
        "# A title\n\n![one](images/one.png) ![two](images/two%20words.png)\n\n"
        "<details><summary>A solution</summary>\n\n**bold**\n\n"
        '<img src="images/one.png" alt="in a fold" srcset="http://x.example/2.png 2x">\n\n'
        "</details>\n\n![pasted](attachment:p.png)"
    )
    cell = new_markdown_cell(words)
    cell["attachments"] = {"p.png": {"image/png": encoded(png("blue"))}}
    soup, lost = made(tmp_path, cell)
    red, blue = (f"data:image/png;base64,{encoded(png(color))}" for color in ("red", "blue"))
    wanted = [("one", red), ("two", red), ("in a fold", red), ("pasted", blue)]
    assert pictures(soup) == wanted
    assert soup.find("details").find("strong").get_text() == "bold"
    assert soup.find("details").find("img")["alt"] == "in a fold"
    assert soup.title.get_text() == "A title"
    assert lost == []


@pytest.mark.parametrize(
    "source",
    ["images/gone.png", "attachment:gone.png", "../../etc/passwd", "images", "file:///x.png"],
)
def test_a_picture_that_is_not_there_is_named_on_the_page_and_to_the_user(tmp_path, source):
    (tmp_path / "images").mkdir()
    soup, lost = made(tmp_path, new_markdown_cell(f"![two dots]({source})"))
    assert pictures(soup) == []
    assert f"(Not there: {source}. two dots)" in soup.get_text()
    assert lost == [f"{source} is not a picture that can be read from {tmp_path}"]


@pytest.mark.parametrize(
    "words",
    [
        "![two dots](https://x.example/a.png)",
        '<img src="http://x.example/a.png" alt="two dots">',
        '<iframe src="https://x.example/a.png" title="two dots"></iframe>',
        '<video><source src="https://x.example/a.png" title="two dots"></video>',
        '<object data="//x.example/a.png" title="two dots"></object>',
    ],
)
def test_what_lies_on_another_host_becomes_a_link(tmp_path, words):
    soup, lost = made(tmp_path, new_markdown_cell(words))
    (link,) = soup.find_all("a")
    assert link["href"].endswith("//x.example/a.png")
    assert link.get_text() == "two dots"
    assert lost == []


@pytest.mark.parametrize(
    "html",
    [
        '<style>@import "//x.example/a.css"; p { background: url(//x.example/b) }</style>',
        "<p style=\"background: url('//x.example/b')\">x</p>",
        '<link rel="stylesheet" href="https://x.example/a.css">',
        '<meta http-equiv="Refresh" content="0; url=https://x.example">',
        '<svg><image href="https://x.example/a.png"/><use xlink:href="https://x.example/a"/></svg>',
        '<script src="https://x.example/a.js"></script>',
        '<video poster="https://x.example/a.png" src="data:video/mp4;base64,AA"></video>',
        "<a href=\"JavaScript:fetch('https://x.example')\">x</a>",
        '<table background="https://x.example/a.png"><td>x</td></table>',
    ],
)
def test_no_address_of_another_host_is_left_where_a_browser_would_fetch_it(tmp_path, html):
    soup, _ = made(tmp_path, new_output("display_data", {"text/html": html}))
    assert "x.example" not in str(soup)


# --- formulas -------------------------------------------------------------------------------------


def test_formulas_are_mathml_and_code_is_not_mistaken_for_them(tmp_path):
    words = "$\\hat\\theta^n = \\varphi$ and\n\n$$L(\\varphi) = \\sum_n l^n$$\n\n`$HOME` costs"
    soup, _ = made(tmp_path, new_markdown_cell(words))
    inline, block = soup.find_all("math")
    assert [tag.name for tag in inline.find("msup").find_all(True)] == ["mover", "mi", "mo", "mi"]
    assert block["displaystyle"] == "true"
    assert block.find("munder") is not None
    assert block.parent["class"] == ["equation"]
    assert soup.find("code").get_text() == "$HOME"
    assert "$" not in soup.get_text().replace("$HOME", "")


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        ("l'(x)", '<mi>l</mi><mo lspace="0" rspace="0">′</mo>'),
        (r"\arg\min_F", "<mo>arg</mo>"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}x", "</mtable><mo"),
        (r"\Big[x\Big]_0", "minsize"),
    ],
)
def test_what_the_converter_misreads_is_set_all_the_same(tmp_path, tex, wanted):
    soup, _ = made(tmp_path, new_markdown_cell(f"${tex}$"))
    assert wanted in str(soup.find("math"))
    assert "\\" not in soup.find("math").get_text()


def test_a_wide_space_is_where_a_formula_may_break(tmp_path):
    two = r"$$a \qquad\qquad b$$ and $$\text{x \qquad y}$$"
    soup, _ = made(tmp_path, new_markdown_cell(two))
    assert [len(line.find_all("math")) for line in soup.select(".equation")] == [2, 1]


def test_what_is_no_formula_stays_as_it_was_written(tmp_path):
    soup, _ = made(tmp_path, new_markdown_cell(r"$\frac{1}{<$"))
    assert soup.find("math") or soup.find("code").get_text() == r"\frac{1}{<"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_picture_and_formula_of_the_course_is_on_its_page(path):
    text, lost = page(path)
    soup = BeautifulSoup(text, "html.parser")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    drawn = [output for output in outputs if "image/png" in output.get("data", {})]
    words = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert len(pictures(soup)) == len(drawn) + words.count("<img ") + len(re.findall(r"!\[", words))
    alts = [alt for alt, _ in pictures(soup)]
    for output in drawn:
        assert output["metadata"]["image/png"]["alt"] in alts
    assert all(alts)
    assert lost == []
    assert nothing_is_fetched(text)
    assert [math.get_text() for math in soup.find_all("math") if "\\" in math.get_text()] == []
    assert [code for code in soup.select("code") if re.search(r"\\[a-z]+", code.get_text())] == []


def test_a_notebook_that_was_run_and_saved_with_its_widgets_keeps_its_explorers(tmp_path):
    shutil.copytree(NOTEBOOKS / "images", tmp_path / "images")
    path = tmp_path / "00-start-here.ipynb"
    notebook = nbformat.read(NOTEBOOKS / path.name, as_version=4)
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(notebook, timeout=120, resources=folder, store_widget_state=True).execute()
    nbformat.write(notebook, path)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    moving = [output for output in outputs if WIDGET in output.get("data", {})]
    saved = notebook.metadata.widgets[STATE]["state"]
    assert moving
    assert {output.data[WIDGET]["model_id"] for output in moving} <= saved.keys()
    text, lost = page(path)
    on_page = pictures(BeautifulSoup(text, "html.parser"))
    for output in moving:
        source = "data:image/png;base64," + output.data["image/png"].replace("\n", "")
        assert (output.metadata["image/png"]["alt"], source) in on_page
    assert lost == []
    assert nothing_is_fetched(text)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_writes_beside_the_notebook_and_says_so(tmp_path, capsys):
    made(tmp_path, new_markdown_cell("![x](gone.png)"))
    assert command.main([str(tmp_path / "some.ipynb")]) is None
    said = capsys.readouterr().out
    assert f"{tmp_path / 'some.html'}, " in said
    assert "gone.png is not a picture that can be read" in said
    assert (tmp_path / "some.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


BAD = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "null": b"null",
    "no cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "not UTF-8": b"\xff\xfe",
    "cells of another kind": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
    "a number as format": b'{"nbformat": "x", "cells": []}',
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_is_no_notebook_is_named_with_what_would_be_right(tmp_path, content):
    path = tmp_path / "some.ipynb"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notebook must be a notebook, say .* got .*some.ipynb"):
        page(path)
    assert "must be a notebook" in command.main([str(path)])
    assert not path.with_suffix(".html").exists()


def test_a_path_that_leads_nowhere_is_a_sentence_and_none_says_how(tmp_path):
    assert "No such file" in command.main([str(tmp_path / "gone.ipynb")])
    assert "Is a directory" in command.main([str(tmp_path)])
    assert command.main([]).startswith("name a notebook: make export NOTEBOOK=")


def test_the_bars_of_a_norm_are_of_one_size():
    bar = '<mo stretchy="false" lspace="0" rspace="0">&#x02016;</mo>'
    for tex in (r"\lVert x\rVert^2", r"\|x\|^2"):
        assert f"{bar}<mi>x</mi><msup>{bar}<mn>2</mn></msup>" in formula(tex)


def test_names_of_functions_stand_apart_from_what_they_are_of():
    gap = '<mspace width="0.17em"/>'
    assert f"<mi>a</mi>{gap}<mi>cos</mi>{gap}<mi>x</mi>" in formula(r"a\cos x")
    assert gap not in formula(r"\sin(x - p)")
