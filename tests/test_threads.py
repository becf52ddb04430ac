"""One thread wherever a learner trains; two for long trainings where they help and none is busy."""

import ast
import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from course_utils.checkpoints import threads
from course_utils.checkpoints.recipes import RECIPES

ROOT = Path(__file__).parents[1]
TRAIN_NOTHING = {"00", "01"}


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


THAT_TRAIN = [
    path
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    if path.name[:2] not in TRAIN_NOTHING
]


@pytest.mark.parametrize("path", THAT_TRAIN, ids=lambda path: path.stem)
def test_a_notebook_that_trains_has_one_thread_from_its_first_cell_on(path):
    first, *others = code_cells(path)
    assert "torch.set_num_threads(1)" in [ast.unparse(node) for node in ast.parse(first).body]
    assert not any("set_num_threads" in code for code in others)


def test_the_others_train_nothing():
    for path in {*(ROOT / "notebooks").glob("*.ipynb")} - {*THAT_TRAIN}:
        assert not any("maml" in code or "learners" in code for code in code_cells(path)), path


@pytest.mark.parametrize("target", ["pages", "site", "explore", "slides", "frames"])
def test_what_make_computes_has_one_thread(target):
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    (head,) = (n for n, line in enumerate(lines) if line.startswith(f"{target}:"))
    assert lines[head + 1].startswith("\t@OMP_NUM_THREADS=1 ")


@pytest.fixture
def machine(monkeypatch):
    """A machine of four cores with a load; its number of threads is as before afterwards."""
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)

    def with_load(load):
        monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0), raising=False)

    with_load(0.0)
    yield with_load
    torch.set_num_threads(before)


@pytest.mark.parametrize(("load", "free"), [(0.2, True), (2.4, True), (2.6, False), (9.0, False)])
def test_two_threads_come_into_question_where_two_cores_are_free(machine, capsys, load, free):
    machine(load)
    torch.set_num_threads(2)
    assert threads.may_be_two() is free
    assert torch.get_num_threads() == 1
    said = "one thread, or two where they are quicker." if free else "one thread a process."
    assert capsys.readouterr().out == f"4 cores, load {load}: {said}\n"


def test_ranks_have_one_thread_each(machine, monkeypatch):
    monkeypatch.setattr(threads.ranks, "ranks", lambda: 2)
    assert not threads.may_be_two()


def test_a_number_of_threads_in_the_environment_is_obeyed(machine, monkeypatch, capsys):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    torch.set_num_threads(2)
    assert not threads.may_be_two()
    assert torch.get_num_threads() == 2
    assert capsys.readouterr().out == ""


def test_a_system_that_does_not_tell_its_load_has_one_thread(machine, monkeypatch):
    monkeypatch.delattr(os, "getloadavg")
    assert not threads.may_be_two()


@pytest.mark.parametrize(("two_take", "expected"), [(0.5, 2), (0.97, 1), (3.0, 1)])
def test_two_threads_are_set_where_they_measure_better(machine, monkeypatch, two_take, expected):
    recipe, clock = RECIPES["sinusoids-transfer-k5-seed0"], [0.0]
    monkeypatch.setattr(threads, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def objective(phi, batch):
        clock[0] += two_take if torch.get_num_threads() == 2 else 1.0
        return recipe.objective(phi, batch)

    assert threads.set_for(replace(recipe, objective=objective)) == expected
    assert torch.get_num_threads() == expected
