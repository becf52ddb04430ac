"""Does this set-up hold what the course needs? Asked by the first notebook."""

from __future__ import annotations

import importlib
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
    Each is imported, too: metadata stay where half of the files are lost.
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
        try:
            importlib.import_module(MODULES.get(needed.name, needed.name))
        except Exception as error:  # of any kind: half of a package may run into anything
            found.append(
                f"{needed.name} cannot be imported ({type(error).__name__}: {error}): stop "
                "JupyterLab, then run `make clean lab` in the course's folder: it installs all anew"
            )
    return found
