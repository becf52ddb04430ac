"""One x, a thousand tasks: which single y serves them best? (notebook 01)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from course_utils.explorers.controls import Slider
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer, revealed
from course_utils.figures import style
from course_utils.notebook_01.pictures import draw_family
from course_utils.notebook_01.shown_tasks import GRID, SHOWN, WAVES, mean_wave, waves_at

BINS = np.linspace(-5, 5, 41)
AVERAGE = {"color": style.INK, "lw": 2.6}
BEST = {"color": style.INK, "marker": "s", "ms": 9, "ls": ""}
MINE = {"color": style.INK, "lw": 1.4, "ls": (0, (4, 2))}


@dataclass(frozen=True)
class OneX:
    """A frame: what a thousand tasks say at one x, and how a single answer does.

    ys: (1000,). counts: (40,), how many ys are in each of BINS. mean: of the ys. error, least: the
    mean squared errors of the guess and of the mean. average: (301,), the mean wave on GRID.
    """

    ys: np.ndarray
    counts: np.ndarray
    mean: float
    error: float
    least: float
    average: np.ndarray


def one_x_frame(guess: float, x: float, revealed: bool = False) -> OneX:
    """What a thousand waves have at x, and the squared error of one answer `guess` for all."""
    ys = waves_at(x)[:, 0]
    mean = float(ys.mean())
    return OneX(
        ys=ys,
        counts=np.histogram(ys, BINS)[0],
        mean=mean,
        error=float(((ys - guess) ** 2).mean()),
        least=float(((ys - mean) ** 2).mean()),
        average=mean_wave(),
    )


def one_x_many_y(guess: float = 0.0, x: float = 2.5) -> Prediction:
    """Predict the single y that a thousand tasks' waves are best answered with at one x."""
    beside = {"sharey": True, "width_ratios": (3, 1)}
    with Scene(1, 2, size=(7.6, 4.2), **beside) as (scene, (waves, tally)):
        draw_family(waves, GRID, waves_at(GRID)[:SHOWN])
        most = max(one_x_frame(0, at).counts.max() for at in (-3.14, 0.0, 3.14))
        tally.set(xlim=(0, 1.05 * most), xlabel="tasks", title=" ")
        upright = {"transform": waves.get_xaxis_transform(), "color": style.INK, "gid": "rule"}
        scene.line(waves, lambda f: ([f.x, f.x], [0, 1]), **upright, lw=1, ls=":")
        scene.line(waves, answer(lambda f: (GRID, f.data.average)), **AVERAGE, gid="average")
        scene.line(waves, answer(lambda f: (f.x, f.data.mean)), **BEST, gid="best")
        (bars,) = tally.fill([], [], color=style.FAINT, gid="bars")
        scene.follow(scene.seen(bars, revealed), lambda bars, f: bars.set_xy(_outline(f.data)))
        across = {"transform": tally.get_yaxis_transform()}
        best = answer(lambda f: _level(f.data.mean))
        scene.line(tally, best, **across, **AVERAGE, gid="best level")
        scene.line(tally, lambda f: _level(f.guess), **across, **MINE, gid="my level")
        circle = {"marker": "o", "markersize": 11, "markeredgecolor": style.INK, "gid": "mine"}
        scene.grip(
            waves, lambda f: (f.x, f.guess), "your y", y="guess", **circle, markeredgewidth=2.4
        )
        scene.seen(_legends(scene.figure, waves.lines[0]), revealed)
        scene.text(waves, _errors)
        scene.text(tally, lambda f: "the y here" if f.revealed else "the y here: hidden", size=10)
    return scene.prediction(
        one_x_frame,
        Slider("guess", "y", "your answer", -5.0, 5.0, 0.05, guess),
        Slider("x", "x", "where", -5.0, 5.0, 0.1, x, ".1f"),
        question=(
            "A thousand tasks, one x (the dotted line), and <b>one y for all of them</b>. "
            "Drag the circle to the y of least mean squared error."
        ),
        verdict=_verdict,
        alt=_alt,
        describe=(
            "Prediction: waves of the sinusoid family, a dotted line at one x, and a circle to "
            "drag to the y that serves all tasks best."
        ),
    )


def _legends(figure: Figure, wave: Line2D) -> Legend:
    """The legend of what is seen from the start, and that of the answers, which is returned."""
    yours = Line2D([], [], **MINE, marker="o", ms=9, mfc="white", mew=2.0)
    named = {"your y": yours, f"{SHOWN} of {WAVES} tasks": wave}
    figure.legend(named.values(), named, loc="outside lower left", ncols=2)
    answers = {
        "best single y": Line2D([], [], **AVERAGE, marker="s", ms=8),
        "best y at every x": Line2D([], [], **AVERAGE),
    }
    return figure.legend(answers.values(), answers, loc="lower right", ncols=2)


def _level(y: float) -> tuple[list[float], list[float]]:
    """A line across the whole histogram at y."""
    return [0, 1], [y, y]


def _outline(data: OneX) -> np.ndarray:
    """The histogram's corners, from its lowest bin to its highest: (82, 2)."""
    counts, ends = np.repeat(data.counts, 2), np.repeat(BINS, 2)[1:-1]
    return np.column_stack([[0, *counts, 0], [BINS[0], *ends, BINS[-1]]])


def _errors(f) -> str:
    yours = f"at x = {f.x:.2f}:   your y = {f.guess:.2f}"
    if not f.revealed:
        return yours
    return f"{yours}, error {f.data.error:.2f}     mean {f.data.mean:.2f}, error {f.data.least:.2f}"


def _alt(f) -> str:
    if not f.revealed:
        return (
            f"{SHOWN} waves of the family in grey, a dotted line at x = {f.x:.2f}, and your "
            f"answer on it: y = {f.guess:.2f}."
        )
    return (
        f"At x = {f.x:.2f} a thousand tasks have y from {f.data.ys.min():.2f} to "
        f"{f.data.ys.max():.2f}, drawn as a histogram. Your y = {f.guess:.2f} has the mean "
        f"squared error {f.data.error:.2f}; their mean, {f.data.mean:.2f}, has "
        f"{f.data.least:.2f}. A thick black curve shows the mean of all waves at every x."
    )


def _verdict(f) -> str:
    far = abs(f.guess - f.data.mean)
    judged = "Exactly." if far < 0.15 else "Close." if far < 0.6 else "Not close."
    return (
        f"{judged} The best single y is the mean of the thousand, {f.data.mean:.2f} (the black "
        f"curve is that mean at every x). Yours is {far:.2f} from it and its error is "
        f"{f.data.error - f.data.least:.2f} larger. But even the best has an error of "
        f"{f.data.least:.2f}: no single y serves tasks that disagree."
    )
