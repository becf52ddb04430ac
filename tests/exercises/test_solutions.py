"""Solved copies are made of the notebooks, hold every solution, and run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils import check, solutions
from course_utils.site import links

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
SOLVED = [path for path in NOTEBOOKS if [*solutions.exercises_of(nbformat.read(path, 4))]]
QUICK = "01-learning-from-tasks.ipynb"


def test_every_exercise_is_solved_and_nothing_else_is_changed(tmp_path):
    written = solutions.write(NOTEBOOKS, tmp_path)
    assert [path.name for path in written] == [path.name for path in SOLVED]
    rights = 0
    for path in written:
        solved, stored = nbformat.read(path, 4), nbformat.read(ROOT / "notebooks" / path.name, 4)
        changed = {one.cell for one in solutions.exercises_of(stored)}
        # Its links lead from build/solutions/ to the same pages.
        changed |= {i for i, cell in enumerate(stored.cells) if cell["id"] == links.CELL}
        for i, (ours, theirs) in enumerate(zip(solved.cells, stored.cells, strict=True)):
            assert (ours == theirs) is (i not in changed)
        rights += sum("✓ Right · " in str(cell.get("outputs")) for cell in solved.cells)
        nbformat.validate(solved)
    assert rights == sum(map(len, check.EXERCISES.values()))
    assert (tmp_path / "images").is_dir()


def test_a_notebook_whose_exercise_has_no_solution_is_refused():
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("check.idf(my_idf)")])
    with pytest.raises(ValueError, match=r"no solution stands above check\.idf"):
        list(solutions.exercises_of(book))


def run_solved(name, folder):
    """Run a solved copy cell by cell, and compare with what it stores."""
    (path,) = solutions.write([ROOT / "notebooks" / name], folder)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    command += ["--nbval-current-env", "--nbval-cell-timeout=300"]
    command += ["--nbval-sanitize-with", str(ROOT / ".ci/sanitize.cfg"), str(path)]
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_solved_notebook_runs(tmp_path):
    run_solved(QUICK, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", [path.name for path in SOLVED if path.name != QUICK])
def test_every_solved_notebook_runs(name, tmp_path):
    run_solved(name, tmp_path)
