"""A step size for each layer: sliders answer, and the picture draws what was computed."""

import numpy as np
import pytest
import torch

from course_utils import checkpoints, evaluation, networks
from course_utils.figures import style
from course_utils.notebook_07 import layer_steps, layers
from course_utils.tasks import Sinusoids
from tests import asked

NETWORK = networks.mlp([1, 40, 40, 1])
LOSS = networks.squared_error(NETWORK)
TASKS = {"one": 3, "other": 5}


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(2)
    return Sinusoids().sample(30, shots=5, queries=20, generator=generator)


@pytest.fixture(scope="module")
def phis():
    return {
        name: checkpoints.load(f"sinusoids-{name.lower()}-k5-seed0").phi
        for name in ("MAML", "transfer")
    }


@pytest.fixture(scope="module")
def shared(phis, batch):
    return layer_steps.layer_steps(NETWORK, phis, batch, TASKS)


@pytest.fixture
def explorer(shared):
    shared.reset()
    return shared


@pytest.mark.parametrize("phi", ["MAML", "transfer"])
def test_the_frame_is_the_course_own_adaptation(phi, phis, batch, explorer):
    explorer.set(phi=phi, first=0.02, second=0.005, head=0.03, steps=3, task=5)
    rates = layers.rates(phis[phi], {1: 0.02, 2: 0.005, 3: 0.03})
    found = evaluation.errors_after(LOSS, phis[phi], batch, inner_lr=rates, steps=range(4))
    means = [found[steps].mean().item() for steps in range(4)]
    assert explorer.data.errors == pytest.approx(means, rel=1e-4)
    np.testing.assert_allclose(asked.points(explorer, "errors")[:, 0], range(4))
    assert explorer.data.worse == (found[3] > 1.001 * found[0]).sum()
    drawn = np.column_stack([batch.support_x[5, :, 0], batch.support_y[5, :, 0]])
    np.testing.assert_allclose(asked.points(explorer, "support"), drawn, rtol=1e-6)
    wave = asked.points(explorer, "wave")
    facts = batch.facts["amplitude"][5].item(), batch.facts["phase"][5].item()
    np.testing.assert_allclose(wave[:, 1], facts[0] * np.sin(wave[:, 0] - facts[1]), atol=1e-5)
    assert asked.color(explorer, "after") == style.METHODS[phi]
    assert asked.color(explorer, "kinks 2") == asked.color(explorer, "errors")
    assert f"{phi}'s φ" in asked.readouts(explorer)[0]


def test_with_every_layer_frozen_nothing_moves(explorer):
    explorer.set(first=0, second=0, head=0, steps=5)
    np.testing.assert_allclose(explorer.data.after, explorer.data.before, atol=1e-5)
    assert explorer.data.worse == 0
    for layer in (1, 2):
        strokes = asked.points(explorer, f"kinks {layer}").reshape(-1, 3, 2)
        np.testing.assert_allclose(strokes[:, 0, 0], strokes[:, 1, 0])
    assert "layer 1 0.00, layer 2 0.00" in explorer.alt


@pytest.mark.parametrize("name", ["first", "second", "head", "steps", "phi", "task"])
def test_each_control_answers_in_the_picture(name, explorer):
    picture = explorer.png()
    explorer.set(**{name: {"steps": 2, "phi": "transfer", "task": 5}.get(name, 0.02)})
    assert explorer.png() != picture


def test_the_heads_step_moves_no_kink_and_the_seconds_only_its_own(explorer):
    explorer.set(first=0, second=0, head=0.03)
    data = explorer.data
    for layer in (1, 2):
        assert layers.moved(data.kinks_before[layer], data.kinks_after[layer]).max() == 0
    explorer.set(second=0.03)
    data = explorer.data
    assert layers.moved(data.kinks_before[1], data.kinks_after[1]).max() == 0
    assert layers.moved(data.kinks_before[2], data.kinks_after[2]).max() > 0


def test_the_first_layer_alone_turns_the_curve_and_all_others_do_not(explorer):
    explorer.set(second=0, head=0)
    assert explorer.data.errors[1] < explorer.data.errors[0] / 3
    explorer.set(first=0, second=0.03, head=0.03)
    assert explorer.data.errors[1] > explorer.data.errors[0] * 0.75


def test_a_stroke_goes_from_the_place_at_phi_to_that_at_theta():
    here = [layers.Kinks(np.array([1.0, 3.0]), True), layers.Kinks(np.array([2.0]), True)]
    there = [layers.Kinks(np.array([1.5, 2.5]), True), layers.Kinks(np.zeros(0), True)]
    data = layer_steps.Steps(*[None] * 4, {1: here}, {1: there}, np.ones(2), 0, 1)
    x, y = layer_steps.tracks(data, 1)
    strokes = np.column_stack([x, y]).reshape(-1, 3, 2)[:, :2]
    assert strokes[:2, :, 0].tolist() == [[1.0, 1.5], [3.0, 2.5]]
    assert (strokes[:2, 0, 1] > strokes[:2, 1, 1]).all()
    assert strokes[2, :, 0].tolist() == [2.0, 2.0]  # a tick at φ: this kink is gone
    assert strokes[2, 0, 1] == strokes[0, 0, 1]


def test_exploded_tasks_are_told_in_words_and_counted(explorer):
    explorer.set(first=0.03, second=0.03, head=0.03, steps=5)
    assert "→ over 100" in asked.readouts(explorer)[1]
    assert explorer.data.worse > 5
    assert layer_steps.error_said(float("nan")) == "over 100"
    assert asked.points(explorer, "errors")[:, 1].max() <= layer_steps.ERRORS[1]
