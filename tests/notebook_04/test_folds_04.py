"""What the solutions of notebook 04's exercises say of numbers."""

import json
from pathlib import Path

import pytest

from course_utils import check
from course_utils.tasks import exact

(PATH,) = (Path(__file__).resolve().parents[2] / "notebooks").glob("04-*.ipynb")
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
TEXT = "\n".join("".join(c["source"]) for c in CELLS if c["cell_type"] == "markdown")


def test_how_many_steps_until_the_jump():
    jump = check.steps_until_jump.answer
    assert (jump(0.4), jump(0.1), jump(1.0)) == (4, 13, 2)
    assert "For α = .4 it is four" in TEXT
    assert "For .1 it is 13, for 1 it is 2." in TEXT


def test_the_product_of_step_size_and_steps_stays_between_the_two_numbers():
    products = [a / 20 * check.steps_until_jump.answer(a / 20) for a in range(2, 25)]
    assert 1.2 < min(products) < max(products) == pytest.approx(2.4)
    assert "stays between 1.2 and 2.4" in TEXT


def test_the_three_tasks_optima():
    three = exact.quadratics(h=(1.0, 4.0, 2.0), c=(0.0, 5.0, -3.0)).facts
    found = exact.quadratic_optima(three["h"], three["c"], inner_lr=1 / 8, steps=1)
    assert [round(value, 2) for value in found.values()] == [2.0, 1.26, 0.56]
    assert "The optima are 2.00, 1.26 and .56." in TEXT
