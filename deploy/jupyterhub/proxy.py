"""JupyterHub's proxy, which Node runs: got once with npm, pinned, kept in the user's cache folder.

``python deploy/jupyterhub/proxy.py`` gets it and prints the command that starts it; with the
proxy's own options behind it, it becomes the proxy.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from course_utils.support.whole_files import cache_folder

HERE = Path(__file__).resolve().parent
PINS = ("package.json", "package-lock.json")  # with the SHA-512 of every packed file
NAME = "configurable-http-proxy"
SECONDS = 300


class NoProxy(ValueError):
    """The proxy is not kept and could not be got, or there is no Node to run it."""


def proxy(folder: Path | None = None) -> list[str]:
    """The command that runs the proxy, kept or else from npm's registry.

    Raises NoProxy where there is no Node, or where it is neither kept nor to be had.
    """
    node = shutil.which("node")
    if node is None:
        raise NoProxy("a hub's proxy runs on Node 18 or newer, and there is no node on PATH.")
    kept = (folder or cache_folder()) / f"{NAME}-{_fingerprint()}"
    program = Path("node_modules", NAME, "bin", NAME)
    if not (kept / program).is_file():
        _fetch(kept)
    return [node, str(kept / program)]


def _fingerprint() -> str:
    """Which versions are pinned, so that others are got when these change."""
    pins = b"\0".join((HERE / name).read_bytes() for name in PINS)
    return hashlib.sha256(pins).hexdigest()[:16]


def _fetch(kept: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NoProxy(f"{NAME} is not kept in {kept.parent}, and there is no npm to get it.")
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Made beside it and then renamed: what is there is whole.
    beside = Path(tempfile.mkdtemp(prefix=f"{NAME}-", dir=kept.parent))
    try:
        for pin in PINS:
            shutil.copy(HERE / pin, beside)
        _install(npm, beside)
        beside.chmod(0o755)
        with suppress(OSError):  # another one was quicker
            os.replace(beside, kept)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _install(npm: str, folder: Path) -> None:
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    quiet += ["--fetch-retries=1", "--loglevel=error"]
    try:
        done = subprocess.run(
            [npm, "ci", *quiet],
            cwd=folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NoProxy(f"npm did not bring {NAME} within {SECONDS} s.") from None
    if done.returncode:
        raise NoProxy(f"npm did not bring {NAME}: {done.stderr.strip()}")


if __name__ == "__main__":
    try:
        command = proxy()
    except NoProxy as error:
        raise SystemExit(f"course: {error}") from None
    if sys.argv[1:]:
        os.execv(command[0], [*command, *sys.argv[1:]])
    print(shlex.join(command))
