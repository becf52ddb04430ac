"""Training lowers its objective, keeps its promises, and stops with words where it must."""

import math

import pytest
import torch

from course_utils import maml
from course_utils.networks import mlp, squared_error
from course_utils.tasks import Digits, Sinusoids

NETWORK = mlp([1, 6, 6, 1])
LOSS = squared_error(NETWORK)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


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
    ("objective", "tasks", "words"),
    [
        (torch.tensor(1.0), Sinusoids(), "objective must be a function of .*, got Tensor"),
        (None, Sinusoids(), "objective must be a function of .*, got NoneType None"),
        (maml_objective, Sinusoids, r"tasks must be a family .*, say Sinusoids\(\), got type"),
        (maml_objective, [1], r"tasks must be a family that tasks are drawn from, .* got list"),
    ],
)
def test_what_is_no_objective_or_no_family_is_said(objective, tasks, words):
    with pytest.raises(ValueError, match=words):
        maml.train(objective, NETWORK.init(seeded()), tasks, iterations=1, progress=False)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (torch.tensor(1j), "objective must return a floating-point number, got torch.complex64"),
        (torch.tensor(1), "objective must return a floating-point number, got torch.int64"),
        (None, "objective must return a scalar tensor, .* got None"),
        (1.5, "objective must return a scalar tensor, .* got 1.5"),
        (torch.ones(8), r"got shape \(8,\): return the mean over tasks"),
    ],
)
def test_an_objective_that_is_no_scalar_tensor_is_refused(returned, words):
    with pytest.raises(ValueError, match=words):
        train(lambda phi, batch: returned)


def test_an_objective_that_uses_another_phi_is_refused_at_the_first_step():
    start, calls = NETWORK.init(seeded()), []
    captured = {name: leaf.clone().requires_grad_() for name, leaf in start.items()}

    def forgets(phi, batch):
        calls.append(1)
        return maml_objective(captured, batch)

    with pytest.raises(ValueError, match=r"objective must use the phi it is given, .* another phi"):
        train(forgets, start)
    assert len(calls) == 1


@pytest.mark.parametrize(
    "forgets",
    [
        lambda phi, batch: maml_objective(phi, batch).detach(),
        lambda phi, batch: torch.tensor(1.5),
        torch.no_grad()(maml_objective),
    ],
)
def test_an_objective_without_a_gradient_is_refused(forgets):
    with pytest.raises(ValueError, match=r"objective must depend on the phi it is given, got a"):
        train(forgets)


def test_a_leaf_that_never_gets_a_gradient_is_named_at_the_end_and_stays(capsys):
    start = NETWORK.init(seeded()) | {"W9": torch.ones(2), "b9": torch.zeros(1)}
    phi, _ = train(transfer_objective, start, iterations=3)
    said = "No training of phi['W9'], phi['b9']: the objective does not use what stands there.\n"
    assert capsys.readouterr().out == said
    assert torch.equal(phi["W9"], start["W9"])
    assert not torch.equal(phi["W1"], start["W1"])


def test_a_leaf_that_is_used_now_and_then_is_not_named(capsys):
    steps = []

    def now_and_then(phi, batch):
        steps.append(1)
        value = transfer_objective(phi, batch)
        return value + phi["W9"].sum() if len(steps) == 3 else value

    train(now_and_then, NETWORK.init(seeded()) | {"W9": torch.ones(2)}, iterations=3)
    assert capsys.readouterr().out == ""


def test_the_outer_step_is_adams_with_the_papers_moments():
    # Kingma & Ba 2015, algorithm 1, by hand: the slopes 4, 1 and -2 one after the other.
    slopes, rate = (4.0, 1.0, -2.0), 0.1
    wanted, first, second = 0.0, 0.0, 0.0
    for t, slope in enumerate(slopes, start=1):
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        unbiased = (second / (1 - 0.999**t)) ** 0.5 + 1e-8
        wanted -= rate * first / (1 - 0.9**t) / unbiased
    left = iter(slopes)
    start = {"W": torch.tensor(0.0, dtype=torch.float64)}
    end, _ = train(lambda phi, batch: next(left) * phi["W"], start, iterations=3, meta_lr=rate)
    assert end["W"].item() == pytest.approx(wanted, rel=1e-12)


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
        ({"meta_lr": 10**400}, "meta_lr must be finite and at least 0, got 1000"),
        ({"phi": {"W": [1.0]}}, r"phi\['W'\] must be a tensor of floating-point numbers"),
    ],
)
def test_what_training_cannot_use_is_said(changes, words):
    with pytest.raises(ValueError, match=words):
        train(**changes)
