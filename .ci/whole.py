"""Whether an environment still has every file that was installed into it."""

import csv
import os
from pathlib import Path


def _infos(folder):
    """The folders with the notes that pip made on each package, and what they are in."""
    for site in [
        *Path(folder).glob("lib/python3*/site-packages"),
        Path(folder, "Lib/site-packages"),
    ]:
        for info in site.glob("*.dist-info"):
            yield info.name.partition("-")[0], site, info


def whole_packages(folder):
    """The names of the packages in an environment that lack none of their files."""
    return sorted({name for name, site, info in _infos(folder) if _is_whole(site, info)})


def _is_whole(site, info):
    """Whether every file that pip noted is there, and none is empty that was not.

    Compiled files (.pyc) don't count: Python makes them anew.
    """
    try:
        with open(info / "RECORD", newline="", encoding="utf-8") as record:
            files = list(csv.reader(record))
            for name, _, size in files:
                if name.endswith(".pyc"):
                    continue
                found = os.stat(os.path.join(site, name)).st_size
                if not found and size not in ("", "0"):
                    return False
    except (OSError, ValueError, csv.Error):
        return False
    return bool(files)  # an empty note is one that lost its content
