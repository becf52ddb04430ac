"""What a screen reader says of handles: the value in words, between two ends that make sense."""

import pytest

from course_utils.explorers.controls import Hidden, Slider, Stops
from course_utils.explorers.spoken import spoken
from course_utils.notebook_03.shown import shown
from tests.explorers.test_explorer import handle, make

PHI = Slider("phi", "φ", "start", 2.0, 6.0, 0.05, 4.0)
STEPS = Slider("steps", "k", "steps", 0, 5, 1, 1)
RATE = Stops("rate", "", "rate", (0.1, 0.01), 0.1, format=".3f")


@pytest.mark.parametrize(
    ("moved", "values", "wanted"),
    [
        ([PHI], {"phi": -2.9000000000000004}, ("φ −2.90", 2.0, 2.0, 6.0)),
        ([PHI, STEPS], {"phi": 3.0, "steps": 2}, ("φ 3.00, k 2", 3.0, 2.0, 6.0)),
        ([RATE], {"rate": 0.1}, ("0.100", 0.1, 0.01, 0.1)),
        ([Hidden("at", None)], {"at": None}, ("1.25, −0.50", 1.25, -3.0, 3.0)),
        ([PHI, Hidden("at", None)], {"phi": 3.0, "at": 0}, ("1.25, −0.50", 1.25, -3.0, 3.0)),
        ([], {}, ("1.25, −0.50", 1.25, -3.0, 3.0)),
    ],
)
def test_a_handle_says_what_it_moves(moved, values, wanted):
    said = spoken((1.25, -0.5), (3.0, -3.0), moved, values)
    assert (said["value"], said["now"], said["low"], said["high"]) == wanted


def test_the_number_lies_between_its_ends_wherever_the_handle_is():
    assert spoken((9.0, 0.0), (-3.0, 3.0), [], {})["now"] == 3.0


def test_the_page_gets_it_and_it_follows_the_value():
    explorer, _, _ = make()
    explorer.set(x=1.5)
    dot = handle(explorer, "dot")
    assert (dot["value"], dot["now"], dot["low"], dot["high"]) == ("1.50, 0.50", 1.5, -2.0, 2.0)
    by_hand = shown()["by_hand"]()
    by_hand.set(phi=2.9)
    (phi,) = by_hand.canvas.handles
    assert (phi["value"], phi["now"], phi["low"], phi["high"]) == ("φ 2.90", 2.9, 2.0, 6.0)
    assert "now" not in handle(explorer, "more")
