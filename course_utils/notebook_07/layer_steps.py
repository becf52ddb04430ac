"""An explorer: a step size for each layer, the curve, the kinks and the mean error (07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import maml
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Frame, Scene
from course_utils.figures import style
from course_utils.networks import MLP, Params, squared_error
from course_utils.notebook_07 import layers
from course_utils.tasks import TaskBatch, sine_wave

GRID = torch.linspace(-5, 5, 301)[:, None]
X = GRID[:, 0].numpy()
LIMIT, MOST_STEPS, HIGHEST = 6.0, 5, 0.03
ERRORS = (0.1, 10.0)  # of the error's axis
TASKS = {"turned to the left": 44, "turned to the right": 12, "taller": 34, "lower": 18}  # of 150
STEP_SIZES = ("first", "second", "head")  # the sliders, of the layers 1, 2 and 3
COLORS = {"MAML": style.MAML, "transfer": style.TRANSFER}
HIDDEN = (1, 2)
_TOP, _BOTTOM = {1: 0.95, 2: -0.05}, {1: 0.25, 2: -0.75}  # of a layer's kinks: at φ, and at θ̂


@dataclass(frozen=True)
class Steps:
    """A frame: what the steps make of one task's curve, of the kinks, and of the mean error.

    wave, before, after (G,): the task's wave and the output at φ and at θ̂. kinks_before,
    kinks_after {hidden layer: those of each unit}. errors (steps + 1,): the mean error over all
    tasks after 0, 1, ... steps, not finite where one has exploded; worse: how many tasks end worse
    than they began, of `n_tasks`.
    """

    wave: np.ndarray
    support: tuple[np.ndarray, np.ndarray]
    before: np.ndarray
    after: np.ndarray
    kinks_before: dict[int, list[layers.Kinks]]
    kinks_after: dict[int, list[layers.Kinks]]
    errors: np.ndarray
    worse: int
    n_tasks: int


@torch.no_grad()
def steps_frame(
    network: MLP,
    phi: Params,
    batch: TaskBatch,
    task: int,
    *,
    inner_lrs: Mapping[int, float],
    steps: int,
) -> Steps:
    """Adapt phi to every task of the batch with a step size for each layer, {layer: α}.

    `task` is the one that is drawn; its facts are amplitude and phase.
    """
    loss, rates = squared_error(network), layers.rates(phi, inner_lrs)
    support = batch.support_x, batch.support_y
    way = [*maml.trajectory(loss, phi, *support, inner_lr=rates, steps=steps)]
    errors = torch.stack([loss(theta, batch.query_x, batch.query_y) for theta in way])
    theta = {name: leaf[task] for name, leaf in way[-1].items()}
    worse = ~(errors[-1] <= errors[0] * 1.001)  # a sum in another order is no change
    amplitude, phase = (batch.facts[name][task] for name in ("amplitude", "phase"))
    return Steps(
        sine_wave(GRID, amplitude, phase)[:, 0].numpy(),
        (batch.support_x[task, :, 0].numpy(), batch.support_y[task, :, 0].numpy()),
        network(phi, GRID)[:, 0].numpy(),
        network(theta, GRID)[:, 0].numpy(),
        _kinks(network, phi),
        _kinks(network, theta),
        errors.mean(dim=1).numpy(),
        int(worse.sum()),
        len(batch),
    )


def _kinks(network: MLP, params: Params) -> dict[int, list[layers.Kinks]]:
    inputs = layers.inputs_of_units(network, params, GRID)
    return {layer: layers.kinks(X, inputs[layer - 1].numpy()) for layer in HIDDEN}


def layer_steps(
    network: MLP, phis: Mapping[str, Params], batch: TaskBatch, tasks: Mapping[str, int]
) -> Explorer:
    """Give each layer a step size of its own; see the curve, the kinks and the mean error.

    phis {"MAML": φ, "transfer": φ}; tasks {its name: its place in the batch}, those to draw.
    """

    def compute(phi, task, steps, **rates) -> Steps:
        inner_lrs = {n: rates[name] for n, name in enumerate(STEP_SIZES, start=1)}
        return steps_frame(network, phis[phi], batch, task, inner_lrs=inner_lrs, steps=steps)

    ratios = {"gridspec_kw": {"width_ratios": [5, 2], "height_ratios": [5, 3]}}
    with Scene(2, 2, size=(7.6, 5.6), **ratios) as (scene, panels):
        (wave, error), (ticks, below) = panels
        below.axis("off")
        _draw_wave(scene, wave)
        _draw_ticks(scene, ticks)
        _draw_errors(scene, error)
        scene.text(wave, _settings, y=1.13)
        scene.text(wave, lambda f: f"{_mean_said(f.data)}, {_worse_said(f.data)}")
        scene.text(ticks, lambda f: _moved_said(f.data), size=10.5)
        for row, line in enumerate(_LEGEND):
            scene.text(below, lambda f, line=line: line, x=-0.1, y=0.95 - 0.17 * row, size=9.5)
    return scene.explorer(
        compute,
        *(
            Slider(name, f"α{mark}", layers.NAMES[n], 0.0, HIGHEST, 0.001, 0.01, ".3f")
            for n, (name, mark) in enumerate(zip(STEP_SIZES, "₁₂₃", strict=True), start=1)
        ),
        Slider("steps", "k", "inner steps", 1, MOST_STEPS, 1, 1),
        Choice("phi", "φ", [(name, name) for name in phis], "MAML"),
        Choice("task", "task", [*tasks.items()], next(iter(tasks.values()))),
        alt=_alt,
        describe=(
            "Explorer: one task's wave and the network's curve before and after steps whose size "
            "is chosen for each layer, with the kinks of both hidden layers and the mean error."
        ),
    )


_LEGEND = (
    "Kinks: where a unit",
    "switches on or off.",
    "Upper end: at φ.",
    "Lower end: at θ̂.",
    "Short: a unit that has",
    "other kinks than before.",
)


def _draw_wave(scene: Scene, ax: Axes) -> None:
    green = {"color": style.TASKS[0]}
    ax.set(ylabel="output  y", xlim=(-5, 5), ylim=(-LIMIT, LIMIT))
    ax.set_title(" \n ")
    wave = scene.line(ax, lambda f: (X, f.data.wave), **green, lw=5, alpha=0.35, gid="wave")
    dashed = {"color": style.INK, "lw": 1.4, "ls": (0, (4, 2)), "gid": "before"}
    before = scene.line(ax, lambda f: (X, f.data.before), **dashed)
    after = scene.line(ax, lambda f: (X, np.nan_to_num(f.data.after)), lw=2.4, gid="after")
    scene.follow(after, lambda line, f: line.set_color(COLORS[f.phi]))
    dots = {**green, **style.SUPPORT, "zorder": 6, "gid": "support"}
    support = scene.line(ax, lambda f: f.data.support, **dots)
    after.set_color(style.INK)
    scene.figure.legend(
        [wave, support, before, after],
        ["the task's wave", "support", "output at φ", "output at θ̂, in φ's colour"],
        loc="outside lower center",
        ncols=4,
        columnspacing=1.2,
    )


def _draw_ticks(scene: Scene, ax: Axes) -> None:
    ax.set(xlim=(-5, 5), ylim=(-0.85, 1.05), xlabel="input  x", yticks=[0.6, -0.4])
    ax.set_yticklabels(["kinks,\nlayer 1", "kinks,\nlayer 2"])
    ax.tick_params(axis="y", length=0, labelcolor=style.INK)
    ax.spines["left"].set_visible(False)
    for layer in HIDDEN:
        look = {"lw": 1.1, "gid": f"kinks {layer}"}
        line = scene.line(ax, lambda f, layer=layer: tracks(f.data, layer), **look)
        scene.follow(line, lambda line, f: line.set_color(COLORS[f.phi]))


def tracks(data: Steps, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """A line for each kink of a layer, from its place at φ, above, to that at θ̂, below.

    Where a unit's kinks cannot be paired, short ticks stand at both ends instead.
    """
    top, bottom = _TOP[layer], _BOTTOM[layer]
    xs, ys = [], []
    for here, there in zip(data.kinks_before[layer], data.kinks_after[layer], strict=True):
        if here.fits(there):
            ends = zip(here.places, there.places, strict=True)
            strokes = [(pair, (top, bottom)) for pair in ends]
        else:
            strokes = [((a, a), (top, top - 0.12)) for a in here.places]
            strokes += [((b, b), (bottom + 0.12, bottom)) for b in there.places]
        for across, up in strokes:
            xs += [*across, np.nan]
            ys += [*up, np.nan]
    return np.array(xs), np.array(ys)


def _draw_errors(scene: Scene, ax: Axes) -> None:
    ax.set(xlabel="inner steps  k", ylabel="mean error, all tasks", yscale="log", ylim=ERRORS)
    ax.set(xlim=(-0.4, MOST_STEPS + 0.4), xticks=range(MOST_STEPS + 1))
    ax.set_yticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"], minor=False)
    ax.minorticks_off()
    look = {"marker": "o", "ms": 5, "lw": 1.6, "gid": "errors"}
    line = scene.line(ax, lambda f: (range(f.steps + 1), _seen(f.data.errors)), **look)
    scene.follow(line, lambda line, f: line.set_color(COLORS[f.phi]))


def _seen(errors: np.ndarray) -> np.ndarray:
    """The errors as the axis can show them."""
    return np.clip(np.nan_to_num(errors, nan=1e9), *ERRORS)


def _settings(f: Frame) -> str:
    sizes = "   ".join(
        f"α{mark} = {getattr(f, name):.3f}" for name, mark in zip(STEP_SIZES, "₁₂₃", strict=True)
    )
    return f"{f.phi}'s φ   {sizes}   k = {f.steps}"


def error_said(error: float) -> str:
    """A mean error in words."""
    return f"{error:.2f}" if error < 100 else "over 100"


def _mean_said(data: Steps) -> str:
    first, last = (error_said(data.errors[n]) for n in (0, -1))
    return f"mean error {first} → {last}"


def _worse_said(data: Steps) -> str:
    return f"{data.worse} of {data.n_tasks} tasks end worse"


def _moved_said(data: Steps) -> str:
    far = ", ".join(f"layer {layer} {_far(data, layer):.2f}" for layer in HIDDEN)
    return f"kinks moved, median: {far}"


def _far(data: Steps, layer: int) -> float:
    found = layers.moved(data.kinks_before[layer], data.kinks_after[layer])
    return float(np.median(found)) if len(found) else 0.0


def _alt(f: Frame) -> str:
    return (
        f"One task's wave with five support points, and the network's curve before and after "
        f"{vocabulary.counted(f.steps, 'step')} from {f.phi}'s φ; step sizes: first layer "
        f"{f.first:.3f}, second layer {f.second:.3f}, head {f.head:.3f}. Below, the kinks of both "
        f"hidden layers, before and after; {_moved_said(f.data)}. "
        f"Over all tasks: {_mean_said(f.data)}, {_worse_said(f.data)}."
    )
