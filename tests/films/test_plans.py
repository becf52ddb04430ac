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
