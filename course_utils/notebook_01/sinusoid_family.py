"""The family of sinusoids: one wave is one task, and its crest is under the hand (notebook 01)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from course_utils.explorers.controls import Choice, Press, Slider
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.notebook_01.pictures import draw_family
from course_utils.notebook_01.shown_tasks import GRID
from course_utils.tasks import Sinusoids, sine_wave, uniform

MOST_SHOTS, QUERIES, NEIGHBOURS = 20, 10, 30
COLOR = style.TASKS[0]
LIMITS = -8, 8  # a crest of 5 and three times the most noise


@dataclass(frozen=True)
class Wave:
    """A frame: one task. curve: (301,) on GRID; support: (K, 2) and query: (10, 2), x and y."""

    curve: np.ndarray
    support: np.ndarray
    query: np.ndarray


@cache
def _draws(new: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw number `new`: the x of all points, and their noise before it is scaled."""
    generator = torch.Generator().manual_seed(100 + new)
    x = uniform(Sinusoids().x, MOST_SHOTS + QUERIES, generator=generator)
    return x, torch.randn(MOST_SHOTS + QUERIES, generator=generator)


def family_frame(
    amplitude: float,
    phase: float,
    shots: int,
    noise: float,
    all_shown: bool = True,
    new: int = 0,
) -> Wave:
    """One task of the family, A·sin(x − p), with K support and 10 query points.

    A larger K adds points to those of a smaller one; noise moves points up and down only. What is
    shown of it changes nothing.
    """
    x, unit = _draws(new)
    points = torch.stack([x, sine_wave(x, amplitude, phase) + noise * unit], dim=1).numpy()
    curve = amplitude * np.sin(GRID - phase)
    return Wave(curve, points[:shots], points[MOST_SHOTS:])


def neighbours(n: int = NEIGHBOURS) -> np.ndarray:
    """Other waves of the family on GRID: (n, 301)."""
    batch = Sinusoids().sample(n, shots=1, queries=1, generator=torch.Generator().manual_seed(7))
    a, p = (batch.facts[name].numpy()[:, None] for name in ("amplitude", "phase"))
    return a * np.sin(GRID - p)


def sinusoid_family(
    amplitude: float = 3.0, phase: float = 0.5, shots: int = 2, noise: float = 0.0
) -> Explorer:
    """Drag one wave's crest through the family; see its support and query points follow."""
    figure, axes = style.new_figure(size=(7.6, 4.2))
    with style.course_style():
        draw_family(axes, GRID, neighbours()).set_ylim(LIMITS)
        (curve,) = axes.plot(GRID, 0 * GRID, color=COLOR, lw=2.4, animated=True, label="one task")
        (support,) = axes.plot(
            [],
            [],
            color=COLOR,
            animated=True,
            zorder=5,
            label="its support points",
            **style.SUPPORT,
        )
        (query,) = axes.plot(
            [],
            [],
            color=style.INK,
            animated=True,
            zorder=4,
            label="its query points",
            **style.QUERY,
        )
        (crest,) = axes.plot(
            [],
            [],
            marker="^",
            ms=9,
            mfc="white",
            mec=COLOR,
            mew=1.8,
            ls="",
            animated=True,
            zorder=6,
            label="crest: drag it",
        )
        figure.legend(loc="outside lower center", ncols=5, columnspacing=1.2, handletextpad=0.5)
        readout = Readout(axes)

    def draw(data: Wave, v: Values) -> str:
        curve.set_ydata(data.curve)
        support.set_data(*data.support.T)
        query.set_data(*data.query.T)
        crest.set_data(*[[value] for value in _crest(v)])
        for artist in (curve, query, crest):
            artist.set_visible(v.all_shown)
        counts = f"K = {v.shots}   noise σ = {v.noise:.2f}{_outside(data)}"
        if not v.all_shown:
            readout.set_text(f"task:  which wave?     {counts}")
            return (
                f"{NEIGHBOURS} waves in grey, and {v.shots} support points of one task, "
                f"noise {v.noise:.2f}. Its wave is hidden."
            )
        readout.set_text(f"task:  A = {v.amplitude:.1f}   p = {v.phase:.2f}     {counts}")
        return (
            f"{NEIGHBOURS} waves in grey, and one task in green: amplitude {v.amplitude:.1f}, "
            f"phase {v.phase:.2f}, its crest at x = {_crest(v)[0]:.2f}, with {v.shots} support "
            f"points and {QUERIES} query points "
            f"{f'scattered about it, noise {v.noise:.2f}' if v.noise else 'on it'}."
        )

    return Explorer(
        figure,
        compute=family_frame,
        draw=draw,
        controls=[
            Slider("amplitude", "A", "amplitude", 0.1, 5.0, 0.1, amplitude, ".1f"),
            Slider("phase", "p", "phase", 0.0, 3.14, 0.02, phase),
            Slider("shots", "K", "support points", 1, MOST_SHOTS, 1, shots),
            Slider("noise", "σ", "noise", 0.0, 1.0, 0.05, noise),
            Choice(
                "all_shown",
                "show",
                [("support points only", False), ("the wave and its query points, too", True)],
                False,
            ),
            Press("new", "new points"),
        ],
        handles=[
            Handle(
                "crest",
                "the wave's crest: amplitude and phase",
                axes,
                lambda d, v: _crest(v) if v.all_shown else None,
                lambda x, y, v: {"amplitude": y, "phase": x - math.pi / 2},
            )
        ],
        describe=(
            "Explorer: many waves of the sinusoid family in grey, and the support "
            "points of one task; its wave can be shown, and dragged by its crest."
        ),
    )


def _crest(v: Values) -> tuple[float, float]:
    return v.phase + math.pi / 2, v.amplitude


def _outside(data: Wave) -> str:
    low, high = LIMITS
    y = np.concatenate([data.support, data.query])[:, 1]
    n = int(((y < low) | (y > high)).sum())
    return f"     {n} point{'s' if n > 1 else ''} outside the picture" if n else ""
