"""A learner's disk is full: that is said, and what was whole stays whole."""

import json
import os

import pytest

pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0,
        reason="only root can make a small disk, so none was filled",
    ),
]
FILL = """
with open("filler", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError as error:
        print(error.strerror)
    file.truncate(file.tell() - {left})
"""
SOLVED = """
from course_utils.exercises import kept
print(kept.keep({name!r}))
"""


def notebook(characters):
    import nbformat

    cell = nbformat.v4.new_markdown_cell("a" * characters, id="one")
    return {"type": "notebook", "format": "json", "content": nbformat.v4.new_notebook(cells=[cell])}


@pytest.mark.parametrize("left", [0, 128 * 1024], ids=["nothing", "a little"])
def test_a_full_disk_is_said_and_leaves_no_half_notebook_and_no_half_progress(
    hub, cleo, kernel, left
):
    mine = kernel(cleo)
    home = hub.folder / "home" / cleo.name
    assert cleo.ask("PUT", "api/contents/work.ipynb", json=notebook(1000)).ok
    assert mine.run(SOLVED.format(name="idf")) == ""
    scores = home / ".local/share/meta-learning-course/scores.json"
    before = {path: path.read_bytes() for path in (home / "work.ipynb", scores)}

    assert mine.run(FILL.format(left=left)) == "No space left on device"
    refused = cleo.ask("PUT", "api/contents/work.ipynb", json=notebook(400_000))
    assert refused.status_code == 500
    said = refused.json()["message"]
    assert "No space left on device" in said or "disk is full" in said
    if not left:
        assert "No space left on device" in mine.run(SOLVED.format(name="gap"))
    assert {path: path.read_bytes() for path in before} == before
    assert [path.name for path in home.glob("*work*")] == ["work.ipynb"]
    assert [path.name for path in scores.parent.iterdir() if path.name.endswith(".new")] == []

    mine.run("import os; os.remove('filler')")
    assert cleo.ask("PUT", "api/contents/work.ipynb", json=notebook(400_000)).ok
    assert mine.run(SOLVED.format(name="gap")) == ""
    assert "exercise gap" in json.loads(scores.read_text())
