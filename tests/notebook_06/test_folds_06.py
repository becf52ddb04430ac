"""What notebook 06 says in its folded parts, which Run All does not run: measured here."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from course_utils import checkpoints, evaluation, learners, networks
from course_utils.characters import draw_character
from course_utils.tasks import Characters, Omniglot, TaskBatch

OMNIGLOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "omniglot"
NETWORK = networks.convnet(5)
ALPHA = 0.4


@pytest.fixture(scope="module")
def phi():
    return checkpoints.load("characters-maml-1shot").phi


def some_tasks(family, n_tasks, seed, shots=1):
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n_tasks, shots=shots, queries=5, generator=generator)


def percent_right(phi, tasks, **how):
    found = evaluation.accuracies_after(NETWORK, phi, tasks, inner_lr=ALPHA, steps=(3,), **how)
    return evaluation.percent(found[3]).mean


def test_exercise_1_a_query_set_of_one_class_needs_the_support_sets_statistics(phi):
    tasks = some_tasks(Characters("test"), 200, seed=1)
    one_class = TaskBatch(
        tasks.support_x, tasks.support_y, tasks.query_x[:, :5], tasks.query_y[:, :5]
    )
    own, support = (percent_right(phi, one_class, transductive=how) for how in (True, False))
    assert own == pytest.approx(84, abs=4)
    assert support == pytest.approx(94, abs=3)
    assert support - own == pytest.approx(10, abs=4)


def test_exercise_2_training_with_five_shots_does_not_pay(phi):
    five_shot = checkpoints.load("characters-maml-5shot").phi
    one, five = (some_tasks(Characters("test"), 100, seed=7, shots=shots) for shots in (1, 5))
    assert percent_right(phi, one) - percent_right(five_shot, one) == pytest.approx(7, abs=4)
    assert percent_right(phi, five) - percent_right(five_shot, five) > 0


@pytest.mark.skipif(not OMNIGLOT.exists(), reason=f"no drawings in {OMNIGLOT}")
@pytest.mark.parametrize("part", [1, 2])
def test_omniglot_is_read_better_by_maml_than_by_pixels_and_centroids(phi, part):
    family = Omniglot(folder=OMNIGLOT / f"images_background_small{part}.zip")
    tasks = some_tasks(family, 150, seed=6)
    classifier = checkpoints.load("characters-classifier").phi
    with torch.no_grad():
        support, query = (
            normalize(NETWORK.features(classifier, x), dim=-1)
            for x in (tasks.support_x, tasks.query_x)
        )
    answers = {
        "pixels": learners.nearest_neighbour(tasks.support_x, tasks.support_y, tasks.query_x),
        "centroids": learners.nearest_centroid(support, tasks.support_y, query),
    }
    right = {
        name: 100 * (found == tasks.query_y).double().mean().item()
        for name, found in answers.items()
    }
    assert right["pixels"] == pytest.approx(43, abs=4)
    assert right["centroids"] == pytest.approx(75, abs=4)
    assert percent_right(phi, tasks) == pytest.approx(85, abs=3)


@pytest.mark.parametrize("script", ["Georgian", "Lao", "Hebrew"])
def test_one_script_alone_is_harder_than_all_mixed(phi, script):
    mixed, alone = (
        some_tasks(family, 100, seed=9)
        for family in (Characters("test"), Characters("test").of_script(script))
    )
    assert percent_right(phi, mixed) > percent_right(phi, alone) + 1


def test_features_of_length_one_have_nearer_centroids():
    tasks = some_tasks(Characters("test"), 200, seed=1)
    classifier = checkpoints.load("characters-classifier").phi
    with torch.no_grad():
        plain = [NETWORK.features(classifier, x) for x in (tasks.support_x, tasks.query_x)]
    scaled = [normalize(features, dim=-1) for features in plain]
    found = [
        100 * (learners.nearest_centroid(s, tasks.support_y, q) == tasks.query_y).double().mean()
        for s, q in (plain, scaled)
    ]
    assert (found[1] - found[0]).item() == pytest.approx(5, abs=2)


def test_a_greek_rho_is_the_latin_p_with_a_longer_stem():
    rho, p = (draw_character(letter).ravel() for letter in "ρp")
    assert np.corrcoef(rho, p)[0, 1] > 0.85
