"""Does this set-up hold what the course needs? Asked by the first notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement

MODULES = {
    "fonttools": "fontTools",
    "pillow": "PIL",
    "scikit-learn": "sklearn",
}  # where a package's is called otherwise


def problems() -> list[str]:
    """One sentence for each package that is missing, broken or of a version that was not tried.

    What is needed is written in the package's own metadata, which pip wrote from pyproject.toml.
    Each is imported, too, by another Python, since what torch takes would stay in this one's
    memory: metadata stay where half of the files are lost.
    """
    found = []
    if not ((3, 11) <= sys.version_info[:2] <= (3, 13)):
        version = ".".join(map(str, sys.version_info[:2]))
        found.append(f"Python is {version}: the course is made for 3.11 to 3.13")
    try:
        requirements = metadata.requires("course-utils") or []
    except metadata.PackageNotFoundError:
        found.append("course-utils is not installed: run `make lab` in the course's folder")
        return found
    installed = []
    for line in requirements:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            found.append(f"{needed.name} is missing: run `make lab` in the course's folder")
            continue
        if not needed.specifier.contains(version, prereleases=True):
            found.append(f"{needed.name} is {version}: the course is made for {needed.specifier}")
            continue
        installed.append(needed.name)
    for name, error in _failures(installed).items():
        found.append(
            f"{name} cannot be imported ({error}): stop "
            "JupyterLab, then run `make clean lab` in the course's folder: it installs all anew"
        )
    return found


IMPORTER = """
import importlib, json, sys
sys.path[:], modules = json.load(sys.stdin)
for module in modules:
    try:
        importlib.import_module(module)
        said = ""
    except Exception as error:  # of any kind: half of a package may run into anything
        said = f"{type(error).__name__}: {error}"
    print("\\n" + json.dumps([module, said]), flush=True)
"""


def _failures(packages: list[str]) -> dict[str, str]:
    """The error of each package that another Python cannot import; some may even end Python."""
    modules = {MODULES.get(name, name): name for name in packages}
    left, errors = [*modules], {}
    while left:
        done = subprocess.run(
            [sys.executable, "-c", IMPORTER],
            input=json.dumps([sys.path, left]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for line in done.stdout.splitlines():
            if line.startswith('["'):  # and is nothing that a package says while it is imported
                module, error = json.loads(line)
                left.remove(module)
                if error:
                    errors[modules[module]] = error
        if left:
            errors[modules[left.pop(0)]] = "Python ends there"
    return errors
