"""A prediction: with how many points is a method without any training better? (notebook 08)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from course_utils.explorers.controls import Stops
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_08 import looks, travel

LIMITS = (1e-3, 10.0)
SHOWN = ("MAML", "transfer", "kernel ridge")


def overtaken(shots: Sequence[int], medians: Mapping[str, np.ndarray], mean_at: int) -> Prediction:
    """Predict the number of points from which kernel ridge is better than MAML.

    shots (n,), rising, 5 among them; medians {"MAML", "transfer", "kernel ridge": (trainings, n)},
    one row where a learner is not trained. `mean_at`: the first K at which the *means* have
    crossed. Raises ValueError if they do not fit together.
    """
    at = np.asarray(shots)
    found = {name: np.atleast_2d(medians[name]) for name in SHOWN if name in medians}
    shapes = {name: value.shape for name, value in found.items()}
    if len(found) < len(SHOWN) or any(shape[1:] != at.shape for shape in shapes.values()):
        raise ValueError(
            f"medians must hold {', '.join(SHOWN)}, (trainings, {len(at)}) each, got {shapes}"
        )
    if 5 not in at:
        raise ValueError(f"shots must hold 5, the K of the training, got {list(shots)}")
    first = crossing(at, found["MAML"], found["kernel ridge"])
    with Scene(size=(7.6, 4.1)) as (scene, axes):
        _frame(axes, at)
        five = int(np.flatnonzero(at == 5)[0])
        for name, each in found.items():
            dots = {**looks.LOOKS[name], "ls": "", "ms": 7, "zorder": 5}
            axes.plot(np.full(len(each), 5), each[:, five], **dots, gid=f"{name} at five")
        for artist in curves(axes, at, found):
            scene.seen(artist, revealed)
        rule = {"color": style.INK, "lw": 0.9, "ls": ":", "gid": "rule"}
        scene.line(axes, lambda f: ([f.guess, f.guess], LIMITS), **rule)
        grip = {"x": "guess", "clip_on": False, "gid": "guess"}
        scene.grip(axes, lambda f: (f.guess, LIMITS[0]), "your guess", **grip)
        scene.text(axes, lambda f: _words(f, first))
    return scene.prediction(
        lambda guess, revealed: first,
        Stops("guess", "K", "your guess", tuple(int(k) for k in at), 20, format="d"),
        question=(
            f"MAML was trained on {_millions(travel.tasks_seen())} million tasks with five points. "
            "Kernel ridge was never trained; only its width and its λ were chosen. With five "
            "points MAML is ahead. <b>From how many points on</b> is kernel ridge better? Drag the "
            "white diamond."
        ),
        verdict=lambda f: _verdict(f, first, mean_at),
        alt=lambda f: _alt(f, at, found, first),
        describe=(
            "Prediction: errors with five points of MAML, transfer and kernel ridge; the number of "
            "points from which kernel ridge is better is to be guessed."
        ),
    )


def crossing(shots: np.ndarray, maml: np.ndarray, ridge: np.ndarray) -> int:
    """The first K from which on kernel ridge (1, n) is under every training of MAML (t, n).

    0 where there is none.
    """
    under = (ridge < maml).all(axis=0)
    ahead = np.flatnonzero(~under)
    first = 0 if not len(ahead) else ahead[-1] + 1
    return int(shots[first]) if first < len(shots) else 0


def curves(ax: Axes, at: np.ndarray, medians: Mapping[str, np.ndarray]) -> list:
    """Draw the medians over the number of points, a line a training; returns the lines."""
    drawn = []
    for name, each in medians.items():
        for seed, values in enumerate(each):
            look = {**looks.LOOKS[name], "lw": 1.6, "ms": 4.5, "gid": f"{name} {seed}"}
            drawn += ax.plot(at, looks.clipped(values, LIMITS), **look)
    return drawn


def _frame(ax: Axes, at: np.ndarray) -> None:
    looks.error_axis(ax, LIMITS)
    ax.set(xscale="log", xlim=(at[0] * 0.9, at[-1] * 1.12), xlabel="points in the support set  K")
    ax.set_xticks(at, [f"{k}" for k in at])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="x", pad=8)
    for row, (name, words) in enumerate(
        {
            "transfer": "transfer, five steps",
            "MAML": "MAML, five steps",
            "kernel ridge": "kernel ridge, tuned",
        }.items()
    ):
        mark = {key: looks.LOOKS[name][key] for key in ("color", "marker")}
        label(ax, 1.05, 0.012 / 2.1**row, words, mark, size=10)


def _millions(count: int) -> str:
    return f"{count / 1e6:.3g}"


def _words(f, first: int) -> str:
    return f"your guess: from K = {f.guess} on" + f";   it is K = {first}" * f.revealed


def _verdict(f, first: int, mean_at: int) -> str:
    judged = "Right." if f.guess == first else f"You said {f.guess}."
    return (
        f"{judged} The median of kernel ridge is lower from K = {first} on, its mean from "
        f"K = {mean_at} on. The points say enough by then, and what MAML knows beforehand is worth "
        "less than fitting them exactly."
    )


def _alt(f, at: np.ndarray, medians: Mapping[str, np.ndarray], first: int) -> str:
    def told(k: int) -> str:
        place = int(np.flatnonzero(at == k)[0])
        return ", ".join(f"{name} {np.mean(v[:, place]):.3f}" for name, v in medians.items())

    shown = f"Median errors with five points: {told(5)}. Your guess is K = {f.guess}."
    last = int(at[-1])
    return shown + (
        f" From K = {first} on kernel ridge is under MAML; with {last} points: {told(last)}."
        * f.revealed
    )
