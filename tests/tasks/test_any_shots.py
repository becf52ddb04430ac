"""Any number of shots: every batch has its own, from least to most."""

import pytest
import torch

from course_utils.tasks import AnyShots, Sinusoids


def test_every_number_is_drawn_about_as_often():
    generator = torch.Generator().manual_seed(0)
    family, counts = AnyShots(Sinusoids(), least=2), [0] * 6
    for _ in range(400):
        batch = family.sample(2, shots=5, queries=3, generator=generator)
        counts[batch.support_x.shape[1]] += 1
        assert batch.query_x.shape == (2, 3, 1)
    assert counts[:2] == [0, 0]
    assert min(counts[2:]) > 70


def test_equal_seeds_draw_equal_tasks():
    one, two = (
        AnyShots(Sinusoids()).sample(
            2, shots=9, queries=3, generator=torch.Generator().manual_seed(4)
        )
        for _ in range(2)
    )
    assert torch.equal(one.support_y, two.support_y)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: AnyShots(Sinusoids), "family must be one that tasks are drawn from"),
        (lambda: AnyShots(Sinusoids(), least=0), "least must be .* got 0"),
        (
            lambda: AnyShots(Sinusoids(), least=3).sample(1, shots=2, queries=1),
            "shots must be a whole number of at least 3, got 2",
        ),
        (
            lambda: AnyShots(Sinusoids()).sample(1, shots=2, queries=1, generator=3),
            "generator must be a torch.Generator",
        ),
    ],
)
def test_what_cannot_be_used_is_said(call, words):
    with pytest.raises(ValueError, match=words):
        call()
