"""What all peers are given: the paper's sinusoid set-up, of some size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Setting:
    """Sinusoid tasks, how they are adapted, and the network's width."""

    tasks: int = 25
    steps: int = 1
    first_order: bool = False
    width: int = 40
    shots: int = 10
    inner_lr: float = 0.01
    meta_lr: float = 1e-3

    def phi(self) -> Arrays:
        """Parameters W1 (in, out), b1 (out,), ..., the same each time."""
        random = np.random.default_rng(0)
        params = {}
        for layer, (n_in, n_out) in enumerate(pairwise((1, self.width, self.width, 1)), start=1):
            for name, shape in ((f"W{layer}", (n_in, n_out)), (f"b{layer}", (n_out,))):
                params[name] = random.uniform(-1, 1, shape).astype("float32") / n_in**0.5
        return params

    def batch(self) -> list[np.ndarray]:
        """Support x and y, query x and y, each (tasks, shots, 1), the same each time."""
        random = np.random.default_rng(1)
        amplitude = random.uniform(0.1, 5, (self.tasks, 1, 1))
        phase = random.uniform(0, np.pi, (self.tasks, 1, 1))
        sets = []
        for _ in range(2):
            x = random.uniform(-5, 5, (self.tasks, self.shots, 1))
            sets += [x.astype("float32"), (amplitude * np.sin(x - phase)).astype("float32")]
        return sets
