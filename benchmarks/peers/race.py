"""All peers in turns: the same tasks, equal meta-gradients first, medians of processor time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from statistics import median

import numpy as np

from benchmarks.peers import machine
from benchmarks.peers.setting import Setting

PEERS = {
    "plain": "plain loop over tasks",
    "with_higher": "higher",
    "with_torchopt": "TorchOpt, MetaSGD",
    "with_metalearn": "parallel-metalearn (vmap)",
    "with_vmap": "torch.func, vmap",
    "ours": "the core",
    "ours_compiled": "the core, compiled",
    "with_jax": "JAX, jit",
    "with_jax_scan": "JAX, 50 steps in a scan",
}
SETTINGS = (
    Setting(),
    Setting(steps=5),
    Setting(steps=5, first_order=True),
    Setting(tasks=250),
    Setting(tasks=250, steps=5),
)
TOLERANCE = 1e-5  # of each leaf's gradient, by its largest number: float32, other orders of sums
ROUNDS, TURN = 5, 0.06  # turns of each, and the seconds that one takes at least
GROWTH = {
    "tasks": [Setting(tasks=n) for n in (25, 79, 250, 790, 2500)],
    "steps": [Setting(steps=n) for n in (1, 3, 10, 30, 100)],
    "width": [Setting(width=n) for n in (40, 126, 400)],
}
GROWING = ("plain", "with_vmap", "ours", "with_jax")
LONG, SAMPLE = 15_000, 1_000
NO_FIRST_ORDER = {"with_torchopt"}


class Process:
    """A worker, and the way to talk to it."""

    def __init__(self, name: str, cache: str):
        env = os.environ | {"TORCHINDUCTOR_CACHE_DIR": f"{cache}/torch"}
        env |= {"JAX_COMPILATION_CACHE_DIR": f"{cache}/jax"} if name.endswith("_kept") else {}
        env |= {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
        command = [sys.executable, "-m", "benchmarks.peers.worker", name.removesuffix("_kept")]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)

    def __call__(self, order: str, **needs) -> dict:
        print(json.dumps({"order": order, **needs}), file=self._process.stdin, flush=True)
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"a worker ended at {order!r}")
        return json.loads(line)

    def end(self) -> None:
        """Let it go."""
        self._process.communicate()


@contextmanager
def workers(names, cache: str) -> Iterator[dict[str, Process]]:
    """A process for each peer."""
    made = {name: Process(name, cache) for name in names}
    try:
        yield made
    finally:
        for process in made.values():
            process.end()


def difference(found: dict, right: dict) -> float:
    """The largest difference of two meta-gradients, leaf by leaf, by the leaf's largest number."""
    pairs = [(np.array(found[name]), np.array(leaf)) for name, leaf in right.items()]
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


def race(running: dict[str, Process], setting: Setting, rounds: int = ROUNDS) -> dict[str, dict]:
    """Of each peer the medians of processor and wall seconds of a meta-step, and its first one's.

    Raises RuntimeError if a meta-gradient is not that of the first peer.
    """
    names = [n for n in running if not (setting.first_order and n in NO_FIRST_ORDER)]
    made = {name: running[name]("make", **asdict(setting)) for name in names}
    right = made[names[0]]["gradient"]
    for name in names:
        made[name]["off"] = difference(made[name].pop("gradient"), right)
        if made[name]["off"] > TOLERANCE:
            raise RuntimeError(f"{name} has another meta-gradient at {setting}: {made[name]}")
    turn = {}
    for name in names:
        one = running[name]("steps", n=50 if "scan" in name else 1)["cpu"]
        turn[name] = 50 if "scan" in name else max(1, min(100, round(TURN / one)))
    took = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            took[name].append(running[name]("steps", n=turn[name]))
    return {
        name: made[name]
        | {key: median(each[key] for each in took[name]) for key in ("cpu", "wall")}
        for name in names
    }


@contextmanager
def busy() -> Iterator[None]:
    """In the block every core has a loop that does nothing else."""
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def long_runs() -> dict[str, dict]:
    """Seconds of a long training on fresh tasks: until it moves, and a meta-step, twice each.

    The second of two has what the compilers kept of the first.
    """
    found = {}
    for name in ("ours", "ours_compiled", "with_jax_kept", "with_jax_scan_kept"):
        with tempfile.TemporaryDirectory() as cache:
            for which in ("first", "again")[: 1 if name == "ours" else 2]:
                with workers([name], cache) as running:
                    found.setdefault(name.removesuffix("_kept"), {})[which] = running[name](
                        "train", n=SAMPLE
                    )
    return found


def growth(cache: str) -> dict[str, dict[str, list]]:
    """Milliseconds of a meta-step where tasks, steps or width grow, of some peers."""
    found = {}
    with workers(GROWING, cache) as running:
        for axis, settings in GROWTH.items():
            lines = found.setdefault(axis, {})
            for setting in settings:
                # JAX compiles a hundred inner steps for minutes: the loop is unrolled.
                some = {n: p for n, p in running.items() if n != "with_jax" or setting.steps <= 10}
                for name, each in race(some, setting, rounds=3).items():
                    lines.setdefault(name, []).append([getattr(setting, axis), 1000 * each["cpu"]])
                print(f"growth: {axis} {getattr(setting, axis)}", flush=True)
    return found


def settings(cache: str) -> dict:
    """The race at every setting, the first one also on a busy machine, and memory after it."""
    found = {"settings": []}
    with workers(PEERS, cache) as running:
        for setting in SETTINGS:
            load = os.getloadavg()[0]
            found["settings"].append([asdict(setting), load, race(running, setting)])
            if setting == SETTINGS[0]:
                found["memory"] = {n: each("memory")["mebibytes"] for n, each in running.items()}
                with busy():
                    found["busy"] = race(running, setting)
            print(f"measured: {setting}", flush=True)
    return found


def measure() -> dict:
    """Everything, as numbers."""
    with tempfile.TemporaryDirectory() as cache:
        found = settings(cache) | {"growth": growth(cache)}
    return found | {"long": long_runs(), "machine": machine.facts()}
