"""The one part that every explorer and every prediction is built on.

An explorer is three things: a pure function from values to data (`compute`), artists drawn once and
then only updated (`draw`), and controls. This module turns events into frames: the newest value
wins, nothing queues up, and an error becomes a sentence beside the figure.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from course_utils.explorers.controls import Control, Hidden, Press, Slider, player
from course_utils.explorers.frame import Frame, Handle, Pose
from course_utils.explorers.messages import share
from course_utils.explorers.reruns import note_shown
from course_utils.explorers.spoken import spoken
from course_utils.explorers.stage import Canvas, Stage
from course_utils.figures.style import png_bundle, with_minus_signs
from course_utils.support.check_input import number


class Explorer(ipywidgets.VBox):
    """A live picture with its controls; `question` is what it asks, empty where it asks nothing.

    Parameters
    ----------
    figure
        Drawn once; artists made with `animated=True` are drawn again for each frame.
    compute
        (**values) -> data, pure. Its last result is `explorer.data`.
    draw
        (frame) -> alt text: updates the artists and says what the picture now shows. TypeError
        where it returns anything else.
    controls, handles
        What moves the values, beside the picture and in it. A control's start is brought to the
        nearest value that it allows; ValueError where two share a name, or a handle moves what no
        control owns.
    describe
        One sentence that says what the picture is of, the same for every state: the stored text.
    above
        Widgets to stand over the picture (a prediction's question).
    """

    question = ""

    def __init__(
        self,
        figure: Figure,
        *,
        compute: Callable[..., Any],
        draw: Callable[[Frame], str],
        controls: Sequence[Control],
        describe: str,
        handles: Sequence[Handle] = (),
        above: Sequence[ipywidgets.Widget] = (),
    ):
        self.describe, self.data = describe, None
        self._compute, self._draw = compute, draw
        self._controls = _by_name("control", controls)
        self._widgets = {name: control.widget() for name, control in self._controls.items()}
        self._handles = _by_name("handle", handles)
        for handle in self._handles.values():
            for name in set(handle.moves) - self._controls.keys():
                raise ValueError(
                    f"handle {handle.name!r} moves {name!r}, and no control is called so: there "
                    f"are {sorted(self._controls)}"
                )
        self._stage, self._holding = Stage(figure), False
        self.canvas = Canvas(self._stage)
        self.note = ipywidgets.HTML()
        self.note.add_class("course-note")
        super().__init__([*above, self.canvas, *self._control_panel(), self.note])
        self.add_class("course-explorer")
        for widget in self._widgets.values():
            widget.observe(self._on_value, "value")
        self.canvas.observe(self._on_drag, "drag")
        self._show(*self._compute_frame())  # an error here is a bug, and stops the cell

    @property
    def values(self) -> dict[str, Any]:
        """The current value of every control, by name."""
        return {name: widget.value for name, widget in self._widgets.items()}

    @property
    def frame(self) -> Frame:
        """The current value of every control, and the data of the frame that is shown."""
        return Frame(**self.values, data=self.data)

    @property
    def alt(self) -> str:
        """What the picture shows now, in words."""
        return self.canvas.alt

    @property
    def message(self) -> str:
        """The sentence beside the figure, empty where all is well."""
        return html.unescape(self.note.value)

    def set(self, **values: Any) -> None:
        """Move values by name, as the reader would, each to its nearest allowed one.

        Draws one frame, or none where every value is what it was. Raises ValueError for a name that
        no control has, or a number that is not finite.
        """
        for name in values.keys() - self._widgets.keys():
            raise ValueError(f"no control is called {name!r}: there are {sorted(self._widgets)}")
        allowed = {name: self._controls[name].nearest(value) for name, value in values.items()}
        now = self.values
        if any(now[name] != value for name, value in allowed.items()):
            self._move(allowed)

    def _move(self, allowed: dict[str, Any]) -> None:
        """Give the controls their values and draw one frame."""
        self._holding = True
        try:
            for name, value in allowed.items():
                self._widgets[name].value = value
        finally:
            self._holding = False
        self._frame()

    def drag(self, handle: str, x: float, y: float) -> None:
        """Drag a handle to a place in its axes' data coordinates, as a mouse would.

        Raises ValueError for a name that no handle has, or that of a button, or a place that is
        not finite.
        """
        move = self._handle(handle).move
        if move is None:
            raise ValueError(f"handle {handle!r} is a button: it can be clicked, not dragged")
        self.set(**move(number("x", x), number("y", y), self.frame))

    def click(self, handle: str) -> None:
        """Click a handle that is a button, as a mouse would.

        Raises ValueError for a name that no handle has, or that of one to drag.
        """
        click = self._handle(handle).click
        if click is None:
            raise ValueError(f"handle {handle!r} is no button: it can be dragged, not clicked")
        self.set(**click(self.frame))

    def reset(self) -> None:
        """Put every value back to where it started, and draw the frame again."""
        self._move({name: c.nearest(c.value) for name, c in self._controls.items()})

    def png(self) -> bytes:
        """The current frame, drawn once more as pixels."""
        self._draw(self._shown)
        return self._stage.png()

    # --- for films --------------------------------------------------------------------------------

    @property
    def controls(self) -> Mapping[str, Control]:
        """The controls by name."""
        return self._controls

    @property
    def handles(self) -> Mapping[str, Handle]:
        """The handles and buttons in the picture by name."""
        return self._handles

    @property
    def stage(self) -> Stage:
        """The picture."""
        return self._stage

    def pose(self, **values: Any) -> Pose:
        """Let the artists show some values, as if nothing had been moved before; no picture.

        Values that are not named, widgets and `data` stay as they are.
        """
        self.forget()
        frame = Frame(**{**self.values, **values})
        frame.data = self._compute(**vars(frame))
        alt = with_minus_signs(self._draw(frame))
        remark = with_minus_signs(self._remark(frame))
        return Pose(frame, alt, remark, {h["name"]: h for h in self._placed_handles(frame)})

    def forget(self) -> None:
        """Forget what was seen before: an explorer that keeps a trail clears it."""

    def _handle(self, name: str) -> Handle:
        if not isinstance(name, str) or name not in self._handles:
            raise ValueError(f"no handle is called {name!r}: there are {sorted(self._handles)}")
        return self._handles[name]

    def _control_panel(self) -> list[ipywidgets.Widget]:
        rows, buttons = [], []
        for name, control in self._controls.items():
            if isinstance(control, Press):
                buttons.append(self._widgets[name])
            elif not isinstance(control, Hidden):
                rows.append(self._widgets[name])
                if isinstance(control, Slider) and control.plays:
                    buttons.append(player(self._widgets[name]))
        reset = ipywidgets.Button(description="reset", icon="undo", layout={"width": "auto"})
        reset.on_click(lambda _: self.reset())
        panel, bar = ipywidgets.Box(rows), ipywidgets.HBox([*buttons, reset])
        panel.add_class("course-controls")
        panel.layout.max_width = f"{self._stage.size[0]}px"
        panel.layout.display = "grid"
        bar.add_class("course-buttons")
        return [panel, bar]

    def _on_value(self, _: Any) -> None:
        # Drawing here, inside the event, lets ipywidgets merge all that comes in the meantime.
        if not self._holding:
            self._frame()

    def _on_drag(self, change: Any) -> None:
        event = change["new"]
        self.canvas.heard = event.get("moves")
        handle = next((h for h in self._handles.values() if h.name == event.get("handle")), None)
        at = share(event.get("x")), share(event.get("y"))
        if handle is not None and handle.click is not None:
            self.click(handle.name)
        elif handle is not None and None not in at:
            self.drag(handle.name, *self._stage.place(handle.axes, *at))

    def _frame(self) -> None:
        try:
            frame = self._compute_frame()
        except Exception as error:  # anything that went wrong is for the reader to see, in words
            self.note.value = html.escape(_sentence(error))
            return
        self._show(*frame)

    def _compute_frame(self) -> tuple[Frame, str, list[Any], list[dict[str, Any]], str]:
        values = self.values
        frame = Frame(**values, data=self._compute(**values))
        alt = self._draw(frame)
        if not isinstance(alt, str):
            raise TypeError(
                f"draw must return the alt text, what the picture shows in words, got {alt!r:.60}"
            )
        marks = self._stage.marks()
        return frame, alt, marks, [*self._placed_handles(frame)], self._remark(frame)

    def _show(
        self, frame: Frame, alt: str, marks: list[Any], handles: list[dict[str, Any]], remark: str
    ) -> None:
        self._shown, self.data = frame, frame.data
        self.canvas.show(marks, with_minus_signs(alt), handles)
        self.note.value = html.escape(with_minus_signs(remark))

    def _remark(self, frame: Frame) -> str:
        """The sentence beside the picture."""
        return ""

    def _placed_handles(self, frame: Frame) -> Iterator[dict[str, Any]]:
        for handle in self._handles.values():
            at = handle.at(frame)
            if at is not None:
                x, y = self._stage.fraction(handle.axes, *at)
                placed = {"name": handle.name, "label": handle.label, "x": x, "y": y}
                if handle.click is None:
                    moved = [self._controls[name] for name in handle.moves]
                    placed |= spoken(at, handle.axes.get_xlim(), moved, vars(frame))
                else:
                    corner = at[0] + handle.size[0], at[1] - handle.size[1]
                    right, down = self._stage.fraction(handle.axes, *corner)
                    placed |= {"width": abs(right - x), "height": abs(down - y)}
                yield placed

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        note_shown(self)
        data, metadata = png_bundle(self.png(), self.describe, self.alt, width=self._stage.size[0])
        return super()._repr_mimebundle_(**kwargs) | data, metadata


def _by_name(kind: str, parts: Sequence[Any]) -> dict[str, Any]:
    named = {part.name: part for part in parts}
    if len(named) < len(parts):
        names = [part.name for part in parts]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"each {kind} needs its own name: two are called {twice!r}")
    return named


def _sentence(error: Exception) -> str:
    if isinstance(error, ValueError | ArithmeticError):
        return str(error)
    return f"This picture could not be drawn ({type(error).__name__}: {error})"
