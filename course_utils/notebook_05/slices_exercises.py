"""Exercises on what a slice shows and hides (05): what is right, and what else learners write."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import maml, networks, slices
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import Params
from course_utils.tasks import Sinusoids, TaskBatch
from course_utils.vectors import copies, vector

# --- how far off the plane ------------------------------------------------------------------------


def _four_points(seed: int, sizes: tuple[int, ...], reach: float) -> tuple[Params, ...]:
    """φ, two points some way from it in directions that share something, and a third point."""
    generator = torch.Generator().manual_seed(seed)
    phi = networks.mlp(sizes).init(generator)
    across, up, away = (networks.mlp(sizes).init(generator) for _ in range(3))
    first = {k: phi[k] + reach * across[k] for k in phi}
    second = {k: phi[k] + across[k] - 2 * reach * up[k] for k in phi}
    theta = {k: phi[k] + across[k] + up[k] + reach * away[k] for k in phi}
    return phi, first, second, theta


def _off_plane(phi: Params, first: Params, second: Params, theta: Params) -> float:
    _, residual = slices.plane_through(phi, first, second).place(copies(theta, 1))
    return float(residual[0])


def _rest(away: Tensor, *directions: Tensor) -> Tensor:
    """What is left of a way without its part along some directions."""
    basis = torch.stack(directions, dim=1).double()
    away = away.double()
    return away - basis @ torch.linalg.lstsq(basis, away[:, None]).solution[:, 0]


def _ways(phi: Params, *ends: Params) -> list[Tensor]:
    return [vector(end) - vector(phi) for end in ends]


def _not_at_right_angles(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    across, up = across / across.norm(), up / up.norm()
    return (away - (across @ away) * across - (up @ away) * up).norm()


def _not_of_length_one(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    up = up - (across @ up) / (across @ across) * across
    return (away - (across @ away) * across - (up @ away) * up).norm()


def _theta_from_zero(phi, first, second, theta):
    return _rest(vector(theta), *_ways(phi, first, second)).norm()


def _all_from_zero(phi, first, second, theta):
    return _rest(*map(vector, (theta, first, second))).norm()


def _whole_way(phi, first, second, theta):
    return _ways(phi, theta)[0].norm()


def _in_the_plane(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    return (away - _rest(away, across, up)).norm()


def _squared(phi, first, second, theta):
    return _off_plane(phi, first, second, theta) ** 2


def _leaf_by_leaf(phi, first, second, theta):
    rests = []
    for name in phi:
        across, up, away = ((end[name] - phi[name]).flatten() for end in (first, second, theta))
        rests.append(_rest(away, across, up))
    return torch.cat(rests).norm()


off_plane = Function(
    "off_plane",
    title="how far off the plane",
    notebook="05",
    answer=_off_plane,
    cases=(
        Case("a network with five units, points near φ", partial(_four_points, 0, (1, 5, 1), 0.5)),
        Case("a network of three layers", partial(_four_points, 1, (2, 4, 3, 2), 1.5)),
        Case("the course's network", partial(_four_points, 2, (1, 40, 40, 1), 0.8)),
    ),
    mistakes=(
        Mistake(
            "not at right angles",
            "You take away the part along each of the two directions. They are not at right "
            "angles, so what they share is taken away twice. What must the second direction lose "
            "before it is used?",
            _not_at_right_angles,
        ),
        Mistake(
            "not of length one",
            "Your two directions are at right angles, and longer or shorter than 1. The product "
            "of the way with a direction is a length on it only if the direction has length 1.",
            _not_of_length_one,
        ),
        Mistake(
            "theta from zero",
            "Your directions begin at φ, and `theta` itself is measured from 0. The plane goes "
            "through φ: which way leads from φ to `theta`?",
            _theta_from_zero,
        ),
        Mistake(
            "a plane through zero",
            "Your plane holds `first`, `second` and 0, and it does not hold φ. Where must all "
            "three ways begin?",
            _all_from_zero,
        ),
        Mistake(
            "the whole way from φ",
            "This is the distance from φ to `theta`. A part of this way runs along the plane and "
            "does not lead off it.",
            _whole_way,
        ),
        Mistake(
            "the shadow's distance",
            "This is how far the shadow is from φ, on the plane. What is asked is the way from "
            "the shadow to `theta`.",
            _in_the_plane,
        ),
        Mistake(
            "squared",
            "This is the square of the distance: the sum of the squares, before the root.",
            _squared,
        ),
        Mistake(
            "leaf by leaf",
            "Each leaf has its own two multiples of the directions, as if it had its own plane. A "
            "point of the plane has two numbers in all, the same two for every leaf.",
            _leaf_by_leaf,
        ),
    ),
    means="You can say of any picture of a plane how much of a path it hides.",
    returns="one number, a distance",
    rtol=1e-3,
)

# --- a slice between two φ ------------------------------------------------------------------------


def _line_case(
    seed: int, n_tasks: int, places: tuple[float, ...], inner_lr: float, steps: int
) -> tuple[Any, ...]:
    """A small network's loss, two φ, tasks, places on the line, α and the number of steps."""
    network, generator = networks.mlp([1, 12, 1]), torch.Generator().manual_seed(seed)
    first, second = network.init(generator), network.init(generator)
    batch = Sinusoids().sample(n_tasks, shots=5, queries=8, generator=generator)
    loss = networks.squared_error(network)
    return loss, first, second, batch, torch.tensor(places), inner_lr, steps


def _slice(loss, first, second, batch, places, inner_lr, steps):
    points = slices.line(first, second, places)
    return slices.losses_on(loss, points, batch, inner_lr=inner_lr, steps=steps)[1].mean(1)


def _from_the_other_end(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, second, first, batch, places, inner_lr, steps)


def _before(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, first, second, batch, places, inner_lr, 0)


def _one_step(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, first, second, batch, places, inner_lr, 1)


def _support_loss(loss, first, second, batch, places, inner_lr, steps):
    judged = TaskBatch(*(batch.support_x, batch.support_y) * 2)
    return _slice(loss, first, second, judged, places, inner_lr, steps)


def _summed(loss, first, second, batch, places, inner_lr, steps):
    return len(batch) * _slice(loss, first, second, batch, places, inner_lr, steps)


def _first_stays(loss, first, second, batch, places, inner_lr, steps):
    beyond = {k: first[k] + second[k] for k in first}
    return _slice(loss, first, beyond, batch, places, inner_lr, steps)


def _adapted_at_the_ends(loss, first, second, batch, places, inner_lr, steps):
    support = batch.support_x, batch.support_y
    one, other = (
        maml.adapt(loss, phi, *support, inner_lr=inner_lr, steps=steps) for phi in (first, second)
    )
    found = []
    for t in places:
        theta = {k: (1 - t) * one[k] + t * other[k] for k in one}
        found.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(found)


def _errors_mixed(loss, first, second, batch, places, inner_lr, steps):
    ends = torch.tensor([0.0, 1.0])
    at_first, at_second = _slice(loss, first, second, batch, ends, inner_lr, steps)
    return (1 - places) * at_first + places * at_second


def _one_theta_for_all(loss, first, second, batch, places, inner_lr, steps):
    x, y = (part.flatten(0, 1)[None] for part in (batch.support_x, batch.support_y))
    found = []
    for t in places:
        phi = {k: (1 - t) * first[k] + t * second[k] for k in first}
        theta = maml.adapt(loss, phi, x, y, inner_lr=inner_lr, steps=steps)
        shared = {k: leaf[0] for k, leaf in theta.items()}
        found.append(loss(shared, batch.query_x, batch.query_y).mean())
    return torch.stack(found)


slice_between = Function(
    "slice_between",
    title="a slice of your own",
    notebook="05",
    answer=_slice,
    cases=(
        Case("three tasks, one step", partial(_line_case, 0, 3, (0.0, 0.25, 0.5, 1.0), 0.05, 1)),
        Case("seven tasks, two steps", partial(_line_case, 1, 7, (-0.2, 0.3, 0.6), 0.04, 2)),
        Case("four tasks, three steps", partial(_line_case, 2, 4, (0.1, 0.4, 0.8, 1.2), 0.03, 3)),
    ),
    mistakes=(
        Mistake(
            "from the other end",
            "Your line runs from `second` to `first`. Which φ is at t = 0?",
            _from_the_other_end,
        ),
        Mistake(
            "before any step",
            "This is the error before any step, transfer learning's slice. Do the tasks adapt, "
            "and is the loss taken at what they arrive at?",
            _before,
        ),
        Mistake("always one step", "One step is taken, whatever `steps` says.", _one_step),
        Mistake(
            "support error",
            "The tasks adapt on their support sets and are judged on them, too. Which points has "
            "a task not learned from?",
            _support_loss,
        ),
        Mistake(
            "sum over tasks",
            "This is the sum over the tasks. What is asked is their mean, which does not grow "
            "with the number of tasks.",
            _summed,
        ),
        Mistake(
            "first stays whole",
            "You add t times `second` and keep all of `first`. At t = 1 nothing of `first` may be "
            "left.",
            _first_stays,
        ),
        Mistake(
            "adapted at the ends, then mixed",
            "You adapt at both ends and mix the adapted parameters. The slice asks what a task "
            "reaches when it starts *between* the two: first mix, then adapt.",
            _adapted_at_the_ends,
        ),
        Mistake(
            "errors mixed",
            "You mix the errors of the two ends, which is a straight line whatever lies between. "
            "What has to be mixed are the parameters, and a network's error is no linear function "
            "of them.",
            _errors_mixed,
        ),
        Mistake(
            "one θ̂ for all tasks",
            "All tasks take one step together, by their mean gradient, and end at one θ̂. Each "
            "task is to adapt on its own support set, from the same φ.",
            _one_theta_for_all,
        ),
    ),
    means="You can cut a slice of what tasks reach from any place, between any two φ.",
    returns="the mean query error at each place, a tensor (places,)",
)
