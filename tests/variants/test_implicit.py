"""iMAML's gradient: the exact one of quadratics, in closed form and through a long inner run."""

import pytest
import torch

from course_utils import maml, networks, variants
from course_utils.tasks import Sinusoids, TaskBatch
from course_utils.variants.implicit import conjugate_gradient

STRENGTH = 1.5


def quadratic(params, x, y):
    """½ (θ − c)ᵀA(θ − c) of each task; x is (tasks, 4, 3): the rows of A, then c."""
    a, c = x[:, :3], x[:, 3]
    apart = params["theta"] - c
    return (apart[:, None] @ a @ apart[:, :, None]).flatten() / 2


def quadratics(n_tasks=4):
    generator = torch.Generator().manual_seed(0)
    sets = []
    for _ in range(2):
        root = torch.randn(n_tasks, 3, 3, generator=generator, dtype=torch.float64)
        a = root @ root.mT + torch.eye(3, dtype=torch.float64)
        c = torch.randn(n_tasks, 1, 3, generator=generator, dtype=torch.float64)
        x = torch.cat([a, c], 1)
        sets += [x, x[..., :1]]
    return TaskBatch(*sets)


def phi():
    return {"theta": torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)}


def implicit_gradient(**how):
    params = phi()
    options = {"inner_lr": 0.02, "steps": 800, "strength": STRENGTH, "cg_steps": 3} | how
    value = variants.imaml_loss(quadratic, params, quadratics(), **options)
    value.backward()
    return value.detach(), params["theta"].grad


def test_on_quadratics_it_is_the_closed_form():
    batch = quadratics()
    a, c = batch.support_x[:, :3], batch.support_x[:, 3]
    eye = torch.eye(3, dtype=torch.float64)
    start = phi()["theta"].detach()
    # The minimum of l(θ) + λ/2·‖θ − φ‖² solves (A + λI)θ = Ac + λφ.
    right = (a @ c[..., None])[..., 0] + STRENGTH * start
    theta = torch.linalg.solve(a + STRENGTH * eye, right)
    slope = (batch.query_x[:, :3] @ (theta - batch.query_x[:, 3])[..., None])[..., 0]
    exact = torch.linalg.solve(eye + a / STRENGTH, slope).mean(0)
    value, found = implicit_gradient()
    torch.testing.assert_close(found, exact, rtol=1e-6, atol=1e-9)
    losses = quadratic({"theta": theta}, batch.query_x, batch.query_y)
    torch.testing.assert_close(value, losses.mean())


def test_it_is_what_differentiating_through_a_long_inner_run_gives():
    params, batch = phi(), quadratics()
    # The proximal term must see phi with its history here, so theta is walked by hand.
    theta = {"theta": params["theta"].expand(len(batch), 3)}
    for _ in range(400):
        inner = variants.proximal(quadratic, params, STRENGTH)
        theta = maml.inner_step(inner, theta, batch.support_x, batch.support_y, inner_lr=0.05)
    quadratic(theta, batch.query_x, batch.query_y).mean().backward()
    torch.testing.assert_close(implicit_gradient()[1], params["theta"].grad, rtol=1e-5, atol=1e-8)


def test_too_few_steps_of_conjugate_gradient_miss_it():
    exact = implicit_gradient()[1]
    assert (implicit_gradient(cg_steps=1)[1] - exact).norm() > 0.01 * exact.norm()


def test_conjugate_gradient_solves_each_tasks_own_system_and_stands_still_then():
    batch = quadratics()
    a, b = batch.support_x[:, :3], batch.support_x[:, 3]
    solved = torch.linalg.solve(a, b)
    for steps in (3, 8):
        found = conjugate_gradient(lambda v: (a @ v[..., None])[..., 0], b, steps)
        torch.testing.assert_close(found, solved)
    nothing = conjugate_gradient(lambda v: v, torch.zeros(2, 3), 2)
    assert torch.equal(nothing, torch.zeros(2, 3))


def test_a_great_strength_leaves_transfers_gradient():
    network = networks.mlp([1, 6, 1])
    loss = networks.squared_error(network)
    start = network.init(torch.Generator().manual_seed(0))
    batch = Sinusoids().sample(3, shots=4, queries=4, generator=torch.Generator().manual_seed(1))
    grads = []
    for objective in (
        lambda p: variants.imaml_loss(loss, p, batch, inner_lr=1e-9, steps=2, strength=1e8),
        lambda p: maml.transfer_loss(loss, p, batch),
    ):
        params = {name: leaf.clone().requires_grad_() for name, leaf in start.items()}
        objective(params).backward()
        grads.append({name: leaf.grad for name, leaf in params.items()})
    torch.testing.assert_close(*grads, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"strength": 0.0}, "strength must be above 0"),
        ({"strength": -1.0}, "strength must be finite and at least 0"),
        ({"cg_steps": 0}, "cg_steps must be a whole number of at least 1"),
        ({"steps": -1}, "steps must be a whole number of at least 0"),
    ],
)
def test_it_says_what_it_cannot_use(how, said):
    with pytest.raises(ValueError, match=said):
        implicit_gradient(**how)


def test_without_gradients_it_is_a_value_alone():
    with torch.no_grad():
        value = variants.imaml_loss(
            quadratic, phi(), quadratics(), inner_lr=0.02, steps=5, strength=1.0
        )
    assert not value.requires_grad


def test_the_inner_loop_never_raises_a_tasks_loss_where_plain_steps_explode():
    batch, how = quadratics(), {"inner_lr": 10.0, "steps": 30}
    near = variants.proximal(quadratic, phi(), STRENGTH)
    plain = maml.adapt(near, networks.detached(phi()), batch.support_x, batch.support_y, **how)
    assert near(plain, batch.support_x, batch.support_y).min() > 1e6
    losses = []
    for steps in range(0, 31, 5):
        theta = variants.proximal_theta(
            quadratic,
            phi(),
            batch.support_x,
            batch.support_y,
            inner_lr=10.0,
            steps=steps,
            strength=STRENGTH,
        )
        losses.append(near(theta, batch.support_x, batch.support_y))
    falling = torch.stack(losses).diff(dim=0)
    assert (falling <= 0).all()
    assert (falling.sum(0) < 0).all()


def test_a_loss_of_all_tasks_together_and_a_phi_that_is_none_are_refused():
    how = {"inner_lr": 0.02, "steps": 2, "strength": 1.0}
    with pytest.raises(ValueError, match="loss must return one value a task"):
        variants.imaml_loss(lambda *a: quadratic(*a).sum(), phi(), quadratics(), **how)
    with pytest.raises(ValueError, match="phi must be a dict of tensors"):
        variants.imaml_loss(quadratic, None, quadratics(), **how)
