"""Linear tasks: y is w·x with the weights that the facts name."""

import pytest
import torch

from course_utils.tasks import LinearTasks


def draw(n_tasks=2000, inputs=3):
    return LinearTasks(inputs).sample(
        n_tasks, shots=4, queries=2, generator=torch.Generator().manual_seed(0)
    )


def test_y_is_w_times_x_in_both_sets():
    batch = draw()
    for x, y in ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y)):
        w = batch.facts["weights"][:, None]
        torch.testing.assert_close(y, (w * x).sum(-1, keepdim=True))


def test_inputs_and_weights_are_drawn_from_a_normal_distribution():
    batch = draw()
    for values in (batch.support_x, batch.query_x, batch.facts["weights"]):
        assert values.mean().item() == pytest.approx(0, abs=0.05)
        assert values.std().item() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: LinearTasks(0), "inputs must be .* got 0"),
        (lambda: LinearTasks().sample(0, shots=1, queries=1), "n_tasks must be .* got 0"),
        (lambda: LinearTasks().sample(1, shots=0, queries=1), "shots must be .* got 0"),
        (lambda: LinearTasks().sample(1, shots=1, queries=10**9), "must make a batch of at most"),
    ],
)
def test_what_cannot_be_used_is_said(call, words):
    with pytest.raises(ValueError, match=words):
        call()
