"""Lines and planes hold the points they say, and losses on them are those of the core."""

import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from course_utils import maml, networks, slices
from course_utils.tasks import Sinusoids

NETWORK = networks.mlp([1, 12, 9, 1])
LOSS = networks.squared_error(NETWORK)


def start(seed):
    drawn = NETWORK.init(torch.Generator().manual_seed(seed))
    return {name: leaf.double() for name, leaf in drawn.items()}


def tasks(n_tasks=3):
    drawn = Sinusoids().sample(
        n_tasks, shots=5, queries=7, generator=torch.Generator().manual_seed(8)
    )
    parts = (drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y)
    return type(drawn)(*(part.double() for part in parts))


def at(points, i):
    return {name: leaf[i] for name, leaf in points.items()}


def distance(one, other):
    return math.sqrt(sum(float(((one[k] - other[k]) ** 2).sum()) for k in one))


def together(*params):
    return {name: torch.stack([p[name] for p in params]) for name in params[0]}


# --- lines ----------------------------------------------------------------------------------------


def test_a_line_runs_from_its_start_to_its_end_and_beyond():
    one, other = start(0), start(1)
    points = slices.line(one, other, torch.tensor([0.0, 0.25, 1.0, 1.5]))
    assert_close(at(points, 0), one)
    assert_close(at(points, 2), other)
    length = distance(one, other)
    assert distance(at(points, 1), one) == pytest.approx(0.25 * length)
    assert distance(at(points, 3), one) == pytest.approx(1.5 * length)
    assert distance(at(points, 3), other) == pytest.approx(0.5 * length)


def test_the_ends_of_a_line_belong_to_one_network():
    with pytest.raises(ValueError, match="end has leaves of the shapes"):
        slices.line(start(0), networks.mlp([1, 5, 1]).init(), torch.tensor([0.0, 1.0]))


# --- planes ---------------------------------------------------------------------------------------


def test_a_plane_holds_the_three_points_it_is_through():
    three = [start(seed) for seed in range(3)]
    plane = slices.plane_through(*three)
    places, residual = plane.place(together(*three))
    assert residual == pytest.approx(np.zeros(3), abs=1e-6)
    assert places[0] == pytest.approx([0, 0], abs=1e-9)
    assert places[1] == pytest.approx([distance(three[0], three[1]), 0], abs=1e-6)
    assert places[2, 1] > 0
    assert np.hypot(*(places[2] - places[1])) == pytest.approx(distance(three[1], three[2]))


def test_on_a_plane_through_three_points_lengths_are_distances():
    plane = slices.plane_through(*(start(seed) for seed in range(3)))
    points = plane.points(torch.tensor([0.0, 3.0]), torch.tensor([0.0, 4.0]))
    assert distance(at(points, 0), at(points, 3)) == pytest.approx(5)
    assert distance(at(points, 0), at(points, 1)) == pytest.approx(3)  # the first row has one b
    assert distance(at(points, 0), at(points, 2)) == pytest.approx(4)


def test_points_are_placed_where_they_were_taken():
    a, b = torch.linspace(-2, 1, 4), torch.linspace(0, 5, 3)
    for plane in (
        slices.plane_through(*(start(seed) for seed in range(3))),
        slices.random_plane(start(0), torch.Generator().manual_seed(3)),
    ):
        places, residual = plane.place(plane.points(a, b))
        wanted = np.stack([g.ravel() for g in np.meshgrid(a.numpy(), b.numpy())], axis=1)
        assert places == pytest.approx(wanted, abs=1e-6)
        assert residual == pytest.approx(np.zeros(12), abs=1e-6)


def test_the_residual_is_the_distance_off_the_plane():
    plane = slices.plane_through(*(start(seed) for seed in range(3)))
    other = slices.plane_through(start(0), start(1), start(5))
    # `other` shares the horizontal axis: what is upright to this plane there is off it here.
    apart = at(other.points(torch.tensor([2.0]), torch.tensor([7.0])), 0)
    places, residual = plane.place(together(apart))
    cosine = sum(float((plane.up[k] * other.up[k]).sum()) for k in plane.up)
    assert places[0] == pytest.approx([2.0, 7.0 * cosine], abs=1e-6)
    assert residual[0] == pytest.approx(7.0 * math.sqrt(1 - cosine**2))
    assert residual[0] > 1


def test_three_points_on_one_line_make_no_plane():
    one, other = start(0), start(1)
    beyond = at(slices.line(one, other, torch.tensor([1.7])), 0)
    with pytest.raises(ValueError, match="lie on one line, which makes no plane"):
        slices.plane_through(one, other, beyond)
    with pytest.raises(ValueError, match="lie on one line, which makes no plane"):
        slices.plane_through(one, one, other)


def test_parameters_that_exploded_make_no_plane():
    wild = {name: leaf * math.inf for name, leaf in start(2).items()}
    with pytest.raises(ValueError, match="second has values that are NaN or infinite"):
        slices.plane_through(start(0), start(1), wild)


def test_random_directions_are_scaled_unit_by_unit_to_the_network():
    phi = start(2)
    plane = slices.random_plane(phi, torch.Generator().manual_seed(0))
    for direction in (plane.across, plane.up):
        for name, leaf in phi.items():
            if name.startswith("W"):
                assert_close(direction[name].norm(dim=0), leaf.norm(dim=0))
            else:
                assert_close(direction[name].norm(), leaf.norm())
    assert distance(plane.across, plane.up) > 0.5 * distance(
        phi, {k: 0 * v for k, v in phi.items()}
    )


def test_filter_normalised_slices_do_not_change_when_a_network_is_rescaled():
    """The first layer ten times, the second a tenth: the same function, and the same picture."""
    batch, grid = tasks(), torch.linspace(-1, 1, 5)
    phi = start(2)
    factor = {"W1": 10.0, "b1": 10.0, "W2": 0.1}
    scaled = {name: factor.get(name, 1.0) * leaf for name, leaf in phi.items()}
    seen = []
    for params in (phi, scaled):
        plane = slices.random_plane(params, torch.Generator().manual_seed(0))
        points = plane.points(grid, grid)
        seen.append(slices.losses_on(LOSS, points, batch, inner_lr=0.0, steps=0)[0])
    assert_close(seen[0], seen[1])
    # Not so with plain directions of one length: the rescaled network looks sharper or flatter.
    lines = [
        slices.line(params, {k: v + start(4)[k] for k, v in params.items()}, grid)
        for params in (phi, scaled)
    ]
    plain = [slices.losses_on(LOSS, p, batch, inner_lr=0.0, steps=0)[0] for p in lines]
    assert (plain[0] - plain[1]).abs().max() > 0.1


# --- losses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 7, 1000])
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_losses_are_those_of_the_core_at_each_point(monkeypatch, chunk, steps):
    monkeypatch.setattr(slices, "CHUNK", chunk)
    batch, points = tasks(), slices.line(start(0), start(1), torch.linspace(0, 1, 5))
    before, after = slices.losses_on(LOSS, points, batch, inner_lr=0.02, steps=steps)
    assert before.shape == after.shape == (5, 3)
    for i in range(5):
        phi = at(points, i)
        assert_close(before[i], LOSS(phi, batch.query_x, batch.query_y))
        theta = maml.adapt(LOSS, phi, batch.support_x, batch.support_y, inner_lr=0.02, steps=steps)
        assert_close(after[i], LOSS(theta, batch.query_x, batch.query_y))
    assert torch.equal(before, after) == (steps == 0)


def test_losses_after_each_step_go_from_before_to_after():
    batch, points = tasks(), slices.line(start(0), start(1), torch.linspace(0, 1, 4))
    each = slices.losses_after_each_step(LOSS, points, batch, inner_lr=0.02, steps=3)
    assert each.shape == (4, 4, 3)
    for steps in range(4):
        before, after = slices.losses_on(LOSS, points, batch, inner_lr=0.02, steps=steps)
        assert_close(each[0], before)
        assert_close(each[steps], after)


def test_losses_keep_no_graph_and_change_no_point():
    points = slices.line(start(0), start(1), torch.linspace(0, 1, 3))
    points = {name: leaf.requires_grad_() for name, leaf in points.items()}
    kept = {name: leaf.detach().clone() for name, leaf in points.items()}
    before, after = slices.losses_on(LOSS, points, tasks(), inner_lr=0.02, steps=2)
    assert not before.requires_grad
    assert not after.requires_grad
    assert_close({k: v.detach() for k, v in points.items()}, kept)


def test_steps_that_are_no_count_are_refused():
    points = slices.line(start(0), start(1), torch.linspace(0, 1, 3))
    with pytest.raises(ValueError, match="steps must be a whole number of at least 0, got -1"):
        slices.losses_on(LOSS, points, tasks(), inner_lr=0.02, steps=-1)


def test_only_parameters_of_the_planes_network_have_a_place_on_it():
    plane = slices.random_plane(start(0), torch.Generator().manual_seed(0))
    for other in (start(0), {"W1": torch.zeros(1, 3)}, {}):
        with pytest.raises(ValueError, match="params must have leaves"):
            plane.place(other)


def test_a_plane_takes_its_coordinates_in_any_type_of_number():
    plane = slices.random_plane(start(0), torch.Generator().manual_seed(0))
    mixed = plane.points(torch.zeros(2), torch.zeros(3).double())
    assert mixed["W1"].dtype == torch.float64
