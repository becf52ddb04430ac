"""Prototypes: the loss and the accuracies are those of a loop over tasks, pictures and classes."""

import pytest
import torch

from course_utils import maml, networks, prototypes
from course_utils.tasks import Augmented, Characters, TaskBatch

FAMILY = Characters("test").of_script("Lao")
NETWORK = networks.convnet(5, channels=8)
PHI = NETWORK.init(torch.Generator().manual_seed(3))


def draw(n_tasks=3, shots=2, queries=3):
    generator = torch.Generator().manual_seed(0)
    return FAMILY.sample(n_tasks, shots=shots, queries=queries, generator=generator)


def by_loops(batch, *, scale=1.0, unit_length=False, statistics_of_support=False):
    """Each query picture's −log p(y | x) and whether it is sorted right, (tasks, points) both."""
    losses, right = [], []
    for support_x, support_y, query_x, query_y in zip(
        batch.support_x, batch.support_y, batch.query_x, batch.query_y, strict=True
    ):
        phi = NETWORK.with_statistics(PHI, support_x) if statistics_of_support else PHI
        support, query = NETWORK.features(PHI, support_x), NETWORK.features(phi, query_x)
        if unit_length:
            support, query = (one / one.norm(dim=-1, keepdim=True) for one in (support, query))
        means = [support[support_y == k].mean(0) for k in range(5)]
        for features, label in zip(query, query_y, strict=True):
            scores = torch.stack([-scale * ((features - mean) ** 2).sum() for mean in means])
            losses.append(-scores.softmax(0)[label].log())
            right.append(scores.argmax() == label)
    shape = batch.query_y.shape
    return torch.stack(losses).reshape(shape), torch.stack(right).float().reshape(shape)


@pytest.mark.parametrize(("scale", "unit_length"), [(0.02, False), (prototypes.SCALE, True)])
def test_the_loss_is_that_of_a_loop(scale, unit_length):
    batch = draw()
    how = {"scale": scale, "unit_length": unit_length}
    expected = by_loops(batch, **how)[0].mean()
    found = prototypes.prototype_loss(NETWORK, PHI, batch, **how)
    assert found.shape == ()
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("unit_length", [False, True])
@pytest.mark.parametrize("transductive", [False, True])
def test_the_accuracies_are_those_of_a_loop(transductive, unit_length):
    batch = draw(n_tasks=prototypes.PICTURE_CHUNK + 1)
    how = {"unit_length": unit_length, "statistics_of_support": not transductive}
    expected = by_loops(batch, **how)[1].mean(1)
    found = prototypes.prototype_accuracies(
        NETWORK, PHI, batch, transductive=transductive, unit_length=unit_length
    )
    torch.testing.assert_close(found, expected)


def test_not_transductive_means_that_each_query_picture_is_judged_alone():
    batch = draw(queries=2)
    alone = [
        prototypes.prototype_accuracies(
            NETWORK,
            PHI,
            type(batch)(
                batch.support_x,
                batch.support_y,
                batch.query_x[:, i : i + 1],
                batch.query_y[:, i : i + 1],
            ),
            transductive=False,
        )
        for i in range(10)
    ]
    together = prototypes.prototype_accuracies(NETWORK, PHI, batch, transductive=False)
    torch.testing.assert_close(torch.stack(alone).mean(0), together)


def test_training_makes_features_better_and_leaves_the_head_alone():
    family = Augmented(FAMILY)
    generator = torch.Generator().manual_seed(0)
    phi, _ = maml.train(
        lambda phi, batch: prototypes.prototype_loss(NETWORK, phi, batch),
        PHI,
        family,
        iterations=60,
        n_tasks=4,
        shots=1,
        queries=2,
        meta_lr=5e-3,
        generator=generator,
        progress=False,
    )
    batch = draw(n_tasks=40, shots=1, queries=5)
    before, after = (
        prototypes.prototype_accuracies(NETWORK, one, batch).mean() for one in (PHI, phi)
    )
    assert after > before + 0.1
    assert torch.equal(phi["W4"], PHI["W4"])


def test_a_network_without_its_head_will_do():
    phi = {name: leaf for name, leaf in PHI.items() if name not in ("W4", "b4")}
    assert torch.isfinite(prototypes.prototype_loss(NETWORK, phi, draw()))


def test_what_cannot_be_used_is_said():
    batch = draw()
    with pytest.raises(ValueError, match="scale must be finite and at least 0, got -1"):
        prototypes.prototype_loss(NETWORK, PHI, batch, scale=-1)
    batch.support_y[0, :2] = 1
    for use in (prototypes.prototype_loss, prototypes.prototype_accuracies):
        with pytest.raises(ValueError, match="support_y must have each label from 0 to 4"):
            use(NETWORK, PHI, batch)


def test_query_labels_are_those_of_the_support_set_and_the_network_has_features():
    x, network = torch.rand(1, 2, 1, 28, 28), networks.convnet(5)
    batch = TaskBatch(x, torch.tensor([[0, 1]]), x, torch.tensor([[0, 4]]))
    for measured in (prototypes.prototype_loss, prototypes.prototype_accuracies):
        with pytest.raises(ValueError, match=r"query_y must hold labels .* 0 to 1, got 0 to 4"):
            measured(network, network.init(), batch)
        with pytest.raises(ValueError, match="network must be one with features"):
            measured(networks.mlp([1, 1]), {}, batch)
