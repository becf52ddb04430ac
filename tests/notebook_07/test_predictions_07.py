"""Notebook 07's predictions: their answers are the closed form's and the stored results'."""

import numpy as np
import pytest
import torch

from course_utils.notebook_07 import turn_round, who_wins
from tests import asked


def test_both_gradients_are_the_closed_forms():
    known = turn_round.slopes()
    h, shrink = turn_round.CURVATURE, 1 - turn_round.CURVATURE * known.inner_lr
    np.testing.assert_allclose(known.maml, h * shrink**2, atol=1e-12)
    np.testing.assert_allclose(known.first_order, h * shrink, atol=1e-12)
    assert known.turns == pytest.approx(1 / h)


def test_the_answer_is_hidden_until_it_is_asked_for():
    explorer = turn_round.turn_round()
    assert len(asked.points(explorer, "first-order")) == 0
    assert "0.25 = 1/h" not in explorer.alt + explorer.message
    explorer.drag("inner_lr", 0.24, 0.0)
    explorer.reveal()
    drawn = asked.points(explorer, "first-order")
    np.testing.assert_allclose(drawn[:, 1], explorer.data.first_order)
    assert explorer.message.startswith("You saw it.")


def test_the_slider_and_the_readout_spell_a_guess_alike():
    explorer = turn_round.turn_round()
    explorer.drag("inner_lr", 0.116, 0.0)
    assert explorer.values["inner_lr"] == 0.115
    assert explorer.controls["inner_lr"].spell(0.115) == "0.115"
    assert asked.readouts(explorer) == ["your guess: α = 0.115"]


VALUES = {
    "maml": [torch.tensor(s) for s in ([0.8, 0.6, 0.7], [0.7, 0.6, 0.8], [0.75, 0.6, 0.75])],
    "prototypes": [torch.tensor(s) for s in ([0.9, 0.8, 0.9], [0.9, 0.7, 0.9], [0.9, 0.75, 0.9])],
}


def test_who_wins_shows_maml_first_and_all_of_them_then():
    explorer = who_wins.who_wins(VALUES)
    marks = explorer.stage.moving
    assert not any(mark.get_visible() for mark in marks if hasattr(mark, "get_xdata"))
    explorer.set(guess="prototypes")
    explorer.reveal()
    assert all(mark.get_visible() for mark in marks)
    assert explorer.message.startswith("You saw it. prototypes")
    assert "prototypes (no step) 87, 83, 85" in explorer.alt
    explorer.set(guess="maml")
    assert explorer.message.startswith("Not MAML.")


SECONDS = {"maml": 7, "prototypes": 3}


def test_the_tables_difference_is_paired_over_seeds_and_tasks():
    lines = who_wins.table_of_shares(VALUES, SECONDS).splitlines()
    each = 100 * torch.tensor([0.15, 0.15, 0.15])  # of each task, the mean of both seeds
    assert f"{each.mean():.2f} ± 0.00" in lines[2]
    assert lines[1].endswith("7 s")
    assert "±" in lines[1]


def test_the_table_of_errors_counts_how_often_maml_is_beaten():
    mamls = torch.linspace(0.1, 2.0, 40)
    values = {"maml": [mamls, mamls], "prototypes": [mamls - 0.05, mamls + 0.05]}
    lines = who_wins.table_of_errors(values, SECONDS).splitlines()
    assert "50.00 ± 0.00" in lines[2]  # always with the one seed, never with the other
    assert f"{mamls.sort().values[20]:.2f}" in lines[1]
    assert "beats MAML" in lines[0]


def test_exploded_tasks_are_counted_and_the_infinite_ones_too():
    values = {
        "maml": [torch.tensor([0.1, 0.2])],
        "per_step": [torch.tensor([0.1, 1e9]), torch.tensor([torch.nan, torch.inf])],
    }
    assert who_wins.exploded(values) == {who_wins.NAMES["per_step"]: [1, 2]}
