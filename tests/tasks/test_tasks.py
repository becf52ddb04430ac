"""Families draw what they promise, and say what is wrong with what they cannot draw."""

import dataclasses
import math

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from course_utils.tasks import AllClasses, Digits, Sinusoids, TaskBatch, sine_wave
from course_utils.tasks.episodes import Episodes, draw_episodes

few = settings(deadline=None, derandomize=True, max_examples=20)
counts = st.integers(1, 6)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def ordered_pairs(low, high):
    return st.tuples(st.floats(low, high), st.floats(low, high)).map(
        lambda ends: tuple(sorted(ends))
    )


def ones(*shape):
    return torch.ones(*shape)


class Drawn(Episodes):
    """Six classes of nine pictures: a family with `pictures`."""

    thing = "thing"
    pictures = torch.zeros(6, 9, 1, 4, 4, dtype=torch.uint8)

    def _classes(self):
        return self.pictures, {}

    def __repr__(self):
        return "Drawn()"


# --- batches --------------------------------------------------------------------------------------


def make_batch(**changes):
    sets = {
        "support_x": ones(4, 3, 1),
        "support_y": ones(4, 3, 1),
        "query_x": ones(4, 5, 1),
        "query_y": ones(4, 5, 1),
    }
    return TaskBatch(**(sets | changes))


def test_a_batch_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_batch().support_x = ones(4, 3, 1)


def test_facts_are_empty_unless_given_and_not_shared():
    assert make_batch().facts == {}
    assert make_batch().facts is not make_batch().facts


def test_a_slice_takes_facts_along():
    batch = Sinusoids().sample(6, shots=2, queries=3, generator=seeded())
    part = batch[1:4]
    assert len(part) == 3
    for name in ("support_x", "support_y", "query_x", "query_y"):
        torch.testing.assert_close(getattr(part, name), getattr(batch, name)[1:4])
    torch.testing.assert_close(part.facts["phase"], batch.facts["phase"][1:4])


def test_an_index_that_is_no_slice_is_refused():
    with pytest.raises(
        ValueError, match=r"takes a slice, got 2: for one task write batch\[i:i\+1\]"
    ):
        make_batch()[2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"query_x": ones(3, 5, 1)}, r"query_x has the shape \(3, 5, 1\), support_x has 4 tasks"),
        ({"facts": {"phase": ones(3)}}, r"phase has the shape \(3,\), support_x has 4 tasks"),
        ({"facts": {"phase": torch.tensor(1.0)}}, r"phase has the shape \(\), support_x has 4"),
        ({"facts": [1.0]}, r"facts must be a dict of tensors by name, got \[1.0\]"),
        ({"facts": None}, "facts must be a dict of tensors by name, got None"),
        ({"facts": {"a": 1.0}}, r"facts\['a'\] must be a tensor \(tasks, \.\.\.\), .* got 1.0"),
        ({"support_y": ones(4, 2, 1)}, "support_y has 2 points a task, support_x has 3"),
        ({"query_y": ones(4, 4, 1)}, "query_y has 4 points a task, query_x has 5"),
        ({"support_x": ones(4)}, r"support_x must be a tensor \(tasks, points, \.\.\.\)"),
        ({"support_y": [[1.0]]}, r"support_y must be a tensor \(tasks, points, \.\.\.\)"),
        ({"query_y": ones(4, 5, 1) * math.nan}, "query_y has values that are NaN or infinite"),
        ({"support_x": ones(4, 3, 1) / 0}, "support_x has values that are NaN or infinite"),
        ({"support_x": ones(4, 0, 1), "support_y": ones(4, 0, 1)}, "each of its tasks a point"),
    ],
)
def test_a_batch_that_does_not_fit_together_says_what_would(changes, words):
    with pytest.raises(ValueError, match=words):
        make_batch(**changes)


def test_finite_values_whose_sum_is_not_are_finite():
    assert len(make_batch(query_y=torch.full((4, 5, 1), 3e38))) == 4


def test_a_slice_past_the_end_is_refused_instead_of_giving_a_mean_of_nothing():
    with pytest.raises(ValueError, match="a batch needs a task"):
        make_batch()[4:]


# --- sinusoids ------------------------------------------------------------------------------------


@few
@given(counts, counts, counts, ordered_pairs(0, 9), ordered_pairs(-4, 4), ordered_pairs(-9, 9))
def test_sinusoids_stay_in_their_ranges_and_lie_on_their_waves(n, k, q, amplitude, phase, x):
    family = Sinusoids(amplitude=amplitude, phase=phase, x=x)
    batch = family.sample(n, shots=k, queries=q, generator=seeded(n))
    assert batch.support_x.shape == batch.support_y.shape == (n, k, 1)
    assert batch.query_x.shape == batch.query_y.shape == (n, q, 1)
    for values, (low, high) in (
        (batch.facts["amplitude"], amplitude),
        (batch.facts["phase"], phase),
        (batch.support_x, x),
        (batch.query_x, x),
    ):
        assert values.min() >= low - 1e-5
        assert values.max() <= high + 1e-5
    big_a, p = (batch.facts[name][:, None, None] for name in ("amplitude", "phase"))
    for xs, ys in ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y)):
        torch.testing.assert_close(ys, big_a * torch.sin(xs - p))


def test_the_defaults_are_the_papers():
    family = Sinusoids()
    assert (family.amplitude, family.phase) == ((0.1, 5.0), (0.0, math.pi))
    assert (family.x, family.noise) == ((-5.0, 5.0), 0.0)


def test_same_seed_same_batch_and_another_seed_another():
    one, two, other = (
        Sinusoids(noise=0.5).sample(4, shots=3, queries=2, generator=seeded(seed))
        for seed in (1, 1, 2)
    )
    assert torch.equal(one.support_y, two.support_y)
    assert torch.equal(one.query_x, two.query_x)
    assert not torch.equal(one.support_x, other.support_x)


def test_a_generator_leaves_the_global_random_state_alone():
    before = torch.random.get_rng_state()
    Sinusoids(noise=1.0).sample(2, shots=2, queries=2, generator=seeded())
    Digits().sample(1, shots=1, queries=1, generator=seeded())
    assert torch.equal(before, torch.random.get_rng_state())


def test_support_and_query_points_are_different_draws():
    batch = Sinusoids().sample(50, shots=5, queries=5, generator=seeded())
    assert not torch.isin(batch.query_x, batch.support_x).any()


def test_points_noise_and_waves_are_new_for_every_task_and_both_sets():
    batch = Sinusoids(noise=0.5).sample(50, shots=5, queries=6, generator=seeded())
    for x, noise in zip((batch.support_x, batch.query_x), noises(batch), strict=True):
        for drawn in (x, noise):
            assert len(drawn.flatten().unique()) > 0.99 * drawn.numel()
    for fact in batch.facts.values():
        assert len(fact.unique()) == 50


def noises(batch):
    """What lies between y and the wave, in the support and in the query set."""
    amplitude, phase = (batch.facts[name][:, None, None] for name in ("amplitude", "phase"))
    sets = (batch.support_x, batch.support_y), (batch.query_x, batch.query_y)
    return [y - sine_wave(x, amplitude, phase) for x, y in sets]


def test_noise_has_the_spread_it_is_given_in_both_sets():
    batch = Sinusoids(noise=0.5).sample(200, shots=20, queries=20, generator=seeded())
    for noise in noises(batch):
        assert noise.std().item() == pytest.approx(0.5, rel=0.05)
        assert abs(noise.mean().item()) < 0.05


def test_amplitudes_fill_their_range_evenly():
    amplitude = Sinusoids().sample(4000, shots=1, queries=1, generator=seeded()).facts["amplitude"]
    quarters = torch.histc(amplitude, bins=4, min=0.1, max=5.0)
    assert quarters.min() > 850


def test_one_given_task_may_lie_outside_the_family():
    batch = Sinusoids().task(7.0, -1.0, shots=4, queries=6, generator=seeded())
    assert len(batch) == 1
    assert batch.facts["amplitude"].tolist() == [7.0]
    torch.testing.assert_close(batch.support_y, 7 * torch.sin(batch.support_x + 1))


def test_equal_ends_fix_a_value():
    batch = Sinusoids(amplitude=(2.0, 2.0)).sample(3, shots=1, queries=1)
    assert batch.facts["amplitude"].tolist() == [2.0] * 3


def test_counts_may_be_numpy_integers():
    assert len(Sinusoids().sample(np.int64(3), shots=np.int32(2), queries=1)) == 3


def test_xs_fill_their_range_evenly_in_both_sets():
    batch = Sinusoids().sample(500, shots=8, queries=8, generator=seeded())
    for x in (batch.support_x, batch.query_x):
        assert torch.histc(x, bins=4, min=-5.0, max=5.0).min() > 850


@pytest.mark.parametrize("too_many", ["n_tasks", "shots", "queries"])
@pytest.mark.parametrize("family", [Sinusoids(), AllClasses(Drawn()), Drawn()], ids=repr)
def test_what_no_memory_holds_is_refused_before_it_is_drawn(family, too_many):
    counts = {"n_tasks": 1, "shots": 1, "queries": 1} | {too_many: 10**9}
    with pytest.raises(ValueError, match=rf"{too_many}\b.*"):
        family.sample(**counts, generator=seeded())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: Sinusoids().sample(10, shots=10**9, queries=5),
            "n_tasks and shots and queries must make a batch of at most 200,000,000 numbers, "
            "which fit into memory, got n_tasks=10, shots=1000000000, queries=5",
        ),
        (lambda: Sinusoids().task(1, 1, shots=10**9, queries=5), "got n_tasks=1, shots=1000000000"),
        (
            lambda: Sinusoids().sample(10**5000, shots=1, queries=1),
            "got n_tasks=a whole number of thousands of digits, s",
        ),
        (
            lambda: Sinusoids().sample(np.int32(10**9), shots=np.int32(9), queries=1),
            "must make a batch of at most 200,000,000 numbers",
        ),
        (lambda: Digits().sample(10**9, shots=1, queries=1), "got n_tasks=1000000000, ways=5"),
        (lambda: Sinusoids(amplitude=(0, 1e39)), "amplitude must lie between -1e15 and 1e15, got "),
        (lambda: Sinusoids(noise=1e39), r"noise must lie between -1e15 and 1e15, got 1e\+39"),
        (lambda: Sinusoids().task(1e39, 0, shots=1, queries=1), "amplitude must lie between -1e15"),
        (lambda: Sinusoids(amplitude=(0, 10**400)), "amplitude must have finite ends"),
        (lambda: Sinusoids(phase=(3.0, 1.0)), r"phase must run from low to high.*try \(1.0, 3.0\)"),
        (lambda: Sinusoids(x=(0.0, math.inf)), "x must have finite ends"),
        (lambda: Sinusoids(amplitude=(math.nan, 1.0)), "amplitude must have finite ends"),
        (lambda: Sinusoids(amplitude=3.0), r"amplitude must be a pair \(low, high\).*got 3.0"),
        (lambda: Sinusoids(amplitude=(1.0, 2.0, 3.0)), r"amplitude must be a pair \(low, high\)"),
        (lambda: Sinusoids(noise=-0.1), "noise must be finite and at least 0, got -0.1"),
        (lambda: Sinusoids(noise=math.nan), "noise must be finite and at least 0, got nan"),
        (
            lambda: Sinusoids().sample(2, shots=0, queries=1),
            "shots must be a whole number of at least 1, got 0: "
            "a task needs a support example to adapt to",
        ),
        (lambda: Sinusoids().sample(2, shots=1, queries=0), "queries .*at least 1, got 0.*judged"),
        (lambda: Sinusoids().sample(0, shots=1, queries=1), "n_tasks .*at least 1, got 0"),
        (lambda: Sinusoids().sample(1, shots=2.5, queries=1), "shots must be a whole number"),
        (lambda: Sinusoids().sample(True, shots=1, queries=1), "n_tasks must be a whole number"),
        (lambda: Sinusoids().task(math.nan, 0.0, shots=1, queries=1), "amplitude must be finite"),
        (lambda: Sinusoids().task(1.0, "high", shots=1, queries=1), "phase must be a number"),
        (lambda: Sinusoids().task(1.0, 0.0, shots=0, queries=1), "shots .*at least 1, got 0"),
    ],
)
def test_what_a_sinusoid_family_cannot_draw_is_said(make, words):
    with pytest.raises(ValueError, match=words):
        make()


# --- digits ---------------------------------------------------------------------------------------


@few
@given(st.integers(1, 4), st.integers(2, 5), counts, counts, st.integers(0, 99))
def test_digit_tasks_are_balanced_disjoint_and_true_to_their_facts(n, ways, k, q, seed):
    family = Digits((1, 2, 3, 5, 8))
    batch = family.sample(n, ways=ways, shots=k, queries=q, generator=seeded(seed))
    assert batch.support_x.shape == (n, ways * k, 1, 8, 8)
    assert batch.query_x.shape == (n, ways * q, 1, 8, 8)
    assert batch.support_y.dtype == torch.int64
    assert batch.support_x.min() >= 0
    assert batch.support_x.max() <= 1
    for labels, per_class in ((batch.support_y, k), (batch.query_y, q)):
        for task in labels:
            assert torch.bincount(task, minlength=ways).tolist() == [per_class] * ways
    for task in range(n):
        chosen = batch.facts["digit"][task].tolist()
        assert len(set(chosen)) == ways
        assert set(chosen) <= {1, 2, 3, 5, 8}
        support, query = ({tuple(i.flatten().tolist()) for i in s[task]} for s in pictures(batch))
        assert not support & query


def pictures(batch):
    return batch.support_x, batch.query_x


def test_the_label_of_a_picture_names_its_digit():
    from sklearn.datasets import load_digits

    data = load_digits()
    known = {tuple(i.flatten()): t for i, t in zip(data.images / 16, data.target, strict=True)}
    batch = Digits().sample(3, ways=4, shots=2, queries=3, generator=seeded())
    for x, y in ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y)):
        for task, (images, labels) in enumerate(zip(x, y, strict=True)):
            for image, label in zip(images, labels, strict=True):
                digit = known[tuple(image.double().flatten().tolist())]
                assert digit == batch.facts["digit"][task, label]


def test_labels_are_shuffled_from_task_to_task():
    digits = (
        Digits((4, 7)).sample(20, ways=2, shots=1, queries=1, generator=seeded()).facts["digit"]
    )
    assert {tuple(row) for row in digits.tolist()} == {(4, 7), (7, 4)}


def test_five_ways_unless_said_otherwise():
    assert Digits().sample(1, shots=1, queries=1).facts["digit"].shape == (1, 5)


def test_same_seed_same_digits():
    one, two = (Digits().sample(2, shots=1, queries=1, generator=seeded(3)) for _ in range(2))
    assert torch.equal(one.support_x, two.support_x)
    assert torch.equal(one.facts["digit"], two.facts["digit"])


def test_large_digits_are_the_same_digits_of_the_characters_size():
    small = Digits().sample(20, shots=1, queries=3, generator=seeded())
    large = Digits(pixels=28).sample(20, shots=1, queries=3, generator=seeded())
    assert large.query_x.shape == (20, 15, 1, 28, 28)
    assert torch.equal(large.facts["digit"], small.facts["digit"])
    # Ink stays ink, in the middle, its longer side 20 pixels.
    pictures = large.query_x.flatten(0, 2)
    assert pictures.min() == 0
    assert pictures.max() == 1
    inked = pictures > 0.1
    sides = torch.stack([inked.any(2).sum(1), inked.any(1).sum(1)], 1).amax(1)
    assert (sides - 20).abs().max() <= 2
    again = torch.nn.functional.interpolate(pictures[:, None, 4:24, 4:24], size=8, mode="area")
    alike = torch.nn.functional.cosine_similarity(
        again.flatten(1), small.query_x.flatten(0, 2).flatten(1)
    )
    assert alike.mean() > 0.8


def test_pictures_in_bytes_and_in_floats_give_the_same_tasks():
    pools = torch.randint(0, 256, (6, 9, 1, 4, 4), generator=seeded(), dtype=torch.uint8)
    arguments = {"ways": 3, "shots": 2, "queries": 4, "thing": "thing"}
    facts = {"name": torch.arange(6)}
    bytes_, floats, listed = (
        draw_episodes(some, facts, 5, **arguments, generator=seeded(1))
        for some in (pools, pools.float() / 255, [pool.float() / 255 for pool in pools])
    )
    for name in ("support_x", "query_x"):
        assert torch.equal(getattr(bytes_, name), getattr(floats, name))
        assert torch.equal(getattr(listed, name), getattr(floats, name))
    first = bytes_.facts["name"][0, 0]
    for picture in bytes_.support_x[0, :2]:
        assert (picture == pools[first].float() / 255).flatten(1).all(1).any()


def test_another_seed_draws_other_pictures_of_the_same_class():
    pools = torch.arange(20.0).expand(2, 20)[..., None] / 20  # a picture is its own number
    seen = {}
    for seed in range(40):
        batch = draw_episodes(
            pools, {}, 1, ways=2, shots=1, queries=2, generator=seeded(seed), thing="thing"
        )
        for name, x in (("support", batch.support_x), ("query", batch.query_x)):
            seen.setdefault(name, set()).update(x.flatten().tolist())
    assert len(seen["support"]) > 15
    assert len(seen["query"]) > 15


def test_digits_in_a_list_are_those_in_a_tuple():
    assert Digits([3, np.int64(5)]) == Digits((3, 5))
    assert hash(Digits([3, 5])) == hash(Digits((3, 5)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Digits(pixels=16), "pixels must be 8 or 28, got 16"),
        (lambda: Digits((3, 12)), r"digits must be some of 0 to 9, got \(3, 12\)"),
        (lambda: Digits(()), "digits must be some of 0 to 9"),
        (lambda: Digits(5), r"got 5: write them as a tuple of whole numbers, say \(3, 5, 8\)"),
        (lambda: Digits((1.0, 2.0)), r"got \(1.0, 2.0\): write them as a tuple of whole numbers"),
        (lambda: Digits("35"), "digits must be some of 0 to 9, got '35'"),
        (lambda: Digits((3, 3)), r"digits must name each digit once, got \(3, 3\)"),
        (lambda: Digits().sample(1, shots=0, queries=1), "shots .*at least 1, got 0"),
        (lambda: Digits().sample(1, ways=1, shots=1, queries=1), "ways .*two classes"),
        (lambda: Digits((1, 2)).sample(1, shots=1, queries=1), "ways must be at most 2.* got 5"),
        (
            lambda: Digits().sample(1, shots=100, queries=100),
            r"shots \+ queries must be at most 174, the pictures of a digit, got 100 \+ 100",
        ),
    ],
)
def test_what_a_digit_family_cannot_draw_is_said(make, words):
    with pytest.raises(ValueError, match=words):
        make()
