"""Importing the course changes nothing, costs torch only where it is used, and runs one way."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import course_utils

PACKAGE = Path(course_utils.__file__).parent
FILES = {
    ".".join(("course_utils", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
# The spine of the package: each module, or folder of modules, may import those before it only.
SPINE = [
    *("support", "characters", "tasks", "networks", "core_checks", "adam", "outer_loop"),
    *("first_order", "maml", "landscape"),
]


def run(code):
    """What a fresh Python prints for some code, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_torch_and_matplotlib_wait_until_they_are_needed():
    loaded = run(
        "import sys, json, course_utils, course_utils.rooms\n"
        "from course_utils.support import check_input, progress\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    assert "course_utils" in loaded
    assert {"torch", "matplotlib", "numpy", "ipywidgets", "sklearn", "tqdm"} & set(loaded) == set()


def test_the_core_draws_nothing():
    loaded = run(
        "import sys, json\n"
        "from course_utils import landscape, maml, networks, tasks\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    assert "torch" in loaded
    assert {"matplotlib", "ipywidgets", "sklearn"} & set(loaded) == set()


def test_importing_every_module_changes_nothing():
    found = run(
        f"""
import importlib, json, locale, os, random, sys, warnings
import matplotlib, numpy, torch
# What other packages change at import is not ours.
import anywidget, nbconvert.exporters, sklearn.datasets
def state():
    return {{
        "settings": {{k: repr(v) for k, v in matplotlib.rcParams.items() if k != "backend"}},
        "threads": [torch.get_num_threads(), torch.get_num_interop_threads()],
        "dtype": str(torch.get_default_dtype()),
        "gradients": torch.is_grad_enabled(),
        "torch": torch.random.get_rng_state().tolist(),
        "numpy": repr(numpy.random.get_state()),
        "python": repr(random.getstate()),
        "print": repr(numpy.get_printoptions()),
        "warnings": repr(warnings.filters),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "path": sys.path,
    }}
before = state()
for name in {sorted(FILES)!r}:
    importlib.import_module(name)
after = state()
changed = [key for key in before if before[key] != after[key]]
pyplot = sys.modules.get("matplotlib.pyplot")
print(json.dumps([changed, pyplot is not None and pyplot.get_fignums()]))
"""
    )
    assert found == [[], False]


def imports(path):
    """The course's modules that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            assert not isinstance(node, ast.ImportFrom), f"{path.name} has a relative import"
            continue
        found.update(name for name in names if name in FILES)
    return found - {"course_utils", "course_utils.figures", "course_utils.explorers"}


GRAPH = {name: imports(path) for name, path in FILES.items()}


FLOORS = (
    *("", "checkpoints", "export", "figures", "explorers", "films", "exercises", "room"),
    *("rooms", "all"),
)
ROOM = FLOORS.index("room")


def level(name):
    """The place of a module's floor in FLOORS, the core's (0) the lowest."""
    part = name.split(".")[1] if "." in name else ""
    part = "room" if part.startswith("notebook_") else part
    part = "all" if part in ("check", "diagrams", "pages", "site", "slides", "solutions") else part
    return FLOORS.index(part) if part in FLOORS else 0


@pytest.mark.parametrize("name", GRAPH)
def test_a_module_imports_nothing_that_stands_above_it(name):
    assert [other for other in GRAPH[name] if level(other) > level(name)] == []


@pytest.mark.parametrize("name", [name for name in GRAPH if level(name) == ROOM])
def test_a_room_imports_nothing_of_another_room(name):
    room = name.split(".")[1]
    others = [other for other in GRAPH[name] if level(other) == ROOM]
    assert [other for other in others if f".{room}" not in other] == []


@pytest.mark.parametrize("place", range(len(SPINE)))
def test_the_core_imports_one_way(place):
    parts = {name: ".".join(name.split(".")[:2]) for name in GRAPH}
    own = f"course_utils.{SPINE[place]}"
    allowed = {f"course_utils.{name}" for name in SPINE[: place + 1]}
    modules = [name for name, part in parts.items() if part == own]
    assert modules
    for name in modules:
        assert {parts[other] for other in GRAPH[name]} <= allowed, name


def test_no_module_imports_itself_by_a_detour():
    settled = set()

    def visit(name, way):
        assert name not in way, " -> ".join([*way, name])
        if name not in settled:
            for other in GRAPH[name]:
                visit(other, [*way, name])
            settled.add(name)

    for name in GRAPH:
        visit(name, [])


def test_every_module_says_what_it_is():
    for name, path in FILES.items():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name


def test_the_core_stands_on_one_page_and_no_module_is_long():
    lines = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in FILES.items()
    }
    assert lines["course_utils.maml"] <= 130
    assert {name: count for name, count in lines.items() if count > 300} == {}
