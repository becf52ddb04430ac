"""Every picture of the course, state by state, is the one that was looked at and stored."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils import rooms
from tests.course import notebooks_of
from tests.frames import drawn
from tests.frames.states import STATES

ROOT = Path(__file__).resolve().parent.parent
NAMES = drawn.names()
# Measured with other processor kernels: no pixel differs. A rounded last digit may: ten pixels.
DIFFERENT, TOLERATED = 24, 0.0001
ALIKE = drawn.versions() == drawn.noted_versions()


@pytest.mark.skipif(
    not ALIKE,
    reason=f"frames were drawn with {drawn.noted_versions()}, here is {drawn.versions()}: "
    "other libraries, other pixels",
)
@pytest.mark.parametrize("name", NAMES)
def test_a_frame_is_as_stored(name, tmp_path):
    now, before = drawn.drawn(name), drawn.stored(name).convert("RGB")
    assert now.size == before.size
    apart = np.abs(np.asarray(now, int) - np.asarray(before, int)).max(axis=2) > DIFFERENT
    if apart.mean() > TOLERATED:
        now.save(tmp_path / f"{name}.png")
        Image.fromarray(~apart).save(tmp_path / f"{name}-difference.png")
        pytest.fail(
            f"{100 * apart.mean():.2f} % of {name} differs from tests/frames/{name}.png: see "
            f"{tmp_path}. If it is as it should be: make frames NAMES={name}"
        )


def test_the_libraries_of_the_frames_are_those_of_the_lock():
    lock = (ROOT / "requirements.lock").read_text()
    for library in ("matplotlib", "pillow"):
        (version,) = re.findall(rf"(?im)^{library}==(\S+)$", lock)
        assert drawn.noted_versions()[library] == version, "make frames, and look at them"


def test_frames_are_small_and_none_is_left_over():
    paths = sorted(drawn.FOLDER.glob("*.png"))
    assert [path.stem for path in paths] == sorted(NAMES)
    sizes = {path.stem: path.stat().st_size for path in paths}
    assert {name: size for name, size in sizes.items() if size >= 15_000} == {}
    assert sum(sizes.values()) < 1_500_000


def test_every_explorer_and_prediction_has_two_states_or_more():
    assert STATES.keys() == rooms.shown().keys()
    assert all(len(states) >= 2 for states in STATES.values())


def code(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def called(notebook):
    """The names of the functions that a notebook calls, `module.name(...)` or `name(...)`."""
    calls = [
        node.func for node in ast.walk(ast.parse(code(notebook))) if isinstance(node, ast.Call)
    ]
    return {
        func.attr if isinstance(func, ast.Attribute) else func.id
        for func in calls
        if isinstance(func, ast.Attribute | ast.Name)
        and not ast.unparse(func).startswith("check.")  # an exercise may be called as a picture
    }


@pytest.mark.parametrize("room", rooms.rooms())
def test_a_room_shows_what_its_notebook_and_its_appendices_call(room):
    everything = set(rooms.shown())
    calls = set().union(*map(called, notebooks_of(room)))
    assert calls & everything == rooms.shown(room).keys()


def test_a_room_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"room must be one of notebook_00, .*got 'notebook_99'"):
        rooms.shown("notebook_99")
