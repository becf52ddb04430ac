"""Freed memory is given back to the system, and where that cannot be asked for nothing happens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.support import memory

ROOT = Path(__file__).parents[2]
GLIBC = Path("/proc/self/status").exists() and "glibc" in (
    os.confstr("CS_GNU_LIBC_VERSION") or "" if hasattr(os, "confstr") else ""
)
# What many small tensors leave behind: freed, but below one that is still there.
PROGRAM = """
import json
from course_utils.support.memory import give_back
def own():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))
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
    before, freed, after, _ = in_a_fresh_python(PROGRAM)
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
