"""What a kernel holds of its own when its notebook has run to its end: MiB, notebook by notebook.

Its own is what no other process shares: what goes when it goes, and what each learner of a class
costs. One notebook alone: ``python -m benchmarks.kernel_memory notebooks/07-*.ipynb``.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
MOST = 350  # MiB
SECONDS_A_CELL = 1200
OWN = """
with open("/proc/self/smaps_rollup") as file:
    print(sum(int(line.split()[1]) for line in file if line.startswith("Private")) // 1024)
"""


def own(path: Path) -> int:
    """MiB that the kernel of a notebook has for itself at its end. Linux only."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(OWN))
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=SECONDS_A_CELL, kernel_name="python3")
    client.resources, client.store_widget_state = where, False
    with tempfile.TemporaryDirectory(prefix="course-") as nobody:  # no reader's scores
        client.execute(env=dict(os.environ, COURSE_DATA=nobody))
    (said,) = notebook.cells[-1].outputs
    return int(said["text"])


def table(paths: list[Path] | None = None) -> str:
    """MiB at the end of each notebook, and of which that is too many."""
    if not Path("/proc/self/smaps_rollup").exists():
        return "A kernel's own memory: not measured, only Linux tells it"
    lines = [f"A kernel's own memory at the end of its notebook (at most {MOST} MiB)"]
    for path in paths or sorted(NOTEBOOKS.glob("*.ipynb")):
        began = time.perf_counter()
        found = own(path)
        many = "" if found <= MOST else "  TOO MANY"
        took = time.perf_counter() - began
        lines.append(f"  {path.stem:40s} {found:5d} MiB, after {took:4.0f} s{many}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table([Path(name).resolve() for name in sys.argv[1:]]))
