"""Sentences of notebook 09 about three trainings say what its checkpoints do."""

import json
import re
from pathlib import Path

import pytest
import torch

from course_utils import checkpoints, in_context
from course_utils.checkpoints.in_context import LEARNERS
from course_utils.notebook_09 import kinds
from course_utils.tasks import Sinusoids, Waves

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
    tall = draw(Sinusoids(amplitude=(5.0, 10.0)))
    name = "set-encoder-scaled"
    phi = checkpoints.load(f"in-context-{name}-seed{seed}").phi

    def scaled(*sets):
        return LEARNERS[name](phi, *sets)

    plain, found = mean(kinds.reader("set encoder", seed), tall), mean(scaled, tall)
    assert plain > 4
    assert found < plain / 3
    lines = draw(Waves("line"), n_tasks=100)
    assert mean(scaled, lines) > mean(kinds.zero, lines)


def test_every_source_has_a_link_and_a_year():
    read_on = PROSE.partition("## Read on")[2].partition("**Next")[0]
    for line in read_on.splitlines():
        if line.startswith("- "):
            assert re.search(r"\]\(https://", line), line
            assert re.search(r"20\d\d", line), line
