"""A compiled objective trains as the objective itself does, or says why it is not compiled."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from course_utils import compiled, maml
from course_utils.networks import mlp, squared_error
from course_utils.tasks import Sinusoids, TaskBatch
from course_utils.tasks.batch import SETS

NETWORK = mlp([1, 5, 1])
LOSS = squared_error(NETWORK)
PHI = NETWORK.init(torch.Generator().manual_seed(0))


def objective(phi, batch):
    return maml.meta_loss(LOSS, phi, batch, inner_lr=0.01, steps=2)


def trained(objective, iterations=100):
    how = {"n_tasks": 3, "shots": 4, "queries": 4, "progress": False}
    generator = torch.Generator().manual_seed(1)
    return maml.train(
        objective, PHI, Sinusoids(), iterations=iterations, generator=generator, **how
    )


def batch(n_tasks=3, shots=4):
    generator = torch.Generator().manual_seed(2)
    return Sinusoids().sample(n_tasks, shots=shots, queries=4, generator=generator)


def uncompiled(traced, inputs, **how):
    return traced


@pytest.mark.long
def test_a_compiled_training_ends_where_the_eager_one_does(capsys):
    phi, history = trained(compiled.objective(objective))
    right, right_history = trained(objective)
    assert "Not compiled" not in capsys.readouterr().out
    torch.testing.assert_close(phi, right, rtol=0, atol=1e-5)
    torch.testing.assert_close(history, right_history, rtol=1e-5, atol=1e-5)


def test_what_is_written_down_is_the_objective_at_any_phi_and_batch(monkeypatch):
    monkeypatch.setattr("torch._inductor.standalone_compile", uncompiled)
    phi, history = trained(compiled.objective(objective))
    right, right_history = trained(objective)
    torch.testing.assert_close(phi, right, rtol=0, atol=1e-6)
    torch.testing.assert_close(history, right_history, rtol=1e-6, atol=1e-6)


def test_its_gradient_goes_on_through_what_is_made_of_it(monkeypatch):
    monkeypatch.setattr("torch._inductor.standalone_compile", uncompiled)
    phi = {
        name: leaf.requires_grad_()
        for name, leaf in NETWORK.init(torch.Generator().manual_seed(7)).items()
    }
    leaves = [*phi.values()]
    found = torch.autograd.grad(2 * compiled.objective(objective)(phi, batch()), leaves)
    right = torch.autograd.grad(objective(phi, batch()), leaves)
    torch.testing.assert_close(found, tuple(2 * each for each in right))


def test_what_is_no_function_is_named():
    with pytest.raises(ValueError, match=r"objective must be a function .* got 3"):
        compiled.objective(3)


def test_every_shape_has_its_own_program(monkeypatch):
    made = []

    def counted(traced, inputs, **how):
        made.append(inputs)
        return traced

    monkeypatch.setattr("torch._inductor.standalone_compile", counted)
    faster = compiled.objective(objective)
    phi = {name: leaf.clone().requires_grad_() for name, leaf in PHI.items()}
    for each in (batch(), batch(shots=5), batch()):
        torch.testing.assert_close(faster(phi, each), objective(phi, each))
    assert len(made) == 2


def test_inputs_may_lie_in_memory_in_any_order(monkeypatch):
    def strict(traced, inputs, **how):
        strides = [each.stride() for each in inputs]

        def program(*inputs):
            assert [each.stride() for each in inputs] == strides  # as a compiled program does
            return traced(*inputs)

        return program

    def turned(tensor):
        return tensor.detach().transpose(0, 1).contiguous().transpose(0, 1)

    monkeypatch.setattr("torch._inductor.standalone_compile", strict)
    loss = squared_error(mlp([1, 5, 4, 1]))
    start = mlp([1, 5, 4, 1]).init(torch.Generator().manual_seed(0))
    turned_batch = TaskBatch(*(turned(getattr(batch(), name)) for name in SETS))
    phi = {name: leaf.requires_grad_() for name, leaf in start.items()}
    turned_phi = phi | {"W2": turned(start["W2"]).requires_grad_()}
    plain = replace(batch(), facts={})
    forms = (phi, plain), (phi, turned_batch), (turned_phi, plain)
    for order in (forms, forms[::-1]):
        of = partial(maml.meta_loss, loss, inner_lr=0.01, steps=2)
        faster = compiled.objective(of)
        for at, each in order:
            torch.testing.assert_close(faster(at, each), of(at, each))


def test_without_a_compiler_one_sentence_says_so_and_the_training_is_the_same(monkeypatch, capsys):
    def broken(*arguments, **how):
        raise RuntimeError("no C++ compiler here\nand much more")

    monkeypatch.setattr("torch._inductor.standalone_compile", broken)
    phi, _ = trained(compiled.objective(objective), iterations=5)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "no C++ compiler here" in said
    torch.testing.assert_close(phi, trained(objective, iterations=5)[0], rtol=0, atol=0)


def test_an_objective_that_looks_at_numbers_is_used_as_it_is(capsys):
    def looking(phi, batch):
        value = objective(phi, batch)
        return value if value.item() < 1e9 else 2 * value

    phi, _ = trained(compiled.objective(looking), iterations=3)
    assert capsys.readouterr().out.startswith("Not compiled")
    torch.testing.assert_close(phi, trained(objective, iterations=3)[0], rtol=0, atol=0)


def test_a_program_that_is_wrong_is_not_used(monkeypatch, capsys):
    def wrong(traced, inputs, **how):
        return lambda *inputs: tuple(1.1 * each for each in traced(*inputs))

    monkeypatch.setattr("torch._inductor.standalone_compile", wrong)
    trained(compiled.objective(objective), iterations=1)
    assert capsys.readouterr().out.startswith("Not compiled")


@pytest.mark.parametrize("wrong", ["all", "value", "gradient"])
def test_a_program_of_zeros_is_not_used_for_a_small_objective_either(monkeypatch, capsys, wrong):
    def small(phi, batch):
        return 1e-5 * objective(phi, batch)

    def zeros(traced, inputs, **how):
        def program(*inputs):
            value, *gradient = traced(*inputs)
            value = 0 * value if wrong != "gradient" else value
            return value, *(0 * each if wrong != "value" else each for each in gradient)

        return program

    monkeypatch.setattr("torch._inductor.standalone_compile", zeros)
    phi = {name: leaf.clone().requires_grad_() for name, leaf in PHI.items()}
    value = compiled.objective(small)(phi, batch())
    assert capsys.readouterr().out.startswith("Not compiled")
    assert 0 < value.item() < 1e-3
    torch.testing.assert_close(value, small(phi, batch()), rtol=0, atol=0)


def test_without_gradients_the_objective_itself_is_asked(capsys):
    with torch.no_grad():
        value = compiled.objective(objective)(PHI, batch())
        torch.testing.assert_close(value, objective(PHI, batch()))
    assert capsys.readouterr().out == ""
