"""The exercise on two steps with a pencil (03): what is right, and what else is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import maml
from course_utils.exercises import Mistake, Numbers
from course_utils.tasks import exact

START, ALPHA = 4.0, 1 / 8


def _by_hand(steps: int = 2, alpha: float = ALPHA) -> dict[str, float]:
    """Where some inner steps from φ = 4 end, and MAML's gradient there, by the package."""
    tasks, loss = exact.quadratics(), exact.quadratic_loss
    phi = {"phi": torch.tensor(START, dtype=torch.float64, requires_grad=True)}
    theta = maml.adapt(loss, phi, tasks.support_x, tasks.support_y, inner_lr=alpha, steps=steps)
    total = loss(theta, tasks.query_x, tasks.query_y).sum()
    (slope,) = torch.autograd.grad(total, list(phi.values()))
    first, second = theta["phi"].tolist()
    return {"theta_1": first, "theta_2": second, "gradient": slope.item()}


def _with_factors(power: int) -> dict[str, float]:
    """The slopes at both ends, each times `power` factors (1 − αh)."""
    h, c = (exact.quadratics().facts[fact] for fact in "hc")
    ends = _by_hand()
    slopes = h * (torch.tensor([ends["theta_1"], ends["theta_2"]]) - c)
    return {"gradient": float((slopes * (1 - ALPHA * h) ** power).sum())}


def _ends_of(steps: int = 1, alpha: float = ALPHA) -> dict[str, Any]:
    """Where the wrong steps end, and any gradient there: it was worked out in a way of its own."""
    return _by_hand(steps, alpha) | {"gradient": ...}


def _both_of_curvature_1() -> dict[str, Any]:
    return {"theta_2": 5 + (START - 5) * (1 - ALPHA) ** 2, "gradient": ...}


def _uphill() -> dict[str, Any]:
    h, c = (exact.quadratics().facts[fact] for fact in "hc")
    first, second = (c + (START - c) * (1 + ALPHA * h) ** 2).tolist()
    return {"theta_1": first, "theta_2": second, "gradient": ...}


def _summed(of: Callable[[Tensor, Tensor], Tensor]) -> dict[str, float]:
    """A gradient put together from distances and curvatures: of(distances at the end, h)."""
    h, c = (exact.quadratics().facts[fact] for fact in "hc")
    return {"gradient": float(of((START - c) * (1 - ALPHA * h) ** 2, h).sum())}


two_steps = Numbers(
    "two_steps",
    title="two inner steps",
    notebook="03",
    answer=_by_hand,
    rtol=3e-3,  # three digits: some wrong gradients are as near to each other as one per cent
    mistakes=(
        Mistake(
            "first order",
            "2.0625 is the sum of the slopes at both ends, with no factor: first-order MAML's. "
            "(By chance it is also MAML's gradient after one step.) How does each end change with "
            "φ?",
            partial(_with_factors, 0),
        ),
        Mistake(
            "one factor for two steps",
            "You multiply each slope by (1 − αh) once. There are two inner steps, and the chain "
            "rule meets each of them.",
            partial(_with_factors, 1),
        ),
        Mistake(
            "factors added",
            "For two steps you put 1 − 2αh. Each step multiplies by 1 − αh: two factors, not one "
            "with twice the α.",
            partial(_summed, lambda apart, h: h * apart * (1 - 2 * ALPHA * h)),
        ),
        Mistake(
            "a slope without curvature",
            "In the gradient a slope is h times the distance. Task 2's counts four times.",
            partial(_summed, lambda apart, h: apart * (1 - ALPHA * h) ** 2),
        ),
        Mistake(
            "task 1 alone",
            "That is task 1's part alone. L is the sum of both tasks' losses.",
            partial(_summed, lambda apart, h: (h * apart * (1 - ALPHA * h) ** 2)[:1]),
        ),
        Mistake(
            "both slopes up",
            "You add the sizes of the slopes. Task 2 ends on the other side of its optimum: which "
            "sign has its slope?",
            partial(_summed, lambda apart, h: (h * apart * (1 - ALPHA * h) ** 2).abs()),
        ),
        Mistake(
            "one step",
            "These are the numbers of one inner step. Go on from where it ended.",
            _ends_of,
        ),
        Mistake(
            "one step twice as long",
            "You used the slope at φ twice, which is one step twice as long. The second step takes "
            "the slope where the first one ended.",
            partial(_ends_of, 1, 2 * ALPHA),
        ),
        Mistake("three steps", "That is a step too many.", partial(_ends_of, 3)),
        Mistake(
            "the distance, not the place",
            "That is how far θ̂² is from its task's optimum. The optimum itself is not at 0.",
            lambda: {"theta_2": _by_hand()["theta_2"] - 5, "gradient": ...},
        ),
        Mistake(
            "curvature forgotten",
            "Task 2 has curvature 4: its slope is four times its distance from the optimum.",
            _both_of_curvature_1,
        ),
        Mistake("uphill", "You walk up the slope: an inner step goes down.", _uphill),
        Mistake(
            "the mean",
            "That is half of it, the gradient of the mean of both losses. Here L is their sum.",
            lambda: {"gradient": _by_hand()["gradient"] / 2},
        ),
        Mistake(
            "the way φ moves",
            "That is minus the gradient, the way in which φ moves. The gradient itself is asked "
            "for.",
            lambda: {"gradient": -_by_hand()["gradient"]},
        ),
        Mistake(
            "transfer's gradient",
            "That is transfer learning's gradient: both slopes at φ itself. MAML's losses are "
            "those after the steps.",
            lambda: {"gradient": _by_hand(0)["gradient"]},
        ),
    ),
    means="Each inner step is one factor, in the distance and again in the chain rule.",
)
