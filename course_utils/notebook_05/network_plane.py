"""Planes through a real network's parameters, and the real path over them (notebook 05)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from course_utils import landscape, maml, slices
from course_utils.explorers.controls import Choice, Hidden, Slider, Stops
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.landscapes import Scales, Surface, arrow, diamond, point
from course_utils.figures.readout import Readout
from course_utils.networks import Loss, Network, Params, squared_error
from course_utils.notebook_05.pictures import LEVELS
from course_utils.tasks import TaskBatch
from course_utils.vectors import copies, rows

BOTH = "both"  # the plane that it opens with
MEAN = 0  # the choice of task that stands for all of them
SHOWN = len(style.TASKS)
INNER_LRS = (0.003, 0.01, 0.02)
TRAINED_WITH = 0.01
MOST_STEPS = 5
POINTS = 25  # of a grid, each way
QUERIES = 25  # of a task, for all losses: enough for a picture, and quick
FARTHEST = 1.0  # of the distances drawn; the words over them have larger ones
WALL = 2 * LEVELS[-1]  # no surface is drawn higher
FAR = 1e3  # no arrow is drawn farther
KNOWN = ("MAML", "transfer")
OFF = 0.01  # a φ farther from a plane than this lies off it


@dataclass(frozen=True)
class View:
    """A plane with the losses on it, computed once.

    x, y: (n,), the grid. surfaces: {(inner_lr, steps, task): (n, n)}, the mean loss of all tasks
    (task 0) and that of each task shown. phis: {name: ((a, b), residual)}, where each φ, or its
    shadow, lies; the view's own is at (0, 0). thetas: (n, 2), the θ̂ that it goes through.
    """

    name: str
    plane: slices.Plane
    axes: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    surfaces: dict[tuple[float, int, int], np.ndarray]
    phis: dict[str, tuple[np.ndarray, float]]
    thetas: np.ndarray

    def holds(self, x: float, y: float) -> bool:
        """Whether a place is in the picture."""
        return bool(self.x[0] <= x <= self.x[-1] and self.y[0] <= y <= self.y[-1])

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """The nearest place that the picture shows."""
        return float(np.clip(x, *self.x[[0, -1]])), float(np.clip(y, *self.y[[0, -1]]))


@dataclass(frozen=True)
class Known:
    """What the explorer computes when it is made: views by their key, both φ's losses, the tasks.

    errors: {name: {inner_lr: (steps + 1, 1 + SHOWN)}}, the mean's and each task's, at each φ.
    """

    loss: Loss
    tasks: TaskBatch
    views: dict[str, View]
    errors: dict[str, dict[float, np.ndarray]]


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
        _mean_and_each(loss(theta, batch.query_x, batch.query_y))[task].item() for theta in ends
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


def _mean_and_each(losses: torch.Tensor) -> torch.Tensor:
    """Losses (..., tasks) as the mean of all and those of the tasks shown, (..., 1 + SHOWN)."""
    return torch.cat([losses.mean(-1, keepdim=True), losses[..., :SHOWN]], dim=-1)


def know(network: Network, phis: Mapping[str, Params], tasks: TaskBatch) -> Known:
    """Compute all views and their surfaces for `phis`, {"MAML": φ, "transfer": φ}.

    Raises ValueError if there are fewer than four tasks.
    """
    if len(tasks) < SHOWN:
        raise ValueError(f"tasks must hold at least {SHOWN} tasks, one a colour, got {len(tasks)}")
    loss, near = squared_error(network), np.linspace(-1, 1, POINTS)
    queries = tasks.query_x[:, :QUERIES], tasks.query_y[:, :QUERIES]
    tasks = TaskBatch(tasks.support_x, tasks.support_y, *queries)
    views, errors = {}, {}
    for name in phis:
        views[name] = _through_two(loss, phis, name, tasks, 0.8 * near)
    views |= {f"random {name}": _random(loss, phis, name, tasks, 0.4 * near) for name in phis}
    views = {BOTH: _through_both(loss, phis, tasks, near), **views}
    for name, phi in phis.items():
        losses = _losses(loss, copies(phi, 1), tasks)
        errors[name] = {rate: values[:, 0].numpy() for rate, values in losses.items()}
    return Known(loss, tasks, views, errors)


def _through_both(loss: Loss, phis: Mapping[str, Params], tasks: TaskBatch, up: np.ndarray) -> View:
    """The line of both φ across, MAML's θ̂ of task 1 up."""
    transfer, phi = phis["transfer"], phis["MAML"]
    theta = _thetas(loss, phi, tasks[:1])
    beyond = {name: 2 * leaf - transfer[name] for name, leaf in phi.items()}
    plane = slices.plane_through(phi, beyond, {name: leaf[0] for name, leaf in theta.items()})
    apart = -plane.place(copies(transfer, 1))[0][0, 0]
    axes = ("distance from MAML's φ, along the line of both φ", "distance towards θ̂ of task 1")
    across = apart * np.linspace(-4 / 3, 2 / 3, len(up))
    return _view(
        loss, "both φ and MAML's θ̂ of task 1", plane, axes, (across, up), phis, tasks, theta
    )


def _through_two(
    loss: Loss, phis: Mapping[str, Params], name: str, tasks: TaskBatch, grid: np.ndarray
) -> View:
    """One φ and its θ̂ of the first two tasks."""
    theta = _thetas(loss, phis[name], tasks[:2])
    ends = ({key: leaf[n] for key, leaf in theta.items()} for n in range(2))
    plane = slices.plane_through(phis[name], *ends)
    title = f"{name}'s φ and its θ̂ of tasks 1 and 2"
    axes = ("distance towards θ̂ of task 1", "distance at right angles to it")
    return _view(loss, title, plane, axes, (grid, grid), phis, tasks, theta)


def _random(
    loss: Loss, phis: Mapping[str, Params], name: str, tasks: TaskBatch, grid: np.ndarray
) -> View:
    """Two random, filter-normalised directions around one φ."""
    plane = slices.random_plane(phis[name], torch.Generator().manual_seed(0))
    title = f"random directions around {name}'s φ"
    axes = ("one random direction, in lengths of φ", "another, in lengths of φ")
    none = {key: leaf[None][:0] for key, leaf in phis[name].items()}
    return _view(loss, title, plane, axes, (grid, grid), phis, tasks, none)


def _view(
    loss: Loss,
    title: str,
    plane: slices.Plane,
    axes: tuple[str, str],
    grid: tuple[np.ndarray, np.ndarray],
    phis: Mapping[str, Params],
    tasks: TaskBatch,
    through: Params,
) -> View:
    points = plane.points(*(torch.tensor(axis) for axis in grid))
    surfaces, places = {}, {}
    for rate, losses in _losses(loss, points, tasks).items():
        # What exploded is as high as any wall: a level line can't run through infinity.
        losses = losses.nan_to_num(nan=WALL, posinf=WALL).clamp(max=WALL)
        losses = losses.reshape(MOST_STEPS + 1, len(grid[1]), len(grid[0]), 1 + SHOWN)
        for steps, task in np.ndindex(MOST_STEPS + 1, 1 + SHOWN):
            surfaces[rate, steps, task] = losses[steps, :, :, task].numpy().copy()
    for name, phi in phis.items():
        at, residual = plane.place(copies(phi, 1))
        places[name] = at[0], float(residual[0])
    return View(title, plane, axes, *grid, surfaces, places, plane.place(through)[0])


def _thetas(loss: Loss, phi: Params, tasks: TaskBatch) -> Params:
    """Where the tasks end that a plane is laid through."""
    support = tasks.support_x, tasks.support_y
    return maml.adapt(loss, phi, *support, inner_lr=TRAINED_WITH, steps=MOST_STEPS)


def _losses(loss: Loss, points: Params, tasks: TaskBatch) -> dict[float, torch.Tensor]:
    """For each α the losses at G points after each step, (steps + 1, G, 1 + SHOWN)."""
    found = {}
    for rate in INNER_LRS:
        each = slices.losses_after_each_step(loss, points, tasks, inner_lr=rate, steps=MOST_STEPS)
        found[rate] = _mean_and_each(each)
    return found


def network_plane(network: Network, phis: Mapping[str, Params], tasks: TaskBatch) -> Explorer:
    """Drag a start over planes through both φ; see the losses after adapting, and the real path.

    `phis` is {"MAML": φ, "transfer": φ}. The losses are those of all `tasks` on average, or of one
    of the first four, on their first QUERIES query points; the planes go through θ̂ of the first
    two.
    """
    known = know(network, phis, tasks)
    figure, (left, right) = style.new_figure(
        1, 2, size=(7.6, 5.4), gridspec_kw={"width_ratios": [5, 2.2]}
    )
    with style.course_style():
        surfaces = {
            key: Surface(left, view.x, view.y, levels=np.array(LEVELS))
            for key, view in known.views.items()
        }
        _frame_axes(left, right)
        scales = Scales(left)
        through, ends, ways = [], [], []
        for color in style.TASKS:
            cross = {"color": color, "marker": "x", "ms": 8, "mew": 2.5, "ls": "", "zorder": 4}
            through += left.plot([], [], animated=True, **cross)
            ends += left.plot([], [], color=color, animated=True, zorder=5, **style.THETA)
            ways.append([arrow(left, color, style.INNER_STEP, zorder=5) for _ in range(MOST_STEPS)])
        both = {
            name: [
                diamond(left, style.METHODS[name], hollow=off, markersize=13)
                for off in (False, True)
            ]
            for name in KNOWN
        }
        yours = diamond(left, "white", zorder=7, markersize=8)
        look = {"animated": True, "color": style.INK, "marker": "o", "ms": 5, "lw": 1.5}
        (moved,) = right.plot([], [], **look)
        (off,) = right.plot([], [], mfc="white", ls="--", **look)
        legend = {
            "your φ": yours,
            "MAML's φ": both["MAML"][0],
            "transfer's φ": both["transfer"][0],
            "a φ off the plane": both["transfer"][1],
            "θ̂ from your φ": ends[0],
            "θ̂ in the plane": through[0],
            "its distance from φ": moved,
            "its distance off the plane": off,
        }
        figure.legend(
            legend.values(),
            legend.keys(),
            loc="outside lower center",
            ncols=4,
            columnspacing=1.2,
            labelspacing=0.9,
        )
        readouts = [Readout(left, y=y, size=10) for y in (1.15, 1.09, 1.03)]
        readouts += [Readout(right, x=0.06, y=y, size=10) for y in (0.95, 0.89, 0.83)]

    def draw(data: OnNetworkPlane, v: Values) -> str:
        view = data.view
        for key, surface in surfaces.items():
            surface.set_visible(key == v.plane)
        surfaces[v.plane].set(data.surface)
        scales.set(v.plane, view.x, view.y, view.axes)
        for name, marks in both.items():
            place, residual = view.phis[name]
            for mark, shown in zip(marks, (residual <= OFF, residual > OFF), strict=True):
                mark.set_data(*(place[:, None] if shown else ([], [])))
        yours.set_data([data.at[0]], [data.at[1]])
        paths = dict(zip(_shown(v.task), data.paths, strict=True))
        for n in range(SHOWN):
            through[n].set_data(*(view.thetas[n, :, None] if n < len(view.thetas) else ([], [])))
            _walk(ways[n], ends[n], paths.get(n))
        for line, values in ((moved, data.travelled), (off, data.residual)):
            mean = values.mean(0)
            line.set_data(range(v.steps + 1), np.where(mean <= FARTHEST, mean, np.nan))
        words = _words(data, v, len(tasks))
        for readout, text in zip(readouts, words, strict=True):
            readout.set_text(text)
        lines = [f"The plane of {view.name}", *words[:3], " ".join(words[3:]).strip()]
        return ". ".join(line for line in lines if line) + "."

    explorer = Explorer(
        figure,
        compute=lambda **values: network_plane_frame(known, **values),
        draw=draw,
        controls=[
            Choice("plane", "plane", [(view.name, key) for key, view in known.views.items()], BOTH),
            Choice(
                "task", "whose loss", [(_whose(n, len(tasks)), n) for n in range(1 + SHOWN)], MEAN
            ),
            Stops("inner_lr", "α", "inner step size", INNER_LRS, TRAINED_WITH, format=".3f"),
            Slider("steps", "k", "inner steps", 0, MOST_STEPS, 1, 0),
            Hidden("at", None),
        ],
        handles=[
            Handle("phi", "your φ", left, lambda data, v: data.at, lambda x, y, v: drop(x, y))
        ],
        describe=(
            "Explorer: planes through a network's parameters with the loss after adapting from "
            "each place; a start φ can be dragged, and beside the plane stand the distance that "
            "adaptation really goes and how much of it is off the plane."
        ),
    )

    def drop(x: float, y: float) -> dict:
        # A place belongs to its plane: on the next one φ starts where that plane does.
        plane = explorer.values["plane"]
        return {"at": (plane, *known.views[plane].inside(x, y))}

    return explorer


def _shown(task: int) -> list[int]:
    """The tasks whose paths are drawn: all four for the mean."""
    return list(range(SHOWN)) if task == MEAN else [task - 1]


def _whose(task: int, n_tasks: int) -> str:
    return f"the mean of {n_tasks} tasks" if task == MEAN else f"task {task}"


def _walk(arrows: list[FancyArrowPatch], end: Line2D, path: np.ndarray | None) -> None:
    """Let arrows run along a path (steps + 1, 2) to its end; hide what is not there."""
    steps = 0 if path is None else len(path) - 1
    for k, patch in enumerate(arrows):
        seen = k < steps and bool((np.abs(path[k : k + 2]) < FAR).all())
        if seen:
            point(patch, tuple(path[k]), tuple(path[k + 1]))
        else:
            patch.set_visible(False)
    end.set_data(*(path[-1:].T if steps else ([], [])))


def _words(data: OnNetworkPlane, v: Values, n_tasks: int) -> tuple[str, ...]:
    """What the picture says, line by line: three over the plane, three over the distances."""
    plural = "" if v.steps == 1 else "s"
    whose = f"Mean loss of {n_tasks} tasks" if v.task == MEAN else f"Loss of task {v.task}"
    setting = f"{whose} after {v.steps} step{plural} of α = {v.inner_lr:.3f}"
    pairs = data.errors.items()
    if v.steps:
        scores = [f"{name} {_spell(before)} → {_spell(after)}" for name, (before, after) in pairs]
    else:
        scores = [f"{name} {_spell(before)}" for name, (before, _) in pairs]
    remarks = [
        f"{name}'s φ is {residual:.1f} off this plane"
        for name, (_, residual) in data.view.phis.items()
        if residual > OFF
    ]
    before, after = data.errors["yours"]
    if not after <= before:
        remarks.append(f"α = {v.inner_lr:.3f} overshoots from your φ")
    ends = data.paths[:, -1]
    if not all(data.view.holds(*end) for end in ends):
        remarks.append("a path leaves the picture")
    distance, residual = data.travelled[:, -1].mean(), data.residual[:, -1].mean()
    whose = "mean of four paths" if v.task == MEAN else f"path of task {v.task}"
    path = f"{whose}:", f"θ̂ is {_spell(distance)} away,", f"{_spell(residual)} off the plane"
    if not v.steps:
        path = "no step yet", "", ""
    return setting, "   ".join(scores), "; ".join(remarks), *path


def _spell(value: float) -> str:
    return f"{value:.2f}" if value < 1000 else "over 1000"


def _frame_axes(left: Axes, right: Axes) -> None:
    left.set_title(" \n\n\n ")
    # Room for the scales, which the layout does not see.
    room = {"color": "none", "transform": left.transAxes}
    left.text(0.5, -0.13, " ", va="top", **room)
    left.text(-0.2, 0.5, " ", **room)
    right.set(
        xlabel="inner steps  k",
        ylabel="distance",
        xlim=(-0.3, MOST_STEPS + 0.3),
        xticks=range(MOST_STEPS + 1),
        ylim=(0, 1.25 * FARTHEST),
        yticks=FARTHEST * np.linspace(0, 1, 6),
    )
