"""The page gets the whole picture once, and then what has changed; its state is always whole."""

import json

import pytest

from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.scene import Scene
from course_utils.figures import font


@pytest.fixture
def explorer():
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        axes.set(xlim=(-3, 3), ylim=(-1, 5))
        scene.line(axes, lambda f: (f.phi, f.phi**2), marker="o", gid="φ")
        scene.line(axes, lambda f: ([0, 1], [0, 1]) if f.axis else None, gid="axis")
        scene.text(axes, lambda f: f"φ = {f.phi:.1f}")
    return scene.explorer(
        lambda phi, axis: None,
        Slider("phi", "φ", "start", -2.0, 2.0, 0.1, 1.0),
        Choice("axis", "axis", [("hidden", False), ("shown", True)], False),
        alt=lambda f: f"φ = {f.phi:.1f}",
        describe="Explorer: a point.",
    )


def sent_by(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(
        explorer.canvas, "_send", lambda message, buffers=None: sent.append(message)
    )
    return sent


def test_a_move_sends_in_one_message_the_marks_that_changed_and_no_other(explorer, monkeypatch):
    sent = sent_by(explorer, monkeypatch)
    explorer.set(phi=0.5)
    (message,) = sent
    assert set(message["state"]) == {"alt", "changed"}
    assert set(message["state"]["changed"]["marks"]) == {0, 2}
    explorer.set(axis=True)
    assert set(sent[1]["state"]["changed"]["marks"]) == {1}


def test_what_changes_nothing_in_the_picture_sends_no_marks(explorer, monkeypatch):
    explorer.set(axis=True)
    sent = sent_by(explorer, monkeypatch)
    explorer.reset()
    explorer.set(axis=True)
    assert [set(m["state"]["changed"]["marks"]) for m in sent] == [{1}, {1}]
    explorer.canvas.show(explorer.stage.marks(), explorer.alt, explorer.canvas.handles)
    assert len(sent) == 2


def test_the_state_that_a_new_page_gets_is_the_picture_as_it_is_now(explorer):
    explorer.set(phi=-1.5, axis=True)
    state = json.loads(json.dumps(explorer.canvas.get_state()))
    assert state["picture"]["marks"] == json.loads(json.dumps(explorer.stage.marks()))
    assert state["picture"]["size"] == [4000, 3000]
    assert [op[6] for op in state["picture"]["marks"][2]] == ["φ = −1.5"]
    assert state["alt"] == "φ = −1.5"


def test_pixels_are_those_of_the_frame_that_is_shown(explorer):
    first = explorer.png()
    explorer.pose(phi=-2.0, axis=True)
    assert explorer.png() == first
    explorer.set(phi=-2.0)
    assert explorer.png() != first


def test_a_page_that_asks_gets_the_font_with_all_that_pictures_say(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(explorer.canvas, "send", lambda content, buffers: sent.append(buffers))
    explorer.canvas._handle_custom_msg({"wanted": "font"}, [])
    explorer.canvas._handle_custom_msg({"wanted": "cake"}, [])
    explorer.canvas._handle_custom_msg("font", [])
    ((woff,),) = sent
    assert woff[:4] == b"wOFF"
    assert len(woff) < 60_000
    assert woff == font.whole()
