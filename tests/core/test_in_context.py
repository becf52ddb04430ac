"""Learners that are networks: what they see of the support set, and what they do not."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F

from course_utils import in_context, learners, maml
from course_utils.tasks import AnyShots, Sinusoids, TaskBatch

LEARNERS = {
    "set encoder": in_context.set_encoder(24),
    "transformer": in_context.transformer(16, layers=2, heads=4, hidden=24),
    "scaled": in_context.scaled(in_context.set_encoder(24)),
}
each = pytest.mark.parametrize("learner", LEARNERS.values(), ids=LEARNERS)


def exact(params):
    return {name: leaf.double() for name, leaf in params.items()}


def draw(n_tasks=3, shots=5, queries=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    batch = Sinusoids().sample(n_tasks, shots=shots, queries=queries, generator=generator)
    sets = (batch.support_x, batch.support_y, batch.query_x, batch.query_y)
    return TaskBatch(*(part.double() for part in sets))


def started(learner, seed=0):
    return exact(learner.init(torch.Generator().manual_seed(seed)))


@each
def test_the_order_of_the_support_points_does_not_matter(learner):
    tasks, phi = draw(), started(learner)
    order = torch.tensor([3, 0, 4, 1, 2])
    ours = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x)
    shuffled = learner(phi, tasks.support_x[:, order], tasks.support_y[:, order], tasks.query_x)
    torch.testing.assert_close(ours, shuffled, rtol=0, atol=1e-12)


@each
def test_a_query_is_answered_as_if_it_came_alone(learner):
    tasks, phi = draw(), started(learner)
    together = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x)
    for n in range(7):
        alone = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x[:, n : n + 1])
        torch.testing.assert_close(alone, together[:, n : n + 1], rtol=0, atol=1e-12)


@each
def test_a_task_is_answered_as_if_it_came_alone(learner):
    tasks, phi = draw(), started(learner)
    together = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x)
    one = tasks[1:2]
    alone = learner(phi, one.support_x, one.support_y, one.query_x)
    torch.testing.assert_close(alone, together[1:2], rtol=0, atol=1e-12)


@each
@pytest.mark.parametrize("shots", [1, 2, 20])
def test_any_number_of_support_points_will_do_and_each_counts(learner, shots):
    tasks, phi = draw(shots=shots), started(learner)
    ours = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x)
    assert ours.shape == (3, 7, 1)
    moved = tasks.support_y.clone()
    moved[:, -1] += 1
    theirs = learner(phi, tasks.support_x, moved, tasks.query_x)
    assert (ours - theirs).abs().amax(dim=1).min() > 1e-5


@each
def test_every_parameter_has_a_gradient_and_it_is_the_right_one(learner):
    tasks, phi = draw(), started(learner)
    phi = {name: leaf.requires_grad_() for name, leaf in phi.items()}
    in_context.meta_loss(learner, phi, tasks).backward()
    moved = dict(phi)
    for name, leaf in phi.items():
        if "key" in name and name.endswith("b1"):  # a softmax does not see what all share
            continue
        assert leaf.grad.abs().max() > 0, name
        step = torch.zeros_like(leaf)
        step.view(-1)[0] = 1e-6
        with torch.no_grad():
            up, down = (
                in_context.meta_loss(learner, moved | {name: leaf + sign * step}, tasks)
                for sign in (1, -1)
            )
        assert leaf.grad.view(-1)[0].item() == pytest.approx(
            (up - down).item() / 2e-6, rel=1e-4, abs=1e-7
        ), name


def test_a_set_encoder_is_a_mean_of_encoded_points_and_a_decoder():
    learner, tasks = LEARNERS["set encoder"], draw()
    p = started(learner)

    def network(name, h):
        for layer in (1, 2, 3):
            h = h @ p[f"{name}.W{layer}"] + p[f"{name}.b{layer}"]
            h = h.clamp(min=0) if layer < 3 else h
        return h

    for n in range(3):
        points = torch.cat([tasks.support_x[n], tasks.support_y[n]], 1) / 5
        summary = network("encode", points).mean(0)
        for x, answer in zip(
            tasks.query_x[n],
            learner(p, tasks.support_x, tasks.support_y, tasks.query_x)[n],
            strict=True,
        ):
            ours = 5 * network("decode", torch.cat([summary, x / 5]))
            torch.testing.assert_close(ours, answer)


def test_a_transformer_is_the_formula_of_attention_point_by_point():
    learner, tasks = LEARNERS["transformer"], draw(n_tasks=2, shots=3, queries=2)
    p = started(learner)

    def layer(name, h, number=1):
        return h @ p[f"{name}.W{number}"] + p[f"{name}.b{number}"]

    for n in range(2):
        rows = [
            [x / 5, y / 5, 1] for x, y in zip(tasks.support_x[n], tasks.support_y[n], strict=True)
        ]
        rows += [[x / 5, 0, 0] for x in tasks.query_x[n]]
        points = layer("read", torch.tensor(rows, dtype=torch.float64))
        for i in range(2):
            h = F.layer_norm(points, (16,))
            found = torch.zeros(5, 16, dtype=torch.float64)
            for head in range(4):
                part = slice(4 * head, 4 * head + 4)
                query, key, value = (
                    layer(f"{name}{i}", h)[:, part] for name in ("query", "key", "value")
                )
                for point in range(5):
                    looks = (query[point] @ key[:3].T / math.sqrt(4)).softmax(0)
                    found[point, part] = looks @ value[:3]
            points = points + layer(f"merge{i}", found)
            inside = layer(f"think{i}", F.layer_norm(points, (16,))).relu()
            points = points + layer(f"think{i}", inside, 2)
        ours = 5 * layer("answer", F.layer_norm(points[3:], (16,)))
        theirs = learner(p, tasks.support_x, tasks.support_y, tasks.query_x)[n]
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_its_objective_is_notebook_02_s_of_the_learner_with_phi_filled_in():
    learner, tasks = LEARNERS["set encoder"], draw()
    phi = started(learner)
    ours = in_context.meta_loss(learner, phi, tasks)
    f = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x)
    torch.testing.assert_close(ours, (f - tasks.query_y).square().mean((1, 2)).mean())
    torch.testing.assert_close(ours, in_context.errors(learner, phi, tasks).mean())
    torch.testing.assert_close(ours, learners.meta_loss(partial(learner, phi), tasks))


@each
def test_the_plain_outer_loop_trains_it(learner):
    phi = learner.init(torch.Generator().manual_seed(0))
    trained, history = maml.train(
        partial(in_context.meta_loss, learner),
        phi,
        AnyShots(Sinusoids(), least=4),
        iterations=200,
        shots=6,
        meta_lr=3e-3,
        generator=torch.Generator().manual_seed(1),
        progress=False,
    )
    assert history[-20:].mean() < 0.9 * history[:20].mean()
    assert trained.keys() == phi.keys()


@pytest.mark.parametrize("factor", [0.01, 3.0, 100.0])
def test_twice_as_tall_a_task_has_twice_as_tall_an_answer_once_it_is_scaled(factor):
    learner, tasks = LEARNERS["scaled"], draw()
    phi = started(learner)
    ours = learner(phi, tasks.support_x, tasks.support_y, tasks.query_x)
    taller = learner(phi, tasks.support_x, factor * tasks.support_y, tasks.query_x)
    torch.testing.assert_close(taller, factor * ours)
    plain = LEARNERS["set encoder"](phi, tasks.support_x, factor * tasks.support_y, tasks.query_x)
    assert not torch.allclose(plain, factor * ours, rtol=0.1)


def test_of_a_task_that_is_zero_scaling_makes_no_nan():
    learner, tasks = LEARNERS["scaled"], draw()
    found = learner(started(learner), tasks.support_x, 0 * tasks.support_y, tasks.query_x)
    assert found.abs().max() < 1e-3


def test_its_parameters_are_counted():
    assert in_context.count(in_context.set_encoder().init()) == 66_689
    assert in_context.count({"a": torch.zeros(2, 3), "b": torch.zeros(4)}) == 10


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: in_context.set_encoder(0), "width must be a whole number of at least 1, got 0"),
        (lambda: in_context.transformer(layers=0), "layers must be .* got 0"),
        (lambda: in_context.transformer(30, heads=4), "heads must divide width = 30, got 4"),
        (lambda: in_context.set_encoder(10**6), "width must make a network of at most"),
        (lambda: in_context.scaled(3), "learner must be one with parameters.* got 3"),
    ],
)
def test_what_cannot_be_made_is_said(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@each
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"support_x": torch.zeros(3, 5)}, r"x must be a tensor \(tasks, points"),
        ({"query_x": torch.zeros(2, 7, 1).double()}, "query_x has 2 tasks, support_x has 3"),
        ({"support_y": torch.zeros(3, 4, 1).double()}, "a y for each x"),
    ],
)
def test_sets_that_do_not_fit_are_said(learner, change, words):
    tasks = draw()
    sets = {name: getattr(tasks, name) for name in ("support_x", "support_y", "query_x")}
    with pytest.raises(ValueError, match=words):
        learner(started(learner), **(sets | change))


def test_points_of_several_numbers_and_another_learner_s_parameters_are_said():
    learner, tasks, wide = LEARNERS["set encoder"], draw(), torch.zeros(3, 5, 2).double()
    with pytest.raises(ValueError, match=r"support_x must be \(tasks, points, 1\)"):
        learner(started(learner), wide, tasks.support_y, torch.zeros(3, 7, 2).double())
    theirs = started(LEARNERS["transformer"])
    with pytest.raises(ValueError, match=r"params must have a leaf encode\.W1 .*another learner"):
        learner(theirs, tasks.support_x, tasks.support_y, tasks.query_x)
    with pytest.raises(ValueError, match="both must be the same"):
        learner(learner.init(), tasks.support_x, tasks.support_y, tasks.query_x)


def test_leaves_of_another_shape_or_too_many_are_said():
    learner, tasks = LEARNERS["set encoder"], draw()
    sets, phi = (tasks.support_x, tasks.support_y, tasks.query_x), started(LEARNERS["set encoder"])
    with pytest.raises(ValueError, match=r"params must have a leaf decode\.b3 of the shape \(1,\)"):
        learner(phi | {"decode.b3": phi["decode.b3"][None].expand(3, -1)}, *sets)
    with pytest.raises(ValueError, match=r"params must have no leaf decode\.W9"):
        learner(phi | {"decode.W9": phi["decode.W1"]}, *sets)
    with pytest.raises(ValueError, match="support_x must hold floating-point numbers"):
        learner(phi, sets[0].long(), sets[1], sets[2].long())


@pytest.mark.parametrize("wrong", [None, in_context.SetEncoder, learners.kernel_ridge(0.1)])
def test_what_is_no_learner_with_parameters_is_said(wrong):
    with pytest.raises(ValueError, match="learner must be one with parameters"):
        in_context.meta_loss(wrong, {}, draw())
    with pytest.raises(ValueError, match="learner must be one with parameters"):
        in_context.scaled(wrong)
