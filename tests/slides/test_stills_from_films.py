"""A picture of an explorer after the event is drawn from its film, in the notebook's words."""

import pytest

from course_utils import diagrams
from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.scene import Scene
from course_utils.films.recorder import film
from course_utils.slides.stills import state_of, still

SOURCE = '<img src="images/01-after-dot.png" alt="A dot &amp; no more." width="600">'


@pytest.fixture(scope="module")
def made():
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        scene.text(axes, lambda f: f"φ = {f.phi:.0f}{', shown' if f.shown else ''}")
    explorer = scene.explorer(
        lambda phi, shown: phi,
        Slider("phi", "φ", "start", 0, 3, 1, 0),
        Choice("shown", "show", [("no", False), ("yes", True)], False),
        alt=lambda f: f"φ = {f.phi:.0f}",
        describe="Explorer: a dot.",
    )
    return {"bowl": film(explorer, name="bowl")}


def test_a_state_has_the_values_that_are_asked_for(made):
    assert state_of(made["bowl"], {"phi": 2, "shown": True}) == (2, 1)
    assert state_of(made["bowl"], {}) == (0, 0)
    for wrong in ({"phi": 2.5}, {"k": 1}, {"shown": "perhaps"}):
        assert state_of(made["bowl"], wrong) is None


def test_the_picture_is_drawn_after_the_event_and_says_what_the_notebook_says(made, monkeypatch):
    monkeypatch.setattr(diagrams, "all_after", lambda: {"01-after-dot": ("bowl", {"phi": 3})})
    drawn = still(SOURCE, made)
    assert "φ = 3</text>" in drawn
    assert 'aria-label="A dot &amp; no more."' in drawn


def test_what_no_film_has_stays_the_picture_that_it_is(made, monkeypatch):
    for after in ({}, {"01-after-dot": ("well", {})}, {"01-after-dot": ("bowl", {"phi": 7})}):
        monkeypatch.setattr(diagrams, "all_after", lambda after=after: after)
        assert still(SOURCE, made) is None
    assert still("![a](b.png)", made) is None
