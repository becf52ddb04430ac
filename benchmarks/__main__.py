"""Measure everything, one table after the other: ``python -m benchmarks [PART...]``.

Everything that is compared is measured in turns in the same minute, on one thread; the tables hold
medians. On a machine that is busy with other things compare ratios, not milliseconds.
"""

import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported

from benchmarks import crowd, frames, grid, imports, kernel_memory, meta_step, peers

PARTS = {
    "meta-step": meta_step.table,
    "grid": grid.table,
    "import": imports.table,
    "frames": frames.table,
    "crowd": crowd.table,
    "memory": kernel_memory.table,
    "peers": peers.table,
}

if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        raise SystemExit(f"no part {sorted(unknown)[0]!r}: there are {', '.join(PARTS)}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    for part in asked:
        print(f"\n{PARTS[part]()}", flush=True)
