"""Networks take parameters and points with or without a task dimension, and agree with PyTorch."""

import math

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from course_utils.networks import mlp, sine2, squared_error

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
        (5, r"sizes must be a list of layer sizes, say \[1, 40, 1\], got 5"),
    ],
)
def test_sizes_that_make_no_network_are_said(sizes, words):
    with pytest.raises(ValueError, match=words):
        mlp(sizes)


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
