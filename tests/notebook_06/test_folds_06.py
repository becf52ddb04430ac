"""What notebook 06 says in its folded parts, which Run All does not run: measured here."""

from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils import checkpoints, evaluation, learners, networks
from course_utils.characters import draw_character
from course_utils.prototypes import prototype_accuracies
from course_utils.tasks import Characters, Omniglot, TaskBatch

OMNIGLOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "omniglot"
NETWORK = networks.convnet(5)
ALPHA = 0.4
LAST = {"W4": torch.zeros(512, 5), "b4": torch.zeros(5)}


def phi_of(name):
    return checkpoints.load(name).phi


MAML, CLASSIFIER = "augmented-maml-1shot-seed0", "augmented-classifier-seed0"
PROTOTYPES = "augmented-prototypes-1shot-seed0"


def some_tasks(family, n_tasks, seed, shots=1):
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n_tasks, shots=shots, queries=5, generator=generator)


def percent_right(phi, tasks, *, inner_lr=ALPHA, steps=3, **how):
    found = evaluation.accuracies_after(
        NETWORK, phi, tasks, inner_lr=inner_lr, steps=(steps,), **how
    )
    return evaluation.percent(found[steps]).mean


def by_class_means(phi, tasks, **how):
    return evaluation.percent(prototype_accuracies(NETWORK, phi, tasks, **how)).mean


def test_the_first_layer_normalises_by_the_mean_and_variance_of_its_set():
    phi, x = NETWORK.init(torch.Generator().manual_seed(0)), torch.rand(5, 1, 28, 28)
    channels = torch.nn.functional.conv2d(x, phi["W1"], stride=2, padding=1)
    kept = NETWORK.with_statistics(phi, x)
    torch.testing.assert_close(kept["m1"][0], channels.mean(dim=(0, 2, 3)))
    torch.testing.assert_close(kept["v1"][0], channels.var(dim=(0, 2, 3), correction=0))


def test_no_relu_of_the_last_convolution_opens_after_long_transfer_on_shuffled_labels():
    tasks = some_tasks(Characters("test"), 100, seed=1)
    random = NETWORK.init(torch.Generator().manual_seed(0))
    open_ones = [
        (NETWORK.features(phi, tasks.support_x) > 0).float().mean().item()
        for phi in (random, phi_of("characters-transfer"))
    ]
    assert open_ones == [pytest.approx(0.47, abs=0.02), pytest.approx(0, abs=0.001)]


def test_without_augmentation_the_classifier_is_nine_points_worse_and_maml_is_not():
    tasks = some_tasks(Characters("test"), 200, seed=1)
    plain = by_class_means(phi_of("characters-classifier"), tasks)
    assert plain == pytest.approx(82.4, abs=2.5)
    assert by_class_means(phi_of(CLASSIFIER), tasks) - plain == pytest.approx(9, abs=2)
    maml = [percent_right(phi_of(name), tasks) for name in ("characters-maml-1shot", MAML)]
    assert maml == [pytest.approx(94.4, abs=1.5), pytest.approx(94.4, abs=1.5)]


def test_fine_tuning_the_classifier_is_as_good_as_its_class_means():
    start = phi_of(CLASSIFIER) | LAST
    chosen_on = some_tasks(Characters("validation"), 60, seed=2)
    rates = (0.003, 0.01, 0.03)
    tried = {a: percent_right(start, chosen_on, inner_lr=a, steps=5) for a in rates}
    tasks = some_tasks(Characters("test"), 200, seed=1)
    tuned = percent_right(start, tasks, inner_lr=max(rates, key=tried.get), steps=5)
    assert tuned == pytest.approx(91.7, abs=2)
    assert by_class_means(phi_of(CLASSIFIER), tasks) == pytest.approx(tuned, abs=1.5)


def test_the_classifier_does_not_need_the_statistics_of_many_pictures():
    phi, tasks = phi_of(CLASSIFIER), some_tasks(Characters("test"), 200, seed=1)
    many = some_tasks(Characters("train"), 200, seed=9).query_x.flatten(0, 1)
    wide = by_class_means(NETWORK.with_statistics(phi, many), tasks)
    assert wide == pytest.approx(91.0, abs=1.5)
    assert wide < by_class_means(phi, tasks) + 0.5


def test_exercise_1_a_query_set_of_one_class_needs_the_support_sets_statistics():
    tasks = some_tasks(Characters("test"), 200, seed=1)
    one_class = TaskBatch(
        tasks.support_x, tasks.support_y, tasks.query_x[:, :5], tasks.query_y[:, :5]
    )
    own, support = (
        percent_right(phi_of(MAML), one_class, transductive=how) for how in (True, False)
    )
    assert own == pytest.approx(76, abs=4)
    assert support == pytest.approx(94, abs=3)


def test_exercise_2_training_with_five_shots_does_not_pay():
    one_shot, five_shot = (phi_of(f"characters-maml-{k}shot") for k in (1, 5))
    one, five = (some_tasks(Characters("test"), 100, seed=7, shots=shots) for shots in (1, 5))
    assert percent_right(one_shot, one) - percent_right(five_shot, one) == pytest.approx(7, abs=4)
    assert percent_right(one_shot, five) - percent_right(five_shot, five) > 0


@pytest.mark.skipif(not OMNIGLOT.exists(), reason=f"no drawings in {OMNIGLOT}")
@pytest.mark.parametrize("part", [1, 2])
def test_on_omniglot_the_order_is_that_on_drawn_characters(part):
    family = Omniglot(folder=OMNIGLOT / f"images_background_small{part}.zip")
    tasks = some_tasks(family, 150, seed=6)
    nearest = learners.nearest_neighbour(tasks.support_x, tasks.support_y, tasks.query_x)
    pixels = 100 * (nearest == tasks.query_y).double().mean().item()
    means = [by_class_means(phi_of(name), tasks) for name in (CLASSIFIER, PROTOTYPES)]
    maml = percent_right(phi_of(MAML), tasks)
    assert pixels == pytest.approx(43, abs=4)
    assert means == [pytest.approx(84, abs=3), pytest.approx(89, abs=3)]
    assert maml == pytest.approx(85, abs=3)
    assert means[0] < maml < means[1]


@pytest.mark.parametrize("script", ["Georgian", "Lao", "Hebrew"])
def test_one_script_alone_is_harder_than_all_mixed(script):
    mixed, alone = (
        some_tasks(family, 100, seed=9)
        for family in (Characters("test"), Characters("test").of_script(script))
    )
    assert percent_right(phi_of(MAML), mixed) > percent_right(phi_of(MAML), alone) + 1


def test_a_greek_rho_is_the_latin_p_with_a_longer_stem():
    rho, p = (draw_character(letter).ravel() for letter in "ρp")
    assert np.corrcoef(rho, p)[0, 1] > 0.95
