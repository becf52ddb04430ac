"""Adam (Kingma & Ba 2015), the outer loop's rule: torch's own step, its state in plain sight."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.adam import adam as torchs_step

BETAS, EPS = (0.9, 0.999), 1e-8  # the paper's, and torch's


class Adam:
    """Adam on some leaves, which are changed in place by `step`.

    Kingma & Ba 2015, algorithm 1. `torch.optim.Adam(..., fused=True)` takes the same step, to the
    bit; but the first one in a process imports torch's compiler, which no training needs: seconds,
    and some 70 MiB that each learner's kernel would keep (`make benchmark PARTS="import peers"`).
    """

    def __init__(self, leaves: list[Tensor], lr: float):
        self.leaves, self.lr = leaves, lr
        self.moments = [
            {
                "step": torch.zeros((), dtype=torch.float32, device=leaf.device),
                "exp_avg": torch.zeros_like(leaf, requires_grad=False),
                "exp_avg_sq": torch.zeros_like(leaf, requires_grad=False),
            }
            for leaf in leaves
        ]

    @torch.no_grad()
    def step(self) -> None:
        """Move each leaf that has a gradient, `leaf.grad`, one step down it."""
        pairs = zip(self.leaves, self.moments, strict=True)
        moving = [(leaf, moments) for leaf, moments in pairs if leaf.grad is not None]
        torchs_step(
            [leaf for leaf, _ in moving],
            [leaf.grad for leaf, _ in moving],
            [moments["exp_avg"] for _, moments in moving],
            [moments["exp_avg_sq"] for _, moments in moving],
            [],
            [moments["step"] for _, moments in moving],
            fused=True,
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=self.lr,
            weight_decay=0.0,
            eps=EPS,
            maximize=False,
        )
