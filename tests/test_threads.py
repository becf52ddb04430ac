"""One thread wherever a learner trains; two for long trainings where they help and none is busy."""

import ast
import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from course_utils.checkpoints import __main__ as command
from course_utils.checkpoints import threads
from course_utils.checkpoints.recipes import RECIPES
from course_utils.support.snapshots import Snapshots

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


def test_an_empty_number_of_threads_in_the_environment_is_none(machine, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    torch.set_num_threads(2)
    assert threads.may_be_two()
    assert torch.get_num_threads() == 1


@pytest.fixture
def measured(machine, monkeypatch):
    """A function that sets the threads for a recipe; returns them, and which took each step."""
    clock = [0.0]
    monkeypatch.setattr(threads, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def with_times(recipe, one, two, left=1e9):
        steps = []

        def objective(phi, batch):
            steps.append(torch.get_num_threads())
            clock[0] += two if steps[-1] == 2 else one
            return recipe.objective(phi, batch)

        return threads.set_for(replace(recipe, objective=objective), left), steps

    return with_times


SHORT, LONG = RECIPES["sinusoids-transfer-k5-seed0"], RECIPES["sinusoids-maml-k5-seed0"]


@pytest.mark.parametrize(("two_take", "expected"), [(0.5, 2), (0.97, 1), (3.0, 1)])
def test_two_threads_are_set_where_they_measure_better(measured, capsys, two_take, expected):
    best, steps = measured(SHORT, 1.0, two_take)
    assert best == torch.get_num_threads() == expected
    assert steps.count(2) == 15
    said = "measuring whether two threads are quicker than one ... "
    assert capsys.readouterr().out == said + ("yes\n" if expected == 2 else "no\n")


def test_a_training_of_long_meta_steps_is_measured_on_few(measured):
    assert measured(replace(LONG, seconds=300, iterations=12000), 1.0, 0.5)[1].count(2) == 3


def test_measuring_ends_with_the_round_that_makes_it_long(measured):
    assert measured(SHORT, 1.0, 20.0, left=300.0) == (1, [1] * 6 + [2] * 5)


def test_what_is_short_is_trained_on_one_thread_and_nothing_is_measured(measured, capsys):
    torch.set_num_threads(2)
    assert measured(SHORT, 1.0, 0.5, left=9.0) == (1, [])
    assert torch.get_num_threads() == 1
    assert capsys.readouterr().out == ""


def test_of_a_training_that_is_continued_only_the_rest_counts(machine, tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(threads, "set_for", lambda recipe, left: given.append(left) or 1)
    monkeypatch.setattr(command, "unfinished", lambda: tmp_path)
    monkeypatch.setattr(
        command, "make", lambda *name, **how: SimpleNamespace(provenance={"error": ""})
    )
    monkeypatch.setattr(command, "save", lambda checkpoint: None)
    name, recipe = "sinusoids-maml-k5-seed0", LONG
    command.make_one(name, False, torch.device("cpu"), two=True)
    kept = Snapshots(tmp_path / f"{name}.pt", settings=recipe.settings_of())
    kept.write(history=[0.0] * (recipe.iterations // 4 * 3))
    command.make_one(name, False, torch.device("cpu"), two=True)
    assert given == [80, 20]
