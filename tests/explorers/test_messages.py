"""What the page sends changes an explorer only where it is well formed."""

import ipywidgets
import pytest

from course_utils.explorers import messages
from course_utils.notebook_06.pad import Pad
from tests.explorers.test_explorer import CONTROLS, handle, make, widgets

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def made():
    return make()


def state(explorer):
    canvas = explorer.canvas
    return explorer.values, explorer.png(), explorer.alt, explorer.message, canvas.handles


@pytest.mark.parametrize("value", [NAN, INF, -INF, None, "x", "", [], {}, [1], {"a": 1}])
@pytest.mark.parametrize("name", [c.name for c in CONTROLS if c.name not in ("y", "draw")])
def test_a_control_keeps_its_value_and_tells_the_page(made, name, value, monkeypatch):
    explorer, _, calls = made
    before, widget = state(explorer), explorer._widgets[name]
    key = "index" if hasattr(widget, "index") else "value"
    if key == "index" and value is None:
        return  # no choice yet, which a prediction may have
    sent = []
    monkeypatch.setattr(type(widget), "send_state", lambda self, key=None: sent.append(key))
    widget.set_state({key: value})
    assert state(explorer) == before
    assert len(calls) == 1
    assert [key] in sent


@pytest.mark.parametrize(
    "data", [None, [], "x", 3, {}, {5: 6}, {"nobody": 1}, {"index": 99, "value": NAN}]
)
def test_a_message_that_is_no_state_changes_nothing(made, data):
    explorer, _, calls = made
    before = state(explorer)
    for widget in [*widgets(explorer, messages.Heard)]:
        widget.set_state(data)
    assert state(explorer) == before
    assert len(calls) == 1


MALFORMED = [
    {},
    {"handle": "dot"},
    {"handle": "dot", "x": 0.5},
    {"handle": "dot", "x": None, "y": None},
    {"handle": "dot", "x": "0.5", "y": 0.5},
    {"handle": "dot", "x": True, "y": 0.5},
    {"handle": "dot", "x": [0.5], "y": 0.5},
    {"handle": "dot", "x": NAN, "y": 0.5},
    {"handle": "dot", "x": 0.5, "y": INF},
    {"handle": "dot", "x": 0.5, "y": 10**400},
    {"handle": ["dot"], "x": 0.2, "y": 0.5},
    {"handle": {"a": 1}, "x": 0.2, "y": 0.5},
    {"handle": None, "x": 0.2, "y": 0.5},
    {"handle": 3, "x": 0.2, "y": 0.5},
    {"x": 0.2, "y": 0.5},
]


@pytest.mark.parametrize("event", MALFORMED, ids=str)
def test_a_drag_that_is_malformed_changes_nothing(made, event):
    explorer, _, calls = made
    before = state(explorer)
    explorer.canvas.set_state({"drag": event | {"moves": 1}})
    explorer._on_drag({"new": event})
    assert state(explorer) == before
    assert len(calls) == 1


@pytest.mark.parametrize("bad", [None, 3, "x", [1]])
def test_a_drag_that_is_no_event_changes_nothing(made, bad):
    explorer, _, calls = made
    explorer.canvas.set_state({"drag": bad})
    assert len(calls) == 1


def test_a_drag_far_outside_is_one_to_the_edge(made):
    explorer, _, _ = made
    explorer.canvas.set_state({"drag": {"handle": "dot", "x": 1e308, "y": -5, "moves": 1}})
    assert explorer.values["x"] == 2.0
    assert handle(explorer, "dot")["y"] < 0.2


def test_every_message_is_answered_so_that_silence_means_no_kernel(made):
    explorer, _, calls = made
    for moves, event in enumerate(({"handle": "dot", "x": 0.6, "y": 0.5}, {}, {"handle": 3}), 7):
        explorer.canvas.set_state({"drag": event | {"moves": moves}})
        assert explorer.canvas.heard == moves
    assert len(calls) == 2


@pytest.mark.parametrize("place", [(NAN, 0.0), (0.0, INF), ("1", 0.0), (None, 0.0)])
def test_a_drag_by_name_to_nowhere_is_refused(made, place):
    with pytest.raises(ValueError, match=r"[xy] must be (finite|a number), got"):
        made[0].drag("dot", *place)


@pytest.mark.parametrize("bad", [3, None, [[[NAN, 0.5]]], [[[0.5, INF]]], "x"])
def test_a_pad_keeps_its_strokes(bad):
    pad = Pad(strokes=[[[0.5, 0.5]]])
    pad.set_state({"strokes": bad})
    assert pad.strokes == [[[0.5, 0.5]]]


def test_well_formed_messages_move_every_kind_of_control(made):
    explorer, _, calls = made
    for name, sent in (("x", {"value": 1.5}), ("n", {"value": 4}), ("power", {"index": 2})):
        explorer._widgets[name].set_state(sent)
    assert (explorer.values["x"], explorer.values["n"], explorer.values["power"]) == (1.5, 4, 3.0)
    assert len(calls) == 4


def test_every_control_of_a_page_is_one_that_hears_so(made):
    for widget in widgets(made[0], ipywidgets.ValueWidget):
        assert isinstance(widget, messages.Heard | ipywidgets.HTML)
