"""Does this set-up hold what the course needs? Asked by the first notebook."""

from __future__ import annotations

import sys
from importlib import metadata

from packaging.requirements import Requirement


def problems() -> list[str]:
    """One sentence for each package that is missing or of a version the course does not know.

    What is needed is written in the package's own metadata, which pip wrote from pyproject.toml.
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
    return found
