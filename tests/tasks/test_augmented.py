"""Augmentation: each picture changed by numbers of its own, by as much as was asked for."""

import math

import pytest
import torch

from course_utils.tasks import AllClasses, Augmented, Characters, Digits, Sinusoids

FAMILY = Characters("test").of_script("Lao")
STILL = {"turn": 0, "scale": (1, 1), "shift": 0}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def moments(pictures):
    """The centre (right, down) of each picture's ink and its root mean square distance from it."""
    height, width = pictures.shape[-2:]
    down, right = torch.meshgrid(
        torch.arange(height) - (height - 1) / 2,
        torch.arange(width) - (width - 1) / 2,
        indexing="ij",
    )
    ink = pictures / pictures.sum((-2, -1), keepdim=True)
    x, y = ((ink * way).sum((-2, -1)) for way in (right, down))
    spread = (ink * (right**2 + down**2)).sum((-2, -1)) - x**2 - y**2
    return x.squeeze(-1), y.squeeze(-1), spread.sqrt().squeeze(-1)


def blob(right=0, down=0):
    """A soft dot on a picture of 28 x 28, so many pixels from its middle."""
    rows, columns = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    distance = (rows - 13.5 - down) ** 2 + (columns - 13.5 - right) ** 2
    return torch.exp(-distance / 8)[None]


def test_with_nothing_to_change_the_tasks_are_the_familys_own():
    plain = FAMILY.sample(3, shots=1, queries=2, generator=seeded())
    same = Augmented(FAMILY, **STILL).sample(3, shots=1, queries=2, generator=seeded())
    for name in ("support_x", "query_x"):
        torch.testing.assert_close(getattr(same, name), getattr(plain, name), atol=1e-5, rtol=0)


def test_labels_and_facts_stay_and_pictures_change():
    plain = FAMILY.sample(3, shots=2, queries=2, generator=seeded())
    batch = Augmented(FAMILY).sample(3, shots=2, queries=2, generator=seeded())
    assert torch.equal(batch.support_y, plain.support_y)
    assert torch.equal(batch.query_y, plain.query_y)
    assert torch.equal(batch.facts["code"], plain.facts["code"])
    assert batch.query_x.shape == plain.query_x.shape
    assert batch.query_x.min() >= 0
    assert batch.query_x.max() <= 1 + 1e-6
    for name in ("support_x", "query_x"):
        apart = (getattr(batch, name) - getattr(plain, name)).abs().sum((2, 3, 4))
        assert apart.min() > 1


def test_the_same_generator_gives_the_same_pictures_and_another_other_ones():
    family = Augmented(FAMILY)
    one, two, other = (
        family.sample(2, shots=1, queries=1, generator=seeded(seed)) for seed in (0, 0, 1)
    )
    assert torch.equal(one.support_x, two.support_x)
    assert torch.equal(one.query_x, two.query_x)
    assert not torch.equal(one.support_x, other.support_x)


def test_each_picture_has_numbers_of_its_own():
    changed = Augmented(FAMILY).changed(blob(3, 2).expand(50, 1, 28, 28), generator=seeded())
    assert len(changed.flatten(1).unique(dim=0)) == 50


def test_shifts_go_as_far_as_asked_both_ways_and_keep_the_size():
    family = Augmented(FAMILY, turn=0, scale=(1, 1), shift=2)
    x, y, spread = moments(family.changed(blob().expand(500, 1, 28, 28), generator=seeded()))
    for way in (x, y):
        assert -2.01 < way.min() < -1.9
        assert 1.9 < way.max() < 2.01
        assert way.mean().abs() < 0.2
    torch.testing.assert_close(spread, spread[:1].expand_as(spread), atol=0.1, rtol=0)


def test_turns_go_as_far_as_asked_both_ways_about_the_middle():
    family = Augmented(FAMILY, turn=10, scale=(1, 1), shift=0)
    dots = blob(right=6).expand(500, 1, 28, 28)
    x, y, _ = moments(family.changed(dots, generator=seeded()))
    torch.testing.assert_close(x.hypot(y), torch.full_like(x, 6), atol=0.05, rtol=0)
    degrees = torch.atan2(y, x) * 180 / math.pi
    assert -10.1 < degrees.min() < -9.7
    assert 9.7 < degrees.max() < 10.1


def test_factors_lie_between_the_ends_and_above_1_make_bigger():
    family = Augmented(FAMILY, turn=0, scale=(0.8, 1.2), shift=0)
    x, y, spread = moments(family.changed(blob(5, 5).expand(500, 1, 28, 28), generator=seeded()))
    torch.testing.assert_close(x, y, atol=1e-3, rtol=0)
    assert 0.79 < (x / 5).min() < 0.81
    assert 1.19 < (x / 5).max() < 1.21
    assert torch.corrcoef(torch.stack([x, spread]))[0, 1] > 0.98


def test_pictures_that_are_not_square_are_turned_without_a_lean():
    family = Augmented(FAMILY, turn=10, scale=(1, 1), shift=0)
    wide = torch.nn.functional.pad(blob(right=6), (6, 6)).expand(200, 1, 28, 40)
    x, y, _ = moments(family.changed(wide, generator=seeded()))
    torch.testing.assert_close(x.hypot(y), torch.full_like(x, 6), atol=0.05, rtol=0)


def test_any_family_of_pictures_will_do():
    batch = Augmented(AllClasses(FAMILY)).sample(queries=7, generator=seeded())
    assert batch.query_x.shape == (1, 7, 1, 28, 28)
    batch = Augmented(Digits()).sample(2, ways=3, shots=1, queries=2, generator=seeded())
    assert batch.query_x.shape == (2, 6, 1, 8, 8)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Augmented("train"), "family must be one that tasks are drawn from, got 'train'"),
        (lambda: Augmented(FAMILY, turn=-1), "turn must be finite and at least 0, got -1"),
        (lambda: Augmented(FAMILY, shift=math.nan), "shift must be finite .*, got nan"),
        (lambda: Augmented(FAMILY, scale=1.1), r"scale must be a pair \(low, high\) .* got 1.1"),
        (lambda: Augmented(FAMILY, scale=(0, 1)), r"scale must have ends above 0, got \(0, 1\)"),
        (
            lambda: Augmented(Sinusoids()).sample(2, shots=3, queries=3),
            r"pictures must have the shape \(..., 1, H, W\), got \(2, 3, 1\)",
        ),
        (lambda: Augmented(FAMILY).sample(0, shots=1, queries=1), "n_tasks .*at least 1, got 0"),
    ],
)
def test_what_cannot_be_changed_is_said(make, words):
    with pytest.raises(ValueError, match=words):
        make()
