"""Episodes: which characters are dealt, and what a φ says of them step by step."""

import itertools

import numpy as np
import pytest
import torch

from course_utils import checkpoints, maml, networks, tasks
from course_utils.notebook_06 import episodes, pad
from tests.notebook_06.pretend_characters import NETWORK, POOL, character_of, starts

# --- tasks ----------------------------------------------------------------------------------------


def test_the_pool_knows_each_character_once_and_its_script():
    shown = [character_of(picture[0]) for picture in POOL.support]
    assert sorted(shown) == list(range(20))
    assert [character_of(picture[0]) for picture in POOL.query] == shown
    assert {shown[i] for i in POOL.members["Left"]} == set(range(10))
    assert {shown[i] for i in POOL.members["Right"]} == set(range(10, 17))


def test_letters_and_pictures_belong_together():
    for letter, support in zip(POOL.letters, POOL.support, strict=True):
        assert ord(letter) - ord("A") == character_of(support[0])
    task = episodes.deal(POOL, "Left", 2, 1)
    assert [ord(letter) - ord("A") for letter in task.letters] == [
        character_of(support[0]) for support in task.support
    ]


def test_a_script_with_too_few_characters_is_not_offered():
    assert list(POOL.members) == [episodes.ANY, "Left", "Right"]


@pytest.mark.parametrize("script", ["Left", "Right", episodes.ANY])
def test_a_task_has_five_different_characters_of_the_script(script):
    for new in range(8):
        task = episodes.deal(POOL, script, new, 3)
        names = [{character_of(p) for p in part} for part in task.support]
        assert len(set.union(*names)) == 5
        assert names == [{character_of(p) for p in part} for part in task.queries]
        allowed = {"Left": range(10), "Right": range(10, 17)}.get(script, range(20))
        assert set.union(*names) <= set(allowed)


def test_no_support_picture_is_a_query_picture():
    task = episodes.deal(POOL, "Left", 0, 5)
    for support, queries in itertools.product(task.support, task.queries):
        for one, other in itertools.product(support, queries):
            assert not np.array_equal(one, other)


def test_surprise_me_is_another_task_and_a_number_always_the_same():
    first, again, other = (episodes.deal(POOL, "Left", new, 1) for new in (3, 3, 4))
    assert np.array_equal(first.support, again.support)
    assert not np.array_equal(first.support, other.support)


def test_raising_k_adds_pictures_to_those_that_are_there():
    few, many = (episodes.deal(POOL, "Left", 0, shots) for shots in (2, 5))
    for small, large in zip(few.support, many.support, strict=True):
        assert np.array_equal(small, large[:2])
    assert np.array_equal(few.queries, many.queries)


def test_another_character_takes_one_place_and_the_others_stay():
    before, after = (episodes.deal(POOL, "Right", 0, 1, others=o).letters for o in ((), (2,)))
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True, True]
    assert after[2] not in before


def test_after_all_others_the_first_character_comes_back():
    # Of the seven characters of the script two wait: the third to come is the one that left first.
    letters = [episodes.deal(POOL, "Right", 0, 1, others=(2,) * n).letters for n in range(4)]
    assert letters[3] == letters[0]
    assert len({word[2] for word in letters}) == 3


# --- adaptation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("transductive", [True, False])
def test_phi_is_adapted_as_the_core_adapts_it(transductive):
    phi, task = starts()["MAML"], episodes.deal(POOL, "Right", 1, 2)
    frame = episodes.episode_frame(NETWORK, phi, task, inner_lr=0.1, transductive=transductive)
    x, query = (
        torch.from_numpy(np.concatenate(part))[None, :, None]
        for part in (task.support, task.queries)
    )
    y = torch.arange(5).repeat_interleave(2)[None]
    for steps in (0, 1, 3):
        loss = networks.cross_entropy(NETWORK)
        theta = maml.adapt(loss, phi, x, y, inner_lr=0.1, steps=steps)
        used = theta if transductive else NETWORK.with_statistics(theta, x)
        wanted = NETWORK(used, query).softmax(-1)[0]
        np.testing.assert_allclose(frame.probabilities[steps], wanted, atol=1e-4)
    assert frame.probabilities.sum(-1) == pytest.approx(1, abs=1e-5)


def test_only_a_transductive_answer_depends_on_the_other_query_pictures():
    phi, task = starts()["MAML"], episodes.deal(POOL, "Left", 0, 1)
    alone = episodes.Task(
        task.letters, task.support, (task.queries[0][:1], *(q[:0] for q in task.queries[1:]))
    )
    for transductive in (True, False):
        options = {"inner_lr": 0.1, "transductive": transductive}
        one, all_ten = (
            episodes.episode_frame(NETWORK, phi, t, **options).probabilities[:, 0]
            for t in (alone, task)
        )
        assert np.allclose(one, all_ten, atol=1e-5) == (not transductive)


def test_adapting_raises_the_share_that_is_right():
    phi, share = starts()["MAML"], []
    for new in range(10):
        task = episodes.deal(POOL, episodes.ANY, new, 5)
        frame = episodes.episode_frame(NETWORK, phi, task, inner_lr=0.2)
        share.append([frame.right(k).mean() for k in (0, 5)])
    before, after = np.mean(share, axis=0)
    assert before < 0.4
    assert after > 0.6


def test_right_is_the_most_probable_character_and_never_one_that_is_not_finite():
    rows = [[0.1, 0.6, 0.1, 0.1, 0.1], [0.6, 0.1, 0.1, 0.1, 0.1], [np.nan] * 5]
    frame = episodes.Episode(episodes.Task("", (), ()), [2, 3, 4], [1, 1, 0], np.array([rows]))
    assert frame.right(0).tolist() == [True, False, False]


def test_more_pictures_than_places_are_refused():
    with pytest.raises(ValueError, match="at most 2 pictures"):
        episodes.places_of([np.zeros((3, 28, 28))])


def test_it_takes_the_course_s_unseen_characters():
    family = tasks.Characters("test")
    pool = episodes.pool_of(family, torch.Generator().manual_seed(6))
    assert set(family.scripts) <= pool.members.keys()
    task = episodes.deal(pool, family.scripts[0], 0, 1)
    assert min(part.max() for part in task.support) > 0.9  # ink is 1
    assert max(part.mean() for part in task.support) < 0.5


def doodle(random):
    """Some strokes that no alphabet has, lists of points."""
    return [random.uniform(0.1, 0.9, (4, 2)) for _ in range(2)]


def by_hand(strokes, random):
    """The same once more, with an unsteady hand."""
    return [(stroke + random.normal(0, 0.03, stroke.shape)).tolist() for stroke in strokes]


def test_the_stored_phi_recognises_what_is_drawn_twice():
    random, right = np.random.default_rng(0), []
    pool = episodes.pool_of(tasks.Characters("test"), torch.Generator().manual_seed(6))
    phi = checkpoints.load("augmented-maml-1shot-seed0").phi
    for new in range(30):
        strokes = doodle(random)
        own = tuple((4, pad.checked_strokes(by_hand(strokes, random))) for _ in range(2))
        task = episodes.deal(pool, episodes.ANY, new, 1, own=own)
        frame = episodes.episode_frame(networks.convnet(), phi, task, inner_lr=0.4, steps=1)
        right.append([frame.right(steps)[-1] for steps in (0, 1)])
    before, after = np.mean(right, axis=0)
    assert before < 0.6
    assert after > 0.85
