"""Run the course's checks one after the other: ``python .ci/run_tests.py [STAGE...]``.

A failing stage fails the whole, but the later ones still run, so that one run shows everything.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("notebooks/*.ipynb"))
SECONDS_TO_END = 20
STAGES = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "unit": [
        *["pytest", "tests", "-m", "not browser and not pages and not long and not classroom"],
        *["-n", "2", "--dist", "loadfile"],
    ],
    # Each notebook stays whole on one worker: its cells share a kernel.
    "notebooks": [
        *["pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=300"],
        *["--nbval-sanitize-with", ".ci/sanitize.cfg", "-n", "2", "--dist", "loadfile"],
        *NOTEBOOKS,
    ],
    "browser": ["pytest", "tests", "-m", "browser"],
}
# Not in every run, since they take minutes; films, too, to make: `make pages`, then ONLY=pages.
LONG = {name: ["pytest", "tests", "-m", name, "-n", "2"] for name in ("pages", "long")}
# A hub, its proxy and learners' servers: one test after the other. It needs `make classroom`'s.
LONG["classroom"] = ["pytest", "tests/classroom", "-m", "classroom"]


def command(name):
    """What a stage runs, None where there is none of that name."""
    return STAGES.get(name) or LONG.get(name)


def run(name):
    """Run one stage; its seconds and whether it passed."""
    print(f"\n=== {name}: {' '.join(command(name))}", flush=True)
    start = time.monotonic()
    # One thread each: two notebooks run at a time, and small tensors gain nothing from more.
    with tempfile.TemporaryDirectory(prefix="course-") as nobody:  # no reader's scores
        env = dict(os.environ, OMP_NUM_THREADS="1", COURSE_DATA=nobody)
        ended = _wait(subprocess.Popen([sys.executable, "-m", *command(name)], cwd=ROOT, env=env))
    return time.monotonic() - start, ended == 0


def _wait(running):
    """The exit code of a stage, which is ended where it is interrupted."""
    try:
        return running.wait()
    except KeyboardInterrupt:  # the stage has got it, too, and ends what it has started
        try:
            running.wait(SECONDS_TO_END)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            running.kill()
        raise


def said(results):
    """The stages that have ended, in words."""
    return ", ".join(f"{n} {s:.0f} s {'ok' if ok else 'FAILED'}" for n, (s, ok) in results.items())


def main():
    names = sys.argv[1:] or list(STAGES)
    unknown = [name for name in names if command(name) is None]
    if unknown:
        raise SystemExit(f"no stage {unknown[0]!r}: there are {', '.join(STAGES | LONG)}")
    results = {}
    try:
        for name in names:
            results[name] = run(name)
    except KeyboardInterrupt:
        done = f" After {said(results)}." if results else ""
        raise SystemExit(f"\ncourse: stopped in the stage {name}.{done}") from None
    print("\n" + said(results), flush=True)
    raise SystemExit(not all(ok for _, ok in results.values()))


if __name__ == "__main__":
    main()
