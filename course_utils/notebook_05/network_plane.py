"""Planes through a real network's parameters, and the real path over them (notebook 05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import landscape
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Hidden
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.figures.landscapes import Scales
from course_utils.networks import Network, Params
from course_utils.notebook_05.network_views import (
    BOTH,
    INNER_LRS,
    MOST_STEPS,
    SHOWN,
    TRAINED_WITH,
    Known,
    View,
    know,
    mean_and_each,
)
from course_utils.notebook_05.pictures import LEVELS
from course_utils.tasks import TaskBatch
from course_utils.vectors import rows

MEAN = 0  # the choice of task that stands for all of them
FARTHEST = 1.0  # of the distances drawn; the words over them have larger ones
FAR = 1e3  # no arrow is drawn farther
OFF = 0.01  # a φ farther from a plane than this lies off it


@dataclass(frozen=True)
class OnNetworkPlane:
    """A frame: the view, its surface (n, n), φ's place, and the paths of the tasks shown.

    paths: (tasks, steps + 1, 2), shadows of the real paths. travelled, residual: (tasks,
    steps + 1), each θ's distance from φ, and from the plane. errors: {"yours", "MAML", "transfer":
    (before, after)}.
    """

    view: View
    surface: np.ndarray
    at: tuple[float, float]
    paths: np.ndarray
    travelled: np.ndarray
    residual: np.ndarray
    errors: dict[str, tuple[float, float]]


def network_plane_frame(
    known: Known,
    plane: str,
    at: tuple[str, float, float] | None,
    task: int,
    inner_lr: float,
    steps: int,
) -> OnNetworkPlane:
    """Adapt every task from a place on a plane, in all dimensions.

    `at` is (plane, a, b); on another plane than that one φ is the view's own.
    """
    view = known.views[plane]
    a, b = at[1:] if at is not None and at[0] == plane else (0.0, 0.0)
    phi = view.plane.points(torch.tensor([a]), torch.tensor([b]))
    phi = {name: leaf[0] for name, leaf in phi.items()}
    batch, loss = known.tasks, known.loss
    way = landscape.path(
        loss, phi, batch.support_x, batch.support_y, inner_lr=inner_lr, steps=steps
    )
    ends = [{name: leaf[k] for name, leaf in way.items()} for k in (0, steps)]
    before, after = (
        mean_and_each(loss(theta, batch.query_x, batch.query_y))[task].item() for theta in ends
    )
    chosen = _shown(task)
    flat = {name: leaf[:, chosen].flatten(0, 1) for name, leaf in way.items()}
    places, residual = view.plane.place(flat)
    trail = rows(flat).unflatten(0, (steps + 1, -1))  # (steps + 1, tasks, P)
    travelled = (trail - trail[0]).norm(dim=2).numpy().T
    errors = {"yours": (before, after)}
    for name, known_errors in known.errors.items():
        here = known_errors[inner_lr][:, task]
        errors[name] = float(here[0]), float(here[steps])
    return OnNetworkPlane(
        view,
        view.surfaces[inner_lr, steps, task],
        (a, b),
        places.reshape(steps + 1, -1, 2).transpose(1, 0, 2),
        travelled,
        residual.reshape(steps + 1, -1).T,
        errors,
    )


def network_plane(network: Network, phis: Mapping[str, Params], tasks: TaskBatch) -> Explorer:
    """Drag a start over planes through both φ; see the losses after adapting, and the real path.

    `phis` is {"MAML": φ, "transfer": φ}. The losses are those of all `tasks` on average, or of one
    of the first four, on as many query points as `know` keeps; the planes go through θ̂ of the first
    two.
    """
    known = know(network, phis, tasks)
    ratios = {"gridspec_kw": {"width_ratios": [5, 2.2]}}
    with Scene(1, 2, size=(7.6, 5.4), **ratios) as (scene, (plane, distances)):
        for key, view in known.views.items():
            shown = partial(_surface, key)
            scene.surface(plane, view.x, view.y, shown, levels=np.array(LEVELS)).set_gid(key)
        _frame_axes(plane, distances)
        scene.follow(Scales(plane), _scale)
        _draw_phis(scene, plane, known)
        for n, color in enumerate(style.TASKS_BESIDE_METHODS):
            _draw_task(scene, plane, n, color)
        _draw_distances(scene, distances)
        below = {"loc": "outside lower center", "ncols": 4}
        scene.figure.legend(**below, columnspacing=1.2, labelspacing=0.9)
        setting = partial(_setting, n_tasks=len(tasks))
        for y, words in zip((1.15, 1.09, 1.03), (setting, _scores, _remarks), strict=True):
            scene.text(plane, words, y=y, size=10)
        for row, y in enumerate((0.95, 0.89, 0.83)):
            scene.text(distances, lambda f, row=row: _distances(f)[row], x=0.06, y=y, size=10)
    each = [(f"task {n}", n) for n in range(1, 1 + SHOWN)]
    return scene.explorer(
        partial(network_plane_frame, known),
        Choice("plane", "plane", [(view.name, key) for key, view in known.views.items()], BOTH),
        Choice("task", "whose loss", [(f"the mean of {len(tasks)} tasks", MEAN), *each], MEAN),
        vocabulary.inner_lrs(INNER_LRS, TRAINED_WITH, format=".3f"),
        vocabulary.steps(MOST_STEPS, 0),
        Hidden("at", None),
        alt=partial(_alt, n_tasks=len(tasks)),
        describe=(
            "Explorer: planes through a network's parameters with the loss after adapting from "
            "each place; a start φ can be dragged, and beside the plane stand the distance that "
            "adaptation really goes and how much of it is off the plane."
        ),
    )


def _draw_phis(scene: Scene, plane: Axes, known: Known) -> None:
    def drop(x: float, y: float, f) -> dict:
        # A place belongs to its plane: on the next one φ starts where that plane does.
        return {"at": (f.plane, *known.views[f.plane].inside(x, y))}

    yours = {"zorder": 7, "markersize": 8, "gid": "yours", "label": "your φ"}
    scene.diamond(plane, "white", lambda f: f.data.at, **yours)
    scene.drag(plane, lambda f: f.data.at, "your φ", drop, moves=("at",), name="phi")
    for name in known.errors:
        color = style.METHODS[name]
        on = {"markersize": 13, "gid": f"{name} on the plane", "label": f"{name}'s φ"}
        scene.diamond(plane, color, partial(_phi, name, False), **on)
        off = {"markersize": 13, "gid": f"{name} off the plane", "hollow": True}
        off["label"] = "a φ off the plane" if name == "transfer" else ""
        scene.diamond(plane, color, partial(_phi, name, True), **off)


def _draw_task(scene: Scene, plane: Axes, n: int, color: str) -> None:
    """Task n's path, and its θ̂ that the plane goes through."""
    names = ("θ̂ from your φ", "θ̂ in the plane") if n == 0 else ("", "")
    end = {"color": color, "zorder": 5, "label": names[0], **style.THETA, "markersize": 11}
    scene.line(plane, partial(_end, n), gid=f"end of task {n + 1}", **end)
    digit = {"color": "white", "marker": f"${n + 1}$", "ms": 6, "mew": 0, "ls": "", "zorder": 5.1}
    scene.line(plane, partial(_end, n), gid=f"number of task {n + 1}", **digit)
    cross = {"color": color, "marker": "x", "ms": 8, "mew": 2.5, "ls": "", "zorder": 4}
    scene.line(plane, partial(_through, n), gid=f"through task {n + 1}", label=names[1], **cross)
    for k in range(MOST_STEPS):
        scene.arrow(
            plane, color, partial(_step, n, k), zorder=5, gid=f"step {k + 1} of task {n + 1}"
        )


def _draw_distances(scene: Scene, axes: Axes) -> None:
    look = {"color": style.INK, "marker": "o", "ms": 5, "lw": 1.5}
    away = {"gid": "travelled", "label": "its distance from φ"}
    off = {"gid": "residual", "label": "its distance off the plane", "mfc": "white", "ls": "--"}
    scene.line(axes, lambda f: _curve(f.data.travelled), **look, **away)
    scene.line(axes, lambda f: _curve(f.data.residual), **look, **off)


def _surface(key: str, f) -> np.ndarray | None:
    return f.data.surface if f.plane == key else None


def _scale(scales: Scales, f) -> None:
    view = f.data.view
    scales.set(f.plane, view.x, view.y, view.axes)


def _phi(name: str, off: bool, f) -> np.ndarray | None:
    """Where a method's φ, or its shadow, lies, if it is off the plane, or not."""
    place, residual = f.data.view.phis[name]
    return place if (residual > OFF) == off else None


def _through(n: int, f) -> np.ndarray | None:
    thetas = f.data.view.thetas
    return thetas[n] if n < len(thetas) else None


def _path(n: int, f) -> np.ndarray | None:
    shown = _shown(f.task)
    return f.data.paths[shown.index(n)] if n in shown else None


def _end(n: int, f) -> np.ndarray | None:
    """Where task n's θ̂ lies after the steps, if there are some."""
    path = _path(n, f)
    return None if path is None or f.steps == 0 else path[-1]


def _step(n: int, k: int, f) -> tuple | None:
    """Task n's step k; one that leaves for infinity is not drawn."""
    path = _path(n, f)
    if path is None or k >= f.steps or not (np.abs(path[k : k + 2]) < FAR).all():
        return None
    return tuple(path[k]), tuple(path[k + 1])


def _curve(values: np.ndarray) -> tuple[range, np.ndarray]:
    """The mean of distances (tasks, steps + 1) after each step, as far as the axes go."""
    mean = values.mean(0)
    return range(len(mean)), np.where(mean <= FARTHEST, mean, np.nan)


def _shown(task: int) -> list[int]:
    return list(range(SHOWN)) if task == MEAN else [task - 1]  # all four for the mean


def _alt(f, n_tasks: int) -> str:
    lines = [f"The plane of {f.data.view.name}", _setting(f, n_tasks), _scores(f), _remarks(f)]
    lines.append(" ".join(_distances(f)).strip())
    return ". ".join(line for line in lines if line) + "."


def _setting(f, n_tasks: int) -> str:
    whose = f"Mean loss of {n_tasks} tasks" if f.task == MEAN else f"Loss of task {f.task}"
    return f"{whose} after {f.steps} step{'s' * (f.steps != 1)} of α = {f.inner_lr:.3f}"


def _scores(f) -> str:
    """The errors at each φ, before the steps and, if there are some, after them."""
    return "   ".join(
        f"{name} {_spell(before)}" + f" → {_spell(after)}" * (f.steps > 0)
        for name, (before, after) in f.data.errors.items()
    )


def _remarks(f) -> str:
    """What a reader may overlook."""
    remarks = [
        f"{name}'s φ is {residual:.1f} off this plane"
        for name, (_, residual) in f.data.view.phis.items()
        if residual > OFF
    ]
    before, after = f.data.errors["yours"]
    if not after <= before:
        remarks.append(f"α = {f.inner_lr:.3f} overshoots from your φ")
    if not all(f.data.view.holds(*end) for end in f.data.paths[:, -1]):
        remarks.append("a path leaves the picture")
    return "; ".join(remarks)


def _distances(f) -> tuple[str, str, str]:
    """Three lines: how far θ̂ is away, and how far off the plane."""
    if f.steps == 0:
        return "no step yet", "", ""
    whose = "mean of four paths" if f.task == MEAN else f"path of task {f.task}"
    away, off = (values[:, -1].mean() for values in (f.data.travelled, f.data.residual))
    return f"{whose}:", f"θ̂ is {_spell(away)} away,", f"{_spell(off)} off the plane"


def _spell(value: float) -> str:
    return f"{value:.2f}" if value < 1000 else "over 1000"


def _frame_axes(plane: Axes, distances: Axes) -> None:
    plane.set_title(" \n\n\n ")
    # Room for the scales, which the layout does not see.
    room = {"color": "none", "transform": plane.transAxes}
    plane.text(0.5, -0.13, " ", va="top", **room)
    plane.text(-0.2, 0.5, " ", **room)
    distances.set(
        xlabel="inner steps  k",
        ylabel="distance",
        xlim=(-0.3, MOST_STEPS + 0.3),
        xticks=range(MOST_STEPS + 1),
        ylim=(0, 1.25 * FARTHEST),
        yticks=FARTHEST * np.linspace(0, 1, 6),
    )
