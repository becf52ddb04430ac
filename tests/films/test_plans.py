"""Every explorer has a plan of its film; films are kept until what they are made of changes."""

import importlib
from unittest.mock import MagicMock

import pytest

from course_utils import diagrams, pages, rooms
from course_utils.films.recorder import film
from tests.films.test_recorder import bowl

PLANS = {
    name: plan
    for room in rooms.rooms()
    for name, plan in importlib.import_module(f"course_utils.{room}.films").PLANS.items()
}


def test_every_explorer_has_a_plan_and_no_plan_is_left_over():
    assert sorted(PLANS) == sorted(rooms.shown())
    with pytest.raises(ValueError, match=r"name must be one of by_eye, .*, got 'bowl'"):
        rooms.planned("bowl")


@pytest.mark.parametrize("name", list(diagrams.all_after()))
def test_the_states_after_the_event_are_in_the_films(name):
    builder, values = diagrams.all_after()[name]
    plan = PLANS[builder]
    if callable(plan):  # it asks its explorer for its planes: any will do
        plan = plan(MagicMock())
    for control, value in values.items():
        if control in plan.values and isinstance(value, float):
            assert min(abs(value - other) for other in plan.values[control]) < 1e-9, control
        elif control in plan.values:
            assert value in plan.values[control], control


NAMED = [  # by what the notebooks ask to try, and say that there is to find
    ("adapt_to_your_sinusoid", "inner_lr", (0.01, 0.02, 0.03)),
    ("adapt_to_your_sinusoid", "shots", (1, 5)),
    ("sine_plane", "inner_lr", (0.0, 0.02, 0.05, 0.1, 0.2)),
    ("meta_step", "meta_steps", (0, 12)),
    ("task_weights", "inner_lr", (0.0, 0.125, 0.15)),
    ("network_plane", "steps", (0, 1, 3, 5)),
    ("network_plane", "inner_lr", (0.01, 0.02)),
    ("your_points", "shots", (1, 5, 20)),
    ("your_points", "steps", (0, 5, 10)),
]


@pytest.mark.parametrize(("name", "control", "values"), NAMED)
def test_the_values_that_the_text_names_are_in_the_films(name, control, values):
    plan = PLANS[name]
    if callable(plan):
        plan = plan(MagicMock())
    assert set(values) <= set(plan.values[control])


def test_a_film_is_kept_until_the_code_changes_and_a_broken_one_is_made_anew(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(rooms, "filmed", lambda name: made.append(name) or _small())
    for fingerprint, count in (("a", 1), ("a", 1), ("b", 2)):
        pages.kept_film("bowl", tmp_path, fingerprint)
        assert len(made) == count
    (tmp_path / "bowl.film").write_bytes(b"half")
    again, _ = pages.kept_film("bowl", tmp_path, "b")
    assert again.pack() == _small().pack()
    (tmp_path / "bowl.json").write_text("null")
    pages.kept_film("bowl", tmp_path, "b")
    assert len(made) == 4


def _small():
    return film(bowl(), name="bowl")


def test_an_unknown_page_is_named(tmp_path):
    with pytest.raises(ValueError, match="there is no 'bowl'; there are by_eye"):
        [*pages.save(tmp_path, tmp_path, ["bowl"])]


def test_films_are_not_old_when_what_is_made_of_them_has_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PACKAGE", tmp_path)
    before = pages.source()
    for name in pages.NOT_FILMED:
        path = tmp_path / name if name.endswith(".py") else tmp_path / name / "a.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("changed")
    assert pages.source() == before


def test_films_are_old_when_code_or_checkpoints_have_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PACKAGE", tmp_path)
    seen = set()
    for n, name in enumerate(("a.py", "stored/b.safetensors", "a.py", "stored/b.safetensors")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(n))
        seen.add(pages.source())
    assert len(seen) == 4
