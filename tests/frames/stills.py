"""Every still figure that a notebook makes, of numbers that are made up here."""

import numpy as np
import torch

from course_utils.evaluation import Mean
from course_utils.figures import training
from course_utils.learners import KNOBS
from course_utils.notebook_01 import pictures as pictures_01
from course_utils.notebook_02 import pictures as pictures_02
from course_utils.notebook_05 import charts
from course_utils.notebook_05 import explosion as explosion_05
from course_utils.notebook_05 import pictures as pictures_05
from course_utils.notebook_06 import pictures as pictures_06
from course_utils.notebook_07 import along_training
from course_utils.notebook_07 import costs as costs_07
from course_utils.notebook_07.estimates import METHODS
from course_utils.notebook_08 import pictures as pictures_08
from course_utils.tasks import Characters, Digits, Sinusoids

LINE = np.linspace(-0.2, 1.2, 71)
X = np.linspace(-5, 5, 201)
PLANE = np.linspace(-0.3, 0.3, 21)


def _random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _draws(seed):
    return torch.Generator().manual_seed(seed)


def _three(*centers, spread, seed=0):
    names = ("MAML", "transfer", "random")
    return {
        name: center * np.exp(spread * _random(60, seed=seed + n))
        for n, (name, center) in enumerate(zip(names, centers, strict=True))
    }


def batch_rows():
    waves = Sinusoids().sample(5, shots=5, queries=5, generator=_draws(7))
    train, unseen = (
        Digits(digits).sample(n, ways=3, shots=1, queries=1, generator=_draws(5))
        for digits, n in (((0, 1, 2, 3, 4, 5), 3), ((6, 7, 8, 9), 2))
    )
    return pictures_01.batch_rows(train, unseen, waves)


def tasks_in_a_row():
    tasks = Sinusoids(noise=0.5).sample(3, shots=10, queries=10, generator=_draws(0))
    x = torch.linspace(-5, 5, 101)[None, :, None].expand(3, -1, 1)
    fits = tasks.support_y.mean(1, keepdim=True).expand(3, 101, 1)
    losses = {"average": np.array([4.25, 0.81, 2.5]), "zero": np.array([3.5, 1.25, 1.75])}
    return pictures_02.tasks_in_a_row(tasks, x, fits, losses)


def _valley():
    at = np.log10(KNOBS)
    return 0.8 + 0.6 * (at + 1.8) ** 2


def over_knob():
    return pictures_02.over_knob(KNOBS, query=_valley(), support=0.4 + np.arange(len(KNOBS)) / 20)


def promise_and_truth():
    sizes = (1, 3, 10, 30, 100, 300)
    promise, truth = (
        np.array(part)
        for part in ((0.5, 0.65, 0.75, 0.78, 0.8, 0.81), (1.7, 1.1, 0.9, 0.86, 0.83, 0.82))
    )
    return pictures_02.promise_and_truth(sizes, promise, truth)


def with_and_without_noise():
    return pictures_02.with_and_without_noise(KNOBS, _valley(), np.arange(len(KNOBS)) / 12)


def objective_curves():
    meta_steps = np.arange(100)
    curves = {
        "MAML": 0.6 + 2.6 * np.exp(-meta_steps / 15),
        "transfer": 3.0 + np.exp(-meta_steps / 4),
    }
    return training.objective_curves(curves, every=150, floor=3.01)


def _means(*values):
    return {
        k: Mean(value, value / 12, 1000) for k, value in zip((0, 1, 5, 10), values, strict=True)
    }


def errors_by_steps():
    rows = {
        "MAML": _means(3.0, 0.62, 0.35, 0.32),
        "transfer": _means(3.0, 2.6, 2.2, 2.1),
        "transfer, α tuned": _means(3.0, 2.4, 2.1, 2.0),
        "random": _means(4.2, 4.4, 4.8, 5.1),
    }
    return training.errors_by_steps(rows, {"MAML": {1: 0.67, 5: 0.38, 10: 0.35}})


def sorted_errors():
    errors = {a: np.exp(_random(400, seed=n) + n - 2) for n, a in enumerate((0.005, 0.01, 0.02))}
    return training.sorted_errors(errors, np.exp(1 + _random(400, seed=5)))


def along_line():
    bends = _random(4, seed=1)
    each = 3 + bends * LINE[:, None] + 0.5 * bends**2 * (LINE[:, None] - 0.5) ** 2
    drop = np.clip(LINE[:, None], 0, 1) ** 3
    losses = {0: each, 1: each * (1 - 0.8 * drop), 5: each * (1 - 0.9 * drop)}
    return pictures_05.along_line(LINE, losses)


def planes():
    far = np.hypot(*np.meshgrid(PLANE, PLANE))
    surfaces = {"MAML": (3 + 80 * far**2, 0.6 + 40 * far**2), "transfer": (3 + far, 2.5 + far)}
    return pictures_05.planes(PLANE, surfaces, steps=1)


def distributions():
    panels = [
        charts.Panel(
            _three(230, 40, 25, spread=0.4),
            "along the step",
            "curvature",
            (1, 1000),
            log=True,
            mark=(200, "2/α"),
        ),
        charts.Panel(
            _three(0.8, 0.7, 0.6, spread=0.2, seed=3),
            "support and query of one task",
            "cosine",
            (-1, 1),
        ),
    ]
    return charts.distributions(panels)


def explosion():
    steps = np.arange(11.0)
    many = np.exp(_random(200, seed=6) - 0.4 * steps[:, None])
    one = 10.0 ** (0.1 * steps**2)
    limits = (many, one), (200 * many, 400 * one)
    return explosion_05.explosion(*limits, limit=200)


def along_the_step():
    part = np.linspace(0, 1, 9)
    bends = {
        name: values[None] * np.exp(-fall * part[:, None])
        for (name, values), fall in zip(
            list(_three(233, 41, 25, spread=0.3).items())[:2], (2.1, 0.1), strict=True
        )
    }
    return charts.along_the_step(part, bends, limit=200)


def function_changes():
    needed = {
        name: np.stack([(1 + n) * np.sin(X - n - place) for n in range(4)])
        for place, name in enumerate(("MAML", "transfer", "random"))
    }
    shares = {"MAML": 0.9, "transfer": 0.3, "random": 0.1}
    changes = {name: shares[name] * values for name, values in needed.items()}
    return charts.function_changes(X, needed, changes, tasks=(0, 3))


def strips():
    unseen = Characters("test")
    some = {"Georgian": "ჟ", "Hebrew": "ג", "Tifinagh": "ⴻ"}
    rows = {name: unseen.pictures_of(code)[:, 0].numpy() for name, code in some.items()}
    return pictures_06.strips(rows)


def pipeline():
    draws = _draws(3)
    train, unseen = (
        Characters(split).sample(n, shots=1, queries=2, generator=draws)
        for split, n in (("train", 3), ("test", 2))
    )
    return pictures_06.pipeline(train, unseen)


def accuracy_by_steps():
    rows = {
        "MAML, live": {0: Mean(20, 0.5, 600), 1: Mean(86, 0.8, 600), 3: Mean(87.7, 0.6, 600)},
        "MAML": {0: Mean(20, 0.5, 600), 1: Mean(92, 0.6, 600), 3: Mean(94.4, 0.5, 600)},
    }
    return pictures_06.accuracy_by_steps(rows)


def accuracies():
    heights = (52.1, 48.4, 20.0, 94.4, 91.2, 96.3, 96.5)
    names = ("pixels", "random", "transfer", "MAML", "classifier, class means")
    names += ("MAML's φ, class means", "prototypes")
    pairs = zip(names, heights, strict=True)
    return pictures_06.accuracies({name: Mean(height, 3.0, 600) for name, height in pairs})


def draw_costs():
    found = {
        name: [costs_07.Cost(1 + k, 0.2 * (1 + slope * k), 0.5 * (1 + k)) for k in (1, 5, 20)]
        for name, slope in zip(METHODS, (1.0, 0.0, 0.1, 0.2, 0.05), strict=True)
    }
    return costs_07.draw_costs(found, (1, 5, 20))


def draw_agreement():
    found = {
        name: 0.9 - 0.1 * n * np.arange(5)[:, None] / 4 + 0.05 * _random(5, 6, seed=n)
        for n, name in enumerate(METHODS[1:])
    }
    return along_training.draw_agreement(found, every=250)


def ring():
    phases = np.linspace(0, 2 * np.pi, 25)
    down = 1 - np.sin(phases)
    rows = {"MAML": 0.1 + 1.4 * down, "transfer": 0.6 + 2.7 * down, "random": 2.5 + 0 * down}
    return pictures_08.ring(phases, {name: row * [[1.0], [1.1]] for name, row in rows.items()})


def shapes():
    found = {
        "sine": {"MAML": [0.15, 0.2], "transfer": [1.2, 1.4], "kernel ridge": [0.3]},
        "line": {"MAML": [2.6, 2.9], "transfer": [1.9, 2.2], "kernel ridge": [0.01]},
    }
    return pictures_08.shapes(found)


def spread():
    rows = {"transfer, no step": 3.0, "transfer, five steps": 2.2, "MAML, one step": 0.8}
    part = np.array([0.05, 0.2, 0.5, 1.0])
    errors = {name: np.stack([top * part**2, 1.2 * top * part**2]) for name, top in rows.items()}
    return pictures_08.spread((5, 20, 50, 100), errors)


STILLS = {
    make.__name__: make
    for make in (
        *(batch_rows, tasks_in_a_row, over_knob, promise_and_truth, with_and_without_noise),
        *(objective_curves, errors_by_steps, sorted_errors),
        *(along_line, planes, distributions, along_the_step, explosion, function_changes),
        *(strips, pipeline, accuracy_by_steps, accuracies),
        *(draw_costs, draw_agreement),
        *(ring, shapes, spread),
    )
}
