"""The plane of f(x) = a·sin(x − p): both objectives' surfaces, adaptation on them (notebook 04)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from course_utils import landscape
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer
from course_utils.figures import style
from course_utils.notebook_04.shown_tasks import (
    COLORS,
    SHOWN_TASKS,
    STAR,
    THETA,
    number_star,
    number_theta,
    optimum,
)
from course_utils.tasks import TaskBatch, exact

AMPLITUDES = np.linspace(0, 5, 41)
PHASES = np.linspace(0, math.pi, 41)
INNER_LRS = tuple(round(0.01 * i, 2) for i in range(21))
MOST_STEPS = 5
LEVELS = np.arange(0.5, 9.1, 0.5)
ENDLESS = 0  # shots of an exact task


@dataclass(frozen=True)
class Family:
    """The sinusoid family on the plane: its tasks and their weights, the four shown, the loss."""

    tasks: TaskBatch
    weight: Tensor
    shown: TaskBatch
    loss: landscape.Loss

    def means(self, points: landscape.Params, *, inner_lr: float, steps: int) -> Tensor:
        """The mean losses (G, 2) at G points, before and after adapting."""
        here = landscape.on_points(self.loss, points, self.tasks, inner_lr=inner_lr, steps=steps)
        return torch.stack([here.before @ self.weight, here.after @ self.weight], dim=1)


@cache
def family(shots: int) -> Family:
    """The exact family (shots = ENDLESS), or one in which each task has drawn support points."""
    if shots == ENDLESS:
        return Family(*exact.sine_quadrature(12), SHOWN_TASKS, exact.sine_loss)
    generator = torch.Generator().manual_seed(4)
    shown = exact.sampled_support(SHOWN_TASKS, shots=shots, generator=generator)
    waves, weight = exact.sine_quadrature(10)
    tasks = exact.sampled_support(waves, shots=shots, generator=generator)
    return Family(tasks, weight.float(), shown, landscape.sampled_sine_loss)


@cache
def planes(shots: int, inner_lr: float) -> list[landscape.Plane]:
    """Both objectives' surfaces for one α, after 0 ... MOST_STEPS steps."""
    known = family(shots)
    return landscape.sine_planes(
        AMPLITUDES,
        PHASES,
        inner_lr=inner_lr,
        steps=MOST_STEPS,
        family=(known.tasks, known.weight),
        loss=known.loss,
    )


@dataclass(frozen=True)
class OnPlane:
    """A frame: two surfaces with their optima, mean losses, and the four shown tasks' θ̂.

    means: (3, 2), before and after adapting, at φ, transfer's optimum, MAML's optimum.
    theta: (tasks, 2), (a, p) of each θ̂.
    """

    transfer: landscape.Plane
    maml: landscape.Plane
    means: np.ndarray
    theta: np.ndarray


def sine_plane_frame(
    a: float, p: float, inner_lr: float, steps: int, shots: int = ENDLESS
) -> OnPlane:
    """What the plane shows at φ = (a, p)."""
    surfaces, known = planes(shots, inner_lr), family(shots)
    transfer, maml = surfaces[0], surfaces[steps]
    a_values, p_values = zip((a, p), transfer.optimum, maml.optimum, strict=True)
    dtype = known.tasks.support_x.dtype
    points = {
        "a": torch.tensor(a_values, dtype=dtype),
        "p": torch.tensor(p_values, dtype=dtype),
    }
    means = known.means(points, inner_lr=inner_lr, steps=steps)
    phi = {name: leaf[:1] for name, leaf in points.items()}
    theta = landscape.on_points(known.loss, phi, known.shown, inner_lr=inner_lr, steps=steps).theta
    ends = torch.stack([theta["a"][0], theta["p"][0]], dim=1)
    return OnPlane(transfer, maml, means.numpy(), ends.numpy())


def sine_plane(a: float = 3.0, p: float = 0.8, inner_lr: float = 0.0, steps: int = 1) -> Explorer:
    """Drag φ = (a, p) on transfer's and MAML's surfaces; see four tasks adapt from it."""
    for rate in INNER_LRS:  # computed now, so that no slider waits for a surface
        planes(ENDLESS, rate)
    with Scene(1, 2, size=(7.6, 4.7), sharey=True) as (scene, (before, after)):
        _draw_scales(before, after)
        grid = {"x": AMPLITUDES, "y": PHASES, "levels": LEVELS}
        transfer = scene.surface(before, z=lambda f: f.data.transfer.surface, **grid)
        maml = scene.surface(after, z=lambda f: f.data.maml.surface, **grid)
        transfer.set_gid("loss before")
        maml.set_gid("loss after")
        marks = _marks(scene, before, "before")
        _marks(scene, after, "after")
        thetas = [_adapted(scene, after, n) for n in range(len(SHOWN_TASKS))]
        names, shown = (*marks, "its θ̂ from φ"), (*marks.values(), thetas[0])
        close = {"columnspacing": 1.0, "handletextpad": 0.55}
        scene.figure.legend(shown, names, loc="outside lower center", ncols=5, **close)
        scene.text(before, _settings, y=1.09)
        scene.text(before, lambda f: _title("before", f.data.means[:, 0]), size=10)
        scene.text(after, lambda f: _title("after", f.data.means[:, 1]), size=10)
    return scene.explorer(
        sine_plane_frame,
        Slider("a", "φ: a", "amplitude", 0.0, 5.0, 0.05, a),
        Slider("p", "φ: p", "phase", 0.0, 3.14, 0.02, p),
        vocabulary.inner_lrs(INNER_LRS, inner_lr),
        vocabulary.steps(MOST_STEPS, steps),
        Choice("shots", "K  support points", [("∞ (exact)", ENDLESS), ("5", 5)], ENDLESS),
        alt=_alt,
        describe=(
            "Explorer: the plane of amplitude and phase with the mean loss of all sinusoid tasks, "
            "on the left before adapting, on the right after; φ can be dragged."
        ),
    )


def _draw_scales(before: Axes, after: Axes) -> None:
    for axes in (before, after):
        axes.set(title=" \n\n ", xlabel="amplitude  a")  # the title keeps room for two lines
    quarters = [0, math.pi / 4, math.pi / 2, 3 * math.pi / 4, math.pi]
    before.set(ylabel="phase  p", yticks=quarters, yticklabels=["0", "π/4", "π/2", "3π/4", "π"])


def _marks(scene: Scene, axes: Axes, when: str) -> dict[str, Line2D]:
    """Your φ, both optima and the tasks' stars, on either panel, by their names in the legend."""
    look = {"markersize": 8, "gid": f"φ {when}"}
    label = f"φ, {when} adapting"
    phi = scene.grip(axes, lambda f: (f.a, f.p), label, x="a", y="p", name=f"phi {when}", **look)
    look = {"markersize": 16, "gid": f"transfer's φ {when}"}
    transfer = scene.diamond(axes, style.TRANSFER, lambda f: f.data.transfer.optimum, **look)
    look = {"markersize": 12.5, "gid": f"MAML's φ {when}"}
    maml = scene.diamond(axes, style.MAML, lambda f: f.data.maml.optimum, **look)
    stars = [_star(scene, axes, n, gid=f"star {n + 1} {when}") for n in range(len(SHOWN_TASKS))]
    names = "your φ", "transfer's φ", "MAML's φ", "a task's optimum θ*"
    return dict(zip(names, (phi, transfer, maml, stars[0]), strict=True))


def _star(scene: Scene, axes: Axes, task: int, gid: str) -> Line2D:
    number_star(scene, axes, task)
    look = {"color": COLORS[task], "ms": 12, "zorder": 4, "gid": gid, **STAR}
    return scene.line(axes, lambda f: optimum(task), **look)


def _adapted(scene: Scene, axes: Axes, task: int) -> Line2D:
    """A task's arrow from φ, and the θ̂ where it ends."""
    look = {"color": COLORS[task], "zorder": 5}
    way, end = {"gid": f"way {task + 1}", **look}, {"gid": f"theta {task + 1}", **look}
    scene.arrow(axes, at=lambda f: ((f.a, f.p), tuple(f.data.theta[task])), **way)
    theta = scene.line(axes, lambda f: f.data.theta[task], **end, **THETA)
    number_theta(scene, axes, task, lambda f: f.data.theta[task])
    return theta


def _settings(f) -> str:
    return (
        f"φ = (a {f.a:.2f}, p {f.p:.2f})   α = {f.inner_lr:.2f}   steps = {f.steps}   "
        f"K = {_shots(f)}      MAML's a = {f.data.maml.optimum[0]:.2f}"
    )


def _title(when: str, means: np.ndarray) -> str:
    yours, transfers, mamls = means
    return f"{when}: yours {yours:.2f}, transfer's {transfers:.2f}, MAML's {mamls:.2f}"


def _alt(f) -> str:
    said = [
        f"Mean loss {when} adapting: {yours:.2f} at your φ, {transfers:.2f} at transfer's, "
        f"{mamls:.2f} at MAML's."
        for when, (yours, transfers, mamls) in zip(("before", "after"), f.data.means.T, strict=True)
    ]
    return (
        f"The plane of amplitude a and phase p. Your φ is ({f.a:.2f}, {f.p:.2f}); α = "
        f"{f.inner_lr:.2f}, {vocabulary.counted(f.steps, 'step')}, K = {_shots(f)}. Transfer's "
        f"optimum is at a = {f.data.transfer.optimum[0]:.2f}, MAML's at a = "
        f"{f.data.maml.optimum[0]:.2f}. " + " ".join(said)
    )


def _shots(f) -> str:
    return "∞" if f.shots == ENDLESS else str(f.shots)


@dataclass(frozen=True)
class Section:
    """The mean loss on the line p = π/2, for α = .1: a, before and after one step, each (G,).

    transfer, maml: the amplitudes of least loss before and after.
    """

    a: np.ndarray
    before: np.ndarray
    after: np.ndarray
    transfer: float
    maml: float

    def at(self, a: float) -> tuple[float, float]:
        """The mean loss before and after, at one amplitude."""
        return tuple(float(np.interp(a, self.a, each)) for each in (self.before, self.after))


def section() -> Section:
    """What the prediction shows, and what it asks for."""
    a = np.linspace(0, 5, 101)
    middle = torch.full((len(a),), math.pi / 2, dtype=torch.float64)
    points = {"a": torch.tensor(a), "p": middle}
    before, after = family(ENDLESS).means(points, inner_lr=0.1, steps=1).T.numpy()
    transfer, maml = (surface.optimum[0] for surface in planes(ENDLESS, 0.1)[:2])
    return Section(a, before, after, transfer, maml)


def taller_or_smaller(a: float = 1.62) -> Prediction:
    """Predict MAML's amplitude (one step, α = .1) from transfer's, on the section p = π/2."""
    known = section()
    with Scene(size=(7.6, 3.6)) as (scene, axes):
        axes.set(xlabel="amplitude  a, at p = π/2", ylabel="mean loss", xlim=(0, 5), ylim=(0, 10))
        transfer = {"color": style.TRANSFER, "label": "before adapting: transfer"}
        axes.plot(known.a, known.before, gid="before", **transfer)
        transfer = {"color": style.TRANSFER, "zorder": 6, "gid": "transfer's φ", **style.PHI}
        axes.plot(known.transfer, known.before.min(), **transfer)
        dashed = {"color": style.MAML, "ls": (0, (6, 1.2)), "label": "after one step: the answer"}
        scene.line(axes, answer(lambda f: (f.data.a, f.data.after)), gid="after", **dashed)
        least = answer(lambda f: (f.data.maml, f.data.after.min()))
        scene.diamond(axes, style.MAML, least, gid="MAML's φ")
        guess = {"x": "a", "name": "guess", "markersize": 8, "gid": "guess"}
        scene.grip(axes, lambda f: (f.a, f.data.at(f.a)[0]), "your guess", **guess)
        axes.legend(loc="upper left")
        scene.text(axes, _guess)
    return scene.prediction(
        lambda a, revealed: known,
        vocabulary.guess("a", "a", 0.0, 5.0, 0.01, a),
        question=(
            f"Transfer's best wave has the amplitude {known.transfer:.2f}. MAML may count on one "
            "step of α = .1. Is its wave smaller, the same, or taller? Drag the white diamond."
        ),
        verdict=_verdict,
        alt=_alt_of_section,
        describe="Prediction: the mean loss before adapting over the amplitude; a diamond to drag.",
    )


def _guess(f) -> str:
    text = f"transfer's a = {f.data.transfer:.2f}   your guess for MAML's: a = {f.a:.2f}"
    return text + (f"   MAML's: {f.data.maml:.2f}" if f.revealed else "")


def _alt_of_section(f) -> str:
    return (
        f"The mean loss over the amplitude a: transfer's optimum is {f.data.transfer:.2f}, the "
        f"guess for MAML's {f.a:.2f}." + (f" MAML's is {f.data.maml:.2f}." if f.revealed else "")
    )


def _verdict(f) -> str:
    way = "the right way" if f.a > f.data.transfer + 0.05 else "not this way"
    before, after = f.data.at(f.data.maml)[0], f.data.at(f.data.transfer)[1]
    return (
        f"MAML's wave is taller: a = {f.data.maml:.2f}; your guess went {way} and is "
        f"{abs(f.a - f.data.maml):.2f} off. It is worse before adapting "
        f"({before:.2f} against {f.data.before.min():.2f}) and better after one step "
        f"({f.data.after.min():.2f} against {after:.2f})."
    )
