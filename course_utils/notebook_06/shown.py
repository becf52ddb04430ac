"""How notebook 06 makes what moves in it, with checkpoints where the notebook trains."""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from course_utils import checkpoints, evaluation, learners, networks, prototypes
from course_utils.core_checks import StepSize
from course_utils.evaluation import Mean
from course_utils.explorers.explorer import Explorer
from course_utils.networks import Params
from course_utils.notebook_06 import accuracy_guesses, few_shot_pictures
from course_utils.tasks import Characters, TaskBatch

NETWORK = networks.convnet(ways=5, channels=32)
INNER_LR = 0.4
HEAD = ("W4", "b4")
N_TASKS = 200  # for the predictions; fewer than in the notebook: intervals are a little wider
N_GEORGIAN = 100  # for the explorer, as in the notebook: its picture is stored there
MAML, TRANSFER = "augmented-maml-1shot-seed0", "characters-transfer"
CLASSIFIER, PROTOTYPES = "augmented-classifier-seed0", "augmented-prototypes-1shot-seed0"


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 06 by its builder's name, to be made.

    The reader's own score is left out: in a film there is no cell to run again.
    """
    return {
        "shuffled_labels": _shuffled_labels,
        "frozen_layers": _frozen_layers,
        "strong_baseline": _strong_baseline,
        "few_shot_pictures": _few_shot_pictures,
    }


def _phi(name: str) -> Params:
    return checkpoints.load(name).phi


def _some_tasks(family: Characters, n_tasks: int, seed: int) -> TaskBatch:
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n_tasks, shots=1, queries=5, generator=generator)


@cache
def _tasks() -> TaskBatch:
    return _some_tasks(Characters("test"), N_TASKS, seed=1)


def _shares(phi: Params, inner_lr: StepSize, tasks: TaskBatch) -> dict[int, Tensor]:
    return evaluation.accuracies_after(NETWORK, phi, tasks, inner_lr=inner_lr, steps=(0, 3))


def _by_pixels(tasks: TaskBatch) -> Tensor:
    answers = learners.nearest_neighbour(tasks.support_x, tasks.support_y, tasks.query_x)
    return (answers == tasks.query_y).float().mean(dim=1)


def _by_class_means(name: str, tasks: TaskBatch) -> Tensor:
    return prototypes.prototype_accuracies(NETWORK, _phi(name), tasks)


def _shuffled_labels() -> Explorer:
    found = _shares(_phi(TRANSFER), 0.03, _tasks())
    before, after = (evaluation.percent(found[steps]) for steps in (0, 3))
    return accuracy_guesses.shuffled_labels(before, after, steps=3)


@cache
def _whole() -> Mean:
    return evaluation.percent(_shares(_phi(MAML), INNER_LR, _tasks())[3])


def _frozen_layers() -> Explorer:
    phi = _phi(MAML)
    free = {
        "head": {name: INNER_LR * (name in HEAD) for name in phi},
        "body": {name: INNER_LR * (name not in HEAD) for name in phi},
    }
    found = {
        part: evaluation.percent(_shares(phi, rates, _tasks())[3]) for part, rates in free.items()
    }
    return accuracy_guesses.frozen_layers(_whole(), **found)


def _strong_baseline() -> Explorer:
    known = {"pixels": evaluation.percent(_by_pixels(_tasks())), "MAML": _whole()}
    strong = evaluation.percent(_by_class_means(CLASSIFIER, _tasks()))
    return accuracy_guesses.strong_baseline(known, strong)


def _few_shot_pictures() -> Explorer:
    start = NETWORK.init(torch.Generator().manual_seed(0))
    tasks = _some_tasks(Characters("test").of_script("Georgian"), N_GEORGIAN, seed=8)
    georgian = {
        "MAML": _shares(_phi(MAML), INNER_LR, tasks)[3],
        "pixels": _by_pixels(tasks),
        "prototypes": _by_class_means(PROTOTYPES, tasks),
    }
    return few_shot_pictures.few_shot_pictures(
        NETWORK,
        {"MAML": _phi(MAML), "transfer": _phi(TRANSFER), "random": start},
        Characters("test"),
        inner_lr=INNER_LR,
        accuracies={name: evaluation.mean_with_interval(s) for name, s in georgian.items()},
        measured_on=f"{N_GEORGIAN} Georgian tasks",
        own=False,
    )
