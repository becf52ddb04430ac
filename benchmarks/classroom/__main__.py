"""Measure a class on the trial hub: ``python -m benchmarks.classroom [--learners 1 10] [--write]``.

So many simulated learners on one hub on this machine, one size of class after the other; with
--write the figures are kept and put into docs/classroom.md. Forty learners take a quarter of an
hour and some 20 GiB, and nothing else should run.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil

from benchmarks.classroom import table
from benchmarks.classroom.lesson import NOTEBOOKS, TooLittleMemory, lesson

SIZES = (1, 10, 20, 40)
GAP, SECONDS = 3.0, 60.0


def measured(learners: int, notebooks: list[str], gap: float, seconds: float) -> dict:
    """The figures of one class, with a hub of its own."""
    sys.path.insert(0, str(table.ROOT / "deploy" / "jupyterhub"))
    import trial

    began = time.monotonic()

    def say(what: str) -> None:
        print(f"  {time.monotonic() - began:4.0f} s  {what}", flush=True)

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="course-class-")))
        hub = stack.enter_context(trial.start(trial.free_port(), folder, learners))
        for name in hub.names:  # nbgitpuller is left out: it would measure git
            shutil.copytree(table.ROOT / "notebooks", folder / "home" / name / "notebooks")
        say("the hub runs")
        found = asyncio.run(lesson(hub, notebooks, gap, seconds, say))
    return found | {"slide_s": seconds}


def machine() -> dict:
    """What the figures depend on."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "jupyterhub": version("jupyterhub"),
    }


def keep(found: dict) -> None:
    """Keep the figures of a class, and put them into the page."""
    here, others = machine(), []
    if table.STORED.exists():
        kept = table.stored()
        if kept["machine"] | {"date": here["date"]} == here:  # sizes are compared on one machine
            others = [each for each in kept["lessons"] if each["learners"] != found["learners"]]
    lessons = sorted([*others, found], key=lambda each: each["learners"])
    kept = {"machine": here, "lessons": lessons}
    table.STORED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if table.PAGE.exists():
        page = table.PAGE.read_text(encoding="utf-8")
        table.PAGE.write_text(table.written(page, kept), encoding="utf-8")


def main() -> None:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, nargs="+", default=SIZES)
    parser.add_argument("--notebooks", nargs="+", default=list(NOTEBOOKS), choices=NOTEBOOKS)
    parser.add_argument("--gap", type=float, default=GAP, help="seconds between two log-ins")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long sliders move")
    parser.add_argument("--write", action="store_true", help="keep it, put it into the page")
    args = parser.parse_args()
    if find_spec("jupyterhub") is None:
        raise SystemExit("course: JupyterHub is not installed: make installed-classroom")
    lessons = []
    for learners in args.learners:
        print(f"{learners} learners, load {os.getloadavg()[0]:.1f} before", flush=True)
        try:
            found = measured(learners, args.notebooks, args.gap, args.seconds)
        except TooLittleMemory as problem:
            raise SystemExit(f"course: {learners} learners: {problem}") from None
        print("\n".join(f"  problem: {problem}" for problem in found["problems"]) or "  no problem")
        lessons.append(found)
        if args.write:
            keep(found)
    print(table.rendered({"machine": machine(), "lessons": lessons}))


if __name__ == "__main__":
    main()
