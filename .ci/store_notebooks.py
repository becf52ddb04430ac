"""Run notebooks top to bottom in a fresh kernel and store what a clone shall show.

``python .ci/store_notebooks.py notebooks/*.ipynb``. Stored is what is the same on every machine:
outputs and cell ids, but no widget state, no times of execution and no versions.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

SECONDS_A_CELL = 300
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def strip(notebook):
    """Leave out of a notebook's metadata what differs from machine to machine."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": {"file_extension": ".py", "name": "python"}}
    )
    for cell in notebook.cells:
        for name in ("execution", "ExecuteTime", "collapsed", "scrolled"):
            cell.metadata.pop(name, None)
    return notebook


def stderr(notebook):
    """What the code cells wrote to stderr."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    return [o["text"] for o in outputs if o.get("name") == "stderr"]


def unreadable(path):
    """Why a file cannot be read as a notebook, or None."""
    try:
        nbformat.validate(nbformat.read(path, as_version=4))
    except OSError as error:
        return error.strerror
    except Exception as error:  # many kinds: JSON, its encoding, what nbformat finds missing
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
    return None


def store(path):
    """Run one notebook and write it; its problem as a sentence, or None."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,  # else where a text is cut depends on how busy the machine is
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as problem:
        return str(problem)
    if stderr(notebook):
        return "wrote to stderr: " + "".join(stderr(notebook))
    nbformat.write(strip(notebook), path)
    return None


def main():
    paths = [Path(name) for name in sys.argv[1:]]
    if not paths:
        raise SystemExit("no notebooks to run: name them, or put some into notebooks/")
    for path in paths:
        if problem := unreadable(path):
            raise SystemExit(f"course: {path} is no notebook that can be run: {problem}")
    failed = False
    # Formatted first: ruff may move code, and stored ids and outputs shall belong to what was run.
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *paths], check=True)
    nobody = tempfile.TemporaryDirectory(prefix="course-")  # what is stored knows no reader
    os.environ["COURSE_DATA"] = nobody.name
    for path in paths:
        start = time.monotonic()
        problem = store(path)
        failed = failed or problem is not None
        print(f"{path}: {time.monotonic() - start:.0f} s, {problem or 'stored'}", flush=True)
    failed |= bool(subprocess.run([sys.executable, "-m", "ruff", "check", *paths]).returncode)
    failed |= bool(
        subprocess.run([sys.executable, "-m", "ruff", "format", "--check", *paths]).returncode
    )
    raise SystemExit(failed)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(
            "\ncourse: stopped. What is not called stored above is as it was."
        ) from None
