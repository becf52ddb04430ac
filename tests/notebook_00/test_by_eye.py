"""Notebook 00's wave by eye, and its check of the set-up."""

import math
import subprocess
import sys
from importlib import metadata

import numpy as np
import pytest
import torch

from course_utils.figures import style
from course_utils.notebook_00 import by_eye
from course_utils.support import environment
from course_utils.tasks import Sinusoids, uniform
from tests import asked


def test_the_true_wave_has_no_error():
    explorer = by_eye.by_eye()
    wave = explorer.data.task
    frame = by_eye.by_eye_frame(wave.amplitude, wave.phase, 0)
    assert frame.support_error == pytest.approx(0, abs=1e-6)
    assert frame.query_error == pytest.approx(0, abs=1e-6)


def test_the_crest_is_dragged():
    explorer = by_eye.by_eye()
    explorer.drag("crest", 1.0 + math.pi / 2, 3.0)
    assert (explorer.values["a"], explorer.values["p"]) == (3.0, 1.0)
    assert "3.00 sin(x - 1.00)" in explorer.alt


def test_the_answer_is_hidden_until_asked_for():
    explorer = by_eye.by_eye()
    hidden = explorer.png()
    assert "fresh" not in explorer.alt
    explorer.set(show=True)
    assert "On fresh points" in explorer.alt
    assert explorer.png() != hidden


def test_another_task_has_other_points():
    explorer = by_eye.by_eye()
    before = explorer.data.task.support_y
    explorer.set(task=1)
    assert not np.array_equal(before, explorer.data.task.support_y)


@pytest.mark.parametrize("task", [0, 1, 7])
def test_a_task_is_what_the_family_draws_from_its_seed(task):
    wave, generator = by_eye.by_eye_frame(1, 1, task).task, torch.Generator().manual_seed(10 + task)
    family = Sinusoids(by_eye.AMPLITUDE, by_eye.PHASE, by_eye.WHERE)
    amplitude, phase = (
        uniform(ends, 1, generator=generator) for ends in (family.amplitude, family.phase)
    )
    batch = family.task(amplitude.item(), phase.item(), shots=5, queries=200, generator=generator)
    assert (wave.amplitude, wave.phase) == (amplitude.item(), phase.item())
    for name in ("support_x", "query_x"):
        np.testing.assert_array_equal(getattr(wave, name), getattr(batch, name).flatten())
    for name in ("support_y", "query_y"):
        np.testing.assert_allclose(getattr(wave, name), getattr(batch, name).flatten(), rtol=1e-5)


def test_notebook_00_needs_no_torch():
    code = (
        "import sys\n"
        "from course_utils import check\n"
        "from course_utils.notebook_00 import by_eye\n"
        "from course_utils.support import environment\n"
        "by_eye.by_eye().set(show=True, task=3)\n"
        "assert environment.problems() == []\n"
        "check.done()\n"
        "print({'torch', 'sklearn'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("task", [0, 1, 2])
def test_five_points_of_the_task_are_drawn_and_the_true_wave_goes_through_them(task):
    explorer = by_eye.by_eye()
    explorer.set(task=task, show=True)
    points = asked.points(explorer, "points")
    batch = explorer.data.task
    np.testing.assert_array_equal(points[:, 0], batch.support_x)
    np.testing.assert_array_equal(points[:, 1], batch.support_y)
    on_wave = np.interp(points[:, 0], *asked.points(explorer, "true wave").T)
    np.testing.assert_allclose(points[:, 1], on_wave, atol=0.01)


def test_the_true_wave_is_not_drawn_before_it_is_asked_for():
    explorer = by_eye.by_eye()
    assert len(asked.points(explorer, "true wave")) == 0
    explorer.set(show=True)
    assert len(asked.points(explorer, "true wave")) == len(by_eye.X)
    explorer.set(show=False)
    assert len(asked.points(explorer, "true wave")) == 0


def test_the_white_square_is_the_crest_of_the_readers_wave():
    explorer = by_eye.by_eye()
    explorer.set(a=2.5, p=1.2)
    (crest,), wave = asked.points(explorer, "crest"), asked.points(explorer, "wave")
    np.testing.assert_allclose(wave[:, 1], 2.5 * np.sin(wave[:, 0] - 1.2))
    near = wave[np.abs(wave[:, 0] - crest[0]) < 1]
    np.testing.assert_allclose(crest, near[near[:, 1].argmax()], atol=0.03)
    square = asked.artist(explorer, "crest")
    assert (square.get_marker(), square.get_markerfacecolor()) == ("s", "white")


def test_the_task_has_its_colour_and_the_readers_wave_is_black():
    explorer = by_eye.by_eye()
    colors = {name: asked.artist(explorer, name).get_color() for name in ("points", "true wave")}
    assert set(colors.values()) == {style.TASKS[0]}
    assert asked.artist(explorer, "wave").get_color() == style.INK


def test_both_errors_are_told_each_by_its_name():
    explorer = by_eye.by_eye()
    explorer.set(a=2.5, p=1.2, show=True)
    (line,) = asked.readouts(explorer)
    assert f"on the five points {explorer.data.support_error:.2f}" in line
    assert f"on fresh points {explorer.data.query_error:.2f}" in line
    assert f"{explorer.data.support_error:.2f}" != f"{explorer.data.query_error:.2f}"


def test_this_set_up_is_complete():
    assert environment.problems() == []


def test_what_is_missing_or_old_is_named(monkeypatch):
    needed = ["torch==0.1", "no-such-package>=1", "hypothesis>=99; extra == 'test'"]
    monkeypatch.setattr(metadata, "requires", lambda _: needed)
    old, missing = environment.problems()
    assert old.startswith("torch is")
    assert "==0.1" in old
    assert missing.startswith("no-such-package is missing")


@pytest.mark.parametrize(
    "code",
    [
        "import no_such_part",
        "raise OSError('no such library')",
        "(",
        "import os; os.abort()",
        "print('[a word]'); 1 / 0",
    ],
)
def test_a_package_whose_files_are_half_lost_is_named(monkeypatch, tmp_path, code):
    (tmp_path / "half_lost.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(metadata, "requires", lambda _: ["half-lost>=1"])
    monkeypatch.setattr(metadata, "version", lambda _: "1.0")
    monkeypatch.setattr(environment, "MODULES", {"half-lost": "half_lost"})
    (problem,) = environment.problems()
    assert problem.startswith("half-lost cannot be imported (")
    assert "run `make clean lab`" in problem


def test_where_the_course_is_not_installed_that_is_said(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    (problem,) = environment.problems()
    assert problem == "course-utils is not installed: run `make lab` in the course's folder"
