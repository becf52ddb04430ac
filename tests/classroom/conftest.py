"""A hub that runs, with learners whose servers are ready: one for all tests of this folder."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "deploy" / "jupyterhub"))
LIMIT, DISK = "1G", "12m"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def why_not():
    """A sentence where there can be no hub, else None."""
    if importlib.util.find_spec("jupyterhub") is None:
        return "JupyterHub is not installed, so no hub was started: make classroom-test"
    if shutil.which("node") is None:
        return "no node on PATH, which a hub's proxy needs, so no hub was started"
    return None


def pytest_collection_modifyitems(items):
    reason = why_not()
    for item in items:
        if reason and item.get_closest_marker("classroom"):
            item.add_marker(pytest.mark.skip(reason=reason))


@contextmanager
def a_small_disk(at):
    """A disk of its own at a folder, of 12 MB; only root can have one made."""
    at.mkdir(parents=True)
    size = f"size={DISK},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


@pytest.fixture(scope="session")
def place():
    """A folder whose name is short and which others may pass through."""
    with tempfile.TemporaryDirectory(prefix="course-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def hub(place):
    """A trial hub for learner-01 to learner-03; the disk of the third one is small."""
    import trial

    with ExitStack() as stack:
        if IS_ROOT:
            stack.enter_context(a_small_disk(place / "home" / "learner-03"))
        port = trial.free_port()
        yield stack.enter_context(trial.start(port, place, 3, memory=LIMIT))


@pytest.fixture(scope="session")
def learners(hub):
    """The three of them, who came in at the same time."""
    from learner import together

    return together(hub, hub.names)


@pytest.fixture
def ann(learners):
    return learners[0]


@pytest.fixture
def ben(learners):
    return learners[1]


@pytest.fixture
def cleo(learners):
    """The one whose disk is small."""
    return learners[2]


@pytest.fixture
def kernel(request):
    """Make kernels, and end them after the test."""
    made = []

    def new(learner):
        made.append(learner.kernel())
        return made[-1]

    yield new
    for one in made:
        one.learner.ask("DELETE", f"api/kernels/{one.id}")
