"""Curvature, gradients and useful steps against closed forms and whole Hessians."""

import math

import pytest
import torch
from torch.testing import assert_close

from course_utils import curvature, networks
from course_utils.tasks import Sinusoids, TaskBatch, exact

NETWORK = networks.mlp([1, 6, 5, 1])
LOSS = networks.squared_error(NETWORK)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def phi():
    return {name: leaf.double() for name, leaf in NETWORK.init(generator(3)).items()}


def sinusoids(n_tasks=4):
    drawn = Sinusoids().sample(n_tasks, shots=6, queries=8, generator=generator(1))
    parts = (drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y)
    return TaskBatch(*(part.double() for part in parts))


# A task is a symmetric matrix A (as x) and a centre c (as y): l(θ) = ½ (θ − c)ᵀ A (θ − c).
def quadratic(params, x, y):
    away = params["theta"] - y[..., 0]
    return 0.5 * torch.einsum("...i,...ij,...j->...", away, x, away)


def quadratics(n_tasks=3, size=5, seed=0):
    """Tasks of random curvature, of both signs, with another centre for the query loss."""
    draw = torch.randn(n_tasks, size, size, generator=generator(seed), dtype=torch.float64)
    a = draw + draw.mT
    centres = torch.randn(2, n_tasks, size, 1, generator=generator(seed + 1), dtype=torch.float64)
    return TaskBatch(a, centres[0], a, centres[1])


ORIGIN = {"theta": torch.zeros(5, dtype=torch.float64)}


def hessians(params, x, y):
    """The whole Hessian of each task by autograd, (tasks, P, P), leaves in their order."""
    names = list(params)
    sizes = [params[name].numel() for name in names]

    def of_vector(v, x, y):
        leaves = zip(names, v.split(sizes), strict=True)
        return LOSS({name: part.reshape(params[name].shape) for name, part in leaves}, x, y)

    v = torch.cat([leaf.flatten() for leaf in params.values()])
    return torch.stack(
        [
            torch.autograd.functional.hessian(lambda v, n=n: of_vector(v, x[n], y[n]), v)
            for n in range(len(x))
        ]
    )


def rows(params):
    return torch.cat([leaf.flatten(1) for leaf in params.values()], dim=1)


# --- gradients ------------------------------------------------------------------------------------


def test_gradients_of_quadratics_are_their_formula():
    batch = quadratics()
    found = curvature.gradients(quadratic, ORIGIN, batch.support_x, batch.support_y)["theta"]
    assert_close(found, -(batch.support_x @ batch.support_y)[..., 0])


def test_gradients_are_each_tasks_own():
    batch, start = sinusoids(), phi()
    all_at_once = curvature.gradients(LOSS, start, batch.support_x, batch.support_y)
    for n in range(len(batch)):
        leaves = {name: leaf.clone().requires_grad_() for name, leaf in start.items()}
        LOSS(leaves, batch.support_x[n], batch.support_y[n]).backward()
        for name, leaf in leaves.items():
            assert_close(all_at_once[name][n], leaf.grad)
    assert not any(leaf.requires_grad for leaf in start.values())


# --- Hessians -------------------------------------------------------------------------------------


def test_products_with_the_hessian_of_quadratics():
    batch = quadratics()
    v = torch.randn(3, 5, generator=generator(9), dtype=torch.float64)
    found = curvature.hessian_vector_product(
        quadratic, ORIGIN, batch.support_x, batch.support_y, {"theta": v}
    )
    assert_close(found["theta"], (batch.support_x @ v[..., None])[..., 0])


def test_products_agree_with_the_whole_hessian_of_a_network():
    batch, start = sinusoids(), phi()
    v = {
        name: torch.randn(4, *leaf.shape, generator=generator(i), dtype=torch.float64)
        for i, (name, leaf) in enumerate(start.items())
    }
    x, y = batch.support_x, batch.support_y
    found = curvature.hessian_vector_product(LOSS, start, x, y, v)
    whole = hessians(start, x, y)
    assert_close(rows(found), (whole @ rows(v)[..., None])[..., 0])


def test_products_agree_with_finite_differences_of_the_gradient():
    batch, start, step = sinusoids(), phi(), 1e-6
    x, y = batch.support_x, batch.support_y
    v = {name: torch.ones_like(leaf).expand(4, *leaf.shape) for name, leaf in start.items()}
    ahead, behind = (
        curvature.gradients(LOSS, {k: leaf + s for k, leaf in start.items()}, x, y)
        for s in (step, -step)
    )
    slopes = {name: (ahead[name] - behind[name]) / (2 * step) for name in start}
    found = curvature.hessian_vector_product(LOSS, start, x, y, v)
    assert_close(rows(found), rows(slopes), atol=1e-5, rtol=1e-5)


def test_products_are_taken_at_each_tasks_own_theta_too():
    batch, start = sinusoids(2), phi()
    x, y = batch.support_x, batch.support_y
    theta = {name: torch.stack([leaf, 1.3 * leaf]) for name, leaf in start.items()}
    v = {name: torch.ones_like(leaf) for name, leaf in theta.items()}
    found = rows(curvature.hessian_vector_product(LOSS, theta, x, y, v))
    for n in range(2):
        own = {name: leaf[n] for name, leaf in theta.items()}
        whole = hessians(own, x[n : n + 1], y[n : n + 1])[0]
        assert_close(found[n], whole.sum(1))


def test_curvature_along_the_step_of_quadratics():
    batch = quadratics()
    a, g = batch.support_x, batch.support_x @ batch.support_y
    wanted = (g.mT @ a @ g / (g.mT @ g)).flatten()
    assert_close(curvature.curvature_along_step(quadratic, ORIGIN, batch), wanted)


def test_a_task_without_a_slope_has_no_curvature_along_it():
    a = torch.eye(5, dtype=torch.float64)[None]
    at_its_optimum = torch.zeros(1, 5, 1, dtype=torch.float64)
    batch = TaskBatch(a, at_its_optimum, a, at_its_optimum)
    assert curvature.curvature_along_step(quadratic, ORIGIN, batch).tolist() == [0.0]


def test_beyond_two_over_the_curvature_a_step_ends_higher():
    a = torch.diag(torch.tensor([4.0], dtype=torch.float64))[None]
    centre = torch.tensor([[[3.0]]], dtype=torch.float64)
    batch = TaskBatch(a, centre, a, centre)
    start = {"theta": torch.zeros(1, dtype=torch.float64)}
    bend = curvature.curvature_along_step(quadratic, start, batch).item()
    sizes = [factor / bend for factor in (0, 1, 1.99, 2.01)]
    here, lowest, just, over = curvature.losses_after_step(quadratic, start, batch, sizes).flatten()
    assert lowest == pytest.approx(0, abs=1e-12)
    assert just < here < over


def test_the_top_eigenvalue_is_the_largest_algebraic_one():
    a = torch.diag(torch.tensor([-9.0, 4.0, 1.0, 0.0, -2.0], dtype=torch.float64))
    b = torch.diag(torch.tensor([-9.0, -4.0, -1.0, -3.0, -2.0], dtype=torch.float64))
    x, y = torch.stack([a, b]), torch.zeros(2, 5, 1, dtype=torch.float64)
    found = curvature.top_eigenvalue(quadratic, ORIGIN, x, y, generator=generator())
    assert found.tolist() == pytest.approx([4.0, -1.0])


def test_repeated_eigenvalues_end_the_basis_early():
    a = 3 * torch.eye(5, dtype=torch.float64)
    x, y = torch.stack([a, -a]), torch.zeros(2, 5, 1, dtype=torch.float64)
    found = curvature.top_eigenvalue(quadratic, ORIGIN, x, y, generator=generator())
    assert found.tolist() == pytest.approx([3.0, -3.0])


def test_the_top_eigenvalue_of_a_network_is_that_of_its_whole_hessian():
    batch, start = sinusoids(), phi()
    x, y = batch.support_x, batch.support_y
    wanted = torch.linalg.eigvalsh(hessians(start, x, y))[:, -1]
    found = [
        curvature.top_eigenvalue(LOSS, start, x, y, iterations=n, generator=generator())
        for n in (1, 3, 20)
    ]
    assert (found[0] < found[1]).all()
    assert (found[1] <= wanted + 1e-9).all()  # from below: never too large
    assert_close(found[2], wanted)


def test_twenty_products_suffice_for_the_course_s_network():
    network = networks.mlp([1, 40, 40, 1])
    batch = Sinusoids().sample(20, shots=5, queries=5, generator=generator(2))
    loss, start = networks.squared_error(network), network.init(generator())
    few, many = (
        curvature.top_eigenvalue(
            loss, start, batch.support_x, batch.support_y, iterations=n, generator=generator(n)
        )
        for n in (20, 45)
    )
    assert_close(few, many, rtol=1e-3, atol=1e-3)


def test_the_curvature_along_a_step_is_at_most_the_top_eigenvalue():
    batch, start = sinusoids(), phi()
    along = curvature.curvature_along_step(LOSS, start, batch)
    top = curvature.top_eigenvalue(
        LOSS, start, batch.support_x, batch.support_y, generator=generator()
    )
    assert (along <= top + 1e-9).all()


def test_an_eigenvalue_needs_a_product():
    batch = quadratics()
    with pytest.raises(ValueError, match="iterations must be a whole number of at least 1, got 0"):
        curvature.top_eigenvalue(
            quadratic, ORIGIN, batch.support_x, batch.support_y, iterations=0, generator=generator()
        )


# --- steps ----------------------------------------------------------------------------------------


def test_the_useful_step_of_one_dimensional_quadratics_is_one_over_the_curvature():
    tasks = exact.quadratics(h=(1.0, 4.0), c=(0.0, 5.0))
    start = {"phi": torch.tensor(2.0, dtype=torch.float64)}
    sizes = [0.0, 0.125, 0.25, 0.5, 1.0, 1.5]
    found = curvature.useful_step(exact.quadratic_loss, start, tasks, sizes)
    assert found.tolist() == [1.0, 0.25]
    losses = curvature.losses_after_step(exact.quadratic_loss, start, tasks, sizes)
    assert losses[0].tolist() == [0.5 * 2**2, 0.5 * 4 * 3**2]
    assert losses.min(0).values.tolist() == [0, 0]


def test_no_step_is_useful_where_support_and_query_pull_apart():
    eye = torch.eye(1, dtype=torch.float64)[None]
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    batch = TaskBatch(eye, one, eye, -one)
    start = {"theta": torch.zeros(1, dtype=torch.float64)}
    assert curvature.useful_step(quadratic, start, batch, [0.0, 0.1, 0.2]).tolist() == [0.0]


def test_a_step_that_explodes_is_never_the_useful_one():
    def explodes(params, x, y):
        return torch.where(params["phi"].abs() > 3, math.nan, (params["phi"] - x[:, 0, 0]) ** 2)

    x, y = torch.full((1, 1, 1), 2.0), torch.zeros(1, 1, 1)
    batch = TaskBatch(x, y, x, y)
    found = curvature.useful_step(explodes, {"phi": torch.tensor(0.0)}, batch, [0.1, 0.4, 100.0])
    assert found.item() == pytest.approx(0.4)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_where_no_step_keeps_a_task_finite_none_is_the_useful_one(bad):
    def explodes(params, x, y):
        return torch.where(params["phi"].abs() > 3, bad, (params["phi"] - x[:, 0, 0]) ** 2)

    x = torch.tensor([2.0, -2.0])[:, None, None]
    batch = TaskBatch(x, 0 * x, x, 0 * x)
    with pytest.raises(
        ValueError,
        match=r"inner_lrs must hold a step size that keeps .* \[50.0, 100.0\] does for 2 of 2",
    ):
        curvature.useful_step(explodes, {"phi": torch.tensor(0.0)}, batch, [50.0, 100.0])


def test_a_product_with_the_hessian_needs_a_direction_for_each_task():
    batch, start = sinusoids(), phi()
    right = {name: torch.ones(4, *leaf.shape).double() for name, leaf in start.items()}
    for wrong, words in (
        (
            start,
            r"v\['W1'\] has the shape \(1, 6\), .* x has 4 tasks: v needs a direction for each",
        ),
        ({k: leaf[:3] for k, leaf in right.items()}, r"v\['W1'\] has the shape \(3, 1, 6\)"),
        (right | {"b3": right["b2"]}, r"v\['b3'\] has the shape \(4, 5\), params\['b3'\] \(1,\)"),
        ({k: leaf for k, leaf in right.items() if k != "b3"}, r"v\['b3'\] and params do not match"),
        ([1.0], "v must be a dict of tensors by name"),
        ({k: leaf.float() for k, leaf in right.items()}, r"v\['W1'\] is torch.float32, params"),
    ):
        with pytest.raises(ValueError, match=words):
            curvature.hessian_vector_product(LOSS, start, batch.support_x, batch.support_y, wrong)
    together, first = (
        curvature.hessian_vector_product(
            LOSS, start, x, y, {k: v[: len(x)] for k, v in right.items()}
        )
        for x, y in ((batch.support_x, batch.support_y), (batch.support_x[:1], batch.support_y[:1]))
    )
    for name in start:
        assert_close(together[name][:1], first[name])


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([], "at least one step size to try, got none"),
        ([-0.1], "inner_lrs must be finite and at"),
        (torch.tensor([0.1]), r"inner_lrs must be a list of numbers, .* write .tolist\(\)"),
    ],
)
def test_step_sizes_that_cannot_be_tried_are_refused(sizes, words):
    start = {"phi": torch.tensor(2.0, dtype=torch.float64)}
    with pytest.raises(ValueError, match=words):
        curvature.useful_step(exact.quadratic_loss, start, exact.quadratics(), sizes)
