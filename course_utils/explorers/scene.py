"""A scene: marks that know where they stand. What is drawn and what moves it are one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from course_utils.explorers.controls import Control
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.frame import Frame, Handle
from course_utils.explorers.prediction import Prediction
from course_utils.figures import landscapes, style
from course_utils.figures.readout import Readout
from course_utils.support.memory import give_back

Place = Callable[[Frame], tuple[Any, Any] | None]  # x and y, numbers or arrays; None: not there
Way = str | tuple[str, Callable[[float], float]]  # a value's name, and what it makes of x or y


class Scene:
    """A figure and its moving marks, each bound to a place in the frame; becomes an explorer.

    Inside `with Scene(...) as (scene, axes):` the course's style is on; the arguments are those of
    `style.new_figure`. Marks that a method here makes, or that `follow` gets, move; all else that
    is drawn on the axes stands still. A place is a function of the frame, so it can be asked for
    any state, without a picture.
    """

    def __init__(self, rows: int = 1, columns: int = 1, **figure: Any):
        self.figure, self.axes = style.new_figure(rows, columns, **figure)
        self._updates: list[Callable[[Frame], None]] = []
        self._handles: list[Handle] = []
        self._style = style.course_style()

    def __enter__(self) -> tuple[Scene, Any]:
        self._style.__enter__()
        return self, self.axes

    def __exit__(self, *error: Any) -> None:
        self._style.__exit__(*error)

    # --- marks ------------------------------------------------------------------------------------

    def line(self, axes: Axes, at: Place, **look: Any) -> Line2D:
        """A line, or points with ls="": at(frame) is (x, y), numbers or arrays, or None."""
        (line,) = axes.plot([], [], **look)
        return self.moved(line, at)

    def diamond(self, axes: Axes, color: str, at: Place, **look: Any) -> Line2D:
        """A φ in a method's colour, or hollow with `hollow=True`."""
        return self.moved(landscapes.diamond(axes, color, **look), at)

    def grip(
        self,
        axes: Axes,
        at: Place,
        label: str,
        *,
        x: Way = "",
        y: Way = "",
        name: str = "",
        **look: Any,
    ) -> Line2D:
        """A white diamond to drag: a drag to (x, y) moves the values `x` and `y`.

        A value that is not the coordinate itself is given as (name, what it makes of it).
        """
        self.handle(axes, at, label, x=x, y=y, name=name)
        return self.diamond(axes, "white", at, **{"zorder": 7, **look})

    def arrow(
        self, axes: Axes, color: str, at: Callable[[Frame], tuple | None], **look: Any
    ) -> FancyArrowPatch:
        """An arrow, `look` an inner step's by default: at(frame) is (start, end), or None."""
        patch = landscapes.arrow(axes, color, look.pop("look", style.INNER_STEP), **look)

        def update(frame: Frame) -> None:
            ends = at(frame)
            landscapes.point(patch, *(((0, 0), (0, 0)) if ends is None else ends))

        self._updates.append(update)
        return patch

    def text(self, axes: Axes, words: Callable[[Frame], str], **place: Any) -> Readout:
        """A line of text over the axes, or where `Readout` takes it: words(frame)."""
        readout = Readout(axes, **place)
        self._updates.append(lambda frame: readout.set_text(words(frame)))
        return readout

    def surface(
        self,
        axes: Axes,
        x: np.ndarray,
        y: np.ndarray,
        z: Callable[[Frame], np.ndarray | None],
        **look: Any,
    ) -> landscapes.Surface:
        """A loss on a plane: z(frame) is (len(y), len(x)), or None where the plane is another."""
        surface = landscapes.Surface(axes, x, y, **look)

        def update(frame: Frame) -> None:
            losses = z(frame)
            surface.set_visible(losses is not None)
            if losses is not None:
                surface.set(losses)

        self._updates.append(update)
        return surface

    # --- any other artist -------------------------------------------------------------------------

    def moved(self, line: Line2D, at: Place) -> Line2D:
        """A line made elsewhere that moves as those of `line`."""

        def update(frame: Frame) -> None:
            place = at(frame)
            line.set_data(*(([], []) if place is None else map(np.atleast_1d, place)))

        line.set_animated(True)
        self._updates.append(update)
        return line

    def follow(self, artist: Artist, update: Callable[[Artist, Frame], None]) -> Artist:
        """Any artist, brought up to date by update(artist, frame)."""
        artist.set_animated(True)
        self._updates.append(lambda frame: update(artist, frame))
        return artist

    def seen(self, artist: Artist, when: Callable[[Frame], bool]) -> Artist:
        """Any artist, seen where when(frame) holds."""
        return self.follow(artist, lambda artist, frame: artist.set_visible(bool(when(frame))))

    # --- handles ----------------------------------------------------------------------------------

    def handle(
        self, axes: Axes, at: Place, label: str, *, x: Way = "", y: Way = "", name: str = ""
    ) -> None:
        """The handle of a `grip` alone, over a mark that is drawn otherwise.

        Raises ValueError if neither x nor y names a value.
        """
        ways = {axis: _way(way) for axis, way in (("x", x), ("y", y)) if way}
        if not ways:
            raise ValueError(f"x or y must name a value that a drag of {label!r} moves, got none")

        def move(x: float, y: float, frame: Frame) -> dict[str, float]:
            return {value: make({"x": x, "y": y}[axis]) for axis, (value, make) in ways.items()}

        moves = tuple(value for value, _ in ways.values())
        self.drag(axes, at, label, move, moves=moves, name=name)

    def drag(
        self,
        axes: Axes,
        at: Place,
        label: str,
        move: Callable[[float, float, Frame], Mapping[str, Any]],
        *,
        moves: tuple[str, ...],
        name: str = "",
    ) -> None:
        """A handle whose drag asks for move(x, y, values), which names `moves`."""
        self._handles.append(Handle(name or moves[0], label, axes, at, move, moves))

    def button(
        self,
        axes: Axes,
        at: Place,
        label: str,
        click: Callable[[Frame], Mapping[str, Any]],
        *,
        name: str,
        size: tuple[float, float],
    ) -> None:
        """A place to click, as wide and high as `size`, that asks for click(values)."""
        place = Handle(name, label, axes, at, click=click, size=size)
        self._handles.append(place)

    # --- what it becomes --------------------------------------------------------------------------

    def explorer(
        self,
        compute: Callable[..., Any],
        *controls: Control,
        alt: Callable[[Frame], str],
        describe: str,
        kind: type[Explorer] = Explorer,
        **more: Any,
    ) -> Explorer:
        """The explorer, of a `kind` that may take `more`: alt(frame) says what is shown."""

        def draw(frame: Frame) -> str:
            for update in self._updates:
                update(frame)
            return alt(frame)

        made = kind(
            self.figure,
            compute=compute,
            draw=draw,
            controls=controls,
            handles=self._handles,
            describe=describe,
            **more,
        )
        give_back()  # what surfaces took that were computed for it
        return made

    def prediction(
        self,
        compute: Callable[..., Any],
        *controls: Control,
        question: str,
        verdict: Callable[[Frame], str],
        alt: Callable[[Frame], str],
        describe: str,
    ) -> Prediction:
        """The prediction: verdict(frame) is shown with the answer."""
        said = {"question": question, "verdict": verdict}
        return self.explorer(
            compute, *controls, alt=alt, describe=describe, kind=Prediction, **said
        )


def answer(at: Place) -> Place:
    """A place that is known once the answer is shown."""
    return lambda frame: at(frame) if frame.revealed else None


def revealed(frame: Frame) -> bool:
    """Whether the answer is shown: for `Scene.seen`."""
    return frame.revealed


def _way(way: Way) -> tuple[str, Callable[[float], float]]:
    return (way, lambda coordinate: coordinate) if isinstance(way, str) else way
