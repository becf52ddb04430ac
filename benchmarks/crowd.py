"""Training while others compute: the heart of notebook 06 alone, and beside four busy processes.

A process has its share of a machine: the part of a core that a busy neighbour gets in the same
time. A training should be slower by that, and hardly by more. With more threads than free cores it
is: threads wait for each other at every operation, and OpenMP's compute nothing while they wait.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

STEPS, WARM = 20, 5  # meta-steps at a time; the first few of all import and allocate
ROUNDS = 2
SECONDS = 300  # for all of them: two threads may not come to an end where many compute
CROWDS = (0, 4)  # busy processes
# Ends with who has started it, however that ends.
BUSY = "import os\nfirst = os.getppid()\nwhile os.getppid() == first: pass"
MOST = 2.0  # times as slow as its share
ONE = "one thread"
TWO = {"OMP_NUM_THREADS": "2"}
WAYS = {
    ONE: {"OMP_NUM_THREADS": "1"},
    "two threads": TWO,
    "two, waiting asleep": TWO | {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"},
}


class Crowd:
    """Busy processes, and the part of a core that each of them gets."""

    def __init__(self, size: int):
        self.busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(size)]

    def seconds(self) -> float:
        """The processor's seconds that one of them has had, in the middle."""
        import psutil

        used = [sum(psutil.Process(each.pid).cpu_times()[:2]) for each in self.busy]
        return median(used) if used else 0.0

    def go(self) -> None:
        """End all of them."""
        for each in self.busy:
            each.kill()
            each.wait()


def train(crowds: tuple[int, ...], steps: int) -> None:
    """Train as notebook 06 does, alone and in crowds by turns.

    Prints for each turn its crowd, seconds of a meta-step by the clock and by the processor, and
    what part of a core a neighbour had meanwhile.
    """
    from course_utils import maml, networks, tasks

    network = networks.convnet(5)
    loss = networks.cross_entropy(network)
    turns = iter(ROUNDS * crowds)
    crowd, began, found, calls = Crowd(0), None, [], 0

    def objective(phi, batch):
        nonlocal crowd, began, calls
        if calls >= WARM and (calls - WARM) % steps == 0:
            now = time.perf_counter(), time.process_time(), crowd.seconds()
            if began:
                wall, cpu, theirs = (end - begin for end, begin in zip(now, began, strict=True))
                found.append([len(crowd.busy), wall / steps, cpu / steps, theirs / wall])
            crowd.go()
            crowd = Crowd(next(turns, 0))
            began = time.perf_counter(), time.process_time(), crowd.seconds()
        calls += 1
        return maml.meta_loss(loss, phi, batch, inner_lr=0.4, steps=1)

    family = tasks.Augmented(tasks.Characters("train"))
    how = {"n_tasks": 8, "shots": 1, "queries": 1, "meta_lr": 5e-3, "progress": False}
    try:
        count = WARM + steps * ROUNDS * len(crowds) + 1
        maml.train(objective, network.init(), family, iterations=count, **how)
    finally:
        crowd.go()
    print(json.dumps(found))


def measured(
    way: dict[str, str], crowds: tuple[int, ...] = CROWDS, steps: int = STEPS
) -> dict[int, list[float]]:
    """What `train` finds in a fresh Python: medians of its columns, by crowd.

    Raises subprocess.TimeoutExpired after `SECONDS`.
    """
    ours = {name for each in WAYS.values() for name in each}
    done = subprocess.run(
        [sys.executable, "-c", f"from benchmarks import crowd; crowd.train({crowds}, {steps})"],
        env={name: said for name, said in os.environ.items() if name not in ours} | way,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    turns = json.loads(done.stdout)
    found = {}
    for crowd in crowds:
        own = (turn[1:] for turn in turns if turn[0] == crowd)
        found[crowd] = [median(column) for column in zip(*own, strict=True)]
    return found


def table() -> str:
    """Milliseconds of a meta-step on pictures, by threads and crowd, and how slow for its share."""
    lines = [
        "A meta-step of notebook 06 beside busy processes; slow: the clock's time against what it "
        "would be",
        "with one thread's processor time alone, and the part of a core that a neighbour had",
        f"  {'':22s}{'busy':>5s}{'clock':>11s}{'processor':>12s}{'part':>7s}{'slow':>8s}",
    ]
    needs = None
    for name, way in WAYS.items():
        try:
            found = measured(way)
        except subprocess.TimeoutExpired:
            lines.append(f"  {name:22s} had not ended after {SECONDS} s")
            continue
        for crowd, (wall, cpu, part) in found.items():
            needs = needs or cpu
            row = f"  {name:22s}{crowd:5d}{1000 * wall:8.0f} ms{1000 * cpu:9.0f} ms"
            if crowd:
                slow = wall * part / needs
                row += f"{part:7.2f}{slow:6.2f} x"
                if name == ONE:
                    row += f"  (at most {MOST:g}: {'yes' if slow <= MOST else 'NO'})"
            lines.append(row)
    return "\n".join(lines)
