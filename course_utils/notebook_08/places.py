"""Three ways to leave home, each from near to far in eleven places (notebook 08).

Tasks of all places have the same points x and are made of the same facts, so that from place to
place one thing changes and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.notebook_08.travel import QUERIES, SHOTS
from course_utils.support.check_input import shown
from course_utils.tasks import TaskBatch, Waves, wave

PLACES = range(11)
TRIANGLE_AT = 4  # the place on the way of shapes where the wave has become a triangle
Facts = Mapping[str, Tensor]


@dataclass(frozen=True)
class Way:
    """A way away from home: what changes on it, to which `values`, one a place.

    `home` are the first and the last value that training knew, None where only the first one is
    known. `ticks` are places with their words; `words(place)` says where that is.
    """

    word: str
    axis: str
    values: tuple[float, ...]
    home: tuple[float, float] | None
    ticks: Mapping[float, str]
    words: Callable[[int], str]


def _mixture(place: int) -> str:
    first, second, share = (
        ("wave", "triangle", place / TRIANGLE_AT)
        if place <= TRIANGLE_AT
        else ("triangle", "line", (place - TRIANGLE_AT) / (PLACES[-1] - TRIANGLE_AT))
    )
    if share in (0, 1):
        return f"a {second if share else first}"
    return f"{round(100 * (1 - share))} % {first}, {round(100 * share)} % {second}"


_HEIGHTS = (0.5, *(float(height) for height in PLACES[1:]))
_PHASES = tuple(0.2 * math.pi * place for place in PLACES)

WAYS = {
    "shape": Way(
        "the shape",
        "shape",
        tuple(float(place) for place in PLACES),
        None,
        {0.0: "wave", 4.0: "triangle", 7.0: "half, half", 10.0: "line"},
        _mixture,
    ),
    "amplitude": Way(
        "the amplitude",
        "amplitude  A",
        _HEIGHTS,
        (0.1, 5.0),
        {height: f"{height:g}" for height in (1.0, 3.0, 5.0, 7.0, 10.0)},
        lambda place: f"A = {_HEIGHTS[place]:g}",
    ),
    "phase": Way(
        "the phase",
        "phase  p",
        _PHASES,
        (0.0, math.pi),
        {0.0: "0", math.pi / 2: "π/2", math.pi: "π", 3 * math.pi / 2: "3π/2", 2 * math.pi: "2π"},
        lambda place: f"p = {0.2 * place:g}π",
    ),
}


def function_at(way: str, place: int, facts: Facts, x: Tensor) -> Tensor:
    """The functions of some tasks at a place of a way, at their x (tasks, points, 1).

    facts: amplitude, phase, slope and offset of each task, (tasks,). Raises ValueError if there is
    no such way or place.
    """
    _known(way, place)
    of = {name: fact[:, None, None] for name, fact in facts.items()}
    periodic = {"amplitude": of["amplitude"], "phase": of["phase"]}
    if way == "amplitude":
        return wave("sine", x, **(periodic | {"amplitude": WAYS[way].values[place]}))
    if way == "phase":
        return wave("sine", x, **(periodic | {"phase": WAYS[way].values[place]}))
    triangle = wave("triangle", x, **periodic)
    if place <= TRIANGLE_AT:
        return torch.lerp(wave("sine", x, **periodic), triangle, place / TRIANGLE_AT)
    line = wave("line", x, slope=of["slope"], offset=of["offset"])
    return torch.lerp(triangle, line, (place - TRIANGLE_AT) / (PLACES[-1] - TRIANGLE_AT))


def tasks_at(way: str, place: int, n_tasks: int, *, shots: int = SHOTS, seed: int = 8) -> TaskBatch:
    """Tasks at a place of a way; facts: amplitude, phase, slope and offset, (n_tasks,).

    At home, the first place of the way of shapes, they are those of `travel.shape("sine")`. Raises
    ValueError if there is no such way or place.
    """
    _known(way, place)
    facts, batch = {}, None
    for shape in ("line", "sine"):
        generator = torch.Generator().manual_seed(seed)
        counts = {"shots": shots, "queries": QUERIES}
        batch = Waves(shape).sample(n_tasks, **counts, generator=generator)
        facts |= batch.facts
    sets = []
    for x in (batch.support_x, batch.query_x):
        sets += [x, function_at(way, place, facts, x)]
    return TaskBatch(*sets, facts=facts)


def _known(way: str, place: int) -> None:
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}, got {shown(way)}")
    if place not in PLACES:
        raise ValueError(f"place must be from 0 to {PLACES[-1]}, got {shown(place)}")
