"""Few-shot tasks with classes keep no more of memory than they show."""

import pytest
import torch

from course_utils.checkpoints import cousins
from course_utils.tasks import Characters, Digits
from course_utils.tasks.batch import SETS
from course_utils.tasks.characters import SPLITS


@pytest.mark.parametrize("shots", [1, 3])
def test_a_set_keeps_no_more_than_its_own_pictures(shots):
    batch = Digits().sample(4, ways=3, shots=shots, queries=10)
    for name in ("support_x", "query_x"):
        own = getattr(batch, name)
        assert own.untyped_storage().nbytes() == own.numel() * own.element_size()


def test_the_first_unseen_tasks_are_those_of_all_without_the_others_memory():
    few, every = cousins.first_unseen("sinusoids", 5), cousins.unseen("sinusoids")
    for name in SETS:
        own = getattr(few, name)
        assert torch.equal(own, getattr(every, name)[:5])
        assert own.untyped_storage().nbytes() == own.numel() * own.element_size()


def test_the_splits_share_one_tensor_of_all_pictures():
    places = {Characters(split).pictures.untyped_storage().data_ptr() for split in SPLITS}
    assert len(places) == 1
