"""A plan: over which values an explorer is filmed, and what moves them on a page."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_utils.explorers.controls import Choice, Control, Press, Slider, Stops
from course_utils.explorers.explorer import Explorer
from course_utils.figures.pen import FilmError
from course_utils.figures.style import with_minus_signs

MOST_VALUES = 41  # of a slider, unless the plan names them
PRESSES = 3  # of a button: a press more begins again


@dataclass(frozen=True)
class Track:
    """One thing that moves a film: its values, and how a page shows them.

    kind: "range", "play" (a range with a button that moves it on), "list", "radio", "press",
    "reveal" (the button that shows an answer) or "hidden" (moved in the picture only). texts: each
    value in words. start: the index of the first. resets: the tracks that go back to their start
    when this one moves.
    """

    name: str
    kind: str
    label: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    start: int
    resets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Own:
    """Tracks of a film's own in the place of one value that is no number, such as a tuple.

    tracks: (name, values) each, the start first. together(values) makes the explorer's value of all
    the film's; apart(value) is the reverse, {name: value}, or None where the film has none.
    """

    tracks: Sequence[tuple[str, Sequence[Any]]]
    together: Callable[[Mapping[str, Any]], Any]
    apart: Callable[[Any], Mapping[str, Any] | None] = lambda value: None


@dataclass(frozen=True)
class Quiz:
    """Answers, given one after the other: 0 where none is given yet, else 1, 2, ....

    answers: their tracks. key[n]: the right answers where the track `by` has its value n. What
    depends on many answers may depend on three numbers instead: how many are given, how many are
    right, and the last one.
    """

    answers: tuple[str, ...]
    by: str
    key: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Plan:
    """What is filmed of an explorer.

    values: {control: its values}; a slider without any is thinned out to 41, a button is pressed
    twice, a hidden value stays at its start. own: {control: the film's own tracks}. keeps: names
    (gid) of marks that stay where they were seen. resets: {control: the tracks that it puts back}.
    more: what there is in Jupyter besides, a sentence.
    """

    values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    own: Mapping[str, Own] = field(default_factory=dict)
    quiz: Quiz | None = None
    keeps: Sequence[str] = ()
    more: str = ""
    resets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def tracks_of(explorer: Explorer, plan: Plan) -> list[Track]:
    """The tracks of a film, in the order of the explorer's controls.

    FilmError if the plan names what the explorer has not.
    """
    if not isinstance(plan, Plan):
        raise FilmError(f"plan must be a Plan, got {plan!r:.60}: write Plan({{control: values}})")
    for name in (*plan.values, *plan.own, *plan.resets):
        if name not in explorer.controls:
            raise FilmError(f"the plan names {name!r}; there are {sorted(explorer.controls)}")
    found = []
    for name, control in explorer.controls.items():
        resets = plan.resets.get(name, ())
        if name in plan.own:
            for own, values in plan.own[name].tracks:
                found.append(Track(own, "hidden", own, (*values,), _texts(values), 0))
        elif (track := _track(control, plan.values.get(name), resets)) is not None:
            found.append(track)
    _fits(plan, explorer, found)
    return found


def _fits(plan: Plan, explorer: Explorer, tracks: Sequence[Track]) -> None:
    """FilmError if the plan names a track or a mark that there is not, or one track twice."""
    sizes = {track.name: len(track.values) for track in tracks}
    if len(sizes) < len(tracks):
        raise FilmError(f"the plan makes two tracks of one name: {[t.name for t in tracks]}")
    named = [name for resets in plan.resets.values() for name in resets]
    if plan.quiz is not None:
        named += [*plan.quiz.answers, plan.quiz.by]
    for name in named:
        if name not in sizes:
            raise FilmError(f"the plan names the track {name!r}; there are {sorted(sizes)}")
    if plan.quiz is not None:
        answers = len(plan.quiz.answers)
        if [len(key) for key in plan.quiz.key] != [answers] * sizes[plan.quiz.by]:
            raise FilmError(
                f"the plan's quiz must have a key of {answers} answers for each of the "
                f"{sizes[plan.quiz.by]} values of {plan.quiz.by!r}"
            )
    marks = {artist.get_gid() for artist in explorer.stage.moving} - {None}
    for name in [plan.keeps] if isinstance(plan.keeps, str) else plan.keeps:
        if isinstance(plan.keeps, str) or name not in marks:
            raise FilmError(
                f"keeps must be a tuple of marks, got {name!r}; there are {sorted(marks)}"
            )


def _track(control: Control, wanted: Sequence[Any] | None, resets: tuple[str, ...]) -> Track | None:
    start = control.nearest(control.value)
    if wanted is not None and (isinstance(wanted, str) or not isinstance(wanted, Sequence)):
        raise FilmError(f"the plan's values of {control.name} must be a list, got {wanted!r:.60}")
    if isinstance(control, Slider | Stops):
        values = _numbers(control, wanted, start)
        texts = [with_minus_signs(control.spell(value)) for value in values]
        kind = "play" if getattr(control, "plays", False) else "range"
        kind, label = kind if len(values) > 1 else "hidden", control.label
    elif isinstance(control, Choice):
        options = [o for o in control.options if wanted is None or o[1] in wanted]
        values, texts = [v for _, v in options], [word for word, _ in options]
        if start is None:  # no answer yet
            values, texts = [None, *values], ["", *texts]
        kind, label = "radio" if control.open else "list", control.word
    elif isinstance(control, Press):
        values = range(PRESSES) if wanted is None else wanted
        texts, kind, label = _texts(values), "press", control.word
    elif wanted is not None or isinstance(start, bool):
        values = (False, True) if wanted is None else wanted
        kind = "reveal" if control.name == "revealed" else "hidden"
        texts, label = _texts(values), control.name
    else:
        return None
    if start not in values:
        raise FilmError(f"the values of {control.name} must hold its start {start!r}")
    return Track(
        control.name, kind, label, (*values,), (*texts,), list(values).index(start), resets
    )


def _numbers(control: Slider | Stops, wanted: Sequence[float] | None, start: float) -> list[float]:
    if wanted is not None:
        return sorted({control.nearest(value) for value in (*wanted, start)})
    return thinned(control.allowed(), MOST_VALUES, start)


def thinned(values: Sequence[float], most: int, *kept: float) -> list[float]:
    """About `most` of some values, evenly, with both ends; the nearest makes room for each kept."""
    values = list(values)
    if len(values) <= most:
        return values
    last = len(values) - 1
    found = [values[round(n * last / (most - 1))] for n in range(most)]
    for value in kept:
        inner = range(1, most - 1)
        nearest = min(inner, key=lambda n: abs(found[n] - value))
        if value not in found:
            found[nearest] = value
    return sorted(found)


def even(low: float, high: float, count: int) -> list[float]:
    """`count` numbers from low to high, evenly."""
    return [low + (high - low) * n / (count - 1) for n in range(count)]


def grid(across: Sequence[float], up: Sequence[float]) -> list[tuple[float, float]]:
    """All places of a grid."""
    return list(itertools.product(across, up))


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
