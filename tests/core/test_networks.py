"""Networks take parameters and points with or without a task dimension, and agree with PyTorch."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from course_utils import networks
from course_utils.networks import convnet, cross_entropy, mlp, sine2, squared_error

few = settings(deadline=None, derandomize=True, max_examples=15)
TASKS, POINTS = 3, 4


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def per_task(params, tasks=TASKS):
    """A different set of parameters for each task."""
    scale = torch.linspace(0.5, 1.5, tasks)
    return {k: torch.stack([s * leaf for s in scale]) for k, leaf in params.items()}


def one_of(params, task):
    return {name: leaf[task] for name, leaf in params.items()}


NETWORKS = pytest.mark.parametrize("network", [mlp([1, 8, 8, 1]), sine2()], ids=["mlp", "sine2"])


@NETWORKS
def test_the_four_combinations_of_shared_and_per_task(network):
    shared = network.init(seeded())
    own = per_task(shared)
    x = torch.randn(POINTS, 1, generator=seeded(1))
    x_own = torch.randn(TASKS, POINTS, 1, generator=seeded(2))
    assert network(shared, x).shape == (POINTS, 1)
    for params, points in ((shared, x_own), (own, x), (own, x_own)):
        together = network(params, points)
        assert together.shape == (TASKS, POINTS, 1)
        for task in range(TASKS):
            alone = network(
                one_of(params, task) if params is own else params,
                points[task] if points is x_own else points,
            )
            torch.testing.assert_close(together[task], alone)


@few
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.integers(1, 5), st.integers(1, 4))
def test_an_mlp_of_any_size_maps_points_to_outputs(sizes, points, tasks):
    network = mlp(sizes)
    params = network.init(seeded())
    x = torch.randn(tasks, points, sizes[0], generator=seeded(1))
    assert len(params) == 2 * (len(sizes) - 1)
    assert network(params, x).shape == (tasks, points, sizes[-1])
    assert network(per_task(params, tasks), x).shape == (tasks, points, sizes[-1])


def test_the_papers_network_is_pytorchs():
    network = mlp([1, 40, 40, 1])
    params = network.init(seeded())
    assert sum(leaf.numel() for leaf in params.values()) == 1761
    layers = []
    for layer in (1, 2, 3):
        linear = torch.nn.Linear(*params[f"W{layer}"].shape)
        linear.weight.data, linear.bias.data = params[f"W{layer}"].T, params[f"b{layer}"]
        layers += [linear, torch.nn.ReLU()]
    x = torch.linspace(-5, 5, 9)[:, None]
    torch.testing.assert_close(network(params, x), torch.nn.Sequential(*layers[:-1])(x))


def test_initial_parameters_are_drawn_as_pytorch_draws_them():
    ours = mlp([100, 400]).init(seeded())
    theirs = torch.nn.Linear(100, 400)
    for leaf, weight in ((ours["W1"], theirs.weight), (ours["b1"], theirs.bias)):
        assert leaf.abs().max() <= 1 / math.sqrt(100)
        assert leaf.std().item() == pytest.approx(weight.std().item(), rel=0.1)
        assert leaf.mean().item() == pytest.approx(0, abs=0.01)


@NETWORKS
def test_same_seed_same_parameters(network):
    one, two, other = (network.init(seeded(seed)) for seed in (1, 1, 2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_layers_may_mix_shared_and_per_task_leaves():
    network = mlp([1, 5, 5])
    params = network.init(seeded())
    x = torch.randn(5, 5, 1, generator=seeded(1))
    own = per_task(params, 5)
    for name in params:
        mixed = network(params | {name: own[name]}, x)
        for task in range(5):
            alone = network(params | {name: own[name][task]}, x[task])
            torch.testing.assert_close(mixed[task], alone)


def test_dtype_follows_the_leaves():
    params = {name: leaf.double() for name, leaf in mlp([1, 3, 1]).init().items()}
    assert mlp([1, 3, 1])(params, torch.ones(2, 1, dtype=torch.float64)).dtype == torch.float64


def test_sine2_is_the_wave_it_says():
    x = torch.linspace(-5, 5, 7)[:, None]
    params = {"a": torch.tensor(2.0), "p": torch.tensor(0.5)}
    torch.testing.assert_close(sine2()(params, x), 2 * torch.sin(x - 0.5))


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([3], r"sizes must name the input and the output at least, got \[3\]"),
        ([1, 0, 1], "sizes must be a whole number of at least 1, got 0: a layer needs a unit"),
        ([1, 2.5], "sizes must be a whole number"),
        ([1, 10**9, 1], r"sizes must make a network of at most 200,000,000 numbers, .* 1000000000"),
        ([1, 10**400, 1], "sizes must make a network of at most 200,000,000 numbers"),
        (5, r"sizes must be a list of layer sizes, say \[1, 40, 1\], got 5"),
    ],
)
def test_sizes_that_make_no_network_are_said(sizes, words):
    with pytest.raises(ValueError, match=words):
        mlp(sizes)


def test_a_convnet_that_no_memory_holds_is_refused():
    with pytest.raises(ValueError, match="ways and channels and pixels must make a network of at"):
        networks.convnet(5, np.int32(10**6))


def test_squared_error_is_one_mean_a_task():
    loss = squared_error(sine2())
    params = {"a": torch.zeros(TASKS), "p": torch.zeros(TASKS)}
    y = torch.tensor([[1.0, 1.0], [2.0, 4.0], [0.0, 3.0]])[..., None]
    torch.testing.assert_close(loss(params, torch.zeros_like(y), y), torch.tensor([1, 10, 4.5]))
    assert loss(one_of(params, 0), torch.zeros(2, 1), y[0]).shape == ()


@pytest.mark.parametrize("shape", [(TASKS, POINTS), (POINTS,), (TASKS, POINTS, 2)])
def test_squared_error_refuses_a_y_that_torch_would_broadcast(shape):
    params = {"a": torch.zeros(TASKS), "p": torch.zeros(TASKS)}
    with pytest.raises(ValueError, match=r"y has the shape .* must end in \(points, features\)"):
        squared_error(sine2())(params, torch.zeros(TASKS, POINTS, 1), torch.zeros(shape))


@pytest.mark.parametrize("tasks", [1, 2])
def test_squared_error_refuses_a_y_of_other_tasks(tasks):
    params = {"a": torch.zeros(TASKS), "p": torch.zeros(TASKS)}
    x, y = torch.zeros(TASKS, POINTS, 1), torch.ones(tasks, POINTS, 1)
    with pytest.raises(ValueError, match="as many tasks where both have tasks"):
        squared_error(sine2())(params, x, y)


def test_one_set_of_points_serves_the_parameters_of_all_tasks():
    params = {"a": torch.tensor([0.0, 1.0, 2.0]), "p": torch.zeros(TASKS)}
    x, y = torch.linspace(-2, 2, POINTS)[:, None], torch.ones(POINTS, 1)
    losses = squared_error(sine2())(params, x, y)
    for task, a in enumerate(params["a"]):
        torch.testing.assert_close(losses[task], ((a * torch.sin(x) - 1) ** 2).mean())


PICTURES = torch.rand(TASKS, POINTS, 1, 28, 28, generator=seeded(3))
LABELS = torch.tensor([[0, 1, 2, 0], [1, 1, 2, 0], [2, 0, 0, 1]])
CONVNET = convnet(ways=3, channels=4)


def test_a_convnet_takes_one_task_or_many_with_parameters_shared_or_of_each_task():
    shared = CONVNET.init(seeded())
    own = per_task(shared)
    assert CONVNET(shared, PICTURES[0]).shape == (POINTS, 3)
    for task in range(TASKS):
        alone = one_of(own, task)
        torch.testing.assert_close(CONVNET(shared, PICTURES)[task], CONVNET(shared, PICTURES[task]))
        torch.testing.assert_close(CONVNET(own, PICTURES)[task], CONVNET(alone, PICTURES[task]))
        torch.testing.assert_close(CONVNET(own, PICTURES[0])[task], CONVNET(alone, PICTURES[0]))


def test_a_convnet_is_what_torch_makes_of_the_same_layers():
    params = CONVNET.init(seeded())
    layers = []
    for i, n_in in ((1, 1), (2, 4), (3, 4)):
        convolution = torch.nn.Conv2d(n_in, 4, 3, stride=2, padding=1, bias=False)
        convolution.weight.data = params[f"W{i}"]
        norm = torch.nn.BatchNorm2d(4)  # a fresh one is in training mode: the batch's statistics
        norm.weight.data, norm.bias.data = params[f"g{i}"] + i, params[f"b{i}"] - i / 10
        params |= {f"g{i}": norm.weight.detach(), f"b{i}": norm.bias.detach()}
        layers += [convolution, norm, torch.nn.ReLU()]
    features = torch.nn.Sequential(*layers, torch.nn.Flatten())(PICTURES[0])
    torch.testing.assert_close(CONVNET.features(params, PICTURES[0]), features)
    torch.testing.assert_close(CONVNET(params, PICTURES[0]), features @ params["W4"] + params["b4"])


def test_a_convnet_starts_as_torch_does_by_default():
    params, torchs = CONVNET.init(seeded()), torch.nn.Conv2d(4, 4, 3)
    assert params["W2"].shape == torchs.weight.shape
    bound = torchs.weight.abs().max().item()
    assert params["W2"].abs().max() == pytest.approx(1 / 6, rel=0.1)
    assert bound == pytest.approx(1 / 6, rel=0.1)


def test_the_batch_is_normalised_by_its_own_statistics_unless_told_otherwise():
    params = CONVNET.init(seeded())
    together, alone = CONVNET(params, PICTURES[0])[:1], CONVNET(params, PICTURES[0][:1])
    assert not torch.allclose(together, alone, atol=0.05)  # transductive: company matters
    fixed = CONVNET.with_statistics(params, PICTURES[1])
    torch.testing.assert_close(CONVNET(fixed, PICTURES[0])[:1], CONVNET(fixed, PICTURES[0][:1]))
    torch.testing.assert_close(CONVNET(fixed, PICTURES[1]), CONVNET(params, PICTURES[1]))
    # Taken again, they are those of the new pictures, not of the old.
    again = CONVNET.with_statistics(fixed, PICTURES[0])
    torch.testing.assert_close(CONVNET(again, PICTURES[0]), CONVNET(params, PICTURES[0]))


def test_statistics_are_each_tasks_own():
    own = per_task(CONVNET.init(seeded()))
    fixed = CONVNET.with_statistics(own, PICTURES)
    assert fixed["m1"].shape == fixed["v3"].shape == (TASKS, 4)
    for task in range(TASKS):
        alone = CONVNET.with_statistics(one_of(own, task), PICTURES[task])
        torch.testing.assert_close(fixed["v2"][task], alone["v2"][0])
        torch.testing.assert_close(
            CONVNET(fixed, PICTURES[0])[task], CONVNET(one_of(fixed, task), PICTURES[0])
        )


def test_the_gradient_of_a_convnet_is_each_tasks_own():
    own = {k: v.requires_grad_() for k, v in per_task(CONVNET.init(seeded())).items()}
    loss = cross_entropy(CONVNET)
    together = torch.autograd.grad(loss(own, PICTURES, LABELS).sum(), list(own.values()))
    for task in range(TASKS):
        alone = one_of(own, task)
        value = loss(alone, PICTURES[task], LABELS[task])
        for name, grad in zip(own, together, strict=True):
            (expected,) = torch.autograd.grad(value, alone[name], retain_graph=True)
            torch.testing.assert_close(grad[task], expected, atol=1e-5, rtol=1e-4)


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"x must be pictures .*1, 28, 28\), got .*1, 8, 8\)"):
        CONVNET(CONVNET.init(), torch.zeros(TASKS, POINTS, 1, 8, 8))
    with pytest.raises(ValueError, match="ways must be a whole number of at least 2"):
        convnet(ways=1)


def test_cross_entropy_is_torchs_one_mean_a_task():
    params = CONVNET.init(seeded())
    found = cross_entropy(CONVNET)(params, PICTURES, LABELS)
    for task in range(TASKS):
        scores = CONVNET(params, PICTURES[task])
        expected = torch.nn.functional.cross_entropy(scores, LABELS[task])
        torch.testing.assert_close(found[task], expected)
        one = cross_entropy(CONVNET)(params, PICTURES[task], LABELS[task])
        assert one.shape == ()
        torch.testing.assert_close(one, expected)


def test_one_set_of_labels_serves_the_parameters_of_all_tasks():
    own = per_task(CONVNET.init(seeded()))
    found = cross_entropy(CONVNET)(own, PICTURES[0], LABELS[0])
    for task in range(TASKS):
        alone = cross_entropy(CONVNET)(one_of(own, task), PICTURES[0], LABELS[0])
        torch.testing.assert_close(found[task], alone)


def test_labels_that_do_not_meet_the_pictures_are_refused():
    with pytest.raises(ValueError, match=r"y has the shape \(3, 5\), the network's output"):
        cross_entropy(CONVNET)(CONVNET.init(), PICTURES, torch.zeros(TASKS, 5, dtype=torch.int64))


@pytest.mark.parametrize("labels", [LABELS + 1, LABELS - 1, LABELS.float()])
def test_labels_that_name_no_output_are_refused(labels):
    with pytest.raises(ValueError, match="y must hold labels from 0 to 2 of the type int64, got"):
        cross_entropy(CONVNET)(CONVNET.init(), PICTURES, labels)


def test_pictures_of_other_tasks_than_the_parameters_are_refused():
    own = per_task(CONVNET.init(seeded()))
    with pytest.raises(ValueError, match="x must have a task for each of the 3 in the parameters"):
        CONVNET(own, PICTURES[:2])


# --- parameters and their history -----------------------------------------------------------------


def test_detached_parameters_have_no_history_and_the_same_values():
    phi = {"a": torch.tensor(2.0, requires_grad=True)}
    found = networks.detached({"b": 3 * phi["a"], "c": torch.tensor(1.0)})
    assert {name: leaf.item() for name, leaf in found.items()} == {"b": 6.0, "c": 1.0}
    assert not any(leaf.requires_grad for leaf in found.values())


@pytest.mark.parametrize("keep_graph", [False, True])
def test_differentiable_parameters_keep_their_history_only_where_it_is_asked_for(keep_graph):
    a, plain = torch.tensor(2.0, requires_grad=True), torch.tensor(1.0)
    params = {"b": 3 * a, "plain": plain}
    found = networks.differentiable(params, keep_graph=keep_graph)
    assert all(leaf.requires_grad for leaf in found.values())
    assert (found["b"] is params["b"]) is keep_graph
    assert found["plain"] is not plain
    assert not plain.requires_grad
