"""Errors of a φ on unseen tasks: what they are, their intervals, and that no task is left out."""

import math

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from course_utils import evaluation, maml, networks
from course_utils.tasks import Digits, Sinusoids, TaskBatch, exact


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def sinusoids():
    network = networks.mlp([1, 8, 1])
    batch = Sinusoids().sample(7, shots=3, queries=4, generator=generator())
    return networks.squared_error(network), network.init(generator(1)), batch


def test_errors_after_are_the_query_losses_of_what_adapt_returns(sinusoids):
    loss, phi, batch = sinusoids
    found = evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=(0, 3))
    assert list(found) == [0, 3]
    theta = maml.adapt(loss, phi, batch.support_x, batch.support_y, inner_lr=0.05, steps=3)
    assert_close(found[3], loss(theta, batch.query_x, batch.query_y))
    with torch.no_grad():
        assert_close(found[0].mean(), maml.transfer_loss(loss, phi, batch))


def counted(loss):
    """The loss, and the list that grows with each of its calls."""
    calls = []

    def counting(*arguments):
        calls.append(1)
        return loss(*arguments)

    return counting, calls


@pytest.mark.parametrize("steps", [(0, 1, 5, 10), (10, 0, 5, 1), (5, 10, 5, 0, 1, 1)])
def test_ten_steps_are_taken_once_in_whatever_order_they_are_asked_for(sinusoids, steps):
    loss, phi, batch = sinusoids
    counting, calls = counted(loss)
    found = evaluation.errors_after(counting, phi, batch, inner_lr=0.05, steps=steps)
    assert list(found) == list(dict.fromkeys(steps))
    assert len(calls) == 10 + 4  # inner steps, and the four errors that are looked at
    for count, errors in found.items():
        alone = evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=(count,))
        assert torch.equal(errors, alone[count])


def test_no_numbers_of_steps_are_refused(sinusoids):
    loss, phi, batch = sinusoids
    with pytest.raises(ValueError, match="steps must hold at least one number of steps"):
        evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=())


@pytest.mark.parametrize("bad", [-1, 1.5, True, "1"])
def test_a_number_of_steps_that_is_none_is_refused(sinusoids, pictures, bad):
    loss, phi, batch = sinusoids
    words = f"steps must be a whole number of at least 0, got {bad!r}"
    with pytest.raises(ValueError, match=words):
        evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=(0, bad))
    network, phi, batch = pictures
    with pytest.raises(ValueError, match=words):
        evaluation.accuracies_after(network, phi, batch, inner_lr=0.05, steps=(bad, 1))


@pytest.mark.parametrize("bad", [5, b"x", "12", {1: 2}, None])
def test_steps_are_a_row_of_numbers(sinusoids, bad):
    loss, phi, batch = sinusoids
    with pytest.raises(ValueError, match="steps must be a tuple of numbers of steps, say "):
        evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=bad)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (torch.tensor([1j, 2.0] * 20), "must be a tensor of real numbers, one a task, got torch.c"),
        ([1.0, 2.0], r"must be a tensor of real numbers, one a task, got list \[1.0, 2.0\]"),
        (np.ones(30), "must be a tensor of real numbers, one a task, got ndarray"),
        (torch.ones(30, 1), r"tasks or more, got the shape \(30, 1\)"),
        (torch.tensor(1.0), r"tasks or more, got the shape \(\)"),
    ],
)
def test_what_has_no_mean_is_said(values, words):
    for summed_up in (
        evaluation.mean_with_interval,
        evaluation.median_with_interval,
        lambda v: evaluation.paired_difference(v, v),
        lambda v: evaluation.means({1: v}),
    ):
        with pytest.raises(ValueError, match=words):
            summed_up(values)


def test_what_makes_no_table_is_said():
    with pytest.raises(ValueError, match="rows must be a dict with a row at least, got "):
        evaluation.table({})
    with pytest.raises(ValueError, match=r"errors must be a dict by numbers of steps, got list"):
        evaluation.means([torch.ones(3)])


def test_tasks_keep_their_order_across_chunks(sinusoids, monkeypatch):
    loss, phi, batch = sinusoids
    whole = evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=(2,))[2]
    monkeypatch.setattr(evaluation, "CHUNK", 3)
    assert_close(evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=(2,))[2], whole)
    assert whole.shape == (7,)


def test_mean_and_interval_of_known_numbers():
    found = evaluation.mean_with_interval(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    assert found.mean == pytest.approx(2.5)
    assert found.half_width == pytest.approx(1.96 * np.std([1, 2, 3, 4], ddof=1) / 2)
    assert (found.low, found.high) == pytest.approx(
        (2.5 - found.half_width, 2.5 + found.half_width)
    )
    assert str(found) == "2.50 ± 1.27"


def test_about_95_of_100_intervals_hold_the_true_mean():
    draws = torch.randn(400, 100, generator=generator())
    means = [evaluation.mean_with_interval(draw) for draw in draws]
    held = sum(mean.low <= 0 <= mean.high for mean in means)
    assert 0.9 < held / 400 < 0.99


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_task_that_is_not_finite_is_counted_and_never_left_out(bad):
    found = evaluation.mean_with_interval(torch.tensor([1.0, bad, 2.0]))
    assert not math.isfinite(found.mean)
    assert found.not_finite == 1
    assert str(found) == "not finite on 1 of 3 tasks"


def test_exploding_tasks_stay_in_the_errors():
    tasks = exact.quadratics(h=(1.0, 4.0), c=(0.0, 5.0))
    phi = {"phi": torch.tensor(4.0).double()}
    found = evaluation.errors_after(exact.quadratic_loss, phi, tasks, inner_lr=1.0, steps=(1, 2000))
    assert found[1][0] == 0  # a full Newton step for task 1
    assert found[1][1] > found[1][0]
    assert not torch.isfinite(found[2000][1])


def test_a_paired_difference_sees_what_two_intervals_cannot():
    hard = 10 * torch.rand(200, generator=generator())
    better, worse = hard, hard + 0.1
    apart = [evaluation.mean_with_interval(errors) for errors in (better, worse)]
    assert apart[1].low < apart[0].high
    assert evaluation.paired_difference(worse, better).low > 0.09


def test_errors_of_different_tasks_are_not_paired():
    with pytest.raises(ValueError, match="same tasks"):
        evaluation.paired_difference(torch.ones(3), torch.ones(4))


@pytest.mark.parametrize("values", [torch.ones(1), torch.ones(2, 2)])
def test_one_value_has_no_interval(values):
    with pytest.raises(ValueError, match="one number a task"):
        evaluation.mean_with_interval(values)


def test_the_step_size_is_tuned_on_other_tasks_for_each_number_of_steps():
    # One task of curvature 4: α = 1/4 solves it in one step, α = 0.6 explodes.
    validation = exact.quadratics(h=(4.0, 4.0), c=(5.0, 5.0))
    tested = exact.quadratics(h=(1.0, 1.0), c=(5.0, 5.0))
    phi = {"phi": torch.tensor(0.0).double()}
    found = evaluation.errors_with_tuned_step(
        exact.quadratic_loss,
        phi,
        tested,
        validation=validation,
        inner_lrs=(0.6, 0.25, 0.1),
        steps=(1, 5),
    )
    for count in (1, 5):
        expected = evaluation.errors_after(
            exact.quadratic_loss, phi, tested, inner_lr=0.25, steps=(count,)
        )
        assert_close(found[count], expected[count])


def test_step_counts_that_chose_one_step_size_are_taken_on_one_way(sinusoids):
    loss, phi, batch = sinusoids
    counting, calls = counted(loss)
    how = {"validation": batch, "inner_lrs": (0.05,)}
    found = evaluation.errors_with_tuned_step(counting, phi, batch, steps=(5, 0, 5, 2), **how)
    assert list(found) == [5, 0, 2]
    assert len(calls) == 2 * (5 + 3)  # to choose, and to judge


def tune(inner_lrs, steps=(1,)):
    tasks = exact.quadratics(h=(4.0, 4.0), c=(5.0, 5.0))
    phi = {"phi": torch.tensor(0.0).double()}
    return evaluation.errors_with_tuned_step(
        exact.quadratic_loss, phi, tasks, validation=tasks, inner_lrs=inner_lrs, steps=steps
    )


def test_tuning_needs_a_step_size_to_try():
    with pytest.raises(ValueError, match="inner_lrs must hold at least one step size to try"):
        tune(())


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        (torch.tensor([0.1, 0.2]), r"inner_lrs must be a list of numbers, .* write .tolist\(\)"),
        (0.1, "inner_lrs must be a list of numbers, say .* got 0.1"),
        ("0.1", "inner_lrs must be a list of numbers, say .* got '0.1'"),
        ({0.1, 0.2}, "inner_lrs must be a list of numbers"),
        (None, "inner_lrs must be a list of numbers, .* got None"),
        (np.ones((2, 2)), r"inner_lrs must be one row of numbers, got the shape \(2, 2\)"),
        ((0.1, -0.1), "inner_lrs must be finite and at least 0, got -0.1"),
        ((0.1, 10**400), "inner_lrs must be finite and at least 0, got 1000"),
    ],
)
def test_tuning_takes_a_list_of_step_sizes(rates, words):
    with pytest.raises(ValueError, match=words):
        tune(rates)
    assert torch.equal(tune(np.array([0.1, 0.2]))[1], tune([0.1, 0.2])[1])


def test_a_step_size_that_explodes_is_never_chosen():
    rates, steps = (2.0, 3.0), (1, 2000)
    assert torch.isfinite(tune((*rates, 0.1), steps)[2000]).all()
    with pytest.raises(ValueError, match=r"after 2000 inner steps none of \(2.0, 3.0\) does"):
        tune(rates, steps)


def test_one_number_of_steps_is_written_as_a_tuple_too(sinusoids):
    loss, phi, batch = sinusoids
    with pytest.raises(ValueError, match=r"steps must be a tuple of numbers of steps, .* got 3"):
        evaluation.errors_after(loss, phi, batch, inner_lr=0.05, steps=3)


def test_a_table_shows_means_and_published_numbers_under_their_steps():
    means = evaluation.means({0: torch.tensor([1.0, 2.0]), 5: torch.tensor([1.0, 1.0])})
    head, ours, paper = evaluation.table({"ours": means, "paper": {5: 0.38}}).splitlines()
    assert "1.50 ± 0.98" in ours
    assert head.index("5") == ours.index("1.00 ± 0.00") == paper.index("0.38")


def test_the_average_wave_and_the_floor_are_those_of_the_sampled_family():
    best = evaluation.average_wave()
    assert best.height == pytest.approx(-1.623, abs=1e-3)
    assert best.floor == pytest.approx(3.006, abs=1e-3)
    assert best.error(0) == pytest.approx(4.252, abs=1e-3)
    batch = Sinusoids().sample(200_000, shots=1, queries=2, generator=generator(5))
    for height in (0.0, best.height, 2.0):
        errors = ((height * torch.cos(batch.query_x) - batch.query_y) ** 2).mean(dim=(1, 2))
        assert errors.mean().item() == pytest.approx(best.error(height), rel=0.015)


def test_the_average_wave_is_the_plane_optimum_of_transfer_learning():
    best, (tasks, weight) = evaluation.average_wave(), exact.sine_quadrature()
    params = {"a": torch.tensor(-best.height).double(), "p": torch.tensor(math.pi / 2).double()}
    losses = exact.sine_loss(params, tasks.query_x, tasks.query_y)
    assert float(losses @ weight) == pytest.approx(best.floor, abs=1e-6)


def test_no_single_cosine_gets_under_the_floor():
    best = evaluation.average_wave(Sinusoids(amplitude=(1.0, 2.0), x=(-3.0, 3.0)))
    assert min(best.error(height) for height in np.linspace(-4, 4, 81)) >= best.floor


def test_noise_raises_the_floor_by_its_variance():
    noisy, clean = evaluation.average_wave(Sinusoids(noise=2.0)), evaluation.average_wave()
    assert noisy.floor == pytest.approx(clean.floor + 4)
    batch = Sinusoids(noise=2.0).sample(100_000, shots=1, queries=2, generator=generator(5))
    errors = ((noisy.height * torch.cos(batch.query_x) - batch.query_y) ** 2).mean(dim=(1, 2))
    assert errors.mean().item() == pytest.approx(noisy.floor, rel=0.015)


def test_a_family_at_one_x_is_the_limit_of_a_narrow_one():
    at, near = (evaluation.average_wave(Sinusoids(x=ends)) for ends in ((1, 1), (0.999, 1.001)))
    assert at.mean_square == pytest.approx(near.mean_square, abs=1e-5)
    assert at.floor == pytest.approx(near.floor, abs=1e-5)


def test_a_family_of_other_phases_is_refused():
    with pytest.raises(ValueError, match=r"phase must be \(0, π\)"):
        evaluation.average_wave(Sinusoids(phase=(0.0, 2 * math.pi)))


@pytest.fixture
def pictures():
    network = networks.convnet(ways=3, channels=4, pixels=8)
    batch = Digits().sample(5, ways=3, shots=2, queries=4, generator=generator())
    return network, network.init(generator(1)), batch


def test_accuracies_are_the_shares_of_right_answers_of_what_adapt_returns(pictures):
    network, phi, batch = pictures
    loss = networks.cross_entropy(network)
    found = evaluation.accuracies_after(network, phi, batch, inner_lr=0.1, steps=(0, 2))
    theta = maml.adapt(loss, phi, batch.support_x, batch.support_y, inner_lr=0.1, steps=2)
    for task in range(5):
        own = {name: leaf[task] for name, leaf in theta.items()}
        answers = network(own, batch.query_x[task]).argmax(-1)
        assert found[2][task] == (answers == batch.query_y[task]).float().mean()
    assert not torch.equal(found[0], found[2])


def test_accuracies_keep_the_order_in_which_steps_are_asked_for(pictures):
    network, phi, batch = pictures
    found = evaluation.accuracies_after(network, phi, batch, inner_lr=0.1, steps=(3, 0, 3, 1))
    assert list(found) == [3, 0, 1]
    for count, shares in found.items():
        alone = evaluation.accuracies_after(network, phi, batch, inner_lr=0.1, steps=(count,))
        assert torch.equal(shares, alone[count])


def test_not_transductive_means_that_each_query_picture_could_come_alone(pictures):
    network, phi, batch = pictures
    how = {"inner_lr": 0.1, "steps": (1,), "transductive": False}
    whole = evaluation.accuracies_after(network, phi, batch, **how)[1]
    alone = [
        evaluation.accuracies_after(
            network,
            phi,
            TaskBatch(
                batch.support_x,
                batch.support_y,
                batch.query_x[:, [i]],
                batch.query_y[:, [i]],
            ),
            **how,
        )[1]
        for i in range(batch.query_x.shape[1])
    ]
    assert_close(torch.stack(alone).mean(0), whole)
    how["transductive"] = True
    assert not torch.equal(evaluation.accuracies_after(network, phi, batch, **how)[1], whole)


def test_per_cent_is_a_hundred_times_the_share():
    shares = torch.tensor([0.5, 0.7, 0.9])
    found = evaluation.percent(shares)
    assert found.mean == pytest.approx(70)
    assert found.half_width == pytest.approx(100 * evaluation.mean_with_interval(shares).half_width)


def test_accuracies_keep_the_order_of_the_tasks_across_chunks(pictures, monkeypatch):
    network, phi, batch = pictures
    how = {"inner_lr": 0.1, "steps": (1,)}
    whole = evaluation.accuracies_after(network, phi, batch, **how)[1]
    monkeypatch.setattr(evaluation, "PICTURE_CHUNK", 2)
    assert torch.equal(evaluation.accuracies_after(network, phi, batch, **how)[1], whole)
    assert len(set(whole.tolist())) > 1


def test_numbers_of_steps_may_come_one_by_one(sinusoids):
    loss, phi, batch = sinusoids
    how = {"validation": batch, "inner_lrs": (0.01,)}
    found = evaluation.errors_with_tuned_step(loss, phi, batch, steps=iter((0, 1)), **how)
    assert list(found) == [0, 1]


def test_about_95_of_100_medians_lie_within_their_interval():
    draws = torch.randn(400, 101, generator=generator(3)).exp()  # skew, true median 1
    found = [evaluation.median_with_interval(values) for values in draws]
    inside = [abs(one.median - 1) <= one.half_width for one in found]
    assert 0.9 < np.mean(inside) < 0.99


@pytest.mark.parametrize("bad", [math.inf, math.nan, 1e30])
def test_a_few_exploded_tasks_do_not_move_a_median(bad):
    calm = torch.linspace(0, 1, 1001)
    wild = calm.clone()
    wild[-5:] = bad
    assert evaluation.median_with_interval(wild) == evaluation.median_with_interval(calm)


def test_a_median_is_spelt_with_its_interval():
    assert str(evaluation.Median(0.1234, 0.005)) == "0.12 ± 0.01"
    assert str(evaluation.Median(233.46, 11.2)) == "233.5 ± 11.2"


def test_a_median_of_few_tasks_has_no_interval():
    with pytest.raises(ValueError, match=r"of 20 tasks or more, got the shape \(19,\)"):
        evaluation.median_with_interval(torch.zeros(19))


def test_no_steps_no_labels_and_no_rows_are_said(sinusoids):
    loss, phi, batch = sinusoids
    with pytest.raises(ValueError, match="steps must hold at least one number of steps"):
        evaluation.errors_after(loss, phi, batch, inner_lr=0.1, steps=())
    with pytest.raises(ValueError, match=r"rows\['a'\] must be a dict by numbers of steps"):
        evaluation.table({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="family must be a Sinusoids, got int 5"):
        evaluation.average_wave(5)
