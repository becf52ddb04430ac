"""A learner with one knob: L(F) against λ, and what support sets or few tasks choose (02)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from course_utils.explorers.controls import Choice, Press, Stops
from course_utils.explorers.explorer import Explorer, Handle, Prediction, Values, guess_handle
from course_utils.figures import style
from course_utils.figures.landscapes import diamond
from course_utils.figures.readout import Readout
from course_utils.learners import KNOBS, chosen_by_groups, kernel_ridge, over_knobs, task_losses
from course_utils.notebook_02 import pictures
from course_utils.notebook_02.pictures import spelled
from course_utils.tasks import TaskBatch, sine_wave

X_GRID = np.linspace(-5, 5, 161)
ON_AXIS = pictures.LOSS_BOTTOM  # where the λ under the hand lies: on its axis, below the losses
KNOB_TOP = 7.2  # above every loss, with room for two lines of text
SHOWN = 2  # tasks in the picture at a time
FEW = 3  # training tasks of the second prediction
KNOB_GRID = np.array(KNOBS)


@dataclass(frozen=True)
class Knob:
    """A frame: fits (SHOWN, len(X_GRID)), their query losses, and L(F) over all tasks.

    tasks: those that are shown.
    """

    tasks: TaskBatch
    fits: np.ndarray
    losses: np.ndarray
    meta_loss: float


def knob_frame(
    tasks: TaskBatch, curve: np.ndarray, knob: float, pair: int = 0, curve_shown: bool = False
) -> Knob:
    """What the picture shows for one λ of KNOBS: two tasks' fits; `curve` is L(F) at KNOBS."""
    first = SHOWN * pair % (len(tasks) - SHOWN + 1)
    shown, learner = tasks[first : first + SHOWN], kernel_ridge(knob)
    x = torch.tensor(X_GRID)[None, :, None].expand(SHOWN, -1, 1)
    fits = learner(shown.support_x, shown.support_y, x)[..., 0]
    losses = task_losses(learner, shown)
    return Knob(shown, fits.numpy(), losses.numpy(), float(np.interp(knob, KNOB_GRID, curve)))


class _WithTrail(Explorer):
    """An explorer that keeps marks of where it has been, until it is reset."""

    def __init__(self, *args: Any, trail: dict[float, float], **explorer: Any):
        self.trail = trail
        super().__init__(*args, **explorer)

    def reset(self) -> None:
        self.trail.clear()
        super().reset()


def ridge_knob(tasks: TaskBatch, knob: float = 1.0) -> Explorer:
    """Find F* by hand: turn λ, see two tasks' fits and the mean query loss over all `tasks`."""
    tasks = _checked(tasks)
    curve = over_knobs(kernel_ridge, KNOBS, tasks).mean(dim=1).numpy()
    best, trail = int(curve.argmin()), {}
    figure, panels, right = pictures.tasks_beside_a_curve()
    with style.course_style():
        marks = [
            pictures.one_task(ax, color, animated=True)
            for ax, color in zip(panels, style.TASKS, strict=False)
        ]
        pictures.knob_axis(right, top=KNOB_TOP)
        (line,) = right.plot(KNOB_GRID, curve, color=style.INK, animated=True)
        (been,) = right.plot([], [], ".", ms=6, color="#777777", animated=True)
        rule = right.axvline(1, ymax=0.8, color=style.INK, lw=0.9, ls=":", animated=True)
        star = diamond(right, style.INK)
        here = diamond(right, "white", clip_on=False, zorder=7)
        (height,) = right.plot([], [], color=style.INK, animated=True, **style.SUPPORT)
        pictures.fit_legend(figure)
        titles = [Readout(ax, size=10.5) for ax in panels]
        value = Readout(right, y=1.014)  # these axes are tall: nearer, or it leaves the figure
        score, exact = (Readout(right, 0.22, y, size=10) for y in (0.94, 0.88))

    def draw(data: Knob, v: Values) -> str:
        trail[v.knob] = data.meta_loss
        _draw_fits(marks, titles, data, v.pair)
        rule.set_xdata([v.knob, v.knob])
        here.set_data([v.knob], [ON_AXIS])
        height.set_data([v.knob], [data.meta_loss])
        been.set_data(list(trail), list(trail.values()))
        line.set_visible(v.curve_shown)
        star.set_data(*([[KNOB_GRID[best]], [curve[best]]] if v.curve_shown else [[], []]))
        found = min(trail, key=trail.get)
        value.set_text(f"λ = {spelled(v.knob)}    L(F) = {data.meta_loss:.2f}")
        yours = f"your best: {trail[found]:.3f} at λ = {spelled(found)}"
        computed = f"F*: {curve[best]:.3f} at λ = {spelled(KNOB_GRID[best])}"
        score.set_text(yours)
        exact.set_text(computed * v.curve_shown)
        return (
            f"λ = {spelled(v.knob)}: the fits of tasks {SHOWN * v.pair + 1} and "
            f"{SHOWN * v.pair + 2} have query loss {data.losses[0]:.2f} and "
            f"{data.losses[1]:.2f}; over all tasks L(F) = {data.meta_loss:.2f}. "
            f"Values tried: {len(trail)}; {yours}."
            + (f" The curve of L(F) is shown; its least value is {computed}." * v.curve_shown)
        )

    return _WithTrail(
        figure,
        trail=trail,
        compute=partial(knob_frame, tasks, curve),
        draw=draw,
        controls=[
            Stops("knob", "λ", "ridge", KNOBS, knob, format=".2g"),
            Choice("curve_shown", "L(F) at every λ", [("hidden", False), ("shown", True)], False),
            Press("pair", "two other tasks"),
        ],
        handles=[
            Handle(
                name,
                "λ, the learner's knob",
                right,
                (lambda d, v: (v.knob, ON_AXIS)) if low else (lambda d, v: (v.knob, d.meta_loss)),
                lambda x, y, v: {"knob": x},
            )
            for name, low in (("knob", True), ("knob on L", False))
        ],
        describe=(
            "Explorer: on the left two tasks with what the learner makes of their support points, "
            "on the right the mean query loss over all tasks at the knob's value λ."
        ),
    )


def _draw_fits(marks: list, titles: list[Readout], data: Knob, pair: int) -> None:
    facts = data.tasks.facts
    for n, ((wave, f, support, query), title) in enumerate(zip(marks, titles, strict=True)):
        wave.set_data(
            X_GRID, sine_wave(torch.tensor(X_GRID), facts["amplitude"][n], facts["phase"][n])
        )
        f.set_data(X_GRID, data.fits[n])
        support.set_data(data.tasks.support_x[n, :, 0], data.tasks.support_y[n, :, 0])
        query.set_data(data.tasks.query_x[n, :, 0], data.tasks.query_y[n, :, 0])
        beyond = np.abs(data.fits[n]).max() > pictures.FIT_TOP
        title.set_text(
            f"task {SHOWN * pair + n + 1}:  query loss {data.losses[n]:.2f}"
            + " (f runs off)" * bool(beyond)
        )


def _checked(tasks: TaskBatch) -> TaskBatch:
    if len(tasks) < SHOWN or "amplitude" not in tasks.facts:
        raise ValueError(
            f"tasks must be at least {SHOWN} sinusoid tasks, got {len(tasks)} with the facts "
            f"{sorted(tasks.facts)}: draw them with Sinusoids(noise=0.5).sample(...)"
        )
    return tasks


@dataclass(frozen=True)
class TwoCurves:
    """The mean loss at KNOBS on the query sets and on the support sets, and the latter's choice."""

    query: np.ndarray
    support: np.ndarray
    choice: float


def support_choice(tasks: TaskBatch, knob: float = 0.1) -> Prediction:
    """Predict which λ the support loss would choose, where the query loss's curve is known."""
    query, support = (
        over_knobs(kernel_ridge, KNOBS, tasks, on=on).mean(dim=1).numpy()
        for on in ("query", "support")
    )
    answer = TwoCurves(query, support, KNOBS[int(support.argmin())])
    figure, axes = style.new_figure(size=(7.6, 3.8))
    with style.course_style():
        pictures.knob_axis(axes).set(ylabel="mean loss over tasks")
        axes.plot(KNOB_GRID, query, **pictures.QUERY_CURVE, label="query loss, L(F)")
        (curve,) = axes.plot(
            KNOB_GRID, support, **pictures.SUPPORT_CURVE, label="support loss", animated=True
        )
        chosen = diamond(axes, style.INK)
        guess = diamond(axes, "white", clip_on=False, zorder=7)
        axes.legend(loc="upper center")
        readout = Readout(axes)

    def draw(data: TwoCurves, v: Values) -> str:
        guess.set_data([v.knob], [ON_AXIS])
        curve.set_visible(v.revealed)
        chosen.set_data([data.choice] * v.revealed, [data.support.min()] * v.revealed)
        readout.set_text(f"your guess: the support loss is least at λ = {spelled(v.knob)}")
        if not v.revealed:
            return f"The query loss against λ, and your guess λ = {spelled(v.knob)}."
        return (
            "The query loss against λ is a valley; the support loss, dashed, falls all the way "
            f"to the left end, λ = {spelled(data.choice)}. Your guess was {spelled(v.knob)}."
        )

    def verdict(data: TwoCurves, v: Values) -> str:
        decades = abs(np.log10(v.knob / data.choice))
        judged = (
            "You saw it." if decades < 0.5 else f"A factor of {v.knob / data.choice:,.0f} away."
        )
        wrong = data.query[0] / data.query.min()
        said = " You said so." if v.worse == "far" else ""
        return (
            f"{judged} The support loss falls all the way, from {data.support[-1]:.2f} to "
            f"{data.support[0]:.2f}: the least λ wins, and 0 would beat it. "
            f"On new points that learner's loss is {wrong:.1f} times that of F*.{said}"
        )

    return Prediction(
        figure,
        question=(
            "Suppose we judged each f on the points that it was made from: the <i>support</i> loss "
            "in place of the query loss. Where would it be least? Drag the diamond to that λ. "
            "And how good is the learner chosen in this way on query points, beside F*?"
        ),
        verdict=verdict,
        compute=lambda knob, worse, revealed: answer,
        draw=draw,
        controls=[
            Stops("knob", "λ", "your guess", KNOBS, knob, format=".2g"),
            Choice(
                "worse",
                "its query loss:",
                [
                    ("about that of F*", "same"),
                    ("twice as much", "twice"),
                    ("five times or more", "far"),
                ],
                "same",
                open=True,
            ),
        ],
        handles=[guess_handle(axes, "knob", lambda d, v: (v.knob, ON_AXIS))],
        describe="Prediction: the mean query loss against the knob λ, and a diamond to drag.",
    )


@dataclass(frozen=True)
class FewTasks:
    """What FEW training tasks choose, in one draw and in all draws.

    curves: (KNOBS, FEW), the draw's tasks. choices: how many draws chose each of KNOBS.
    promise, truth: L(F) at this draw's choice on its own tasks and on unseen ones; `mean_promise`
    and `mean_truth` are the means of both over all draws. spread: nine in ten of all draws'
    choices lie between these two λ.
    """

    curves: np.ndarray
    knob: float
    promise: float
    truth: float
    choices: np.ndarray
    mean_promise: float
    mean_truth: float
    spread: tuple[float, float]


def few_tasks_frame(losses: torch.Tensor, unseen: np.ndarray, draw: int = 0) -> FewTasks:
    """The choice of one draw of FEW tasks among `losses` (KNOBS, tasks); unseen: L(F) at KNOBS."""
    index, promise = chosen_by_groups(losses, FEW)
    which = draw % len(index)
    chosen = int(index[which])
    low, high = np.quantile(index.numpy(), [0.05, 0.95], method="nearest")
    return FewTasks(
        curves=losses[:, FEW * which : FEW * (which + 1)].numpy(),
        knob=KNOBS[chosen],
        promise=promise[which].item(),
        truth=float(unseen[chosen]),
        choices=np.bincount(index.numpy(), minlength=len(KNOBS)),
        mean_promise=promise.mean().item(),
        mean_truth=float(unseen[index.numpy()].mean()),
        spread=(KNOBS[low], KNOBS[high]),
    )


def _runs_off(tasks: list[int]) -> str:
    """Which of the three tasks' curves leave the picture, in words."""
    if not tasks:
        return ""
    if len(tasks) == 1:
        return f"task {tasks[0]} runs off the top"
    return f"tasks {', '.join(map(str, tasks[:-1]))} and {tasks[-1]} run off the top"


def few_tasks(tasks: TaskBatch, unseen: TaskBatch, knob: float = 1.0, draw: int = 0) -> Prediction:
    """Predict which λ three training tasks choose, and what it is worth on unseen tasks.

    `tasks` are cut into threes, each a draw of a training set; `draw` is the one it opens with.
    """
    losses = over_knobs(kernel_ridge, KNOBS, tasks)
    truth = over_knobs(kernel_ridge, KNOBS, unseen).mean(dim=1).numpy()
    draws, first = len(tasks) // FEW, draw
    figure, (top, bottom) = style.new_figure(
        2, 1, size=(7.6, 4.9), sharex=True, height_ratios=(3, 1)
    )
    with style.course_style():
        pictures.knob_axis(bottom).set(ylabel="draws, %", ylim=(0, 15))
        pictures.knob_axis(top).set(xlabel="", ylabel="query loss")
        top.plot(KNOB_GRID, truth, **pictures.QUERY_CURVE, label="L(F), unseen tasks")
        each = [
            top.plot([], [], color=color, lw=1.1, animated=True, label=f"task {n}")[0]
            for n, color in enumerate(style.TASKS[:FEW], start=1)
        ]
        look = {"color": style.INK, "ls": (0, (4, 1.5)), "animated": True}
        (mean,) = top.plot([], [], **look, label="L(F), the three")
        figure.legend(loc="outside lower center", ncols=5, columnspacing=1.2)
        chosen = diamond(top, style.INK)
        guess = diamond(top, "white", clip_on=False, zorder=7)
        rule = top.axvline(1, color=style.INK, lw=0.9, ls=":", animated=True)
        (bars,) = bottom.plot([], [], color="#777777", drawstyle="steps-mid", animated=True)
        bottom.set_title(f"choices of {draws:,} draws of three tasks", fontsize=10)
        readout, beyond = Readout(top), Readout(top, 0.17, 0.93, size=10)

    def draw(data: FewTasks, v: Values) -> str:
        guess.set_data([v.knob], [ON_AXIS])
        readout.set_text(f"your guess: the three choose λ = {spelled(v.knob)}")
        seen = slice(None) if v.revealed else slice(0)
        for n, line in enumerate(each):
            line.set_data(KNOB_GRID[seen], data.curves[seen, n])
        mean.set_data(KNOB_GRID[seen], data.curves.mean(axis=1)[seen])
        bars.set_data(KNOB_GRID[seen], 100 * data.choices[seen] / draws)
        chosen.set_data([data.knob][seen], [data.promise][seen])
        rule.set_xdata([data.knob, data.knob])
        rule.set_visible(v.revealed)
        off = [n + 1 for n in range(FEW) if data.curves[:, n].max() > pictures.LOSS_TOP]
        beyond.set_text(_runs_off(off) * v.revealed)
        if not v.revealed:
            return (
                "L(F) on unseen tasks against λ; the curves of the three training tasks are still "
                f"hidden. Your guess for their choice is λ = {spelled(v.knob)}."
            )
        readout.set_text(
            f"they choose λ = {spelled(data.knob)}:  {data.promise:.2f} on the three,  "
            f"{data.truth:.2f} on unseen tasks"
        )
        return (
            f"Three training tasks' losses against λ and their mean, least at λ = "
            f"{spelled(data.knob)} with {data.promise:.2f}; unseen tasks have {data.truth:.2f} "
            f"there. Below, the choices of {draws:,} draws of three tasks: nine in ten lie between "
            f"λ = {spelled(data.spread[0])} and {spelled(data.spread[1])}."
            + (f" In the picture {_runs_off(off)}." if off else "")
        )

    def verdict(data: FewTasks, v: Values) -> str:
        factor = 10 ** abs(np.log10(v.knob / data.knob))
        near = "Close." if factor < 2 else f"Off by a factor of {factor:.0f}."
        said = {"worse": "Worse, as you said", "same": "Not as good", "better": "Not better"}
        return (
            f"{near} {said[v.unseen]}: over {draws:,} draws the chosen λ has L = "
            f"{data.mean_promise:.2f} on its own three tasks and {data.mean_truth:.2f} on unseen "
            "ones, more by "
            f"{100 * (data.mean_truth / data.mean_promise - 1):.0f} %. That is meta-overfitting."
        )

    return Prediction(
        figure,
        question=(
            "Now there are three training tasks only. Which λ makes L(F) least on these three? "
            "Drag the white diamond there. And on unseen tasks, averaged over many such draws, "
            "how good will the chosen λ be?"
        ),
        verdict=verdict,
        compute=lambda knob, unseen, draw, revealed: few_tasks_frame(losses, truth, draw),
        draw=draw,
        controls=[
            Stops("knob", "λ", "your guess", KNOBS, knob, format=".2g"),
            Choice(
                "unseen",
                "on unseen tasks:",
                [
                    ("better than on the three", "better"),
                    ("about as good", "same"),
                    ("worse than on the three", "worse"),
                ],
                "same",
                open=True,
            ),
            Press("draw", "three other tasks", first),
        ],
        handles=[guess_handle(top, "knob", lambda d, v: (v.knob, ON_AXIS))],
        describe=(
            "Prediction: L(F) on unseen tasks against the knob λ, and a diamond to drag to what "
            "three training tasks will choose."
        ),
    )
