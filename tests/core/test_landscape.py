"""The exact landscapes hold the numbers that the course quotes, and agree with the core."""

import math

import numpy as np
import pytest
import torch

from course_utils import landscape, maml
from course_utils.networks import mlp, sine2, squared_error
from course_utils.tasks import Sinusoids, exact

AXIS = np.linspace(-5, 5, 1001)


def double(values):
    return torch.tensor(values, dtype=torch.float64)


# --- quadratics -----------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2])
def test_quadratics_optima_are_the_lowest_points_of_the_core_on_a_grid(steps):
    batch = exact.quadratics()
    grid = np.linspace(-1, 6, 7001)
    curves = landscape.along_axis(exact.quadratic_loss, batch, grid, inner_lr=1 / 8, steps=steps)
    optima = exact.quadratic_optima(**batch.facts, inner_lr=1 / 8, steps=steps)
    assert curves.maml_optimum == pytest.approx(optima["maml"], abs=1e-3)
    assert curves.transfer_optimum == pytest.approx(optima["transfer"], abs=1e-3)


# --- two wells on one axis ------------------------------------------------------------------------


def wells(inner_lr, steps, grid=AXIS):
    return landscape.along_axis(
        exact.wells_loss, exact.two_wells(), grid, inner_lr=inner_lr, steps=steps
    )


def test_transfers_optimum_between_task_1s_well_and_task_2s_side_well():
    curves = wells(inner_lr=1.0, steps=3)
    assert curves.transfer_optimum == pytest.approx(-2.12, abs=0.006)
    assert curves.transfer.min() == pytest.approx(0.867, abs=5e-4)
    at = wells(inner_lr=1.0, steps=3, grid=np.array([-2.12]))
    assert at.maml[0] == pytest.approx(0.860, abs=5e-4)


def test_mamls_optimum_is_worse_before_and_far_better_after():
    curves = wells(inner_lr=1.0, steps=3)
    assert curves.maml_optimum == pytest.approx(0, abs=0.05)
    assert curves.maml.min() == pytest.approx(0.20, abs=5e-3)
    at = wells(inner_lr=1.0, steps=5, grid=np.array([0.0]))
    assert at.transfer[0] == pytest.approx(1.42, abs=5e-3)
    assert at.maml[0] == pytest.approx(0.012, abs=5e-4)


def test_with_three_steps_mamls_optimum_jumps_between_point_4_and_point_5():
    at_4, at_5 = wells(0.4, 3), wells(0.5, 3)
    assert at_4.maml_optimum == pytest.approx(-2.08, abs=0.011)
    assert at_5.maml_optimum == pytest.approx(0.0, abs=0.05)
    near_transfer = at_5.maml[at_5.grid < -1].min()
    assert at_5.maml.min() == pytest.approx(0.755, abs=5e-4)
    assert near_transfer == pytest.approx(0.861, abs=5e-4)


def test_with_one_step_it_stays_near_transfers_all_the_way():
    for inner_lr in np.linspace(0, 1, 11):
        assert wells(float(inner_lr), 1).maml_optimum == pytest.approx(-2.1, abs=0.05)
    assert wells(1.0, 1).maml_optimum == pytest.approx(-2.07, abs=0.011)


@pytest.mark.parametrize(("inner_lr", "steps"), [(0.0, 3), (1.0, 0)])
def test_without_adaptation_both_curves_are_one(inner_lr, steps):
    curves = wells(inner_lr, steps)
    np.testing.assert_array_equal(curves.maml, curves.transfer)


def test_task_2_is_caught_in_its_side_well():
    batch, phi = exact.two_wells(), {"phi": double(-2.12)}
    path = landscape.path(
        exact.wells_loss, phi, batch.support_x, batch.support_y, inner_lr=1.0, steps=3
    )
    assert path["phi"][-1, 1].item() == pytest.approx(-2.20, abs=0.005)


# --- paths and points -----------------------------------------------------------------------------


def test_a_path_runs_from_phi_to_where_adapt_ends():
    network = mlp([1, 5, 1])
    phi = network.init(torch.Generator().manual_seed(0))
    batch = Sinusoids().sample(3, shots=4, queries=2, generator=torch.Generator().manual_seed(1))
    sets = squared_error(network), phi, batch.support_x, batch.support_y
    path = landscape.path(*sets, inner_lr=0.05, steps=4)
    for stop in range(5):
        theta = maml.adapt(*sets, inner_lr=0.05, steps=stop)
        for name, leaf in phi.items():
            assert path[name].shape == (5, 3, *leaf.shape)
            torch.testing.assert_close(path[name][stop], theta[name])


def test_a_path_takes_each_of_its_steps_once():
    batch, phi, calls = exact.two_wells(), {"phi": double(-2.12)}, []

    def counting(*arguments):
        calls.append(1)
        return exact.wells_loss(*arguments)

    path = landscape.path(
        counting, phi, batch.support_x, batch.support_y, inner_lr={"phi": 0.7}, steps=6
    )
    assert len(calls) == 6
    theta = maml.adapt(
        exact.wells_loss, phi, batch.support_x, batch.support_y, inner_lr=0.7, steps=6
    )
    assert torch.equal(path["phi"][-1], theta["phi"])


@pytest.mark.parametrize("steps", [0, 1, 4])
@pytest.mark.parametrize("network", [mlp([1, 5, 5, 1]), sine2()], ids=["mlp", "sine2"])
def test_many_points_at_once_are_adapt_at_each_point(network, steps):
    draws = [network.init(torch.Generator().manual_seed(i)) for i in range(4)]
    points = {name: torch.stack([draw[name] for draw in draws]) for name in draws[0]}
    batch = Sinusoids().sample(3, shots=4, queries=5, generator=torch.Generator().manual_seed(1))
    loss = squared_error(network)
    found = landscape.on_points(loss, points, batch, inner_lr=0.05, steps=steps)
    assert found.before.shape == found.after.shape == (4, 3)
    for i, phi in enumerate(draws):
        theta = maml.adapt(loss, phi, batch.support_x, batch.support_y, inner_lr=0.05, steps=steps)
        torch.testing.assert_close(found.before[i], loss(phi, batch.query_x, batch.query_y))
        torch.testing.assert_close(found.after[i], loss(theta, batch.query_x, batch.query_y))
        for name in phi:
            torch.testing.assert_close(found.theta[name][i], theta[name])


def test_every_number_of_steps_on_the_way_is_kept():
    batch = exact.two_wells()
    points = {"phi": double([-3.0, 0.0, 1.0])}
    stages = landscape.adapt_points(exact.wells_loss, points, batch, inner_lr=0.5, steps=3)
    assert len(stages) == 4
    for steps, stage in enumerate(stages):
        alone = landscape.on_points(exact.wells_loss, points, batch, inner_lr=0.5, steps=steps)
        torch.testing.assert_close(stage.after, alone.after)
        torch.testing.assert_close(stage.before, stages[0].after)


def test_a_number_of_steps_that_is_none_is_refused():
    batch, points = exact.two_wells(), {"phi": double([0.0])}
    with pytest.raises(ValueError, match="steps must be a whole number of at least 0, got -1"):
        landscape.on_points(exact.wells_loss, points, batch, inner_lr=0.5, steps=-1)


# --- the plane of sine2 ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planes():
    """The planes after no step and after one, for some step sizes, on a coarse grid."""
    a, p = np.linspace(0, 5, 26), np.linspace(0, math.pi, 17)
    return {
        inner_lr: landscape.sine_planes(a, p, inner_lr=inner_lr, steps=1)
        for inner_lr in (0.02, 0.05, 0.1, 0.2)
    }


def errors_at(optimum, inner_lr=0.1, steps=5):
    """The family's mean error at a point after 0 ... `steps` inner steps."""
    tasks, weight = exact.sine_quadrature()
    points = {"a": double([optimum[0]]), "p": double([optimum[1]])}
    stages = landscape.adapt_points(exact.sine_loss, points, tasks, inner_lr=inner_lr, steps=steps)
    return [(stage.after @ weight).item() for stage in stages]


def test_transfers_optimum_is_the_average_function(planes):
    transfer = planes[0.1][0]
    assert transfer.optimum == pytest.approx((1.62, math.pi / 2), abs=0.01)
    assert transfer.least == pytest.approx(3.01, abs=5e-3)


@pytest.mark.parametrize(
    ("inner_lr", "amplitude"), [(0.02, 2.01), (0.05, 2.68), (0.1, 2.79), (0.2, 1.94)]
)
def test_mamls_optimum_leaves_the_average_and_comes_back(planes, inner_lr, amplitude):
    maml_plane = planes[inner_lr][1]
    assert maml_plane.optimum == pytest.approx((amplitude, math.pi / 2), abs=0.015)


def test_mamls_optimum_is_worse_before_and_better_after(planes):
    at_maml, at_transfer = (errors_at(planes[0.1][k].optimum) for k in (1, 0))
    assert at_maml[:2] == pytest.approx([3.65, 1.21], abs=0.01)
    assert at_transfer[:2] == pytest.approx([3.01, 1.86], abs=0.01)
    assert at_maml[5] == pytest.approx(0.40, abs=0.01)
    assert at_transfer[5] == pytest.approx(0.63, abs=0.01)


def test_a_plane_is_the_mean_loss_at_each_of_its_points():
    a, p = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.5])
    planes = landscape.sine_planes(a, p, inner_lr=0.1, steps=2)
    for row, column in np.ndindex(2, 3):
        wanted = errors_at((a[column], p[row]), steps=2)
        assert [plane.surface[row, column] for plane in planes] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ([], "must hold at least one number, got none"),
        (np.array([]), "must hold at least one number, got none"),
        (1.0, "must be a list of numbers, say .* got 1.0"),
        (np.ones((2, 2)), r"must be one row of numbers, got the shape \(2, 2\)"),
        (torch.ones(2), r"must be a list of numbers, .* write .tolist\(\)"),
        ([0.0, math.nan], "must be finite, got nan"),
    ],
)
def test_a_grid_is_a_row_of_numbers(grid, words):
    tasks, right = exact.quadratics(), np.linspace(0, 1, 3)
    how = {"inner_lr": 0.1, "steps": 1}
    with pytest.raises(ValueError, match=f"grid {words}"):
        landscape.along_axis(exact.quadratic_loss, tasks, grid, **how)
    with pytest.raises(ValueError, match=f"a {words}"):
        landscape.sine_planes(grid, right, **how)
    with pytest.raises(ValueError, match=f"p {words}"):
        landscape.sine_planes(right, grid, **how)


def test_a_plane_needs_two_numbers_along_each_axis_to_refine_between():
    with pytest.raises(ValueError, match=r"a must hold at least two numbers, got \[1.0\]"):
        landscape.sine_planes([1.0], [1.0, 2.0], inner_lr=0.1, steps=1)


def test_with_many_support_points_sampled_tasks_are_the_exact_ones():
    waves = exact.sine_tasks([1.0, 3.0], [0.5, 2.0])
    generator = torch.Generator().manual_seed(0)
    sampled = exact.sampled_support(waves, shots=20_000, generator=generator)
    few = exact.sampled_support(waves, shots=5, generator=generator)
    phi = {"a": torch.tensor(1.5), "p": torch.tensor(1.2)}
    ends = [
        maml.adapt(
            landscape.sampled_sine_loss, phi, b.support_x, b.support_y, inner_lr=0.1, steps=1
        )
        for b in (sampled, few)
    ]
    in_double = {name: leaf.double() for name, leaf in phi.items()}
    wanted = maml.adapt(
        exact.sine_loss, in_double, waves.support_x, waves.support_y, inner_lr=0.1, steps=1
    )
    for name in phi:
        torch.testing.assert_close(ends[0][name], wanted[name].float(), atol=0.02, rtol=0)
        assert (ends[1][name] - wanted[name]).abs().max() > 0.02
    assert few.query_x.shape == (2, 1, 2)
    assert landscape.sampled_sine_loss(ends[0], few.query_x, few.query_y).shape == (2,)


@pytest.mark.parametrize("family", ["batch", "batch alone", "short weights"])
def test_a_family_is_a_batch_and_its_weights(family):
    batch, weight = exact.sine_quadrature(3)
    given = {"batch": batch, "batch alone": (batch,), "short weights": (batch, weight[:3])}
    with pytest.raises(ValueError, match="family must"):
        landscape.sine_planes([0.0, 1.0], [0.0, 1.0], inner_lr=0, steps=0, family=given[family])


def test_weights_may_be_of_another_type_of_number_than_drawn_tasks():
    batch, weight = exact.sine_quadrature(3)
    drawn = exact.sampled_support(batch, shots=3, generator=torch.Generator().manual_seed(0))
    how = {"inner_lr": 0.1, "steps": 1, "loss": landscape.sampled_sine_loss}
    grid = [0.0, 1.0]
    mixed, same = (
        landscape.sine_planes(grid, grid, family=(drawn, w), **how)
        for w in (weight, weight.float())
    )
    assert mixed[1].optimum == same[1].optimum
