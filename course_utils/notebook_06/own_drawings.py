"""The reader's own characters (06): an explorer with a pad, and what becomes of drawings."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from course_utils.explorers.explorer import Explorer
from course_utils.explorers.frame import Frame
from course_utils.notebook_06.episodes import EACH, WAYS
from course_utils.notebook_06.pad import Pad, checked_strokes

MOST_DRAWINGS = 12  # of the reader's own, of one character


class FewShotPictures(Explorer):
    """An explorer with a pad: what is drawn on it can replace one of the five characters."""

    def _control_panel(self) -> list[ipywidgets.Widget]:
        self.pad, self._told = Pad(), ipywidgets.HTML(told(self.frame))
        numbers = [self._number(label) for label in range(WAYS)]
        rows = [
            _bar(ipywidgets.Label("this is character"), *numbers),
            _bar(
                _button("clear the pad", self.pad.clear, width="auto"),
                _button("forget my drawings", lambda: self.set(own=()), width="auto"),
            ),
        ]
        own = ipywidgets.HBox([self.pad, ipywidgets.VBox([self._told, *rows])])
        own.children[1].layout.max_width = "480px"
        own.add_class("course-own")
        return [*super()._control_panel(), own]

    def draw_own(self, label: int, strokes: Sequence[Any]) -> None:
        """Add a drawing, lists of points [x, y] from 0 to 1, as one of character `label`, 0 to 4.

        Raises ValueError as `with_drawing` does.
        """
        self.set(**with_drawing(label, strokes, self.frame))

    def reset(self) -> None:
        """Put every value back to where it started, and clear the pad."""
        self.pad.clear()
        super().reset()

    def _number(self, label: int) -> ipywidgets.Button:
        button = _button(str(label + 1), lambda: self._taught(label), width="44px")
        button.tooltip = f"my drawing is character {label + 1}"
        return button

    def _taught(self, label: int) -> None:
        try:
            self.draw_own(label, self.pad.strokes)
        except ValueError as error:
            self.note.value = html.escape(f"{error}.")
        else:
            self.pad.clear()

    def _frame(self) -> None:
        super()._frame()
        self._told.value = told(self.frame)


def _button(word: str, click: Callable[[], None], *, width: str) -> ipywidgets.Button:
    button = ipywidgets.Button(description=word, layout={"width": width})
    button.on_click(lambda _: click())
    return button


def _bar(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    bar = ipywidgets.HBox(widgets)
    bar.add_class("course-buttons")
    return bar


def with_drawing(label: int, strokes: Sequence[Any], frame: Frame) -> dict[str, Any]:
    """The values after one more drawing of the reader's, of character `label` (0 to 4).

    Raises ValueError if the pad is empty, the label names no character or it has drawings enough.
    """
    if label not in range(WAYS):
        raise ValueError(f"label must be 0 to {WAYS - 1}, one of the characters, got {label!r}")
    before = sum(of == label for of, _ in frame.own)
    if before == MOST_DRAWINGS:
        raise ValueError(
            f"character {label + 1} has {MOST_DRAWINGS} drawings of yours, the most there can be: "
            "forget them to begin anew"
        )
    asked = {"chosen": EACH * label + min(before - frame.shots, EACH - 1)}
    own = (*frame.own, (label, checked_strokes(strokes)))
    return {"own": own} | (asked if before >= frame.shots else {})


def told(frame: Frame) -> str:
    """What stands beside the pad: what the drawings so far are for, and what comes next."""
    if not frame.own:
        return (
            "<b>Draw your own character</b>, one that nobody has ever seen, and press the number "
            "of the one that it replaces."
        )
    lines = []
    for label in sorted({label for label, _ in frame.own}):
        drawings = sum(of == label for of, _ in frame.own)
        learns, asks = min(drawings, frame.shots), min(max(drawings - frame.shots, 0), EACH)
        lines.append(f"<b>Character {label + 1} is yours</b>: {learns} to learn from, {asks} asked")
    label = frame.own[-1][0]
    drawings = sum(of == label for of, _ in frame.own)
    use = "to learn from." if drawings < frame.shots else "to be asked: is it recognised?"
    return f"{'. '.join(lines)}. Draw it again and press {label + 1}: the next one is {use}"
