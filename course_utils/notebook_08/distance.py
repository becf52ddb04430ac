"""Go away from home, step by step, and see what adapting is worth there (notebook 08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape
from course_utils.checkpoints.recipes import SINE_NETWORK
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Press, Slider, Stops
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.networks import Params
from course_utils.notebook_08 import looks, travel
from course_utils.notebook_08.places import PLACES, WAYS, function_at, tasks_at
from course_utils.tasks import TaskBatch

GRID = torch.linspace(-5, 5, 121)[None, :, None]
X = GRID[0, :, 0].numpy()
STEPS = (0, 1, 5, 10)
MEDIANS = (0.03, 100.0)
TALL = 11.0  # of the output axis
N_TASKS, N_DRAWN = 120, 30
SHOWN = (10, 5, 2, 9)  # of those drawn: tasks whose lines are not level


@dataclass(frozen=True)
class Journey:
    """A frame: one task and three adapted functions; of many tasks, how they end.

    truth (G,), support_x, support_y (K,); curves {start: (G,)} after the steps. judged: {start: of
    the many tasks at this place}. medians {start: (11,)}, after the steps, over the places; `one`
    is MAML's after one step.
    """

    truth: np.ndarray
    support_x: np.ndarray
    support_y: np.ndarray
    curves: Mapping[str, np.ndarray]
    judged: Mapping[str, travel.Judged]
    medians: Mapping[str, np.ndarray]
    one: np.ndarray


Measured = Mapping[str, list[Mapping[str, Mapping[int, travel.Judged]]]]


def measured(phis: Mapping[str, Params], n_tasks: int = N_TASKS) -> Measured:
    """{way: for each place {start: {steps: Judged}}}, for 0, 1, 5 and 10 steps."""
    found = {}
    for way in WAYS:
        found[way] = []
        for place in PLACES:
            errors = travel.errors_from(phis, tasks_at(way, place, n_tasks), STEPS)
            found[way].append(
                {
                    name: {k: travel.judged(of, each[0]) for k, of in each.items()}
                    for name, each in errors.items()
                }
            )
    return found


def journey_frame(
    phis: Mapping[str, Params],
    known: Measured,
    *,
    way: str,
    place: int,
    steps: int,
    task: int,
) -> Journey:
    """What is seen at one place of a way: the task SHOWN[task], and what was measured of many."""
    batch = tasks_at(way, place, N_DRAWN)[SHOWN[task] : SHOWN[task] + 1]
    truth = function_at(way, place, batch.facts, GRID)
    one = TaskBatch(batch.support_x, batch.support_y, GRID, truth)
    points = {leaf: torch.stack([phi[leaf] for phi in phis.values()]) for leaf in phis["MAML"]}
    how = {"inner_lr": travel.INNER_LR, "steps": steps}
    theta = landscape.adapt_points(travel.LOSS, points, one, **how)[-1].theta
    curves = SINE_NETWORK({name: leaf[:, 0] for name, leaf in theta.items()}, GRID[0])
    return Journey(
        truth[0, :, 0].numpy(),
        batch.support_x[0, :, 0].numpy(),
        batch.support_y[0, :, 0].numpy(),
        dict(zip(phis, curves[..., 0].numpy(), strict=True)),
        {name: each[steps] for name, each in known[way][place].items()},
        {
            name: np.array([at[name][steps].median for at in known[way]])
            for name in known[way][place]
        },
        np.array([at["MAML"][1].median for at in known[way]]),
    )


def distance(phis: Mapping[str, Params], way: str = "shape") -> Explorer:
    """Choose a way and how far to go: one task's adaptations, and how many tasks end.

    `phis` are {"MAML": φ, "transfer": φ, "random": φ}. It measures when it is made, 120 tasks at
    each of three times eleven places.
    """
    known = measured(phis)
    ratios = {"gridspec_kw": {"width_ratios": [6, 5]}}
    with Scene(1, 2, size=(7.6, 4.9), **ratios) as (scene, (left, right)):
        left.set(xlabel="input  x", ylabel="output  y", xlim=(-5, 5), ylim=(-TALL, TALL))
        left.set_title(" \n\n\n\n\n ")
        looks.error_axis(right, MEDIANS).set(
            xlim=(-0.4, PLACES[-1] + 0.4), xlabel="how far  (grey bar: trained here)"
        )
        right.set_xticks([0, 2, 4, 6, 8, 10])
        pale = {"color": style.FAINT, "lw": 5, "gid": "truth"}
        drawn = [scene.line(left, lambda f: (X, f.data.truth), **pale)]
        for name in phis:
            drawn.append(_method(scene, left, right, name))
        first = {"color": style.MAML, "lw": 1.2, "ls": (0, (1, 1.5)), "gid": "one step"}
        once = scene.line(right, lambda f: (PLACES, looks.clipped(f.data.one, MEDIANS)), **first)
        dots = {"color": style.INK, **style.SUPPORT, "zorder": 6, "gid": "support"}
        dots["markersize"] = 7
        drawn.append(scene.line(left, lambda f: (f.data.support_x, f.data.support_y), **dots))
        here = {"color": style.INK, "lw": 0.9, "ls": ":", "gid": "here"}
        scene.line(right, lambda f: ([f.place, f.place], MEDIANS), **here)
        _known_range(scene, right)
        names = ["the task", *(looks.NAMES[name] for name in phis), "five points"]
        scene.figure.legend(
            [*drawn, once],
            [*names, "MAML, one step"],
            loc="outside lower center",
            ncols=6,
            columnspacing=1.0,
            handlelength=1.7,
        )
        scene.text(left, lambda f: f"{WAYS[f.way].words(f.place)};   {_k(f)}", y=1.31)
        for row, name in enumerate(phis):
            scene.text(
                left,
                partial(_told, name),
                y=1.23 - 0.08 * row,
                size=10,
                mark={key: looks.LOOKS[name][key] for key in ("color", "marker")},
            )
    return scene.explorer(
        lambda way, place, steps, task: journey_frame(
            phis, known, way=way, place=place, steps=steps, task=task % len(SHOWN)
        ),
        Choice("way", "what changes:", [(w.word, key) for key, w in WAYS.items()], way, open=True),
        Slider("place", "", "how far", 0, PLACES[-1], 1, 0),
        Stops("steps", "k", "inner steps", STEPS, 5, format="d"),
        Press("task", "another task"),
        alt=_alt,
        describe=(
            "Explorer: a task that moves away from the training family, three networks adapted to "
            "its five points, and the median error of many such tasks against the distance."
        ),
    )


def _method(scene: Scene, left: Axes, right: Axes, name: str):
    look = looks.LOOKS[name]
    line = {"color": look["color"], "ls": look["ls"], "zorder": 4}
    drawn = scene.line(left, partial(_curve, name), **line, gid=f"{name} function")
    scene.line(
        right,
        lambda f: (PLACES, looks.clipped(f.data.medians[name], MEDIANS)),
        **line,
        gid=f"{name} medians",
    )
    scene.line(
        right,
        lambda f: (f.place, looks.clipped(f.data.medians[name], MEDIANS)[f.place]),
        **{**look, "ls": "", "ms": 7, "zorder": 6},
        gid=f"{name} here",
    )
    return drawn


def _curve(name: str, f) -> tuple[np.ndarray, np.ndarray]:
    return X, np.where(np.isfinite(f.data.curves[name]), f.data.curves[name], 2 * TALL)


def _known_range(scene: Scene, right: Axes) -> None:
    """A bar at the foot of the picture over the places that training knew."""
    bar = {"color": "#828282", "lw": 6, "solid_capstyle": "butt", "gid": "trained", "zorder": 3}
    scene.line(right, lambda f: (_trained(f.way), (MEDIANS[0], MEDIANS[0])), **bar)


def _trained(way: str) -> tuple[float, float]:
    """The first and the last place that training knew."""
    home = WAYS[way].home
    if home is None:
        return -0.25, 0.25
    inside = [place for place in PLACES if home[0] <= WAYS[way].values[place] <= home[1]]
    return inside[0] - 0.25, inside[-1] + 0.25


def _k(f) -> str:
    return f"of {N_TASKS} tasks after {vocabulary.counted(f.steps, 'step')}:"


def _told(name: str, f) -> str:
    found = f.data.judged[name]
    told = f"{looks.NAMES[name]}: median error {found.median:.2f}"
    if f.steps:
        told += f", {found.worse} worse than before"
    return told + f", {found.exploded} exploded" * bool(found.exploded)


def _alt(f) -> str:
    told = "; ".join(_told(name, f) for name in f.data.judged)
    return (
        f"One task, {WAYS[f.way].words(f.place)}, and three networks that have adapted to five of "
        f"its points. Of {N_TASKS} such tasks after {vocabulary.counted(f.steps, 'step')}: {told}."
    )
