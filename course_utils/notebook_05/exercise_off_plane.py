"""The exercise on the way off a plane (05): what is right, and what else learners write."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from course_utils import networks, slices
from course_utils.exercises import Case, Function, Mistake
from course_utils.networks import Params
from course_utils.vectors import copies, vector


def _four_points(seed: int, sizes: tuple[int, ...], reach: float) -> tuple[Params, ...]:
    """φ, two points some way from it in directions that share something, and a third point."""
    generator = torch.Generator().manual_seed(seed)
    phi = networks.mlp(sizes).init(generator)
    across, up, away = (networks.mlp(sizes).init(generator) for _ in range(3))
    first = {k: phi[k] + reach * across[k] for k in phi}
    second = {k: phi[k] + across[k] - 1.2 * up[k] for k in phi}
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


def _length_first(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    across, up = across / across.norm(), up / up.norm()
    up = up - (across @ up) * across
    return (away - (across @ away) * across - (up @ away) * up).norm()


def _first_only(phi, first, second, theta):
    across, away = _ways(phi, first, theta)
    return _rest(away, across).norm()


def _not_of_length_one(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    up = up - (across @ up) / (across @ across) * across
    return (away - (across @ away) * across - (up @ away) * up).norm()


def _one_after_the_other(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    for direction in (across / across.norm(), up / up.norm()):
        away = away - (direction @ away) * direction
    return away.norm()


def _second_not_shortened(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    across = across / across.norm()
    up = up - (across @ up) * across
    return (away - (across @ away) * across - (up @ away) * up).norm()


def _residual_over_the_way(phi, first, second, theta):
    return _off_plane(phi, first, second, theta) / _whole_way(phi, first, second, theta)


def _no_lengths(phi, first, second, theta):
    across, up, away = _ways(phi, first, second, theta)
    return (away - (across @ away) * across - (up @ away) * up).norm()


def _second_only(phi, first, second, theta):
    return _first_only(phi, second, first, theta)


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


def _rests(phi, first, second, theta):
    """What is left of each leaf off a plane of its own."""
    for name in phi:
        across, up, away = ((end[name] - phi[name]).flatten() for end in (first, second, theta))
        yield _rest(away, across, up)


def _leaf_by_leaf(phi, first, second, theta):
    return torch.cat([*_rests(phi, first, second, theta)]).norm()


def _lengths_added(phi, first, second, theta):
    return sum(rest.norm() for rest in _rests(phi, first, second, theta))


def _nearest_of_three(phi, first, second, theta):
    return min(way.norm() for way in _ways(theta, phi, first, second))


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
            "one after the other",
            "You take away the part along the first direction, and of what is left the part along "
            "the second. The two are not at right angles, so the second step brings back some of "
            "the first direction. What must the second direction lose before it is used?",
            _one_after_the_other,
        ),
        Mistake(
            "neither right angles nor length one",
            "You multiply with the two directions as they are. A product of the way with a "
            "direction is a length on it only if the direction has length 1. And the two are not "
            "at right angles, so they share something.",
            _no_lengths,
        ),
        Mistake(
            "not of length one",
            "Your two directions are at right angles, and longer or shorter than 1. The product "
            "of the way with a direction is a length on it only if the direction has length 1.",
            _not_of_length_one,
        ),
        Mistake(
            "the second one not of length one",
            "Your first direction has length 1. The second one is at right angles to it, and has "
            "another length: the product of the way with it is then no length on it.",
            _second_not_shortened,
        ),
        Mistake(
            "the second one shortened",
            "Your second direction has length 1 before it loses what it shares with the first. "
            "After that it is shorter.",
            _length_first,
        ),
        Mistake(
            "off a line",
            "This is the distance from the line through `phi` and `first`. The plane has a second "
            "direction, along which a part of the way may run.",
            _first_only,
        ),
        Mistake(
            "off the other line",
            "This is the distance from the line through `phi` and `second`. The plane has another "
            "direction, along which a part of the way may run.",
            _second_only,
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
            "a share of the way",
            "You divide the distance by the length of the whole way from φ. The distance itself "
            "was asked for.",
            _residual_over_the_way,
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
        Mistake(
            "leaf by leaf, lengths added",
            "You add up one distance for each leaf, each from a plane of its own. A point of the "
            "plane has two numbers in all, the same two for every leaf: make one row of all leaves "
            "first.",
            _lengths_added,
        ),
        Mistake(
            "the nearest of the three",
            "This is the distance to the nearest of the three points. The plane goes on between "
            "and beyond them, and some place on it is nearer.",
            _nearest_of_three,
        ),
    ),
    means="You can say of any picture of a plane how much of a path it hides.",
    returns="one number, a distance",
    rtol=1e-3,
)
