"""The core's gradients are right, and its tasks don't touch each other."""

import ast
import inspect
import math
from pathlib import Path

import hypothesis.strategies as st
import nbformat
import pytest
import torch
from hypothesis import given, settings

from benchmarks.plain_loop import plain_meta_loss
from course_utils import maml
from course_utils.networks import mlp, sine2, squared_error
from course_utils.tasks import Sinusoids, exact

few = settings(deadline=None, derandomize=True, max_examples=15)
NETWORK = mlp([1, 6, 6, 1])
LOSS = squared_error(NETWORK)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def leaves(network=NETWORK, seed=0, grad=True):
    params = {name: leaf.double() for name, leaf in network.init(seeded(seed)).items()}
    return {name: leaf.requires_grad_(grad) for name, leaf in params.items()}


def sinusoids(tasks=4, shots=5, queries=6, seed=1):
    batch = Sinusoids().sample(tasks, shots=shots, queries=queries, generator=seeded(seed))
    sets = (batch.support_x, batch.support_y, batch.query_x, batch.query_y)
    return type(batch)(*(s.double() for s in sets))


def gradient(value, params):
    grads = torch.autograd.grad(value, list(params.values()))
    return dict(zip(params, grads, strict=True))


@torch.no_grad()
def central_differences(function, params, eps=1e-5):
    """The gradient of a function of a dict of float64 tensors, coordinate by coordinate."""
    found = {}
    for name, leaf in params.items():
        grad = torch.zeros(leaf.numel(), dtype=leaf.dtype)
        for i in range(leaf.numel()):
            nudge = torch.zeros_like(grad)
            nudge[i] = eps
            up, down = (
                function(params | {name: leaf.detach() + sign * nudge.reshape(leaf.shape)})
                for sign in (1, -1)
            )
            grad[i] = (up - down) / (2 * eps)
        found[name] = grad.reshape(leaf.shape)
    return found


def relative_error(found, wanted):
    """Of whole gradients: the length of the difference over the length of what is right."""
    off, size = (
        math.sqrt(sum(float(((found[k] if d else 0) - wanted[k]).square().sum()) for k in wanted))
        for d in (True, False)
    )
    return off / size


# --- the meta-gradient ----------------------------------------------------------------------------

SETTINGS = pytest.mark.parametrize("steps", [1, 5])
MODELS = pytest.mark.parametrize("network", [NETWORK, sine2()], ids=["mlp", "sine2"])
INNER_LR = 0.05


@SETTINGS
@MODELS
def test_the_meta_gradient_is_that_of_finite_differences(network, steps):
    loss, phi, batch = squared_error(network), leaves(network), sinusoids()

    def objective(p):
        return maml.meta_loss(loss, p, batch, inner_lr=INNER_LR, steps=steps)

    wanted = central_differences(objective, phi)
    assert relative_error(gradient(objective(phi), phi), wanted) < 1e-6


@SETTINGS
@MODELS
def test_first_order_is_the_gradient_of_phi_plus_a_constant(network, steps):
    loss, phi, batch = squared_error(network), leaves(network), sinusoids()
    support = batch.support_x, batch.support_y
    with torch.no_grad():
        theta = maml.adapt(loss, phi, *support, inner_lr=INNER_LR, steps=steps)
        moved = {name: theta[name] - phi[name] for name in phi}

    def shifted(p):
        at = {name: p[name] + moved[name] for name in p}
        return loss(at, batch.query_x, batch.query_y).mean()

    first_order = maml.meta_loss(loss, phi, batch, inner_lr=INNER_LR, steps=steps, first_order=True)
    found = gradient(first_order, phi)
    assert relative_error(found, central_differences(shifted, phi)) < 1e-6


@SETTINGS
@MODELS
def test_first_and_second_order_have_one_value_and_two_gradients(network, steps):
    loss, phi, batch = squared_error(network), leaves(network), sinusoids()
    first, second = (
        maml.meta_loss(loss, phi, batch, inner_lr=INNER_LR, steps=steps, first_order=order)
        for order in (True, False)
    )
    assert first.item() == second.item()
    assert relative_error(gradient(first, phi), gradient(second, phi)) > 0.01


@pytest.mark.parametrize("first_order", [False, True])
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_core_is_the_plain_loop(steps, first_order):
    phi, batch = leaves(), sinusoids(tasks=7)
    how = {"inner_lr": INNER_LR, "steps": steps, "first_order": first_order}
    ours = maml.meta_loss(LOSS, phi, batch, **how)
    plain = plain_meta_loss(LOSS, phi, batch, **how)
    torch.testing.assert_close(ours, plain)
    assert relative_error(gradient(ours, phi), gradient(plain, phi)) < 1e-12


def test_the_plain_loop_is_the_one_on_notebook_03s_page():
    (path,) = (Path(__file__).parents[2] / "notebooks").glob("03-*.ipynb")
    code = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    (page,) = (source for source in code if "def plain_meta_loss(" in source)
    (shown,) = (f for f in ast.parse(page).body if isinstance(f, ast.FunctionDef))
    (ours,) = ast.parse(inspect.getsource(plain_meta_loss)).body
    for function in (shown, ours):
        if ast.get_docstring(function) is not None:
            del function.body[0]
    assert ast.unparse(shown) == ast.unparse(ours)


def quadratic_gradients(phi, *, inner_lr, steps=1):
    """The gradients of the summed objectives at phi, on the design's two quadratic tasks."""
    batch, loss = exact.quadratics(), exact.quadratic_loss
    leaf = {"phi": torch.tensor(phi, dtype=torch.float64, requires_grad=True)}
    values = {"transfer": maml.transfer_loss(loss, leaf, batch)}
    for name, first_order in (("first_order", True), ("maml", False)):
        values[name] = maml.meta_loss(
            loss, leaf, batch, inner_lr=inner_lr, steps=steps, first_order=first_order
        )
    return {name: 2 * gradient(value, leaf)["phi"].item() for name, value in values.items()}


def test_quadratics_by_hand():
    batch, phi = exact.quadratics(), {"phi": torch.tensor(4.0, dtype=torch.float64)}
    support = batch.support_x, batch.support_y
    theta = maml.adapt(exact.quadratic_loss, phi, *support, inner_lr=1 / 8, steps=1)
    assert theta["phi"].tolist() == [3.5, 4.5]
    found = quadratic_gradients(4.0, inner_lr=1 / 8)
    assert found == pytest.approx({"transfer": 0.0, "first_order": 1.5, "maml": 2.0625})


@pytest.mark.parametrize(("inner_lr", "steps"), [(1 / 8, 1), (0.1, 3), (0.25, 1), (0.3, 2)])
def test_quadratics_gradients_vanish_at_the_closed_forms_optima(inner_lr, steps):
    batch = exact.quadratics()
    optima = exact.quadratic_optima(**batch.facts, inner_lr=inner_lr, steps=steps)
    for name, optimum in optima.items():
        at = quadratic_gradients(optimum, inner_lr=inner_lr, steps=steps)
        away = quadratic_gradients(optimum + 1, inner_lr=inner_lr, steps=steps)
        assert at[name] == pytest.approx(0, abs=1e-12)
        weights = exact.quadratic_weights(batch.facts["h"], inner_lr=inner_lr, steps=steps)
        assert away[name] == pytest.approx(weights[name].sum().item())


def test_a_learnable_step_size_gets_its_gradient():
    phi, batch = leaves(grad=False), sinusoids()

    def objective(rates):
        return maml.meta_loss(LOSS, phi, batch, inner_lr=rates["all"], steps=2)

    rate = {"all": torch.tensor(INNER_LR, dtype=torch.float64, requires_grad=True)}
    found = gradient(objective(rate), rate)
    assert relative_error(found, central_differences(objective, rate)) < 1e-6


def test_a_dict_of_learnable_step_sizes_gets_its_gradients():
    phi, batch = leaves(), sinusoids()
    rates = {
        name: torch.full_like(leaf, INNER_LR * (i + 1)).requires_grad_()
        for i, (name, leaf) in enumerate(phi.items())
    }

    def objective(r):
        return maml.meta_loss(LOSS, phi, batch, inner_lr=r, steps=2)

    found = gradient(objective(rates), rates)
    assert relative_error(found, central_differences(objective, rates)) < 1e-6


def test_a_dict_of_numbers_moves_each_leaf_by_its_own():
    phi, batch = leaves(grad=False), sinusoids()
    support = batch.support_x, batch.support_y
    rates = dict.fromkeys(phi, 0.0) | {"W2": 0.1}
    theta = maml.adapt(LOSS, phi, *support, inner_lr=rates, steps=1)
    everywhere = maml.adapt(LOSS, phi, *support, inner_lr=0.1, steps=1)
    torch.testing.assert_close(theta["W2"], everywhere["W2"])
    for name in phi.keys() - {"W2"}:
        torch.testing.assert_close(theta[name], phi[name].expand_as(theta[name]))


def test_leaves_that_require_no_gradient_are_adapted_and_differentiated_through_all_the_same():
    batch, phi = sinusoids(), leaves()
    whole = gradient(maml.meta_loss(LOSS, phi, batch, inner_lr=0.1, steps=2), phi)
    part = {name: leaf.detach() for name, leaf in phi.items()} | {"W1": phi["W1"]}
    value = maml.meta_loss(LOSS, part, batch, inner_lr=0.1, steps=2)
    torch.testing.assert_close(torch.autograd.grad(value, phi["W1"])[0], whole["W1"])


# --- one step, and all of them --------------------------------------------------------------------


def own_thetas(tasks=4, grad=False):
    """Another theta for each task: leaves (tasks, *S)."""
    draws = [leaves(seed=n, grad=False) for n in range(tasks)]
    theta = {name: torch.stack([draw[name] for draw in draws]) for name in draws[0]}
    return {name: leaf.requires_grad_(grad) for name, leaf in theta.items()}


def plain_step(theta, x, y, inner_lr):
    """The step of one task alone, without a task dimension."""
    start = {name: leaf.detach().requires_grad_() for name, leaf in theta.items()}
    grads = gradient(LOSS(start, x, y), start)
    return {name: leaf.detach() - inner_lr * grads[name] for name, leaf in start.items()}


def test_every_task_steps_from_its_own_theta():
    theta, batch = own_thetas(), sinusoids()
    found = maml.inner_step(LOSS, theta, batch.support_x, batch.support_y, inner_lr=0.1)
    for n in range(4):
        own = {name: leaf[n] for name, leaf in theta.items()}
        wanted = plain_step(own, batch.support_x[n], batch.support_y[n], 0.1)
        for name in theta:
            torch.testing.assert_close(found[name][n], wanted[name])
            assert not found[name].requires_grad


def test_a_step_on_quadratics_shrinks_each_distance_by_its_factor():
    tasks = exact.quadratics(h=(1.0, 4.0, 2.0), c=(0.0, 5.0, -3.0))
    h, c = tasks.facts["h"], tasks.facts["c"]
    theta = {"phi": torch.tensor([4.0, -1.0, 0.5], dtype=torch.float64)}
    x, y = tasks.support_x, tasks.support_y
    found = maml.inner_step(exact.quadratic_loss, theta, x, y, inner_lr=0.1)["phi"]
    torch.testing.assert_close(found - c, (1 - 0.1 * h) * (theta["phi"] - c))


@pytest.mark.parametrize("first_order", [False, True])
def test_the_gradient_through_a_step_is_one_minus_alpha_h_or_one(first_order):
    tasks = exact.quadratics()
    theta = {"phi": torch.tensor([4.0, 1.0], dtype=torch.float64, requires_grad=True)}
    rate = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    how = {"inner_lr": rate, "first_order": first_order}
    end = maml.inner_step(exact.quadratic_loss, theta, tasks.support_x, tasks.support_y, **how)
    by_theta, by_rate = torch.autograd.grad(end["phi"].sum(), [theta["phi"], rate])
    h, slope = tasks.facts["h"], tasks.facts["h"] * (theta["phi"] - tasks.facts["c"])
    torch.testing.assert_close(by_theta, torch.ones_like(h) if first_order else 1 - 0.1 * h)
    torch.testing.assert_close(by_rate, -slope.sum().detach())


def test_the_gradient_through_a_step_is_that_of_finite_differences():
    theta, batch = own_thetas(grad=True), sinusoids()

    def after(t):
        end = maml.inner_step(LOSS, t, batch.support_x, batch.support_y, inner_lr=INNER_LR)
        return LOSS(end, batch.query_x, batch.query_y).mean()

    assert relative_error(gradient(after(theta), theta), central_differences(after, theta)) < 1e-6


def test_a_step_may_have_a_size_for_each_task():
    theta, batch = own_thetas(), sinusoids()
    support, rates = (batch.support_x, batch.support_y), torch.tensor([0.0, 0.1, 0.2, 0.3]).double()
    sizes = {name: rates.reshape(4, *[1] * (leaf.ndim - 1)) for name, leaf in theta.items()}
    found = maml.inner_step(LOSS, theta, *support, inner_lr=sizes)
    for n, rate in enumerate(rates):
        alone = maml.inner_step(LOSS, theta, *support, inner_lr=rate)
        for name in theta:
            torch.testing.assert_close(found[name][n], alone[name][n])


def test_a_step_changes_nothing_in_place():
    theta, batch = own_thetas(), sinusoids()
    copies = {name: leaf.clone() for name, leaf in theta.items()}
    maml.inner_step(LOSS, theta, batch.support_x, batch.support_y, inner_lr=0.1)
    for name, leaf in theta.items():
        assert torch.equal(leaf, copies[name])
        assert not leaf.requires_grad


@pytest.mark.parametrize("first_order", [False, True])
def test_a_trajectory_is_where_adapt_ends_at_every_number_of_steps(first_order):
    phi, batch = leaves(), sinusoids()
    sets, how = (batch.support_x, batch.support_y), {"inner_lr": 0.1, "first_order": first_order}
    stops = list(maml.trajectory(LOSS, phi, *sets, steps=4, **how))
    assert len(stops) == 5
    for steps, theta in enumerate(stops):
        wanted = maml.adapt(LOSS, phi, *sets, steps=steps, **how)
        for name in phi:
            assert torch.equal(theta[name], wanted[name])
        found, through = (
            # All stops share the graph of the way to them.
            torch.autograd.grad(
                LOSS(t, batch.query_x, batch.query_y).mean(), list(phi.values()), retain_graph=True
            )
            for t in (theta, wanted)
        )
        assert all(map(torch.equal, found, through))


def test_a_trajectory_takes_a_step_only_when_it_is_asked_for():
    phi, batch, calls = leaves(), sinusoids(), []

    def counting(*arguments):
        calls.append(1)
        return LOSS(*arguments)

    way = maml.trajectory(counting, phi, batch.support_x, batch.support_y, inner_lr=0.1, steps=9)
    for taken in range(3):
        next(way)
        assert len(calls) == taken


def test_a_trajectory_leaves_gradients_on_or_off_as_they_are_between_its_steps():
    phi, batch = leaves(), sinusoids()
    for enabled in (True, False):
        with torch.set_grad_enabled(enabled):
            sets = batch.support_x, batch.support_y
            for theta in maml.trajectory(LOSS, phi, *sets, inner_lr=0.1, steps=2):
                assert torch.is_grad_enabled() is enabled
                assert {leaf.requires_grad for leaf in theta.values()} == {enabled}


# --- the leading task dimension -------------------------------------------------------------------


@few
@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.booleans())
def test_tasks_do_not_touch_each_other(tasks, shots, queries, steps, first_order):
    phi, batch = leaves(), sinusoids(tasks, shots, queries, seed=tasks)
    how = {"inner_lr": INNER_LR, "steps": steps, "first_order": first_order}
    theta = maml.adapt(LOSS, phi, batch.support_x, batch.support_y, **how)
    one_by_one = []
    for i in range(tasks):
        one = batch[i : i + 1]
        alone = maml.adapt(LOSS, phi, one.support_x, one.support_y, **how)
        for name, leaf in phi.items():
            assert theta[name].shape == (tasks, *leaf.shape)
            torch.testing.assert_close(theta[name][i], alone[name][0])
        one_by_one.append(maml.meta_loss(LOSS, phi, one, **how))
    together = maml.meta_loss(LOSS, phi, batch, **how)
    assert together.shape == ()
    torch.testing.assert_close(together, torch.stack(one_by_one).mean())


def test_adapting_goes_downhill_on_the_support_set_of_every_task():
    phi, batch = leaves(grad=False), sinusoids(tasks=10)
    support = batch.support_x, batch.support_y
    before = LOSS(phi, *support)
    theta = maml.adapt(LOSS, phi, *support, inner_lr=0.01, steps=1)
    assert (LOSS(theta, *support) < before).all()


def test_the_query_set_judges_and_the_support_set_teaches():
    batch, other = sinusoids(seed=1), sinusoids(seed=2)
    mixed = type(batch)(batch.support_x, batch.support_y, other.query_x, other.query_y)
    phi = leaves(grad=False)
    with torch.no_grad():
        theta = maml.adapt(LOSS, phi, batch.support_x, batch.support_y, inner_lr=0.1, steps=2)
        value = maml.meta_loss(LOSS, phi, mixed, inner_lr=0.1, steps=2)
    torch.testing.assert_close(value, LOSS(theta, other.query_x, other.query_y).mean())


# --- before any step ------------------------------------------------------------------------------


def test_without_steps_theta_is_phi_for_every_task():
    phi, batch = leaves(), sinusoids(tasks=3)
    theta = maml.adapt(LOSS, phi, batch.support_x, batch.support_y, inner_lr=0.1, steps=0)
    for name, leaf in phi.items():
        assert torch.equal(theta[name], leaf.expand(3, *leaf.shape))


@pytest.mark.parametrize("how", [{"steps": 0, "inner_lr": 0.1}, {"steps": 3, "inner_lr": 0.0}])
def test_without_steps_or_step_size_maml_is_transfer_learning(how):
    phi, batch = leaves(), sinusoids()
    meta, transfer = maml.meta_loss(LOSS, phi, batch, **how), maml.transfer_loss(LOSS, phi, batch)
    torch.testing.assert_close(meta, transfer)
    assert relative_error(gradient(meta, phi), gradient(transfer, phi)) < 1e-12


# --- which graphs are built -----------------------------------------------------------------------


@pytest.fixture
def graphs(monkeypatch):
    """Whether each inner gradient since asked for its own graph."""
    asked, grad = [], torch.autograd.grad

    def spy(*args, create_graph=False, **kwargs):
        asked.append(create_graph)
        return grad(*args, create_graph=create_graph, **kwargs)

    monkeypatch.setattr(torch.autograd, "grad", spy)
    return asked


@pytest.mark.parametrize(
    ("phi_grad", "enabled", "first_order", "second_order_graph"),
    [
        (True, True, False, True),
        (True, True, True, False),
        (True, False, False, False),
        (False, True, False, False),
    ],
)
def test_a_second_order_graph_only_where_it_is_wanted(
    graphs, phi_grad, enabled, first_order, second_order_graph
):
    phi, batch = leaves(grad=phi_grad), sinusoids()
    with torch.set_grad_enabled(enabled):
        theta = maml.adapt(
            LOSS,
            phi,
            batch.support_x,
            batch.support_y,
            inner_lr=0.1,
            steps=2,
            first_order=first_order,
        )
    assert graphs == [second_order_graph] * 2
    tracked = phi_grad and enabled
    assert [leaf.requires_grad for leaf in theta.values()] == [tracked] * len(phi)


@pytest.mark.parametrize("steps", [0, 2])
def test_adapting_without_gradients_gives_the_same_theta(steps):
    phi, batch = leaves(), sinusoids()
    how = {"inner_lr": 0.1, "steps": steps}
    wanted = maml.adapt(LOSS, phi, batch.support_x, batch.support_y, **how)
    with torch.no_grad():
        found = maml.adapt(LOSS, phi, batch.support_x, batch.support_y, **how)
    for name in phi:
        torch.testing.assert_close(found[name], wanted[name].detach())
        assert not found[name].requires_grad


def test_nothing_is_changed_in_place():
    phi, batch = leaves(), sinusoids()
    copies = {name: leaf.detach().clone() for name, leaf in phi.items()}
    maml.meta_loss(LOSS, phi, batch, inner_lr=0.1, steps=3).backward()
    for name, leaf in phi.items():
        assert torch.equal(leaf, copies[name])


def test_evaluating_without_gradients_is_allowed():
    with torch.no_grad():
        value = maml.meta_loss(LOSS, leaves(grad=False), sinusoids(), inner_lr=0.1, steps=1)
        assert maml.transfer_loss(LOSS, leaves(grad=False), sinusoids()).isfinite()
    assert value.isfinite()
