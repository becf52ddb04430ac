"""Where torch comes from, and in which version.

``TORCH_INDEX`` in the environment says it: the address of a package index, a folder of wheels, or
empty for pip's default.
"""

import os
import platform
import shutil
import threading
import urllib.request
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CPU_INDEX_SECONDS = 3


def has_nvidia():
    """Whether this Linux machine has an NVIDIA card that its system knows."""
    return Path("/proc/driver/nvidia").exists() or shutil.which("nvidia-smi") is not None


def answers(index, seconds=CPU_INDEX_SECONDS):
    """Whether `index` offers torch, asked once and never waited for longer than `seconds`."""
    offered = []

    def ask():
        try:
            with urllib.request.urlopen(f"{index}/torch/", timeout=seconds) as reply:
                offered.append(reply.status == 200)
        except (OSError, ValueError):
            pass

    # In a thread, because looking up the host's name obeys no time-out of urllib's.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return any(offered)


def torch_source(environ=os.environ, system=None, nvidia=has_nvidia, asks=answers):
    """Where to take torch from: an index's address, a folder of wheels, or None for pip's default.

    PyPI's build for Linux carries CUDA and weighs gigabytes, which a machine without an NVIDIA
    card has no use for; the builds for macOS and Windows are the small ones anyway.
    """
    if "TORCH_INDEX" in environ:
        return environ["TORCH_INDEX"] or None
    if (system or platform.system()) != "Linux" or nvidia():
        return None
    return CPU_INDEX if asks(CPU_INDEX) else None


def torch_arguments(source, version):
    """Arguments of ``pip install`` for torch alone, from `source`."""
    if source is None:
        where = []
    elif "://" in source:
        where = ["--index-url", source]
    else:
        where = ["--no-index", "--find-links", source]
    return ["--no-deps", *where, f"torch=={version}"]


def locked_version(package, lock):
    """The version that the text of a lock file pins for `package`."""
    pins = [line.split(";")[0].strip().split("==") for line in lock.splitlines() if "==" in line]
    return dict(pins)[package]
