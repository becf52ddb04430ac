"""Sentences of notebook 09 about three trainings say what its checkpoints do."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils import checkpoints, in_context, maml
from course_utils.checkpoints.in_context import LEARNERS
from course_utils.linear_attention import best_step
from course_utils.notebook_09 import kinds, shown, your_points
from course_utils.tasks import LinearTasks, Sinusoids, Waves

PATH = next((Path(__file__).resolve().parents[2] / "notebooks").glob("09-*.ipynb"))
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(c["source"]) for c in CELLS if c["cell_type"] == "markdown")


def draw(family, n_tasks=200, shots=5, seed=97):
    generator = torch.Generator().manual_seed(seed)
    return family.sample(n_tasks, shots=shots, queries=100, generator=generator)


def mean(learner, tasks):
    return kinds.errors(learner, tasks).mean().item()


def test_the_table_s_numbers_of_parameters_are_those_of_the_learners():
    counted = [
        in_context.count(checkpoints.load(name).phi)
        for name in (
            "sinusoids-maml-k5-seed0",
            "in-context-set-encoder-seed0",
            "in-context-transformer-seed0",
        )
    ]
    assert f"| numbers in $\\varphi$ | {' | '.join(f'{n:,}' for n in counted)} |" in PROSE
    steps = [
        checkpoints.load(f"in-context-{name}-seed0").provenance["meta_steps"]
        for name in ("set-encoder", "transformer")
    ]
    assert steps == ["8,000", "6,000"]
    assert "| 70,000 meta-steps, a minute | 8,000, a minute | 6,000, half a minute |" in PROSE


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_on_lines_reading_is_worse_than_saying_zero_however_many_points_there_are(seed):
    for shots in (5, 50):
        lines = draw(Waves("line"), n_tasks=100, shots=shots)
        zero = mean(kinds.zero, lines)
        for name in ("set encoder", "small transformer"):
            assert mean(kinds.reader(name, seed), lines) > zero + 1


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_set_encoder_gains_from_twenty_points_and_flattens(seed):
    waves = draw(Sinusoids(), shots=50)
    (found,) = kinds.over_shots(
        {"": kinds.reader("set encoder", seed)}, waves, (5, 20, 50)
    ).values()
    five, twenty, fifty = found.mean(1).tolist()
    assert twenty < 0.5 * five
    assert fifty > 0.6 * twenty


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_inside_reading_is_ahead_of_stepping_on_triangles_too(seed):
    for family in (Sinusoids(), Waves("triangle")):
        tasks = draw(family)
        steps = mean(kinds.maml_after(5, seed), tasks)
        assert mean(kinds.reader("set encoder", seed), tasks) < steps / 2
        if isinstance(family, Sinusoids):
            assert mean(kinds.reader("small transformer", seed), tasks) < steps


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_divided_by_its_height_a_wave_of_any_height_is_read(seed):
    tall = draw(Sinusoids(amplitude=(5.0, 10.0)), n_tasks=300, seed=96)
    name = "set-encoder-scaled"
    phi = checkpoints.load(f"in-context-{name}-seed{seed}").phi

    def scaled(*sets):
        return LEARNERS[name](phi, *sets)

    plain, found = mean(kinds.reader("set encoder", seed), tall), mean(scaled, tall)
    assert 7.5 < plain < 10.5  # "have 8 to 10"
    assert 1.1 < found < 1.55  # "have 1.2 to 1.5"
    lines = draw(Waves("line"), n_tasks=100)
    assert mean(scaled, lines) > mean(kinds.zero, lines)


def test_maml_with_a_learned_step_finds_the_same_number():
    blocks = re.findall(r"```python\n(.*?)```", PROSE, re.S)
    (code,) = (block for block in blocks if "def after_a_step" in block)
    names = {"torch": torch, "maml": _seeded(maml.train), "linear": LinearTasks(5)}
    exec(code.partition("print")[0], names)
    assert names["learned"]["alpha"].item() == pytest.approx(best_step(5, 10), abs=0.025)
    assert names["learned"]["w"].abs().max() < 0.1


def _seeded(train):
    class Seeded:
        @staticmethod
        def train(*args, **how):
            how |= {"generator": torch.Generator().manual_seed(0), "progress": False}
            return train(*args, **how)

    return Seeded


def test_a_point_that_is_dragged_pulls_maml_most_and_the_set_encoder_least():
    """The second question to "your points", for five points of three functions, up and down."""
    explorer = shown.shown()["your_points"]()
    moved = {"MAML": [], "set encoder": [], "transformer": []}
    for draw, i, up in itertools.product(range(3), range(5), (2.0, -2.0)):
        explorer.reset()
        explorer.set(shots=5, draw=draw)
        x, y = float(explorer.data.support_x[i]), float(explorer.data.support_y[i])
        before = explorer.data.curves
        if abs(y + up) > your_points.LIMIT:
            continue
        explorer.drag(f"point{i}", x, y + up)
        for name, curve in explorer.data.curves.items():
            change = np.interp(x, your_points.X, curve - before[name])
            moved[name].append(change / up)
    share = {name: np.median(values) for name, values in moved.items()}
    assert share["MAML"] > 0.6
    assert 0.2 < share["set encoder"] < 0.45
    assert share["set encoder"] < share["transformer"] < share["MAML"]


def test_with_four_points_those_that_read_have_the_wave_and_maml_needs_a_fifth():
    explorer = shown.shown()["your_points"]()
    errors = []
    for shots in range(1, 6):
        explorer.set(shots=shots)
        errors.append(explorer.data.errors)
    assert all(min(each.values()) > 0.4 for each in errors[:3])
    assert max(errors[3]["set encoder"], errors[3]["transformer"]) < 0.15
    assert errors[3]["MAML"] > 0.5 > errors[4]["MAML"]


def test_every_source_has_a_link_and_a_year():
    read_on = PROSE.partition("## Read on")[2].partition("**Next")[0]
    for line in read_on.splitlines():
        if line.startswith("- "):
            assert re.search(r"\]\(https://", line), line
            assert re.search(r"20\d\d", line), line
