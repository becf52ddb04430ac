"""The core's gradients are right, its tasks don't touch, and training keeps its promises."""

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
from course_utils.tasks import Digits, Sinusoids, exact

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


# --- words for what cannot be done ----------------------------------------------------------------


def attempt(**changes):
    arguments = {"loss": LOSS, "phi": leaves(), "inner_lr": 0.1, "steps": 1} | changes
    return maml.meta_loss(arguments.pop("loss"), arguments.pop("phi"), sinusoids(), **arguments)


def without(name):
    return {k: 0.1 for k in leaves() if k != name}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"phi": leaves(grad=False)},
            r"phi\['W1'\] does not require grad: the meta-gradient would be lost; "
            r"call requires_grad_\(\), or evaluate under torch.no_grad\(\)",
        ),
        ({"steps": -1}, "steps must be a whole number of at least 0, got -1"),
        ({"steps": 1.5}, "steps must be a whole number of at least 0, got 1.5"),
        ({"inner_lr": -0.1}, "inner_lr must be finite and at least 0, got -0.1"),
        ({"inner_lr": math.nan}, "inner_lr must be finite and at least 0, got nan"),
        ({"inner_lr": "small"}, "inner_lr must be a number, got 'small'"),
        ({"inner_lr": without("b1")}, r"inner_lr\['b1'\] and phi do not match"),
        ({"inner_lr": without("") | {"W9": 0.1}}, r"inner_lr\['W9'\] .* needs exactly phi's"),
        ({"inner_lr": without("b2") | {"b2": -1.0}}, r"inner_lr\['b2'\] must be finite"),
        ({"inner_lr": torch.tensor(math.nan)}, "inner_lr has values that are NaN or infinite"),
        (
            {"inner_lr": without("b2") | {"b2": torch.tensor([math.inf] * 6)}},
            r"inner_lr\['b2'\] has values that are NaN or infinite",
        ),
        (
            {"inner_lr": without("b2") | {"b2": torch.full((4, 1), 0.1)}},
            r"inner_lr\['b2'\] has the shape \(4, 1\), .*: a step size must broadcast",
        ),
        (
            {"inner_lr": torch.full((6,), 0.1)},
            r"inner_lr has the shape \(6,\), phi\['W3'\] \(6, 1\): .* broadcast to its leaf",
        ),
        ({"phi": {}}, "phi must have at least one leaf"),
        (
            {"phi": leaves() | {"b1": 0.5}},
            r"phi\['b1'\] must be a tensor of floating-point numbers, got 0.5",
        ),
        (
            {"phi": leaves() | {"b1": torch.zeros(6, dtype=torch.int64)}},
            r"phi\['b1'\] must be a tensor of floating-point numbers, got torch.int64",
        ),
        (
            {"loss": lambda *args: LOSS(*args).mean()},
            r"loss must return one value a task, shape \(4,\), got \(\): average over points",
        ),
        ({"loss": lambda p, x, y: (NETWORK(p, x) - y).square()}, r"shape \(4,\), got \(4, 5, 1\)"),
        ({"loss": lambda *args: LOSS(*args)[:-1]}, r"shape \(4,\), got \(3,\)"),
    ],
)
def test_what_adapting_cannot_use_is_said(changes, words):
    with pytest.raises(ValueError, match=words):
        attempt(**changes)


def test_transfer_loss_speaks_of_lost_gradients_and_of_the_losss_shape_too():
    with pytest.raises(ValueError, match=r"phi\['W1'\] does not require grad"):
        maml.transfer_loss(LOSS, leaves(grad=False), sinusoids())
    with pytest.raises(ValueError, match="loss must return one value a task"):
        maml.transfer_loss(lambda *args: LOSS(*args).mean(), leaves(), sinusoids())


def test_a_tensor_of_step_sizes_may_be_negative_since_it_may_be_learned():
    phi, batch = leaves(grad=False), sinusoids()
    support = batch.support_x, batch.support_y
    up, down = (
        maml.adapt(LOSS, phi, *support, inner_lr=torch.tensor(rate).double(), steps=1)
        for rate in (-0.1, 0.1)
    )
    for name, leaf in phi.items():
        torch.testing.assert_close(up[name] - leaf, leaf - down[name])


@pytest.mark.parametrize("y", [sinusoids().support_y[:3], torch.tensor(0.0)])
def test_support_sets_that_do_not_belong_together_are_refused(y):
    with pytest.raises(ValueError, match=r"x has the shape .* as many tasks in y as in x"):
        maml.adapt(LOSS, leaves(), sinusoids().support_x, y, inner_lr=0.1, steps=1)


def test_a_support_set_without_a_task_dimension_is_refused():
    x = torch.zeros(5)
    with pytest.raises(ValueError, match=r"both must start with \(tasks, points\)"):
        maml.adapt(LOSS, leaves(), x, x, inner_lr=0.1, steps=0)


def test_transfer_loss_needs_a_leaf_too():
    with pytest.raises(ValueError, match="phi must have at least one leaf"):
        maml.transfer_loss(LOSS, {}, sinusoids())


# --- training -------------------------------------------------------------------------------------


def maml_objective(phi, batch):
    return maml.meta_loss(LOSS, phi, batch, inner_lr=0.01, steps=1)


def transfer_objective(phi, batch):
    return maml.transfer_loss(LOSS, phi, batch)


def train(objective=maml_objective, phi=None, tasks=None, **changes):
    how = {"iterations": 30, "n_tasks": 8, "meta_lr": 0.01, "progress": False} | changes
    phi = NETWORK.init(seeded()) if phi is None else phi
    return maml.train(objective, phi, tasks or Sinusoids(), generator=seeded(5), **how)


@pytest.mark.parametrize("objective", [maml_objective, transfer_objective])
def test_training_lowers_either_objective(objective):
    start = NETWORK.init(seeded())
    phi, history = train(objective, start, iterations=200)
    batch = Sinusoids().sample(500, shots=10, queries=10, generator=seeded(6))
    with torch.no_grad():
        assert objective(phi, batch) < 0.9 * objective(start, batch)
    assert history.shape == (200,)
    assert history[-50:].mean() < 0.9 * history[:50].mean()


def test_after_one_step_maml_is_well_ahead_of_transfer_learning():
    network = mlp([1, 20, 20, 1])
    loss, start = squared_error(network), network.init(seeded())
    objectives = {
        "maml": lambda phi, batch: maml.meta_loss(loss, phi, batch, inner_lr=0.05, steps=1),
        "transfer": lambda phi, batch: maml.transfer_loss(loss, phi, batch),
    }
    ends = {name: train(o, start, iterations=800)[0] for name, o in objectives.items()}
    batch = Sinusoids().sample(500, shots=10, queries=10, generator=seeded(6))
    with torch.no_grad():
        after = {name: objectives["maml"](phi, batch) for name, phi in ends.items()}
    assert after["maml"] < 0.7 * after["transfer"]


@pytest.mark.parametrize("grad", [True, False])
def test_training_works_on_its_own_copy_and_returns_detached_leaves(grad):
    start = {name: leaf.requires_grad_(grad) for name, leaf in NETWORK.init(seeded()).items()}
    copies = {name: leaf.detach().clone() for name, leaf in start.items()}
    phi, history = train(phi=start)
    for name in start:
        assert torch.equal(start[name], copies[name])
        assert start[name].grad is None
        assert start[name].requires_grad is grad
        assert not phi[name].requires_grad
        assert not torch.equal(phi[name], copies[name])
    assert history.ndim == 1
    assert not history.requires_grad


def test_history_holds_the_objective_before_each_step():
    start, batches = NETWORK.init(seeded()), []

    def remembering(phi, batch):
        batches.append(batch)
        return maml_objective(phi, batch)

    _, history = train(remembering, start)
    with torch.no_grad():
        assert history[0].item() == maml_objective(start, batches[0]).item()
    assert len(history) == len(batches) == 30


def test_same_seed_same_training():
    (one, history), (two, again) = train(), train()
    assert torch.equal(history, again)
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_training_draws_the_batches_it_is_asked_for():
    shapes = set()

    def looking(phi, batch):
        shapes.add((batch.support_x.shape, batch.query_x.shape))
        return transfer_objective(phi, batch)

    train(looking, n_tasks=3, shots=4, queries=6)
    assert shapes == {((3, 4, 1), (3, 6, 1))}


@pytest.mark.parametrize(
    ("decay", "travelled"),
    [(None, 20), ("cosine", sum((1 + math.cos(math.pi * i / 20)) / 2 for i in range(20)))],
)
def test_the_outer_step_size_stays_or_falls_along_half_a_cosine(decay, travelled):
    # On a slope that never changes Adam moves by exactly its step size, so the way tells the sizes.
    phi = {"W": torch.tensor(0.0, dtype=torch.float64)}
    end, _ = train(lambda p, batch: p["W"], phi, iterations=20, meta_lr=0.1, decay=decay)
    assert end["W"].item() == pytest.approx(-0.1 * travelled, rel=1e-5)


def test_training_works_under_no_grad_and_leaves_it_on():
    with torch.no_grad():
        _, history = train(iterations=3)
        assert not torch.is_grad_enabled()
    assert len(history) == 3


def test_an_interrupt_keeps_what_was_learned(capsys):
    start, calls = NETWORK.init(seeded()), []

    def interrupted(phi, batch):
        if len(calls) == 7:
            raise KeyboardInterrupt
        calls.append(1)
        return maml_objective(phi, batch)

    phi, history = train(interrupted, start, progress=True)
    seven, wanted = train(iterations=7)
    assert torch.equal(history, wanted)
    assert all(torch.equal(phi[name], seven[name]) for name in phi)
    assert "stopped after 7 of 30 meta-steps; what was learned is kept" in capsys.readouterr().out


def test_a_loss_that_is_no_longer_finite_stops_with_its_likely_cause():
    def too_large(phi, batch):
        return maml.meta_loss(LOSS, phi, batch, inner_lr=50.0, steps=10)

    with pytest.raises(
        FloatingPointError, match=r"after 0 meta-steps: .* inner_lr is too large"
    ) as e:
        train(too_large)
    assert "meta_lr" not in str(e.value)  # it has had no say yet


def test_a_loss_that_stops_being_finite_on_the_way_may_be_meta_lrs_doing():
    with pytest.raises(FloatingPointError, match=r"after [1-9]\d* meta-steps: .* meta_lr is too"):
        train(meta_lr=1e30)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_training_does_not_start_from_a_phi_that_is_not_finite(bad):
    start, calls = NETWORK.init(seeded()), []
    start["b2"][3] = bad
    with pytest.raises(ValueError, match=r"phi\['b2'\] has values that are NaN or infinite"):
        train(lambda phi, batch: calls.append(1), start)
    assert calls == []


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "objective must return a scalar tensor, .* got None"),
        (1.5, "objective must return a scalar tensor, .* got 1.5"),
        (torch.ones(8), r"got shape \(8,\): return the mean over tasks"),
    ],
)
def test_an_objective_that_is_no_scalar_tensor_is_refused(returned, words):
    with pytest.raises(ValueError, match=words):
        train(lambda phi, batch: returned)


def test_training_sorts_pictures_too():
    network = mlp([64, 16, 3])

    def cross_entropy(params, x, y):
        scores = network(params, x.flatten(2))
        each = torch.nn.functional.cross_entropy(scores.transpose(1, 2), y, reduction="none")
        return each.mean(1)

    class ThreeWays(Digits):
        def sample(self, n_tasks, **how):
            return super().sample(n_tasks, ways=3, **how)

    def objective(phi, batch):
        return maml.meta_loss(cross_entropy, phi, batch, inner_lr=0.4, steps=1)

    start, tasks = network.init(seeded()), ThreeWays()
    phi, _ = train(objective, start, tasks, iterations=100, n_tasks=4, shots=1, queries=3)
    batch = tasks.sample(100, shots=1, queries=3, generator=seeded(9))
    with torch.no_grad():
        assert objective(phi, batch) < 0.8 * objective(start, batch)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iterations": 0}, "iterations must be a whole number of at least 1, got 0"),
        ({"decay": "linear"}, "decay must be 'cosine' or None, got 'linear'"),
        ({"meta_lr": math.inf}, "meta_lr must be finite and at least 0, got inf"),
        ({"shots": 0}, "shots must be a whole number of at least 1, got 0"),
        ({"n_tasks": 0}, "n_tasks must be a whole number of at least 1, got 0"),
        ({"phi": {}}, "phi must have at least one leaf"),
        ({"phi": {"W": [1.0]}}, r"phi\['W'\] must be a tensor of floating-point numbers"),
    ],
)
def test_what_training_cannot_use_is_said(changes, words):
    with pytest.raises(ValueError, match=words):
        train(**changes)
