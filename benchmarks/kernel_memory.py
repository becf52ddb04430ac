"""What a kernel holds of its own when its notebook has run to its end, and what a class then takes.

Its own are the pages that it has written: no other process can share them, so that each learner of
a class costs them anew. ``python -m benchmarks.kernel_memory notebooks/07-*.ipynb`` measures one
notebook, and with --write all of them, for docs/classroom.md.
"""

import argparse
import json
import os
import tempfile
from math import ceil
from pathlib import Path

from benchmarks import marked

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STORED = Path(__file__).with_suffix(".json")
PAGE = ROOT / "docs" / "classroom.md"
BEGIN, END = "<!-- measured: python -m benchmarks.kernel_memory --write -->", "<!-- /measured -->"
MOST = 350  # MiB of its own
SYSTEM = 2.0  # GiB, for the system and what all kernels share: an allowance, not measured
CLASSES = (10, 20, 40, 100)
SECONDS_A_CELL = 1200
ASKED = """
import json
with open("/proc/self/smaps_rollup") as file:
    written = [int(line.split()[1]) for line in file if line.startswith(("Private_Dirty", "Swap:"))]
with open("/proc/self/status") as file:
    (highest,) = [int(line.split()[1]) for line in file if line.startswith("VmHWM")]
print(json.dumps({"own": sum(written) // 1024, "most": highest // 1024}))
"""


def measured(path: Path) -> dict[str, int]:
    """MiB that a notebook's kernel has written at its end, and had at most, shared pages too."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASKED))
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=SECONDS_A_CELL, kernel_name="python3")
    client.resources, client.store_widget_state = where, False
    with tempfile.TemporaryDirectory(prefix="course-") as nobody:  # no reader's scores
        client.execute(env=dict(os.environ, COURSE_DATA=nobody))
    (said,) = notebook.cells[-1].outputs
    return json.loads(said["text"])


def table(paths: list[Path] | None = None) -> str:
    """MiB at the end of each notebook, and of which that is too many."""
    if not Path("/proc/self/smaps_rollup").exists():
        return "A kernel's own memory: not measured, only Linux tells it"
    lines = [f"A kernel's own memory at the end of its notebook (at most {MOST} MiB)"]
    for path in paths or NOTEBOOKS:
        found = measured(path)
        many = "" if found["own"] <= MOST else "  TOO MANY"
        lines.append(f"  {path.stem:40s} {found['own']:5d}, at most {found['most']:5d}{many}")
    return "\n".join(lines)


def rendered(found: dict[str, dict[str, int]], server: int, hub: int) -> str:
    """The figures as Markdown, and what classes take: `server` MiB a learner, `hub` for all."""
    lines = ["| notebook | of its own at its end, MiB | at most while it ran, MiB |"]
    lines += ["| --- | --: | --: |"]
    lines += [f"| {name} | {each['own']} | {each['most']} |" for name, each in found.items()]
    own = max(each["own"] for each in found.values())
    lines += [
        "",
        f"So, with {server} MiB for a learner's server, {own} for each notebook that is open, "
        f"{hub} for hub, proxy and idle culler, and an allowance of {SYSTEM:g} GiB for the system "
        "and what all kernels share, rounded up:",
        "",
        "| learners at once | GiB, one notebook open | GiB, two open |",
        "| --- | --: | --: |",
    ]
    for learners in CLASSES:
        one, two = (
            ceil(SYSTEM + (hub + learners * (server + notebooks * own)) / 1024)
            for notebooks in (1, 2)
        )
        lines.append(f"| {learners} | {one} | {two} |")
    return "\n".join(lines)


def written(page: str, found: dict[str, dict[str, int]]) -> str:
    """The page with these figures in it; servers and hub as the simulated classes had them."""
    from benchmarks.classroom import table as classes

    lessons = classes.stored()["lessons"]
    servers = [each["server"] for lesson in lessons for each in lesson["memory_mib"].values()]
    hub = max(lesson["shared_mib"] for lesson in lessons)
    return marked.between(page, BEGIN, END, rendered(found, max(servers), hub))


def main() -> None:
    """Measure what is asked for, and print or keep it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="all, into docs/classroom.md")
    args = parser.parse_args()
    if args.write and args.notebooks:
        parser.error("--write measures all notebooks: name none")
    if args.write and not Path("/proc/self/smaps_rollup").exists():
        parser.error("only Linux tells what a process has written")
    if not args.write:
        print(table([path.resolve() for path in args.notebooks]))
        return
    found = {path.stem: measured(path) for path in NOTEBOOKS}
    STORED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
