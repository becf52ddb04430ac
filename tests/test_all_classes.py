"""Ordinary classification as one task: fixed labels, all classes, and trained by transfer_loss."""

import pytest
import torch

from course_utils import maml, networks
from course_utils.tasks import Characters
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
