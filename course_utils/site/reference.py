"""The reference: a page for each public module of the package, from its docstrings."""

from __future__ import annotations

import importlib
from pathlib import Path

from course_utils.support.whole_files import write_whole

# In the order in which the README names them.
MODULES = (
    *("characters", "tasks", "networks", "maml", "outer_loop", "core_checks", "landscape"),
    *("vectors", "slices", "curvature", "evaluation", "learners", "prototypes", "variants"),
    *("in_context", "linear_attention", "modules", "check", "rooms"),
    *("explorers.scene", "explorers.vocabulary", "explorers.controls", "explorers.explorer"),
    *("explorers.prediction", "films.film", "films.plan"),
)


def write(source: Path) -> None:
    """The pages, below reference/, and their list."""
    for name in MODULES:
        write_whole(source / "reference" / f"{name}.md", _page(name).encode())
    listed = "\n".join(MODULES)
    text = (
        "# Reference\n\nThe public modules of the package `course_utils`, from their docstrings. "
        "`φ` is a dictionary of parameters; shapes are in the docstrings.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    )
    write_whole(source / "reference" / "index.md", text.encode())


def _page(name: str) -> str:
    module = f"course_utils.{name}"
    members = ":members:\n"
    if exported := getattr(importlib.import_module(module), "__all__", ()):
        members = f":members: {', '.join(exported)}\n:imported-members:\n"
    body = f".. automodule:: {module}\n" + "".join(
        f"   {line}\n" for line in (members + ":undoc-members:").splitlines()
    )
    return f"# {name}\n\n```{{eval-rst}}\n{body}```\n"
