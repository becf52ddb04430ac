"""Five estimates of the meta-gradient: where they are one, and where they part."""

import numpy as np
import pytest
import torch

from course_utils import curvature, networks
from course_utils.notebook_07 import along_training, costs, five_arrows
from course_utils.notebook_07.estimates import METHODS, cosines, gradient, objectives
from course_utils.tasks import Sinusoids, exact
from course_utils.vectors import vector
from tests import asked

NETWORK = networks.mlp([1, 8, 1])
LOSS = networks.squared_error(NETWORK)


def test_at_alpha_0_nobody_adapts_and_all_are_one():
    frame = five_arrows.five_arrows_frame(3.0, 0.8, 0.0, 3, 4)
    for each in frame.gradients.values():
        np.testing.assert_array_equal(each, frame.gradients["transfer"])


def test_reptile_of_one_step_is_transfer():
    frame = five_arrows.five_arrows_frame(3.0, 0.8, 0.1, 1, 4)
    np.testing.assert_allclose(frame.gradients["Reptile"], frame.gradients["transfer"])
    later = five_arrows.five_arrows_frame(3.0, 0.8, 0.1, 2, 4)
    assert np.abs(later.gradients["Reptile"] - later.gradients["transfer"]).max() > 0.1


def test_mamls_gradient_is_first_orders_times_one_minus_alpha_h():
    a, p, rate = 3.0, 0.8, 0.1
    frame = five_arrows.five_arrows_frame(a, p, rate, 1, 1)
    batch = five_arrows.first(1)
    phi = {"a": torch.tensor(a, dtype=torch.float64), "p": torch.tensor(p, dtype=torch.float64)}
    first = torch.tensor(frame.gradients["first-order"])
    v = {"a": first[:1], "p": first[1:]}
    product = curvature.hessian_vector_product(
        exact.sine_loss, phi, batch.support_x, batch.support_y, v
    )
    expected = first - rate * torch.cat([product["a"], product["p"]])
    np.testing.assert_allclose(frame.gradients["MAML"], expected)


def test_imaml_on_the_plane_is_as_if_its_inner_problem_were_solved():
    phi = {"a": torch.tensor(3.0, dtype=torch.float64), "p": torch.tensor(0.8, dtype=torch.float64)}
    batch = five_arrows.first(4)
    for rate, steps in ((0.1, 1), (0.2, 2)):
        strength = 1 / (rate * steps)
        here = objectives(exact.sine_loss, rate, steps)["iMAML"]
        long = objectives(exact.sine_loss, rate, steps)["iMAML"]
        long.keywords["steps"] = 300
        assert here.keywords["strength"] == pytest.approx(strength)
        found, solved = (vector(gradient(o, phi, batch)) for o in (here, long))
        assert (found - solved).norm() < 0.12 * solved.norm()


def test_where_the_notebook_says_so_first_order_is_against_maml():
    frame = five_arrows.five_arrows_frame(2.0, 1.2, 0.2, 1, 1)
    assert frame.cosines["first-order"] < -0.99
    assert least_factor(2.0, 1.2, 0.2) < 0


def least_factor(a, p, rate):
    """The least eigenvalue of I − αH for the first task: below 0 where a step overshoots."""
    batch = five_arrows.first(1)

    def loss(v):
        return exact.sine_loss({"a": v[:1], "p": v[1:]}, batch.support_x, batch.support_y)[0]

    hessian = torch.autograd.functional.hessian(loss, torch.tensor([a, p], dtype=torch.float64))
    return 1 - rate * torch.linalg.eigvalsh(hessian)[-1].item()


PLACES = [(a, p) for a in (0.5, 1.5, 2.5, 3.5, 4.5) for p in (0.2, 0.8, 1.4, 2.0, 2.6, 3.0)]


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_first_order_is_against_maml_only_where_one_tasks_step_overshoots(rate):
    for a, p in PLACES:
        against = five_arrows.five_arrows_frame(a, p, rate, 1, 1).cosines["first-order"] < 0
        assert not against or least_factor(a, p, rate) < 0


@pytest.mark.parametrize("tasks", [1, 6])
def test_first_order_is_against_maml_at_a_third_of_thirty_places_at_02_and_at_none_at_005(tasks):
    def share(rate):
        frames = [five_arrows.five_arrows_frame(a, p, rate, 1, tasks) for a, p in PLACES]
        return sum(frame.cosines["first-order"] < 0 for frame in frames) / len(frames)

    assert share(0.05) == 0
    assert 0.2 < share(0.2) < 0.35


def test_a_cosine_is_that_of_the_angle():
    one, other = {"a": torch.tensor(1.0)}, {"a": torch.tensor(-2.0)}
    found = cosines({"MAML": one, "transfer": other})
    assert (found["MAML"], found["transfer"]) == pytest.approx((1, -1))


def test_every_arrow_goes_down_its_own_gradient_to_one_scale():
    explorer = five_arrows.five_arrows()
    explorer.set(a=2.0, p=1.0, inner_lr=0.1, steps=3, tasks=3)
    lengths = {}
    for name in METHODS:
        start, end = np.array(asked.ends(explorer, name))
        np.testing.assert_allclose(start, [2.0, 1.0])
        way = end - start
        slope = explorer.data.gradients[name]
        np.testing.assert_allclose(way / np.linalg.norm(way), -slope / np.linalg.norm(slope))
        lengths[name] = np.linalg.norm(way) / np.linalg.norm(slope)
    assert np.ptp(list(lengths.values())) < 1e-9
    bar = asked.points(explorer, "cosine Reptile")
    assert bar[1, 0] == pytest.approx(explorer.data.cosines["Reptile"])
    assert f"Reptile {explorer.data.cosines['Reptile']:.2f}" in explorer.alt


def test_phi_can_be_dragged_and_stars_come_with_the_tasks():
    explorer = five_arrows.five_arrows()
    explorer.drag("phi", 3.0, 2.0)
    assert explorer.values["a"] == pytest.approx(3.0)
    assert explorer.values["p"] == pytest.approx(2.0)
    explorer.set(tasks=2)
    assert len(asked.points(explorer, "star 2")) == 1
    assert len(asked.points(explorer, "star 3")) == 0


def sinusoids():
    return Sinusoids().sample(25, shots=5, queries=5, generator=torch.Generator().manual_seed(1))


def test_only_mamls_memory_grows_with_the_steps():
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    found = costs.costs(LOSS, phi, sinusoids(), inner_lr=0.01, steps=(2, 8))
    grown = {name: late.megabytes / early.megabytes for name, (early, late) in found.items()}
    assert grown["MAML"] > 2.5
    assert max(grown[name] for name in grown if name != "MAML") < 1.3
    assert [late.losses for _, late in found.values()] == [9, 9, 9, found["iMAML"][0].losses, 1]


def test_the_stations_are_those_of_a_plain_training():
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    how = {"inner_lr": 0.01, "steps": 1}

    def stations(iterations):
        return along_training.stations(
            LOSS,
            phi,
            iterations=iterations,
            every=5,
            generator=torch.Generator().manual_seed(3),
            **how,
        )

    passed = stations(10)
    assert len(passed) == 3
    torch.testing.assert_close(passed[0], phi)
    assert not torch.equal(passed[1]["W1"], passed[2]["W1"])
    found = along_training.agreement(LOSS, passed, [sinusoids()], **how)
    assert found.keys() == set(METHODS) - {"MAML"}
    made = objectives(LOSS, 0.01, 1, steepest=100.0, cg_steps=5)
    expected = cosines({n: gradient(o, passed[1], sinusoids()) for n, o in made.items()})
    assert found["first-order"][1, 0] == pytest.approx(expected["first-order"], abs=1e-6)
