"""What each layer's step does on sinusoids: measured with the stored φ of three trainings."""

import math

import numpy as np
import pytest
import torch

from course_utils import checkpoints, evaluation, maml, networks
from course_utils.notebook_07 import layers
from course_utils.tasks import Sinusoids

NETWORK = networks.mlp([1, 40, 40, 1])
LOSS = networks.squared_error(NETWORK)
ALPHA, SEEDS = 0.01, (0, 1, 2)
SIZES = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
KNOBS = [10.0**power for power in range(-4, 3)]
GRID = torch.linspace(-5, 5, 1001)[:, None]


def drawn(n_tasks, seed, **family):
    generator = torch.Generator().manual_seed(seed)
    return Sinusoids(**family).sample(n_tasks, shots=5, queries=100, generator=generator)


@pytest.fixture(scope="module")
def unseen():
    return drawn(1_000, 1)


@pytest.fixture(scope="module")
def validation():
    return drawn(300, 77)


def phi_of(seed, kind="maml"):
    return checkpoints.load(f"sinusoids-{kind}-k5-seed{seed}").phi


def small():
    phi = networks.mlp([1, 5, 4, 1]).init(torch.Generator().manual_seed(3))
    return networks.mlp([1, 5, 4, 1]), phi


def errors(phi, batch, moving, alpha=ALPHA, steps=1):
    rates = layers.rates(phi, dict.fromkeys(moving, alpha))
    return evaluation.errors_after(LOSS, phi, batch, inner_lr=rates, steps=(steps,))[steps]


def tuned(phi, batch, validation, moving, steps=1):
    means = {a: errors(phi, validation, moving, a, steps).mean().item() for a in SIZES}
    best = min(SIZES, key=lambda a: means[a] if math.isfinite(means[a]) else math.inf)
    return errors(phi, batch, moving, best, steps).mean().item()


def test_each_leaf_has_its_layers_step_size():
    phi = small()[1]
    found = layers.rates(phi, {1: 0.1, 3: 0.3})
    assert found == {"W1": 0.1, "b1": 0.1, "W2": 0.0, "b2": 0.0, "W3": 0.3, "b3": 0.3}
    with pytest.raises(ValueError, match=r"inner_lrs must name layers of phi, \[1, 2, 3\]"):
        layers.rates(phi, {4: 0.1})


def test_the_head_on_the_features_is_the_network():
    network, phi = small()
    x = torch.linspace(-5, 5, 30)[:, None]
    output = layers.features(network, phi, x) @ phi["W3"] + phi["b3"]
    torch.testing.assert_close(output, network(phi, x))
    theta = {name: torch.stack([leaf, 2 * leaf]) for name, leaf in phi.items()}
    each = layers.features(network, theta, x.expand(2, 30, 1))
    torch.testing.assert_close(each[0], layers.features(network, phi, x))


def test_the_kinks_of_the_first_layer_are_where_its_formula_has_them():
    network, phi = small()
    inputs = layers.inputs_of_units(network, phi, GRID)[0].numpy()
    found = layers.kinks(GRID[:, 0].numpy(), inputs)
    for unit, at in enumerate((-phi["b1"] / phi["W1"][0]).tolist()):
        assert found[unit].places == pytest.approx([at] if abs(at) < 5 else [], abs=1e-3)
        left = -5 * phi["W1"][0, unit] + phi["b1"][unit] > 0
        assert found[unit].on_at_left == left


def test_only_kinks_in_the_same_order_are_paired():
    here = [layers.Kinks(np.array([1.0, 2.0]), True), layers.Kinks(np.array([0.0]), False)]
    there = [layers.Kinks(np.array([1.5, 4.0]), True), layers.Kinks(np.array([3.0]), True)]
    assert layers.moved(here, there) == pytest.approx([0.5, 2.0])
    assert len(layers.moved(here[1:], there[1:])) == 0


def test_with_no_unit_held_the_step_is_an_ordinary_one():
    batch, phi = drawn(30, 5), phi_of(0)
    found = layers.errors_with_switches_held(NETWORK, phi, batch, inner_lr=ALPHA, held=())
    torch.testing.assert_close(found, errors(phi, batch, (1, 2, 3)))
    with pytest.raises(ValueError, match=r"held must name hidden layers, \[1, 2\]"):
        layers.errors_with_switches_held(NETWORK, phi, batch, inner_lr=ALPHA, held=(3,))


def test_held_units_pass_on_what_they_get_where_they_were_on_at_phi():
    network, phi = small()
    batch = drawn(6, 5)
    found = layers.errors_with_switches_held(network, phi, batch, inner_lr=0.3)
    theta = maml.adapt(
        networks.squared_error(network), phi, batch.support_x, batch.support_y,
        inner_lr=0.3, steps=1,
    )  # fmt: skip
    for n in range(6):  # one task at a time, one point at a time
        own, total = {name: leaf[n].detach() for name, leaf in theta.items()}, 0.0
        for x, y in zip(batch.query_x[n], batch.query_y[n], strict=True):
            now, then = x, x
            for layer in ("1", "2"):
                gate = then @ phi["W" + layer] + phi["b" + layer] > 0
                then = (then @ phi["W" + layer] + phi["b" + layer]) * gate
                now = (now @ own["W" + layer] + own["b" + layer]) * gate
            total += (now @ own["W3"] + own["b3"] - y).item() ** 2
        assert found[n].item() == pytest.approx(total / len(batch.query_x[n]), rel=1e-4)


def test_the_ridge_head_is_where_the_gradient_of_its_loss_vanishes():
    network, phi = small()
    batch, knob = drawn(2, 4), 0.3
    found = layers.errors_with_ridge_head(network, phi, batch, knob)
    for n in range(2):
        start = torch.cat([phi["W3"][:, 0], phi["b3"]]).double()
        own = start.clone().requires_grad_()
        h, query = (
            torch.cat([layers.features(network, phi, x[n]), torch.ones(len(x[n]), 1)], 1).double()
            for x in (batch.support_x, batch.query_x)
        )
        for _ in range(30):  # Newton's method on a quadratic: exact at once
            off = (h @ own - batch.support_y[n, :, 0]).square().sum()
            value = off + knob * (own - start).square().sum()
            (slope,) = torch.autograd.grad(value, [own])
            bend = 2 * (h.T @ h + knob * torch.eye(len(own), dtype=torch.float64))
            own = (own - torch.linalg.solve(bend, slope)).detach().requires_grad_()
        error = (query @ own - batch.query_y[n, :, 0]).square().mean().item()
        assert found[n].item() == pytest.approx(error, rel=1e-4)
    with pytest.raises(ValueError, match="knob must be above 0"):
        layers.errors_with_ridge_head(network, phi, batch, 0)


def test_the_knob_is_chosen_on_other_tasks():
    phi, batch, others = phi_of(0), drawn(40, 1), drawn(40, 2)
    found = layers.errors_with_tuned_ridge(NETWORK, phi, batch, validation=others, knobs=KNOBS)
    each = {k: layers.errors_with_ridge_head(NETWORK, phi, others, k).mean() for k in KNOBS}
    best = layers.errors_with_ridge_head(NETWORK, phi, batch, min(each, key=each.get))
    torch.testing.assert_close(found, best)


# --- what notebook 07 says, three trainings, 1,000 unseen tasks -----------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_layer_alone_keeps_the_result_and_no_other_does(seed, unseen):
    phi = phi_of(seed)
    whole, first = (errors(phi, unseen, moving) for moving in ((1, 2, 3), (1,)))
    assert abs(evaluation.paired_difference(first, whole).mean) < 0.08
    assert first.mean() < 0.75
    assert 2.6 < errors(phi, unseen, (2,)).mean() < errors(phi, unseen, (3,)).mean() < 3.1
    assert errors(phi, unseen, (1,), steps=5).mean() < 0.45


def test_the_knob_is_chosen_by_the_validation_tasks_and_by_no_others(monkeypatch):
    def errors(network, phi, batch, knob):
        best = {"judged": 1.0, "validation": 10.0}[batch]
        return torch.tensor([abs(knob - best)])

    monkeypatch.setattr(layers, "errors_with_ridge_head", errors)
    found = layers.errors_with_tuned_ridge(
        NETWORK, {}, "judged", validation="validation", knobs=(0.1, 1.0, 10.0)
    )
    assert found.item() == 9.0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_step_size_and_no_ridge_brings_another_layer_near(seed, unseen, validation):
    phi, others = phi_of(seed), validation
    assert 2.4 < tuned(phi, unseen, others, (3,)) < 2.9
    assert 1.9 < tuned(phi, unseen, others, (3,), steps=5) < 2.6
    assert 2.1 < tuned(phi, unseen, others, (2,)) < 2.6
    assert 1.6 < tuned(phi, unseen, others, (2,), steps=5) < 2.3
    ridge = layers.errors_with_tuned_ridge(NETWORK, phi, unseen, validation=others, knobs=KNOBS)
    assert 1.6 < ridge.mean() < 2.3


@pytest.mark.parametrize("seed", SEEDS)
def test_from_transfers_phi_the_first_layer_is_ahead_too_and_no_layer_goes_far(seed, unseen):
    phi = phi_of(seed, "transfer")
    first, second, head = (errors(phi, unseen, (layer,)).mean() for layer in (1, 2, 3))
    assert 2.3 < first < second - 0.2 < head < 3.1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_layers_step_moves_the_kinks_of_the_second(seed, unseen):
    phi = phi_of(seed)
    first, second = layers.kinks_moved(NETWORK, phi, unseen[:40], GRID, {1: ALPHA})
    assert np.median(first) < 0.05
    assert 0.2 < np.median(second) < 0.6
    assert np.quantile(first, 0.95) > 0.4  # a few of its own move far
    of_second = layers.kinks_moved(NETWORK, phi, unseen[:40], GRID, {2: ALPHA})[1]
    assert np.median(of_second) < 0.03
    from_transfer = layers.kinks_moved(
        NETWORK, phi_of(seed, "transfer"), unseen[:40], GRID, {1: ALPHA}
    )[1]
    assert np.median(from_transfer) < 0.5 * np.median(second)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_units_held_mamls_step_is_worth_nothing_and_transfers_as_much_as_before(seed, unseen):
    def held(phi, held):
        of = layers.errors_with_switches_held
        return of(NETWORK, phi, unseen, inner_lr=ALPHA, held=held).mean()

    phi = phi_of(seed)
    assert held(phi, ()) < 0.75
    assert all(held(phi, (layer,)) > 1.0 for layer in (1, 2))
    assert held(phi, (1, 2)) > 2.6
    phi = phi_of(seed, "transfer")
    assert abs(held(phi, (1, 2)) - held(phi, ())) < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_units_without_a_kink_in_sight_do_most_of_what_the_first_layer_does(seed, unseen):
    phi = phi_of(seed)
    outside = (phi["b1"] / phi["W1"][0]).abs() > 5
    assert outside.sum() <= 8
    rates = {name: torch.zeros_like(leaf) for name, leaf in phi.items()}
    rates |= {"W1": ALPHA * outside.float()[None], "b1": ALPHA * outside.float()}
    after = evaluation.errors_after(LOSS, phi, unseen, inner_lr=rates, steps=(1,))[1]
    assert after.mean() < 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_features_do_for_another_height_and_not_for_another_phase(seed):
    phi, shares = phi_of(seed), {}
    for differ, family in (
        ("height", {"phase": (math.pi / 2, math.pi / 2)}),
        ("phase", {"amplitude": (1.62, 1.62)}),
    ):
        tasks, others = drawn(600, 5, **family), drawn(300, 6, **family)
        before = errors(phi, tasks, (1,), 0.0).mean()
        ridge = layers.errors_with_tuned_ridge(NETWORK, phi, tasks, validation=others, knobs=KNOBS)
        shares[differ] = (tuned(phi, tasks, others, (1,)) / before, ridge.mean() / before)
    first, ridge = shares["height"]
    assert ridge < first + 0.08
    assert ridge < 0.45
    first, ridge = shares["phase"]
    assert first < 0.33
    assert ridge > 0.5
