"""Notebook 00's wave by eye, and its check of the set-up."""

import math
from importlib import metadata

import pytest

from course_utils.notebook_00 import by_eye
from course_utils.support import environment


def test_the_true_wave_has_no_error():
    explorer = by_eye.by_eye()
    facts = explorer.data.task.facts
    frame = by_eye.by_eye_frame(facts["amplitude"].item(), facts["phase"].item(), 0)
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
    assert not before.equal(explorer.data.task.support_y)


def test_this_set_up_is_complete():
    assert environment.problems() == []


def test_what_is_missing_or_old_is_named(monkeypatch):
    needed = ["torch==0.1", "no-such-package>=1", "hypothesis>=99; extra == 'test'"]
    monkeypatch.setattr(metadata, "requires", lambda _: needed)
    old, missing = environment.problems()
    assert old.startswith("torch is")
    assert "==0.1" in old
    assert missing.startswith("no-such-package is missing")


def test_where_the_course_is_not_installed_that_is_said(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    (problem,) = environment.problems()
    assert problem == "course-utils is not installed: run `make lab` in the course's folder"
