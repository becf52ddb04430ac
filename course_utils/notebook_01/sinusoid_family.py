"""The family of sinusoids: one wave is one task, and its crest is under the hand (notebook 01)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Press, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Place, Scene
from course_utils.figures import style
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
    with Scene(size=(7.6, 4.2)) as (scene, axes):
        draw_family(axes, GRID, neighbours()).set_ylim(LIMITS)
        curve = {"color": COLOR, "lw": 2.4, "label": "one task", "gid": "curve"}
        scene.line(axes, _shown(lambda f: (GRID, f.data.curve)), **curve)
        support = {"color": COLOR, "zorder": 5, "label": "its support points", **style.SUPPORT}
        scene.line(axes, lambda f: f.data.support.T, gid="support", **support)
        query = {"color": style.INK, "zorder": 4, "label": "its query points", **style.QUERY}
        scene.line(axes, _shown(lambda f: f.data.query.T), gid="query", **query)
        crest = {"x": ("phase", lambda x: x - math.pi / 2), "y": "amplitude", "name": "crest"}
        look = {"marker": "^", "markeredgecolor": COLOR, "markeredgewidth": 1.8, "gid": "crest"}
        words = "the wave's crest: amplitude and phase"
        scene.grip(axes, _shown(_crest), words, **crest, **look).set_label("crest: drag it")
        scene.figure.legend(
            loc="outside lower center", ncols=5, columnspacing=1.2, handletextpad=0.5
        )
        scene.text(axes, _settings)
    return scene.explorer(
        family_frame,
        Slider("amplitude", "A", "amplitude", 0.1, 5.0, 0.1, amplitude, ".1f"),
        Slider("phase", "p", "phase", 0.0, 3.14, 0.02, phase),
        vocabulary.shots(MOST_SHOTS, shots),
        Slider("noise", "σ", "noise", 0.0, 1.0, 0.05, noise),
        Choice(
            "all_shown",
            "show",
            [("support points only", False), ("the wave and its query points, too", True)],
            False,
        ),
        Press("new", "new points"),
        alt=_alt,
        describe=(
            "Explorer: many waves of the sinusoid family in grey, and the support "
            "points of one task; its wave can be shown, and dragged by its crest."
        ),
    )


def _shown(at: Place) -> Place:
    """A place that is known once the wave and its query points are shown."""
    return lambda f: at(f) if f.all_shown else None


def _crest(f) -> tuple[float, float]:
    return f.phase + math.pi / 2, f.amplitude


def _settings(f) -> str:
    wave = f"A = {f.amplitude:.1f}   p = {f.phase:.2f}" if f.all_shown else "which wave?"
    return f"task:  {wave}     K = {f.shots}   noise σ = {f.noise:.2f}{_outside(f.data)}"


def _outside(data: Wave) -> str:
    low, high = LIMITS
    y = np.concatenate([data.support, data.query])[:, 1]
    n = int(((y < low) | (y > high)).sum())
    return f"     {n} point{'s' if n > 1 else ''} outside the picture" if n else ""


def _alt(f) -> str:
    if not f.all_shown:
        return (
            f"{NEIGHBOURS} waves in grey, and {f.shots} support points of one task, "
            f"noise {f.noise:.2f}. Its wave is hidden."
        )
    scatter = f"scattered about it, noise {f.noise:.2f}" if f.noise else "on it"
    return (
        f"{NEIGHBOURS} waves in grey, and one task in green: amplitude {f.amplitude:.1f}, "
        f"phase {f.phase:.2f}, its crest at x = {_crest(f)[0]:.2f}, with {f.shots} support "
        f"points and {QUERIES} query points {scatter}."
    )
