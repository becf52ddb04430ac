"""What a meta-gradient costs: evaluations, what its graph keeps, time, by inner steps (07)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_utils.figures import style
from course_utils.networks import Loss, Params
from course_utils.notebook_07.estimates import METHODS, gradient, objectives
from course_utils.notebook_07.look import COLORS, DASHES
from course_utils.tasks import TaskBatch

ROUNDS = 5  # of which the quickest is taken


@dataclass(frozen=True)
class Cost:
    """One meta-gradient: how often the loss was asked, the most MB kept at once, milliseconds."""

    losses: int
    megabytes: float
    milliseconds: float


def cost(
    make: Callable[[Loss], Callable[..., Tensor]], loss: Loss, phi: Params, batch: TaskBatch
) -> Cost:
    """What the gradient of the objective make(loss) costs at phi.

    Kept is what autograd saves for a gradient that is still to be taken, each storage once; the
    time is CPU time without the counting.
    """
    asked, kept = 0, _Kept()

    def counting(*args: Tensor) -> Tensor:
        nonlocal asked
        asked += 1
        return loss(*args)

    with torch.autograd.graph.saved_tensors_hooks(kept.save, lambda saved: saved.tensor):
        gradient(make(counting), phi, batch)
    objective, times = make(loss), []
    for _ in range(ROUNDS):
        start = time.process_time()
        gradient(objective, phi, batch)
        times.append(time.process_time() - start)
    return Cost(asked, kept.most / 1e6, 1e3 * min(times))


class _Kept:
    """How many bytes are saved at a time, and the most there were."""

    def __init__(self):
        self.most, self._now, self._uses = 0, 0, Counter()

    def save(self, tensor: Tensor) -> _Saved:
        """A tensor that autograd saves."""
        storage = tensor.untyped_storage()
        key = storage.data_ptr(), storage.nbytes()
        self._uses[key] += 1
        if self._uses[key] == 1:
            self._now += storage.nbytes()
            self.most = max(self.most, self._now)
        return _Saved(tensor, lambda: self._release(key))

    def _release(self, key: tuple[int, int]) -> None:
        self._uses[key] -= 1
        if not self._uses[key]:
            self._now -= key[1]


class _Saved:
    """A saved tensor; `freed` is called when autograd lets it go."""

    def __init__(self, tensor: Tensor, freed: Callable[[], None]):
        self.tensor, self._freed = tensor, freed

    def __del__(self):
        self._freed()


def costs(
    loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: Sequence[int]
) -> dict[str, list[Cost]]:
    """Every method's cost for each number of inner steps."""
    return {
        name: [
            cost(
                lambda counted, name=name, k=k: objectives(
                    counted, inner_lr, k, steepest=100.0, cg_steps=5
                )[name],
                loss,
                phi,
                batch,
            )
            for k in steps
        ]
        for name in METHODS
    }


def draw_costs(found: Mapping[str, Sequence[Cost]], steps: Sequence[int]) -> np.ndarray:
    """Three panels over the number of inner steps: losses asked, MB kept, milliseconds."""
    figure, axes = style.new_figure(1, 3, size=(7.6, 3.3))
    panels = {
        "loss evaluations": lambda c: c.losses,
        "kept for gradients, MB": lambda c: c.megabytes,
        "CPU time, ms": lambda c: c.milliseconds,
    }
    with style.course_style():
        for ax, (title, value) in zip(axes, panels.items(), strict=True):
            for name, each in found.items():
                look = {"color": COLORS[name], "ls": DASHES[name], "marker": "o", "ms": 4}
                ax.plot(steps, [value(c) for c in each], label=name, **look)
            ax.set(title=title, xlabel="inner steps  k", ylim=(0, None), xlim=(0, steps[-1] + 1))
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return axes
