"""Exact tasks hold the losses, weights and optima that the course quotes."""

import math
from fractions import Fraction

import pytest
import torch

from course_utils.tasks import Sinusoids, exact, sine_wave


def double(values):
    return torch.tensor(values, dtype=torch.float64)


# --- quadratics -----------------------------------------------------------------------------------


def test_quadratic_loss_is_its_formula():
    batch = exact.quadratics()
    theta = {"phi": double([4.0, 4.0])}
    losses = exact.quadratic_loss(theta, batch.query_x, batch.query_y)
    assert losses.tolist() == [0.5 * 4**2, 0.5 * 4 * (4 - 5) ** 2]


def test_the_three_optima_of_the_notebook():
    optima = exact.quadratic_optima(**exact.quadratics().facts, inner_lr=1 / 8)
    wanted = {"transfer": 4.0, "first_order": 3.48, "maml": 2.83}
    assert optima == pytest.approx(wanted, abs=0.005)


def test_one_step_of_a_quarter_solves_task_2_so_that_it_weighs_nothing():
    facts = exact.quadratics().facts
    weights = exact.quadratic_weights(facts["h"], inner_lr=1 / 4)
    assert weights["maml"][1] == weights["first_order"][1] == 0
    assert weights["transfer"].tolist() == [1.0, 4.0]
    assert exact.quadratic_optima(**facts, inner_lr=1 / 4)["maml"] == 0


def test_a_steep_task_loses_weight_as_the_step_grows():
    h = exact.quadratics().facts["h"]
    shares = []
    for inner_lr in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25):
        weight = exact.quadratic_weights(h, inner_lr=inner_lr)["maml"]
        shares.append((weight[1] / weight.sum()).item())
    assert shares[0] == 0.8
    assert shares == sorted(shares, reverse=True)


def test_weights_are_all_transfers_where_nothing_is_adapted():
    h = exact.quadratics().facts["h"]
    for how in ({"inner_lr": 0.0, "steps": 3}, {"inner_lr": 0.1, "steps": 0}):
        for weight in exact.quadratic_weights(h, **how).values():
            torch.testing.assert_close(weight, h)


def test_no_optimum_where_every_weight_is_zero():
    facts = exact.quadratics(h=(4.0, 4.0)).facts
    optima = exact.quadratic_optima(**facts, inner_lr=0.25)
    assert optima == {"transfer": 2.5, "first_order": None, "maml": None}


@pytest.mark.parametrize("steps", [1, 2, 100, 101, 5000])
@pytest.mark.parametrize("inner_lr", [0.01, 0.125, 0.3, 0.9])
def test_optima_hold_for_any_number_of_steps_however_small_or_large_the_weights(inner_lr, steps):
    # In exact fractions: floats would be 0 or infinite after so many steps.
    tasks = [(Fraction(1), Fraction(0)), (Fraction(3), Fraction(5)), (Fraction(2), Fraction(-1))]
    facts = exact.quadratics(*([float(v) for v in row] for row in zip(*tasks, strict=True))).facts
    found = exact.quadratic_optima(**facts, inner_lr=inner_lr, steps=steps)
    for name, power in (("transfer", 0), ("first_order", steps), ("maml", 2 * steps)):
        weights = [h * (1 - Fraction(inner_lr) * h) ** power for h, _ in tasks]
        wanted = sum(w * c for w, (_, c) in zip(weights, tasks, strict=True)) / sum(weights)
        assert found[name] == pytest.approx(float(wanted), rel=1e-9), name


def test_optima_do_not_depend_on_the_unit_of_the_losses():
    h, c = double([1.0, 4.0]), double([0.0, 5.0])
    wanted = exact.quadratic_optima(h, c, inner_lr=1 / 8)
    for unit in (1e-12, 1e12):
        found = exact.quadratic_optima(unit * h, c, inner_lr=1 / 8 / unit)
        assert found == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("h", "c", "words"),
    [
        (
            torch.tensor(1.0),
            torch.tensor([0.0, 5.0]),
            r"same shape, \(tasks,\), got \(\) and \(2,\)",
        ),
        (torch.tensor(1.0), [0, 5], r"c must be a tensor of real numbers, \(tasks,\), got list"),
        (torch.tensor(1.0), torch.tensor(5.0), r"same shape, \(tasks,\), got \(\) and \(\)"),
        (torch.ones(1, 2), torch.ones(1, 2), r"got \(1, 2\) and \(1, 2\)"),
        (double([1.0, math.nan]), double([0.0, 5.0]), "h has values that are NaN or infinite"),
        (double([1.0, 4.0]), double([0.0, math.inf]), "c has values that are NaN or infinite"),
        (torch.tensor([1j, 1]), double([0.0, 5.0]), "h must be a tensor of real numbers"),
        (double([-1.0, 2.0]), double([0.0, 5.0]), "h must be at least 0, got -1: curvatures"),
        (1.0, double([0.0]), r"h must be a tensor of real numbers, \(tasks,\), got float 1.0"),
    ],
)
def test_what_has_no_optima_is_said(h, c, words):
    with pytest.raises(ValueError, match=words):
        exact.quadratic_optima(h, c, inner_lr=0.1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: exact.quadratics(h=(1.0,), c=(math.nan,)), "c must be finite, got nan"),
        (lambda: exact.quadratics(h=[], c=[]), "h must hold at least one number, got none"),
        (lambda: exact.quadratics(h=double([1.0])), r"h must be a list .*: write .tolist\(\)"),
        (
            lambda: exact.sampled_support(exact.quadratics(), shots=1, generator=None),
            r"tasks must be those of sine_tasks .* query_x \(2, 1, 2\) and facts \['c', 'h'\]",
        ),
        (
            lambda: exact.sampled_support(
                Sinusoids().sample(2, shots=1, queries=3), shots=1, generator=None
            ),
            r"tasks must be those of sine_tasks .* got a batch with query_x \(2, 3, 1\)",
        ),
        (lambda: exact.sine_tasks([10**400], [0.0]), "amplitude must be finite, got 1000"),
        (lambda: exact.sine_tasks("1", "2"), "amplitude must be a list of numbers, .* got '1'"),
        (lambda: exact.sine_quadrature(10**9), "nodes must be at most 1000, got 1000000000"),
        (
            lambda: exact.sampled_support(
                exact.sine_tasks([1.0], [1.0]), shots=10**9, generator=torch.Generator()
            ),
            "shots must make a batch of at most 200,000,000 numbers, .* got shots=1000000000",
        ),
    ],
)
def test_exact_tasks_that_cannot_be_are_said(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"inner_lr": math.nan}, "inner_lr must be finite and at least 0, got nan"),
        ({"inner_lr": -0.1}, "inner_lr must be finite and at least 0, got -0.1"),
        ({"inner_lr": 0.1, "steps": -1}, "steps must be a whole number of at least 0, got -1"),
        ({"inner_lr": 0.1, "steps": 1.5}, "steps must be a whole number of at least 0, got 1.5"),
    ],
)
def test_weights_and_optima_of_impossible_steps_are_refused(how, words):
    facts = exact.quadratics().facts
    with pytest.raises(ValueError, match=words):
        exact.quadratic_weights(facts["h"], **how)
    with pytest.raises(ValueError, match=words):
        exact.quadratic_optima(**facts, **how)


def test_quadratics_that_make_no_tasks_are_refused():
    with pytest.raises(ValueError, match="h and c must have the same length, got 2 and 1"):
        exact.quadratics(h=(1.0, 2.0), c=(0.0,))
    with pytest.raises(ValueError, match="h must be finite and at least 0, got -1"):
        exact.quadratics(h=(-1.0, 2.0))


# --- two wells on one axis ------------------------------------------------------------------------


def test_wells_are_the_formulas_of_the_notebook():
    batch, theta = exact.two_wells(), {"phi": double([-1.3, -1.3])}
    first = 1 + 0.02 * 0.7**2 - math.exp(-(0.35**2))
    second = 1 + 0.02 * 3.3**2 - math.exp(-(1.65**2)) - 0.5 * math.exp(-(1.1**2))
    losses = exact.wells_loss(theta, batch.query_x, batch.query_y)
    assert losses.tolist() == pytest.approx([first, second])


# --- sine waves -----------------------------------------------------------------------------------


def test_sine_loss_is_the_mean_over_x():
    x = torch.linspace(-5, 5, 200_001, dtype=torch.float64)
    weight = torch.ones_like(x)
    weight[0] = weight[-1] = 0.5
    waves, points = [(0.1, 0.0), (2.0, 1.0), (5.0, 3.0)], [(1.62, 1.57), (0.3, 2.5), (4.0, 0.2)]
    for (big_a, big_p), (a, p) in zip(waves, points, strict=True):
        task = exact.sine_tasks([big_a], [big_p])
        found = exact.sine_loss({"a": double([a]), "p": double([p])}, task.query_x, task.query_y)
        error = (sine_wave(x, a, p) - sine_wave(x, big_a, big_p)) ** 2
        assert found.item() == pytest.approx((weight * error).mean().item(), rel=1e-4, abs=1e-6)


def test_a_task_costs_nothing_at_its_own_parameters():
    tasks = exact.sine_tasks([0.5, 2.0], [0.3, 1.0])
    own = {"a": tasks.facts["amplitude"], "p": tasks.facts["phase"]}
    losses = exact.sine_loss(own, tasks.query_x, tasks.query_y)
    assert losses.tolist() == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: exact.sine_tasks([1.0, 2.0], [0.5]), "same length, got 2 and 1"),
        (lambda: exact.sine_quadrature(amplitude=(5.0, 0.1)), "amplitude must run from low"),
        (lambda: exact.sine_quadrature(phase=(0.0, math.inf)), "phase must have finite ends"),
        (lambda: exact.sine_quadrature(0), "nodes must be a whole number of at least 1, got 0"),
    ],
)
def test_waves_that_make_no_family_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_quadrature_is_the_family():
    tasks, weight = exact.sine_quadrature()
    a, p = tasks.facts["amplitude"], tasks.facts["phase"]
    assert weight.sum().item() == pytest.approx(1)
    assert (weight @ a).item() == pytest.approx(2.55)
    assert (weight @ a**2).item() == pytest.approx((5**3 - 0.1**3) / 3 / 4.9)
    assert (weight @ torch.sin(p)).item() == pytest.approx(2 / math.pi)


def test_a_support_set_needs_a_point():
    tasks = exact.sine_tasks([1.0], [0.5])
    with pytest.raises(ValueError, match="shots must be a whole number of at least 1, got 0"):
        exact.sampled_support(tasks, shots=0, generator=torch.Generator())
