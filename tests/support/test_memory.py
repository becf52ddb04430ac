"""Freed memory is given back to the system, and where that cannot be asked for nothing happens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import kernel_memory
from course_utils import maml
from course_utils.networks import mlp, squared_error
from course_utils.notebook_00 import by_eye
from course_utils.support import memory
from course_utils.tasks import Sinusoids

ROOT = Path(__file__).parents[2]
GLIBC = Path("/proc/self/status").exists() and "glibc" in (
    os.confstr("CS_GNU_LIBC_VERSION") or "" if hasattr(os, "confstr") else ""
)
# What many small tensors leave behind: freed, but below one that is still there.
OWN = """
def own():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))
"""
PROGRAM = """
import json
from course_utils.support.memory import give_back
before = own()
blocks = [bytes(60_000) for _ in range(2_000)]
kept = blocks[-1]
del blocks
freed = own()
give_back()
print(json.dumps([before, freed, own(), len(kept)]))
"""


def in_a_fresh_python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(not GLIBC, reason="another C library")
def test_freed_memory_is_given_back():
    before, freed, after, _ = in_a_fresh_python(OWN + PROGRAM)
    assert freed - before > 80
    assert after - before < 20


@pytest.mark.parametrize("problem", [OSError, AttributeError])
def test_another_c_library_is_no_error(monkeypatch, problem):
    def library(name):
        raise problem(name)

    memory._trim.cache_clear()
    monkeypatch.setattr(memory.ctypes, "CDLL", library)
    assert memory.give_back() is None
    memory._trim.cache_clear()


def test_digits_do_not_bring_scikit_learn():
    loaded = in_a_fresh_python(
        "import json, sys\n"
        "from course_utils.tasks import Digits\n"
        "Digits().sample(1, ways=2, shots=1, queries=1)\n"
        "print(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))"
    )
    assert "torch" in loaded
    assert not {"sklearn", "scipy"} & set(loaded)


@pytest.fixture
def asked(monkeypatch):
    """The requests to give memory back."""
    requests = []
    monkeypatch.setattr(memory, "_trim", lambda: requests.append)
    return requests


def test_an_explorer_gives_back_when_it_is_made_and_no_frame_does(asked):
    explorer = by_eye.by_eye()
    assert len(asked) == 1
    explorer.set(a=2.0, show=True)
    explorer.set(task=1)
    explorer.drag("crest", 1.0, 3.0)
    assert len(asked) == 1


def test_a_training_gives_back_once(asked):
    network = mlp([1, 4, 1])
    loss = squared_error(network)
    maml.train(
        lambda phi, batch: maml.transfer_loss(loss, phi, batch),
        network.init(),
        Sinusoids(),
        iterations=5,
        progress=False,
    )
    assert len(asked) == 1


@pytest.mark.long
@pytest.mark.skipif(not GLIBC, reason="another C library")
@pytest.mark.parametrize("path", kernel_memory.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_kernel_has_less_than_350_mib_of_its_own_after_its_notebook(path):
    most = 100 if path.name.startswith("00") else kernel_memory.MOST  # 00 does without torch
    assert kernel_memory.measured(path)["own"] <= most


def test_the_page_for_a_class_has_the_figures_that_were_measured_for_each_notebook():
    found = json.loads(kernel_memory.STORED.read_text(encoding="utf-8"))
    assert list(found) == [path.stem for path in kernel_memory.NOTEBOOKS]
    page = kernel_memory.PAGE.read_text(encoding="utf-8")
    assert kernel_memory.written(page, found) == page
    assert max(each["own"] for each in found.values()) <= kernel_memory.MOST


def test_a_class_takes_what_its_servers_and_open_notebooks_take():
    found = {"01": {"own": 200, "most": 500}, "02": {"own": 300, "most": 400}}
    said = kernel_memory.rendered(found, server=100, hub=512)
    assert "| 40 | 19 | 30 |" in said.splitlines()  # 2 + 0.5 + 40 of 400 or 700 MiB
