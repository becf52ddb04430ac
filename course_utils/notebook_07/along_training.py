"""How well every estimate agrees with the true meta-gradient while MAML trains (notebook 07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course_utils import maml
from course_utils.figures import style
from course_utils.networks import Loss, Params, detached
from course_utils.notebook_07.estimates import MAML, METHODS, cosines, gradient, objectives
from course_utils.notebook_07.look import COLORS, DASHES
from course_utils.tasks import Sinusoids, TaskBatch

STEEPEST, CG_STEPS = 100.0, 5  # of iMAML on the network


def stations(
    loss: Loss,
    phi: Params,
    *,
    inner_lr: float,
    steps: int,
    iterations: int,
    every: int,
    generator: torch.Generator,
) -> list[Params]:
    """φ after 0, every, 2·every, ... meta-steps of MAML on sinusoids (K = 5, 25 tasks a step)."""
    passed: list[Params] = []
    taken = 0

    def watched(phi: Params, batch: TaskBatch) -> Tensor:
        nonlocal taken
        if taken % every == 0:
            passed.append({name: leaf.clone() for name, leaf in detached(phi).items()})
        taken += 1
        return maml.meta_loss(loss, phi, batch, inner_lr=inner_lr, steps=steps)

    last, _ = maml.train(
        watched,
        phi,
        Sinusoids(),
        iterations=iterations,
        shots=5,
        queries=5,
        meta_lr=5e-3,
        decay="cosine",
        generator=generator,
        progress=False,
    )
    return [*passed, last]


def agreement(
    loss: Loss,
    phis: Sequence[Params],
    batches: Sequence[TaskBatch],
    *,
    inner_lr: float,
    steps: int,
) -> dict[str, np.ndarray]:
    """The cosine of every method's gradient with MAML's, (stations, batches), at each φ.

    Each batch is as large as one of training, so this is what a meta-step of that method would do.
    """
    found = {name: np.zeros((len(phis), len(batches))) for name in METHODS if name != MAML}
    made = objectives(loss, inner_lr, steps, steepest=STEEPEST, cg_steps=CG_STEPS)
    for n, phi in enumerate(phis):
        for m, batch in enumerate(batches):
            gradients = {name: gradient(objective, phi, batch) for name, objective in made.items()}
            for name, value in cosines(gradients).items():
                if name != MAML:
                    found[name][n, m] = value
    return found


def draw_agreement(found: Mapping[str, np.ndarray], *, every: int) -> Axes:
    """Cosines over meta-steps: the mean over batches, and the middle half as a band."""
    figure, axes = style.new_figure(size=(7.6, 3.6))
    with style.course_style():
        for name, values in found.items():
            at = every * np.arange(len(values))
            low, high = np.quantile(values, (0.25, 0.75), axis=1)
            axes.fill_between(at, low, high, color=COLORS[name], alpha=0.15, lw=0)
            look = {"color": COLORS[name], "ls": DASHES[name], "marker": "o", "ms": 4}
            axes.plot(at, values.mean(1), label=name, **look)
        axes.axhline(0, color="#555555", lw=0.8)
        axes.set(
            xlabel="meta-steps of MAML", ylabel="cosine with MAML's gradient", ylim=(-0.3, 1.05)
        )
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return axes
