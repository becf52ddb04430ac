"""What the core cannot use is said in words that name the argument, its value and what is right."""

import math

import pytest
import torch

from course_utils import maml
from course_utils.networks import mlp, squared_error
from course_utils.tasks import Sinusoids

NETWORK = mlp([1, 6, 6, 1])
LOSS = squared_error(NETWORK)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def leaves(grad=True):
    params = {name: leaf.double() for name, leaf in NETWORK.init(seeded()).items()}
    return {name: leaf.requires_grad_(grad) for name, leaf in params.items()}


def sinusoids():
    batch = Sinusoids().sample(4, shots=5, queries=6, generator=seeded(1))
    sets = (batch.support_x, batch.support_y, batch.query_x, batch.query_y)
    return type(batch)(*(s.double() for s in sets))


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


@pytest.mark.parametrize("y", [sinusoids().support_y[:3], sinusoids().support_y[:, :4]])
def test_support_sets_that_do_not_belong_together_are_refused(y):
    with pytest.raises(ValueError, match=r"x has the shape .* as many tasks in y as in x"):
        maml.adapt(LOSS, leaves(), sinusoids().support_x, y, inner_lr=0.1, steps=1)


def test_transfer_loss_needs_a_leaf_too():
    with pytest.raises(ValueError, match="phi must have at least one leaf"):
        maml.transfer_loss(LOSS, {}, sinusoids())


# --- a step from every task's own theta -----------------------------------------------------------


def step(theta, loss=LOSS, y=None, inner_lr=0.1):
    batch = sinusoids()
    y = batch.support_y if y is None else y
    return maml.inner_step(loss, theta, batch.support_x, y, inner_lr=inner_lr)


def thetas():
    return {name: torch.stack([leaf] * 4) for name, leaf in leaves(grad=False).items()}


@pytest.mark.parametrize(
    ("theta", "changes", "words"),
    [
        (
            leaves(),
            {},
            r"theta\['W1'\] has the shape \(1, 6\), x has 4 tasks: each task steps from its own",
        ),
        (
            {"phi": torch.tensor(1.0).double()},
            {},
            r"theta\['phi'\] has the shape \(\), x has 4 tasks",
        ),
        ({}, {}, "theta must have at least one leaf"),
        (thetas() | {"b1": 0.5}, {}, r"theta\['b1'\] must be a tensor of floating-point numbers"),
        (thetas(), {"y": sinusoids().support_y[:3]}, "as many tasks in y as in x"),
        (thetas(), {"inner_lr": -0.1}, "inner_lr must be finite and at least 0, got -0.1"),
        (thetas(), {"inner_lr": without("W2")}, r"inner_lr\['W2'\] and theta do not match"),
        (
            thetas(),
            {"inner_lr": torch.full((3, 1, 1), 0.1)},
            r"inner_lr has the shape \(3, 1, 1\), theta\['W1'\] \(4, 1, 6\): .* broadcast",
        ),
        (thetas(), {"loss": lambda *args: LOSS(*args).mean()}, "one value a task"),
    ],
)
def test_what_a_step_cannot_use_is_said(theta, changes, words):
    with pytest.raises(ValueError, match=words):
        step(theta, **changes)


@pytest.mark.parametrize("steps", [-1, 1.5, True])
def test_a_number_of_steps_that_is_none_is_refused_when_the_first_theta_is_asked_for(steps):
    batch = sinusoids()
    way = maml.trajectory(
        LOSS, leaves(), batch.support_x, batch.support_y, inner_lr=0.1, steps=steps
    )
    with pytest.raises(
        ValueError, match=f"steps must be a whole number of at least 0, got {steps}"
    ):
        next(way)


def test_an_objective_and_snapshots_of_another_kind_are_refused_before_training():
    family = Sinusoids()
    with pytest.raises(ValueError, match=r"of \(phi, batch\), got .*meta_loss.* argument: 'batch'"):
        maml.train(maml.meta_loss, leaves(), family, iterations=1)
    generator = torch.Generator()
    how = {"iterations": 1, "generator": generator, "snapshots": "kept.pt"}
    with pytest.raises(ValueError, match=r"snapshots must be a Snapshots, got 'kept.pt'"):
        maml.train(lambda phi, batch: None, leaves(), family, **how)
