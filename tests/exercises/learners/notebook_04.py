"""Wrong answers to notebook 04's exercises, as learners wrote them, before any check was known."""

import math

import numpy as np

from course_utils import landscape
from course_utils.notebook_04 import one_axis
from course_utils.tasks import exact
from tests.exercises.learners import answer

# --- draw the objective --------------------------------------------------------------------------

# Heights at φ = −3, −2, ..., 3. At other places: as `rule` says.

answer(
    "draw_objective",
    "draws the summed loss before any step, transfer's objective",
    place={
        "rule": "each diamond on the curve before adapting, l¹(φ) + l²(φ)",
        "heights": {-3: 1.39, -2: 0.88, -1: 1.25, 0: 1.42, 1: 1.32, 2: 1.30, 3: 1.74},
    },
)

answer(
    "draw_objective",
    "draws the curve of three steps from the explorer: low in the middle, high to its right",
    place={
        "rule": "each diamond on MAML's curve for three steps of α = 1",
        "heights": {-3: 0.87, -2: 0.86, -1: 0.94, 0: 0.20, 1: 0.73, 2: 1.17, 3: 1.38},
    },
)

answer(
    "draw_objective",
    "believes that with enough steps every task reaches its best well from anywhere",
    place={
        "rule": "all diamonds at 0",
        "heights": {-3: 0.0, -2: 0.0, -1: 0.0, 0: 0.0, 1: 0.0, 2: 0.0, 3: 0.0},
    },
)

answer(
    "draw_objective",
    "takes the mean of the two tasks where L(φ) is their sum",
    place={
        "rule": "half of the right height everywhere",
        "heights": {-3: 0.43, -2: 0.43, -1: 0.0, 0: 0.0, 1: 0.0, 2: 0.0, 3: 0.0},
    },
)

answer(
    "draw_objective",
    "believes that both tasks end in the well nearest to φ, whichever task's it is",
    place={
        "rule": "left of 0 the summed loss at −2 (.88), right of 0 that at +2 (1.30), at 0 between",
        "heights": {-3: 0.88, -2: 0.88, -1: 0.88, 0: 1.09, 1: 1.30, 2: 1.30, 3: 1.30},
    },
)

# --- the optimum in closed form ------------------------------------------------------------------


@answer("quadratic_optimum", "takes many steps of α for one step of steps times α")
def _(h, c, inner_lr, steps):
    w = h * (1 - steps * inner_lr * h) ** 2
    return ((w * c).sum() / w.sum()).item()


@answer(
    "quadratic_optimum", "leaves the curvature out of the weight: the loss is h/2 times the square"
)
def _(h, c, inner_lr, steps):
    weights = (1 - inner_lr * h) ** (2 * steps)
    return float((weights * c).sum() / weights.sum())


@answer("quadratic_optimum", "writes ** 2 ** steps, which is the power 2^steps and not 2·steps")
def _(h, c, inner_lr, steps):
    shrink = 1 - inner_lr * h
    w = h * shrink**2**steps
    return ((w * c).sum() / w.sum()).item()


@answer("quadratic_optimum", "divides by the number of tasks and not by the sum of the weights")
def _(h, c, inner_lr, steps):
    w = h * (1 - inner_lr * h) ** (2 * steps)
    return (w * c).mean().item()


@answer(
    "quadratic_optimum", "adapts the optimum of one step again: the mean of where the tasks end"
)
def _(h, c, inner_lr, steps):
    phi = (h * c).sum() / h.sum()  # transfer's
    for _ in range(steps):
        theta = phi - inner_lr * h * (phi - c)
        phi = (h * theta).sum() / h.sum()
    return phi.item()


# --- steps until the jump ------------------------------------------------------------------------


@answer("steps_until_jump", "returns the last number of steps that is still on transfer's side")
def _(inner_lr):
    tasks = exact.two_wells()
    steps = 0
    while True:
        curve = landscape.along_axis(
            exact.wells_loss, tasks, one_axis.GRID, inner_lr=inner_lr, steps=steps + 1
        )
        if curve.maml_optimum > -1:
            return steps
        steps += 1


@answer("steps_until_jump", "watches transfer's optimum, which no step moves, and gives up")
def _(inner_lr):
    tasks = exact.two_wells()
    for steps in range(31):
        curve = landscape.along_axis(
            exact.wells_loss, tasks, one_axis.GRID, inner_lr=inner_lr, steps=steps
        )
        if curve.transfer_optimum > -1:
            return steps
    print("no jump up to 30 steps")


@answer("steps_until_jump", "guesses from one case that α times the steps is the same at each jump")
def _(inner_lr):
    # three steps jump between .4 and .5, so α * steps is about 3 * .45
    return round(3 * 0.45 / inner_lr)


@answer("steps_until_jump", "takes any move to the right of transfer's optimum for the jump")
def _(inner_lr):
    for steps in range(1, 100):
        curve = landscape.along_axis(
            exact.wells_loss, exact.two_wells(), one_axis.GRID, inner_lr=inner_lr, steps=steps
        )
        if curve.maml_optimum > curve.transfer_optimum:
            return steps


@answer(
    "steps_until_jump", "follows the one minimum downhill from −2.12, which never leaves its side"
)
def _(inner_lr):
    tasks = exact.two_wells()
    grid = np.linspace(-4, 4, 401)
    place = int(np.abs(grid + 2.12).argmin())
    for steps in range(40):
        maml = landscape.along_axis(
            exact.wells_loss, tasks, grid, inner_lr=inner_lr, steps=steps
        ).maml
        while maml[place + 1] < maml[place]:
            place += 1
        while maml[place - 1] < maml[place]:
            place -= 1
        if grid[place] > -1:
            return steps
    return math.inf
