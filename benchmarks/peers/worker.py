"""One peer in a process of its own, told what to do line by line: its memory is nobody else's."""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import importlib
import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.peers.setting import Setting


def cpu() -> float:
    """Processor seconds of this process and of compilers that it started."""
    whom = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(sum(resource.getrusage(who)[:2]) for who in whom)


def mebibytes() -> float:
    """The most memory that the process has had."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux gives getrusage what the process that started this one had, too
        highest = next(ln for ln in status.read_text().splitlines() if ln.startswith("VmHWM"))
        return int(highest.split()[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


class Worker:
    """Answers orders, each a word and what it needs."""

    def __init__(self, name: str):
        began = cpu()
        self.kind = importlib.import_module(f"benchmarks.peers.{name}").Peer
        self.importing, self.peer = cpu() - began, None

    def make(self, **setting) -> dict:
        """Make the peer for a setting; seconds of its first meta-step, and its meta-gradient."""
        s = Setting(**setting)
        began = cpu()
        self.peer = self.kind(s, s.phi(), s.batch())
        self.peer.steps(1)
        first = cpu() - began
        fresh = self.kind(s, s.phi(), s.batch())
        gradient = {name: leaf.tolist() for name, leaf in fresh.gradient().items()}
        return {"importing": self.importing, "first": first, "gradient": gradient}

    def steps(self, n: int) -> dict:
        """Take n meta-steps: processor and wall seconds of one."""
        began, wall = cpu(), time.perf_counter()
        self.peer.steps(n)
        return {"cpu": (cpu() - began) / n, "wall": (time.perf_counter() - wall) / n}

    def train(self, n: int) -> dict:
        """Train n meta-steps on fresh tasks: seconds until a few were taken, then those of one."""
        s = Setting()
        self.peer = self.kind(s, s.phi(), s.batch())
        self.peer.train(100)
        ready, began = cpu(), cpu()
        self.peer.train(n)
        return {"ready": ready, "each": (cpu() - began) / n}

    def memory(self) -> dict:
        """MiB that the process has had at most."""
        return {"mebibytes": mebibytes()}


def main() -> None:
    """Answer each line of JSON with one."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints goes elsewhere
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(worker, order.pop("order"))(**order)
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
