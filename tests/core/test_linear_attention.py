"""Linear attention: one layer is one gradient step, to the last digits."""

from functools import partial

import pytest
import torch

from course_utils import in_context, linear_attention, maml
from course_utils.linear_attention import attention_answer, best_step, gradient_answer
from course_utils.tasks import LinearTasks, TaskBatch


def draw(n_tasks=50, inputs=5, shots=10, queries=7, seed=0):
    batch = LinearTasks(inputs).sample(
        n_tasks, shots=shots, queries=queries, generator=torch.Generator().manual_seed(seed)
    )
    sets = (batch.support_x, batch.support_y, batch.query_x)
    return [part.double() for part in sets]


@pytest.mark.parametrize("layers", [1, 2, 5])
@pytest.mark.parametrize(("inputs", "shots"), [(5, 10), (1, 3), (8, 2)])
def test_a_layer_is_a_gradient_step(layers, inputs, shots):
    sets = draw(inputs=inputs, shots=shots)
    attention = attention_answer(*sets, alpha=0.3, layers=layers)
    steps = gradient_answer(*sets, alpha=0.3, steps=layers)
    torch.testing.assert_close(attention, steps, rtol=1e-12, atol=1e-12)
    assert steps.abs().max() > 1


def test_another_step_size_is_another_answer():
    sets = draw()
    apart = attention_answer(*sets, alpha=0.3) - gradient_answer(*sets, alpha=0.4)
    assert apart.abs().max() > 0.1


def test_the_gradient_step_is_autograd_s():
    support_x, support_y, query_x = draw(n_tasks=4)
    for n in range(4):
        w = torch.zeros(5, 1, dtype=torch.float64, requires_grad=True)
        for _ in range(2):
            loss = 0.5 * (support_x[n] @ w - support_y[n]).square().mean()
            (gradient,) = torch.autograd.grad(loss, w)
            w = w - 0.3 * gradient
        ours = gradient_answer(support_x, support_y, query_x, alpha=0.3, steps=2)[n]
        torch.testing.assert_close(query_x[n] @ w, ours, rtol=1e-12, atol=1e-12)


def test_attention_is_the_formula_token_by_token():
    generator = torch.Generator().manual_seed(3)
    tokens = torch.randn(2, 5, 3, generator=generator).double()
    weights = linear_attention.Weights(*torch.randn(4, 3, 3, generator=generator).double())
    ours = linear_attention.attend(tokens, weights, shots=3)
    query, key, value, projection = weights
    for n in range(2):
        for j in range(5):
            new = tokens[n, j].clone()
            for i in range(3):
                looks = (tokens[n, j] @ query) @ (tokens[n, i] @ key)
                new += looks * (tokens[n, i] @ value) @ projection
            torch.testing.assert_close(ours[n, j], new)


def test_the_best_step_is_that_of_a_search():
    sets = draw(n_tasks=40_000, queries=4)
    generator = torch.Generator().manual_seed(0)
    batch = LinearTasks(5).sample(40_000, shots=10, queries=4, generator=generator)
    alphas = [n / 50 for n in range(20, 45)]
    losses = [
        (gradient_answer(*sets, alpha=alpha) - batch.query_y).square().mean() for alpha in alphas
    ]
    assert alphas[torch.stack(losses).argmin()] == pytest.approx(best_step(5, 10), abs=0.03)
    assert min(losses).item() == pytest.approx(5 * 6 / 16, rel=0.03)  # d(d + 1)/(n + d + 1)
    assert best_step(5, 10) == 10 / 16


@pytest.fixture(scope="module")
def trained():
    layer = linear_attention.linear_attention(5)
    phi, _ = maml.train(
        partial(in_context.meta_loss, layer),
        layer.init(torch.Generator().manual_seed(3)),
        LinearTasks(5),
        iterations=1000,
        n_tasks=100,
        meta_lr=1e-2,
        decay="cosine",
        generator=torch.Generator().manual_seed(1003),
        progress=False,
    )
    return layer, phi


def test_a_trained_layer_finds_the_best_step(trained):
    batch = LinearTasks(5).sample(
        1000, shots=10, queries=10, generator=torch.Generator().manual_seed(5)
    )
    assert linear_attention.step_size_of(*trained, batch) == pytest.approx(0.625, abs=0.015)
    answer = in_context.errors(*trained, batch).mean()
    step = gradient_answer(batch.support_x, batch.support_y, batch.query_x, alpha=0.625)
    assert answer.item() == pytest.approx((step - batch.query_y).square().mean().item(), abs=0.02)


def test_the_construction_is_one_of_the_layers_that_training_chooses_from():
    support_x, support_y, query_x = draw()
    layer = linear_attention.linear_attention(5)
    take_x, _, take_y, projection = linear_attention.step_weights(5, 10, 0.3, dtype=torch.float64)
    phi = {"A": take_x, "B": take_y @ projection * 10}
    torch.testing.assert_close(
        layer(phi, support_x, support_y, query_x),
        gradient_answer(support_x, support_y, query_x, alpha=0.3),
    )

    batch = TaskBatch(support_x, support_y, query_x, query_x[..., :1])
    assert linear_attention.step_size_of(layer, phi, batch) == pytest.approx(0.3)


def layer_of_five(**params):
    return linear_attention.linear_attention(5)(params, *draw())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: linear_attention.linear_attention(0), "inputs must be .* got 0"),
        (lambda: best_step(5, 0), "shots must be .* got 0"),
        (lambda: linear_attention.step_weights(10**9, 5, 0.1), "inputs must make the weights of"),
        (
            lambda: linear_attention.step_weights(2, 5, 0.1, dtype=torch.int64),
            "dtype must be a floating-point type, got torch.int64",
        ),
        (
            lambda: linear_attention.attend(torch.ones(1, 5, 2), (torch.eye(2),) * 4, 99),
            "shots must be at most 5, the tokens, got 99",
        ),
        (
            lambda: attention_answer(draw()[0].float(), *draw()[1:], alpha=0.1),
            "must be of one floating-point type, got torch.float32",
        ),
        (
            lambda: linear_attention.step_size_of(
                linear_attention.linear_attention(1),
                linear_attention.linear_attention(1).init(),
                TaskBatch(*(torch.zeros(1, 2, 1) for _ in range(4))),
            ),
            "batch must have support y that are not 0",
        ),
        (lambda: attention_answer(*draw(), alpha=float("nan")), "alpha must be finite, got nan"),
        (lambda: attention_answer(*draw(), alpha=0.1, layers=0), "layers must be .* got 0"),
        (lambda: gradient_answer(*draw(), alpha=0.1, steps=0), "steps must be .* got 0"),
        (
            lambda: gradient_answer(draw()[0], draw()[0], draw()[2], alpha=0.1),
            r"support_y must be \(tasks, points, 1\)",
        ),
        (
            lambda: linear_attention.linear_attention(4)(
                linear_attention.linear_attention(4).init(), *draw()
            ),
            "support_x must have 4 inputs, as the layer has, got 5",
        ),
        (
            lambda: layer_of_five(A=torch.ones(6, 6), B=torch.ones(6, 5)),
            r"params must have leaves of the shapes .*'B': \(6, 6\)}, got .*'B': \(6, 5\)",
        ),
        (
            lambda: layer_of_five(A=torch.ones(6, 6), C=torch.ones(6, 6)),
            "params must have leaves of the shapes .* got .*'C'",
        ),
    ],
)
def test_what_cannot_be_used_is_said(call, words):
    with pytest.raises(ValueError, match=words):
        call()
