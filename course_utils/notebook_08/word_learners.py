"""Learners of words: class means of n-grams, weighted or not, and how they and MAML do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor

from course_utils import checkpoints, evaluation, maml, prototypes
from course_utils.checkpoints.words import INNER_LR, NETWORK, STEPS
from course_utils.evaluation import Mean
from course_utils.networks import Params
from course_utils.support.check_input import whole_number
from course_utils.tasks import TaskBatch, Words

MORE = 10  # inner steps at test, more than in training
SHOTS = (1, 5, 20)
SEEDS = (0, 1, 2)
N_TASKS, QUERIES = 200, 10
MEANS, IDF, WEIGHTS, MAML = "class means", "class means, idf", "learned weights", "MAML"


@dataclass(frozen=True)
class GramWeights:
    """A network whose features are its inputs, each times a weight: one for each n-gram's place."""

    size: int = 1024

    def __post_init__(self) -> None:
        whole_number("size", self.size, least=1, why="n-grams need a place")

    def init(self, generator: torch.Generator | None = None) -> Params:
        """All weights 1: with these the nearest class mean is the one of the inputs."""
        return {"w": torch.ones(self.size)}

    def features(self, params: Params, x: Tensor) -> Tensor:
        """x, (..., size), with its weights."""
        return x * params["w"]


def tasks(split: str, shots: int, *, idf: bool = True, n_tasks: int = N_TASKS) -> TaskBatch:
    """The tasks that all learners are judged on: the same words, with idf or without."""
    generator = torch.Generator().manual_seed(2024)
    family = Words(split, idf=idf)
    return family.sample(n_tasks, shots=shots, queries=QUERIES, generator=generator)


def by_means(batch: TaskBatch, phi: Params | None = None) -> Tensor:
    """The share of words that the nearest class mean sorts right, (tasks,); weights phi or 1."""
    network = GramWeights(batch.support_x.shape[-1])
    phi = network.init() if phi is None else phi
    return prototypes.prototype_accuracies(network, phi, batch)


def learned_weights(seed: int, iterations: int = 100) -> Params:
    """Weights trained in episodes of five words so that the nearest class mean is right."""
    network = GramWeights()
    phi, _ = maml.train(
        partial(prototypes.prototype_loss, network),
        network.init(),
        Words("train"),
        iterations=iterations,
        n_tasks=8,
        shots=5,
        queries=QUERIES,
        meta_lr=0.02,
        decay="cosine",
        generator=torch.Generator().manual_seed(1000 + seed),
        progress=False,
    )
    return phi


def by_maml(phi: Params, batch: TaskBatch, steps: tuple[int, ...]) -> dict[int, Tensor]:
    """The share of words that φ sorts right after some numbers of inner steps, (tasks,) each."""
    return evaluation.accuracies_after(NETWORK, phi, batch, inner_lr=INNER_LR, steps=steps)


@cache
def phi_of(seed: int, *, few: bool = False) -> Params:
    """MAML's φ on words, of all training languages or of a few: a checkpoint."""
    return checkpoints.load_or_train(f"words-maml{'-few' * few}-seed{seed}").phi


@cache
def over_steps(
    shots: int = 20, steps: tuple[int, ...] = (1, 3, 5, 10), n: int = N_TASKS
) -> tuple[dict[int, Mean], Mean, Mean]:
    """Accuracy in per cent: of φ by inner steps, of that of a few languages, and of idf means."""
    batch = tasks("test", shots, n_tasks=n)
    taken, few = by_maml(phi_of(0), batch, steps), by_maml(phi_of(0, few=True), batch, (STEPS,))
    shares = {k: evaluation.percent(share) for k, share in taken.items()}
    return shares, evaluation.percent(few[STEPS]), evaluation.percent(by_means(batch))


@cache
def over_words(n: int = 100) -> dict[str, dict[int, Mean]]:
    """Accuracy in per cent by learner and number of words, MAML after three steps."""
    weights, found = learned_weights(0), {}
    for shots in SHOTS:
        plain, batch = (tasks("test", shots, idf=idf, n_tasks=n) for idf in (False, True))
        shares = {
            MEANS: by_means(plain),
            IDF: by_means(batch),
            WEIGHTS: by_means(batch, weights),
            MAML: by_maml(phi_of(0), batch, (STEPS,))[STEPS],
        }
        for name, share in shares.items():
            found.setdefault(name, {})[shots] = evaluation.percent(share)
    return found
