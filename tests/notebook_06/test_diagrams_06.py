"""The numbers in the answers below notebook 06's predictions are those of its checkpoints."""

from functools import partial

import pytest
import torch

from course_utils import checkpoints, evaluation, learners, networks, prototypes
from course_utils.notebook_06 import diagrams
from course_utils.tasks import Characters

NETWORK = networks.convnet(5)
ALPHA, LAST = 0.4, ("W4", "b4")
WHOLE = 0.75  # per cent: what rounding to a whole number and another machine may take away


@pytest.fixture(scope="module")
def tasks():
    """The notebook's own."""
    return Characters("test").sample(
        300, shots=1, queries=5, generator=torch.Generator().manual_seed(1)
    )


@pytest.fixture(scope="module")
def right(tasks):
    """Per cent right after some inner steps of a size, or of a size for each leaf."""

    def measured(phi, inner_lr=ALPHA, steps=3, on=tasks):
        found = evaluation.accuracies_after(NETWORK, phi, on, inner_lr=inner_lr, steps=(steps,))
        return evaluation.percent(found[steps]).mean

    return measured


def phi_of(name):
    return checkpoints.load(name).phi


MAML = "augmented-maml-1shot-seed0"


def test_what_is_left_with_a_part_frozen(right):
    phi = phi_of(MAML)
    rates = {
        "MAML": ALPHA,
        "convolutions frozen": {name: ALPHA * (name in LAST) for name in phi},
        "last layer frozen": {name: ALPHA * (name not in LAST) for name in phi},
    }
    measured = {name: right(phi, inner_lr) for name, inner_lr in rates.items()}
    assert measured == pytest.approx(diagrams.FROZEN, abs=WHOLE)
    assert measured["MAML"] == pytest.approx(diagrams.KNOWN["MAML"], abs=WHOLE)


def test_transfer_on_shuffled_labels_is_at_chance(right):
    measured = [right(phi_of("characters-transfer"), 0.03, steps) for steps in (0, 3)]
    assert measured == pytest.approx(list(diagrams.SHUFFLED.values()), abs=WHOLE)
    assert diagrams.KNOWN["transfer"] == diagrams.SHUFFLED["transfer, after 3 steps"]


def test_pixels_random_and_the_classifier(tasks, right):
    nearest = learners.nearest_neighbour(tasks.support_x, tasks.support_y, tasks.query_x)
    pixels = 100 * (nearest == tasks.query_y).double().mean().item()
    assert pixels == pytest.approx(diagrams.KNOWN["pixels"], abs=WHOLE)

    generator = torch.Generator().manual_seed(2)
    validation = Characters("validation").sample(40, shots=1, queries=5, generator=generator)
    random = NETWORK.init(torch.Generator().manual_seed(0))
    chosen = max((0.03, 0.1, 0.3), key=partial(right, random, on=validation))
    assert right(random, chosen) == pytest.approx(diagrams.KNOWN["random"], abs=WHOLE)

    shares = prototypes.prototype_accuracies(NETWORK, phi_of("augmented-classifier-seed0"), tasks)
    (said,) = diagrams.STRONG.values()
    assert evaluation.percent(shares).mean == pytest.approx(said, abs=WHOLE)
