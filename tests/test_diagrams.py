"""The static diagrams: drawn by one command, stored once, found by the notebooks."""

import html
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from course_utils import diagrams

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(diagrams.all_diagrams())
AFTER = sorted(diagrams.all_after())
STORED = ROOT / "notebooks" / "images"  # a server whose root is notebooks/ refuses ../images
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def prose(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def numbers(svg):
    return np.array(re.findall(r"-?\d+\.?\d*", re.sub(r'id="[^"]*"|#[\w-]+', "", svg)), dtype=float)


ALL_PROSE = "\n".join(prose(notebook) for notebook in NOTEBOOKS)


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_diagram_is_what_the_code_draws(name, tmp_path, monkeypatch):
    only = {name: diagrams.all_diagrams()[name]}
    monkeypatch.setattr(diagrams, "all_diagrams", lambda: only)
    monkeypatch.setattr(diagrams, "all_after", dict)
    (drawn,) = diagrams.save(tmp_path)
    stored = (STORED / f"{name}.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in stored
    # Other processors round the last digits of a coordinate otherwise.
    np.testing.assert_allclose(
        numbers(drawn.read_text(encoding="utf-8")), numbers(stored), atol=0.05
    )


@pytest.mark.parametrize("name", AFTER)
def test_the_stored_explorer_is_in_the_state_after_the_event(name):
    drawn = Image.open(io.BytesIO(diagrams.explorer_after(name).png())).convert("RGB")
    stored = Image.open(STORED / f"{name}.png").convert("RGB")
    assert drawn.size == stored.size
    apart = np.abs(np.asarray(drawn, int) - np.asarray(stored, int)).max(axis=2) > 24
    assert apart.mean() < 0.0001, "make images, and look at it"


@pytest.mark.parametrize("name", AFTER)
def test_the_words_for_a_stored_explorer_are_its_own(name):
    tags = re.findall(rf'<img [^>]*images/{name}.png[^>]*alt="([^"]*)"', ALL_PROSE)
    assert tags == [html.escape(diagrams.explorer_after(name).alt)]


def test_no_stored_diagram_is_left_over():
    assert sorted(path.stem for path in STORED.glob("*.svg")) == NAMES
    assert sorted(path.stem for path in STORED.glob("*.png")) == AFTER


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_show_diagrams_that_exist_and_say_what_is_on_them(notebook):
    for tag in re.findall(r"<img [^>]*>", prose(notebook)):
        source = re.search(r'src="([^"]+)"', tag).group(1)
        assert (notebook.parent / source).exists(), source
        assert len(re.search(r'alt="([^"]*)"', tag).group(1)) > 40, tag


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_between_notebooks_lead_somewhere(notebook):
    for target in re.findall(r"\]\(([^)#:]+\.ipynb)\)", prose(notebook)):
        assert (notebook.parent / target).exists(), target


def test_every_diagram_is_shown_by_a_notebook():
    assert [name for name in NAMES if f"images/{name}.svg" not in ALL_PROSE] == []


def test_the_command_draws_a_file_for_each(tmp_path, monkeypatch):
    monkeypatch.setattr(diagrams, "all_diagrams", lambda: {"one": Figure, "two": Figure})
    monkeypatch.setattr(diagrams, "all_after", dict)
    paths = diagrams.save(tmp_path / "new")
    assert [path.name for path in paths] == ["one.svg", "two.svg"]
    assert all(path.read_text(encoding="utf-8").startswith("<?xml") for path in paths)
