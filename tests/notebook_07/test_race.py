"""The race: all start at one place, get the same tasks, and go down their own objectives."""

import numpy as np
import pytest
import torch

from course_utils.notebook_07 import race
from course_utils.notebook_07.estimates import METHODS, gradient, objectives
from course_utils.tasks import exact
from course_utils.vectors import vector
from tests import asked


@pytest.fixture(scope="module")
def explorer():
    return race.race()


@pytest.mark.parametrize("method", METHODS)
def test_each_meta_step_is_plain_gradient_descent_on_that_steps_tasks(method):
    at = race.walk(method, "small wave", 0.1).at
    np.testing.assert_allclose(at[0], race.STARTS["small wave"])
    objective = objectives(exact.sine_loss, 0.1, race.STEPS)[method]
    for n in (0, 7):
        phi = {"a": torch.tensor(at[n][0]), "p": torch.tensor(at[n][1])}
        slope = vector(gradient(objective, phi, race.stream()[n])).numpy()
        np.testing.assert_allclose(at[n + 1], at[n] - race.META_LR * slope)


def test_from_the_small_wave_they_end_in_the_order_that_the_notebook_tells():
    last = {name: race.walk(name, "small wave", 0.1) for name in METHODS}
    a = {name: walk.at[-1, 0] for name, walk in last.items()}
    assert a["transfer"] == pytest.approx(1.6, abs=0.1)
    assert a["transfer"] < a["Reptile"] < a["first-order"] < a["MAML"]
    after = {name: walk.after[-1] for name, walk in last.items()}
    assert min(after, key=after.get) == "MAML"
    assert max(after, key=after.get) == "transfer"


def test_the_picture_shows_the_walk_so_far(explorer):
    explorer.reset()
    explorer.set(meta_steps=12)
    walk = explorer.data.walks["Reptile"]
    np.testing.assert_allclose(asked.points(explorer, "way Reptile"), walk.at[:13])
    np.testing.assert_allclose(asked.points(explorer, "φ Reptile"), [walk.at[12]])
    np.testing.assert_allclose(asked.points(explorer, "curve Reptile")[:, 1], walk.after[:13])
    assert "After 12 meta-steps" in explorer.alt


def test_another_start_moves_all_of_them(explorer):
    explorer.reset()
    explorer.set(start="tall wave")
    for name in METHODS:
        np.testing.assert_allclose(asked.points(explorer, f"φ {name}"), [race.STARTS["tall wave"]])


def test_the_buttons_that_play_move_the_slider_and_follow_it(explorer):
    explorer.reset()
    bar = explorer.children[-2]
    (play,) = [child for child in bar.children if type(child).__name__ == "Play"]
    play.value = 5
    assert explorer.values["meta_steps"] == 5
    assert "After 5 meta-steps" in explorer.alt
    explorer.set(meta_steps=2)
    assert play.value == 2
    explorer.reset()
    assert play.value == 0
