"""One x, a thousand tasks: which single y serves them best? (notebook 01)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.lines import Line2D

from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Handle, Prediction, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.notebook_01.pictures import draw_family
from course_utils.notebook_01.shown_tasks import GRID, SHOWN, WAVES, mean_wave, waves_at

BINS = np.linspace(-5, 5, 41)


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
    figure, (waves, tally) = style.new_figure(
        1, 2, size=(7.6, 4.2), sharey=True, width_ratios=(3, 1)
    )
    with style.course_style():
        draw_family(waves, GRID, waves_at(GRID)[:SHOWN])
        most = max(one_x_frame(0, at).counts.max() for at in (-3.14, 0.0, 3.14))
        tally.set(xlim=(0, 1.05 * most), xlabel="tasks", title=" ")
        rule = waves.axvline(x, color=style.INK, lw=1, ls=":", animated=True)
        (average,) = waves.plot([], [], color=style.INK, lw=2.6, animated=True)
        (best,) = waves.plot([], [], marker="s", ms=9, color=style.INK, ls="", animated=True)
        (bars,) = tally.fill([], [], color=style.FAINT, animated=True)
        level = tally.axhline(0, color=style.INK, lw=2.6, animated=True)
        (mine,) = waves.plot(
            [],
            [],
            marker="o",
            ms=11,
            mfc="white",
            mec=style.INK,
            mew=2.4,
            ls="",
            animated=True,
            zorder=7,
        )
        my_level = tally.axhline(0, color=style.INK, lw=1.4, ls=(0, (4, 2)), animated=True)
        yours = Line2D([], [], color=style.INK, lw=1.4, ls=my_level.get_linestyle())
        yours.update_from(my_level)
        yours.set(marker="o", ms=9, mfc="white", mec=style.INK, mew=2.0, animated=False)
        named = {"your y": yours, f"{SHOWN} of {WAVES} tasks": waves.lines[0]}
        figure.legend(named.values(), named, loc="outside lower left", ncols=2)
        answers = {
            "best single y": Line2D([], [], color=style.INK, lw=2.6, marker="s", ms=8),
            "best y at every x": Line2D([], [], color=style.INK, lw=2.6),
        }
        legend = figure.legend(answers.values(), answers, loc="lower right", ncols=2)
        legend.set_animated(True)
        readout, counted = Readout(waves), Readout(tally, size=10)

    def draw(data: OneX, v: Values) -> str:
        rule.set_xdata([v.x, v.x])
        mine.set_data([v.x], [v.guess])
        my_level.set_ydata([v.guess, v.guess])
        for artist in (average, best, bars, level, legend):
            artist.set_visible(v.revealed)
        if not v.revealed:
            readout.set_text(f"at x = {v.x:.2f}:   your y = {v.guess:.2f}")
            counted.set_text("the y here: hidden")
            return (
                f"{SHOWN} waves of the family in grey, a dotted line at x = {v.x:.2f}, and your "
                f"answer on it: y = {v.guess:.2f}."
            )
        average.set_data(GRID, data.average)
        best.set_data([v.x], [data.mean])
        level.set_ydata([data.mean, data.mean])
        outline = np.repeat(data.counts, 2), np.repeat(BINS, 2)[1:-1]
        bars.set_xy(np.column_stack([[0, *outline[0], 0], [BINS[0], *outline[1], BINS[-1]]]))
        readout.set_text(
            f"at x = {v.x:.2f}:   your y = {v.guess:.2f}, error {data.error:.2f}     "
            f"mean {data.mean:.2f}, error {data.least:.2f}"
        )
        counted.set_text("the y here")
        return (
            f"At x = {v.x:.2f} a thousand tasks have y from {data.ys.min():.2f} to "
            f"{data.ys.max():.2f}, drawn as a histogram. Your y = {v.guess:.2f} has the mean "
            f"squared error {data.error:.2f}; their mean, {data.mean:.2f}, has {data.least:.2f}. "
            "A thick black curve shows the mean of all waves at every x."
        )

    def verdict(data: OneX, v: Values) -> str:
        far = abs(v.guess - data.mean)
        judged = "Right on it." if far < 0.15 else "Close." if far < 0.6 else "Some way off."
        return (
            f"{judged} The best single y is the mean of the thousand, {data.mean:.2f} (the black "
            f"curve is that mean at every x). Yours is {far:.2f} from it and costs "
            f"{data.error - data.least:.2f} more. But even the best has an error of "
            f"{data.least:.2f}: no single y serves tasks that disagree."
        )

    return Prediction(
        figure,
        question=(
            "A thousand tasks, one x (the dotted line), and <b>one y that must do for all of "
            "them</b>. Drag the circle to the y of least mean squared error."
        ),
        verdict=verdict,
        compute=one_x_frame,
        draw=draw,
        controls=[
            Slider("guess", "y", "your answer", -5.0, 5.0, 0.05, guess),
            Slider("x", "x", "where", -5.0, 5.0, 0.1, x, ".1f"),
        ],
        handles=[
            Handle(
                "guess",
                "your y",
                waves,
                lambda d, v: (v.x, v.guess),
                lambda x, y, v: {"guess": y},
            )
        ],
        describe=(
            "Prediction: waves of the sinusoid family, a dotted line at one x, and a circle to "
            "drag to the y that serves all tasks best."
        ),
    )
