"""Ordinary classification as one task: fixed labels, all classes, and trained by transfer_loss."""

import pytest
import torch

from course_utils import maml, networks
from course_utils.tasks import Characters, Digits
from course_utils.tasks.all_classes import AllClasses

FAMILY = Characters("test").of_script("Lao")


def draw(queries, seed=0):
    return AllClasses(FAMILY).sample(queries=queries, generator=torch.Generator().manual_seed(seed))


def test_a_class_has_the_same_label_each_time_and_its_pictures_are_its_own():
    for seed in (0, 1):
        batch = draw(30, seed)
        assert batch.query_x.shape == (1, 30, 1, 28, 28)
        for picture, label in zip(batch.query_x[0], batch.query_y[0], strict=True):
            own = FAMILY.pictures_of(int(FAMILY.codes[label]))
            assert (own == picture).flatten(1).all(1).any()
    assert not torch.equal(draw(30, 0).query_y, draw(30, 1).query_y)


def test_all_classes_come():
    assert set(draw(1000).query_y[0].tolist()) == set(range(FAMILY.n_classes))


def test_all_pictures_of_a_class_come():
    batch = draw(3000)
    own = batch.query_x[0, batch.query_y[0] == 7]
    assert len(own.flatten(1).unique(dim=0)) == 20


def test_the_support_picture_is_the_first_query_picture():
    batch = draw(5)
    assert torch.equal(batch.support_x, batch.query_x[:, :1])
    assert torch.equal(batch.support_y, batch.query_y[:, :1])


def test_any_family_with_pictures_will_do():
    class TwoGreys:
        pictures = torch.tensor([0, 255], dtype=torch.uint8).expand(20, 1, 28, 28, 2).movedim(-1, 0)

    batch = AllClasses(TwoGreys()).sample(queries=30, generator=torch.Generator().manual_seed(0))
    assert batch.query_x.shape == (1, 30, 1, 28, 28)
    assert torch.equal(batch.query_x.mean((2, 3, 4)), batch.query_y.float())
    assert set(batch.query_y[0].tolist()) == {0, 1}


def test_a_family_without_pictures_is_said():
    with pytest.raises(ValueError, match=r"family must have pictures .* got Digits\("):
        AllClasses(Digits())


def test_transfer_loss_trains_an_ordinary_classifier():
    network = networks.convnet(FAMILY.n_classes, channels=8)
    loss = networks.cross_entropy(network)
    generator = torch.Generator().manual_seed(0)
    phi, _ = maml.train(
        lambda phi, batch: maml.transfer_loss(loss, phi, batch),
        network.init(generator),
        AllClasses(FAMILY),
        iterations=60,
        n_tasks=1,
        shots=1,
        queries=64,
        meta_lr=1e-2,
        generator=generator,
        progress=False,
    )
    batch = draw(200, seed=9)
    right = (network(phi, batch.query_x).argmax(-1) == batch.query_y).float().mean()
    assert right > 10 / FAMILY.n_classes


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_tasks": 2, "queries": 1}, "n_tasks must be 1, there is one task here, got 2"),
        ({"shots": 5, "queries": 1}, "shots must be 1"),
        ({"queries": 0}, "queries must be a whole number of at least 1"),
    ],
)
def test_there_is_one_task(wrong, words):
    with pytest.raises(ValueError, match=words):
        AllClasses(FAMILY).sample(**wrong)
