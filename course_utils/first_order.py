"""A first-order adaptation of many steps as one step: what autograd need not remember of it."""

from __future__ import annotations

from course_utils import core_checks as check
from course_utils.core_checks import StepSize
from course_utils.networks import Params

EVERY = 50  # steps: rarely enough to cost nothing, often enough that memory does not grow


def shortened(
    theta: Params, start: Params, step: int, inner_lr: StepSize, *, first_order: bool = False
) -> Params:
    """Theta as the start plus a constant, each EVERY steps; else, and where that is wrong, itself.

    In first order each step adds a constant, and autograd remembers every one of them, a node a
    leaf and step. Their sum is a constant, too: of start − start, which is zero and has the
    gradient 1, one node is left. Learned step sizes need the single steps.
    """
    if not first_order or (step + 1) % EVERY or check.gradient_wanted({}, inner_lr):
        return theta
    return {
        name: leaf.detach() + (start[name] - start[name].detach()) for name, leaf in theta.items()
    }
