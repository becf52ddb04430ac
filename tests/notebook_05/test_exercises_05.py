"""What the folds of notebook 05's exercises say, measured; and what is said of unknown answers."""

import pytest
import torch
from torch.testing import assert_close

from course_utils import check, checkpoints, curvature, evaluation, networks, slices
from course_utils.notebook_05 import exercise_hessian
from course_utils.tasks import Sinusoids
from course_utils.vectors import rows

NETWORK = networks.mlp([1, 40, 40, 1])
LOSS = networks.squared_error(NETWORK)
ALPHA = 0.01


@pytest.fixture(scope="module")
def unseen():
    draw = torch.Generator().manual_seed(1312)
    return Sinusoids().sample(200, shots=5, queries=100, generator=draw)


def phi(seed=0):
    return checkpoints.load(f"sinusoids-maml-k5-seed{seed}").phi


def test_gradients_are_three_times_as_long_at_mamls_phi_and_length_alone_is_no_help(unseen):
    """What question 4 says."""
    support = unseen.support_x, unseen.support_y

    def length(params):
        return rows(curvature.gradients(LOSS, params, *support)).norm(dim=1).median()

    for seed in (0, 1, 2):
        transfer = checkpoints.load(f"sinusoids-transfer-k5-seed{seed}").phi
        assert 2.7 < length(phi(seed)) / length(transfer) < 3.7
        scaled = transfer | {
            "W1": 0.2 * transfer["W1"],
            "b1": 0.2 * transfer["b1"],
            "W2": transfer["W2"] / 0.2,
        }
        assert length(scaled) / length(phi(seed)) == pytest.approx(1.0, abs=0.2)
        found = evaluation.errors_after(LOSS, scaled, unseen, inner_lr=ALPHA, steps=(0, 1))
        assert found[1].median() > found[0].median()


def last_line(name, answer):
    return getattr(check, name).judge(answer).lines[-1]


def test_the_valley_between_two_trainings_is_not_connected(unseen):
    ends = phi(0), phi(1)
    places = torch.linspace(0, 1, 11)
    highest = []
    for steps, at_the_ends in ((0, 3.1), (1, 0.65)):
        found = check.slice_between.answer(LOSS, *ends, unseen[:100], places, ALPHA, steps)
        assert found[[0, -1]].max() < at_the_ends + 0.1
        highest.append(float(found.max()))
    assert highest == pytest.approx([4.0, 3.8], abs=0.2)


def test_with_a_rate_for_each_layer_the_rescaled_network_adapts_as_the_first(unseen):
    rates = check.layer_rates.answer(phi(), ALPHA, 5)
    rescaled = phi() | {"W1": 5 * phi()["W1"], "b1": 5 * phi()["b1"], "W2": phi()["W2"] / 5}
    one, other = (
        evaluation.errors_after(LOSS, start, unseen, inner_lr=inner_lr, steps=(1, 5))
        for start, inner_lr in ((phi(), ALPHA), (rescaled, rates))
    )
    for steps in (1, 5):
        assert_close(one[steps], other[steps], rtol=0.02, atol=0.02)


def test_with_a_factor_for_each_unit_the_function_stays_and_normalised_planes_do_not(unseen):
    s = 0.5 + 1.5 * torch.rand(40, generator=torch.Generator().manual_seed(0))
    mixed = check.unit_factors.answer(phi(), s)
    x = torch.linspace(-5, 5, 201)[:, None]
    assert_close(NETWORK(mixed, x), NETWORK(phi(), x), atol=1e-3, rtol=1e-3)
    losses = []
    for start in (phi(), mixed):
        plane = slices.random_plane(start, torch.Generator().manual_seed(1))
        corner = plane.points(torch.tensor([0.2]), torch.tensor([0.2]))
        before, _ = slices.losses_on(LOSS, corner, unseen[:100], inner_lr=ALPHA, steps=0)
        losses.append(float(before.mean()))
    assert abs(losses[0] - losses[1]) > 0.3


def test_a_difference_of_gradients_is_said_to_be_near():
    def difference(loss, phi, v, x, y, eps=1e-3):
        there = {k: leaf + eps * v[k] for k, leaf in phi.items()}
        ends = (exercise_hessian._gradient(loss, params, x, y) for params in (there, phi))
        row = next(ends) - next(ends)
        return exercise_hessian.leaves(row / eps, phi)

    assert last_line("hessian_vector", difference).startswith("Near, and not the same")


def test_of_an_unknown_product_the_curvature_is_measured():
    def unknown(loss, phi, v, x, y):
        right = check.hessian_vector.answer(loss, phi, v, x, y)
        return {k: leaf.square().requires_grad_() for k, leaf in right.items()}

    said = last_line("hessian_vector", unknown)
    loss, start, v, x, y = check.hessian_vector.cases[0].make()
    product = check.hessian_vector.answer(loss, start, v, x, y)
    curvature = sum(float((product[k] * v[k]).sum()) for k in v)
    assert said.startswith("measured:")
    assert f"grows {curvature:.4g}" in said


@pytest.mark.parametrize("name", ["layer_rates", "unit_factors"])
def test_of_other_unknown_answers_both_networks_are_measured(name):
    def unknown(*args):
        right = getattr(check, name).answer(*args)
        return right | {"b2": 2 * right["b2"]}

    assert last_line(name, unknown).startswith("measured")


def test_a_report_with_two_wrong_numbers_is_told_of_both():
    def answer(before, after, limit):
        right = check.honest_report.answer(before, after, limit)
        worse, exploded = (after > before).sum(), (~after.isfinite()).sum()
        return right | {"worse": worse, "exploded": exploded}

    names = ("NaN not worse", "exploded only if not finite")
    assert check.honest_report.judge(answer).names == names


def test_beside_a_number_without_a_name_the_other_is_told():
    def answer(before, after, limit):
        right = check.honest_report.answer(before, after, limit)
        return right | {"median": after.nanmedian(), "worse": right["worse"] + 1}

    verdict = check.honest_report.judge(answer)
    assert verdict.names == ("NaN left out of the median",)
    assert "`worse`: this is none of the mistakes known here." in verdict.says
