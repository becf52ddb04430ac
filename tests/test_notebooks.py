"""A notebook is one sitting: words, lines and minutes counted, and what only CI needs is folded."""

import ast
import builtins
import json
import math
import re
from pathlib import Path

import pytest
import torch

from course_utils import rooms

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOVING = set(rooms.shown())
MOST_WORDS, MOST_ASSERTS, MOST_LINES = 2500, 30, 20
WORDS_A_MINUTE, LINES_A_MINUTE = 170, 20
EXPLORER = (3, 6)  # minutes, at least and at most

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


def text(path):
    return "\n".join("".join(cell["source"]) for cell in cells(path, "markdown"))


def visible_words(path):
    """The words outside folds, tags stripped, split at blanks."""
    outside = re.sub(r"<details>.*?</details>", "", text(path), flags=re.S)
    return len(re.sub(r"<[^>]+>", "", outside).split())


def folded(cell):
    return cell["metadata"].get("jupyter", {}).get("source_hidden", False)


def visible_code(path):
    return ["".join(cell["source"]) for cell in cells(path, "code") if not folded(cell)]


def asserts(source):
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]


@notebooks
def test_a_notebook_is_one_sitting(path):
    assert visible_words(path) <= MOST_WORDS


@notebooks
def test_the_minutes_that_are_named_are_those_that_are_counted(path):
    """Words, lines of code, and three to six minutes for each explorer and prediction."""
    code = visible_code(path)
    lines = sum(len(source.splitlines()) for source in code)
    made = [rf"(?<!check\.)\b{name}\(" for name in MOVING]  # an exercise may be called as one
    moving = sum(bool(re.search(name, source)) for source in code for name in made)
    reading = visible_words(path) / WORDS_A_MINUTE + lines / LINES_A_MINUTE
    low, high = (reading + minutes * moving for minutes in EXPLORER)
    named = [int(n) for n in re.findall(rf"{re.escape(path.name)}\) \| .*? \| (\d+) \|", README)]
    assert len(named) == 1, f"{path.name} is not on the README's map"
    assert low - 3 <= named[0] <= high + 3
    (in_its_head,) = re.findall(r"^(?:About|Some)? ?(\d+) minutes", text(path), flags=re.M)
    assert int(in_its_head) == named[0]


README = (ROOT / "README.md").read_text(encoding="utf-8")


@notebooks
def test_no_cell_of_code_is_long(path):
    assert [source for source in visible_code(path) if len(source.splitlines()) > MOST_LINES] == []


def test_asserts_in_sight_are_few():
    seen = [
        (path.stem, node)
        for path in NOTEBOOKS
        for code in visible_code(path)
        for node in asserts(code)
    ]
    assert len(seen) <= MOST_ASSERTS


@notebooks
def test_no_assert_is_without_a_sentence_in_folds_neither(path):
    """A reader meets these, too: after a training that was stopped, or a number changed."""
    found = [node for cell in cells(path, "code") for node in asserts("".join(cell["source"]))]
    assert [ast.unparse(node) for node in found if node.msg is None] == []


def curves_of(path):
    """The lines of a notebook that make the points of its objectives' curves."""
    (source,) = (
        "".join(c["source"])
        for c in cells(path, "code")
        if "curves = {" in "".join(c["source"]) and "history_maml" in "".join(c["source"])
    )
    return source.partition("style.show")[0]


@pytest.mark.parametrize("stem", ["03-maml-on-sinusoids", "06-few-shot-pictures"])
@pytest.mark.parametrize("done", [1, 7, 300, 1234])
def test_curves_are_drawn_of_a_training_that_was_stopped(stem, done):
    source = curves_of(ROOT / "notebooks" / f"{stem}.ipynb")
    history = torch.arange(1.0, done + 1)
    known = {"torch": torch, "history_maml": history, "history_transfer": history[: done // 2 + 1]}
    exec(source, known)
    every = 150 if stem.startswith("03") else 20
    points = known["curves"]["MAML"]
    assert len(points) == math.ceil(done / every)
    assert points[0] == pytest.approx((1 + min(done, every)) / 2)
    assert points[-1] == pytest.approx((1 + (len(points) - 1) * every + done) / 2)


@notebooks
def test_what_only_ci_needs_is_folded_and_tagged(path):
    tagged = [cell for cell in cells(path, "code") if "margins" in cell["metadata"].get("tags", [])]
    assert all(map(folded, tagged))
    for cell in cells(path, "code"):
        if folded(cell) and asserts("".join(cell["source"])):
            assert cell in tagged, "".join(cell["source"])


@notebooks
def test_the_text_of_a_cell_is_stored_in_one_piece(path):
    """Where else it is cut depends on how busy the machine was, and shows as a gap."""
    for cell in cells(path, "code"):
        names = [output["name"] for output in cell["outputs"] if "name" in output]
        assert len(names) == len(set(names)), cell["id"]


def bound(source):
    """The names that code binds: imports, definitions, arguments, targets."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
    return names


@notebooks
def test_code_in_folds_uses_what_the_notebook_has(path):
    known = set(dir(builtins)).union(*(bound("".join(c["source"])) for c in cells(path, "code")))
    known |= set(re.findall(r"called `(\w+)`", text(path)))  # what the reader is asked to write
    for block in re.findall(r"```python\n(.*?)```", text(path), flags=re.S):
        used = {n.id for n in ast.walk(ast.parse(block)) if isinstance(n, ast.Name)}
        assert used - known - bound(block) == set(), block
        known |= bound(block)
