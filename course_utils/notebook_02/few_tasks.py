"""Which λ three training tasks choose, and what it is worth: a prediction (notebook 02)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from course_utils.explorers.controls import Choice, Press, Stops
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.learners import KNOBS, chosen_by_groups, kernel_ridge, over_knobs
from course_utils.notebook_02 import pictures
from course_utils.notebook_02.pictures import ON_AXIS, spelled
from course_utils.tasks import TaskBatch

FEW = 3  # training tasks of a draw
THE_THREE = {
    "color": style.INK,
    "ls": (0, (4, 1.5)),
    "label": "L(F), the three",
    "gid": "the three",
}
RULE = {"color": style.INK, "lw": 0.9, "ls": ":", "gid": "rule"}
STEPS = {"color": "#777777", "drawstyle": "steps-mid", "gid": "choices"}


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


def few_tasks(tasks: TaskBatch, unseen: TaskBatch, knob: float = 1.0, draw: int = 0) -> Prediction:
    """Predict which λ three training tasks choose, and what it is worth on unseen tasks.

    `tasks` are cut into threes, each a draw of a training set; `draw` is the one it opens with.
    """
    losses = over_knobs(kernel_ridge, KNOBS, tasks)
    truth = over_knobs(kernel_ridge, KNOBS, unseen).mean(dim=1).numpy()
    rows = {"sharex": True, "height_ratios": (3, 1)}
    with Scene(2, 1, size=(7.6, 4.9), **rows) as (scene, (top, bottom)):
        pictures.knob_axis(bottom).set(ylabel="draws, %", ylim=(0, 15))
        pictures.knob_axis(top).set(xlabel="", ylabel="query loss")
        top.plot(KNOBS, truth, **pictures.QUERY_CURVE, label="L(F), unseen tasks", gid="unseen")
        for n, color in enumerate(style.TASKS[:FEW]):
            own = {"color": color, "lw": 1.1, "label": f"task {n + 1}", "gid": f"task {n + 1}"}
            scene.line(top, answer(lambda f, n=n: (KNOBS, f.data.curves[:, n])), **own)
        scene.line(top, answer(lambda f: (KNOBS, f.data.curves.mean(axis=1))), **THE_THREE)
        scene.figure.legend(loc="outside lower center", ncols=5, columnspacing=1.2)
        scene.diamond(top, style.INK, answer(lambda f: (f.data.knob, f.data.promise)), gid="choice")
        guess = {"x": "knob", "name": "guess", "clip_on": False, "gid": "guess"}
        scene.grip(top, lambda f: (f.knob, ON_AXIS), "your guess", **guess)
        rule = {**RULE, "transform": top.get_xaxis_transform()}
        scene.line(top, answer(lambda f: ([f.data.knob, f.data.knob], [0, 1])), **rule)
        scene.line(bottom, answer(lambda f: (KNOBS, 100 * f.data.choices / _draws(f))), **STEPS)
        bottom.set_title(f"choices of {len(tasks) // FEW:,} draws of three tasks", fontsize=10)
        scene.text(top, _choice)
        scene.text(top, lambda f: _runs_off(f) * f.revealed, x=0.17, y=0.93, size=10)
    return scene.prediction(
        lambda knob, unseen, draw, revealed: few_tasks_frame(losses, truth, draw),
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
        Press("draw", "three other tasks", draw),
        question=(
            "Now there are three training tasks only. Which λ makes L(F) least on these three? "
            "Drag the white diamond there. And on unseen tasks, averaged over many such draws, "
            "how good will the chosen λ be?"
        ),
        verdict=_verdict,
        alt=_alt,
        describe=(
            "Prediction: L(F) on unseen tasks against the knob λ, and a diamond to drag to what "
            "three training tasks will choose."
        ),
    )


def _draws(f) -> int:
    return f.data.choices.sum()


def _choice(f) -> str:
    if not f.revealed:
        return f"your guess: the three choose λ = {spelled(f.knob)}"
    return (
        f"they choose λ = {spelled(f.data.knob)}:  {f.data.promise:.2f} on the three,  "
        f"{f.data.truth:.2f} on unseen tasks"
    )


def _runs_off(f) -> str:
    """Which of the three tasks' curves leave the picture, in words."""
    tasks = [n + 1 for n in range(FEW) if f.data.curves[:, n].max() > pictures.LOSS_TOP]
    if not tasks:
        return ""
    if len(tasks) == 1:
        return f"task {tasks[0]} goes above the axes"
    return f"tasks {', '.join(map(str, tasks[:-1]))} and {tasks[-1]} go above the axes"


def _alt(f) -> str:
    if not f.revealed:
        return (
            "L(F) on unseen tasks against λ; the curves of the three training tasks are still "
            f"hidden. Your guess for their choice is λ = {spelled(f.knob)}."
        )
    low, high = map(spelled, f.data.spread)
    off = _runs_off(f)
    return (
        "Three training tasks' losses against λ and their mean, least at λ = "
        f"{spelled(f.data.knob)} with {f.data.promise:.2f}; unseen tasks have {f.data.truth:.2f} "
        f"there. Below, the choices of {_draws(f):,} draws of three tasks: nine in ten lie between "
        f"λ = {low} and {high}." + (f" In the picture {off}." if off else "")
    )


def _verdict(f) -> str:
    factor = 10 ** abs(np.log10(f.knob / f.data.knob))
    near = "Close." if factor < 2 else f"A factor of {factor:.0f} away."
    said = {"worse": "Worse, as you said", "same": "Not as good", "better": "Not better"}
    return (
        f"{near} {said[f.unseen]}: over {_draws(f):,} draws the chosen λ has L = "
        f"{f.data.mean_promise:.2f} on its own three tasks and {f.data.mean_truth:.2f} on unseen "
        "ones, more by "
        f"{100 * (f.data.mean_truth / f.data.mean_promise - 1):.0f} %. That is meta-overfitting."
    )
