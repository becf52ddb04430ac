"""What CONTRIBUTING.md shows works, and what it names is there."""

import re
from pathlib import Path

import pytest

from course_utils import rooms
from tests import asked
from tests.course import appendices, notebooks_of

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
(CODE,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.S)


def test_the_explorer_in_forty_lines_moves():
    assert len(CODE.splitlines()) <= 40
    names = {}
    exec(CODE, names)
    explorer = names["bowl"]()
    explorer.drag("phi", -1.0, 0.0)
    explorer.set(inner_lr=1.0)
    assert explorer.data == 0.0
    assert asked.ends(explorer, "step") == ((-1.0, 0.5), (0.0, 0.0))
    assert explorer.alt == "From φ = −1.00 one step leads to 0.00."


def test_the_files_that_it_names_are_there():
    for path in re.findall(r"`((?:course_utils|tests|notebooks)/[\w/.-]+)`", TEXT):
        if "NN" not in path and "bowl" not in path:
            assert (ROOT / path).exists(), path


def map_of(path):
    """The rows of a map of the course: number and name, question, minutes."""
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (\d+|–) \|", path.read_text(encoding="utf-8"), re.M)
    return [(re.sub(r"\[(.*?)\]\(.*?\)", r"\1", name), *rest) for name, *rest in rows]


def test_the_map_of_the_readme_is_that_of_notebook_00(tmp_path):
    import json

    cells = json.loads((ROOT / "notebooks/00-start-here.ipynb").read_text(encoding="utf-8"))
    text = tmp_path / "00.md"
    text.write_text("\n".join("".join(cell["source"]) for cell in cells["cells"]), "utf-8")
    assert map_of(text) == map_of(ROOT / "README.md")
    assert len(map_of(text)) == len(rooms.rooms()) + len(appendices())


@pytest.mark.parametrize("room", rooms.rooms())
def test_each_room_has_a_notebook_and_a_line_on_the_map_for_it_and_its_appendices(room):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for notebook in notebooks_of(room):
        assert f"(notebooks/{notebook.name})" in readme


def test_each_appendix_says_to_which_notebook_it_is():
    assert appendices() == sorted((ROOT / "notebooks").glob("appendix-*.ipynb"))
