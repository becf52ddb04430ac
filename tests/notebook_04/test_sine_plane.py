"""The plane of a·sin(x − p) says what notebook 04 says of it."""

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils import landscape, networks
from course_utils.figures import style
from course_utils.figures.landscapes import Surface
from course_utils.figures.readout import Readout
from course_utils.notebook_04 import sine_plane
from course_utils.tasks import exact
from tests import asked


@pytest.fixture(scope="module")
def explorer():
    return sine_plane.sine_plane()


def test_opens_where_both_objectives_are_one(explorer):
    explorer.reset()
    assert explorer.data.transfer.optimum == explorer.data.maml.optimum
    np.testing.assert_array_equal(explorer.data.transfer.surface, explorer.data.maml.surface)


def test_transfers_optimum_is_the_average_function(explorer):
    explorer.set(inner_lr=0.1, steps=1)
    a, p = explorer.data.transfer.optimum
    assert (a, p) == (pytest.approx(1.62, abs=0.01), pytest.approx(math.pi / 2, abs=0.01))
    assert explorer.data.transfer.least == pytest.approx(3.01, abs=0.005)


@pytest.mark.parametrize(
    ("inner_lr", "a"), [(0.0, 1.62), (0.02, 2.01), (0.05, 2.68), (0.1, 2.79), (0.2, 1.94)]
)
def test_mamls_optimum_leaves_and_comes_back(explorer, inner_lr, a):
    explorer.set(inner_lr=inner_lr, steps=1)
    assert explorer.data.maml.optimum[0] == pytest.approx(a, abs=0.015)
    assert explorer.data.maml.optimum[1] == pytest.approx(math.pi / 2, abs=0.01)


def test_worse_before_and_better_after(explorer):
    explorer.set(inner_lr=0.1, steps=1)
    _, transfers, mamls = explorer.data.means
    np.testing.assert_allclose(transfers, [3.01, 1.86], atol=0.006)
    np.testing.assert_allclose(mamls, [3.65, 1.21], atol=0.006)


def test_five_steps_from_the_one_step_optima():
    ends = [sine_plane.sine_plane_frame(a, math.pi / 2, 0.1, 5).means[0, 1] for a in (2.79, 1.62)]
    np.testing.assert_allclose(ends, [0.40, 0.63], atol=0.006)


def test_mamls_phi_is_tuned_to_its_step_size():
    transfers, mamls = (
        sine_plane.sine_plane_frame(a, math.pi / 2, 0.2, 1).means[0, 1] for a in (1.62, 2.79)
    )
    assert mamls > transfers


def test_arrows_end_where_the_core_adapts_to(explorer):
    explorer.set(a=2.0, p=1.0, inner_lr=0.1, steps=2, shots=sine_plane.ENDLESS)
    phi = {"a": torch.tensor([2.0, 1.0])[0].double(), "p": torch.tensor(1.0).double()}
    x, y = sine_plane.SHOWN_TASKS.support_x, sine_plane.SHOWN_TASKS.support_y
    way = landscape.path(exact.sine_loss, phi, x, y, inner_lr=0.1, steps=2)
    expected = torch.stack([way["a"][-1], way["p"][-1]], dim=1).numpy()
    np.testing.assert_allclose(explorer.data.theta, expected, atol=1e-9)


def test_five_points_change_where_tasks_go_but_not_how_they_are_judged(explorer):
    explorer.set(a=2.0, p=1.0, inner_lr=0.1, steps=1, shots=sine_plane.ENDLESS)
    exact = explorer.data
    explorer.set(shots=5)
    assert explorer.message == ""
    assert np.abs(explorer.data.theta - exact.theta).max() > 0.05
    assert explorer.data.means[0, 0] == pytest.approx(exact.means[0, 0], abs=0.01)
    explorer.set(shots=sine_plane.ENDLESS)


def test_sampled_support_sets_are_points_of_their_waves():
    batch = sine_plane.family(5).shown
    loss = networks.squared_error(networks.sine2())
    truth = {"a": batch.facts["amplitude"], "p": batch.facts["phase"]}
    assert loss(truth, batch.support_x, batch.support_y).max() < 1e-9


def test_phi_is_dragged_on_both_panels(explorer):
    for side in ("phi before", "phi after"):
        explorer.reset()
        explorer.drag(side, 4.0, 2.0)
        assert (explorer.values["a"], explorer.values["p"]) == (4.0, 2.0)
        assert "Your φ is (4.00, 2.00)" in explorer.alt


def test_prediction_says_taller_only_when_asked():
    prediction = sine_plane.taller_or_smaller()
    assert "2.79" not in prediction.alt + prediction.message
    prediction.drag("guess", 1.2, 0)
    prediction.reveal()
    assert "a = 2.79; your guess went not this way and is 1.59 off" in prediction.message
    assert "(3.65 against 3.01)" in prediction.message
    assert "(1.21 against 1.86)" in prediction.message


def test_the_surface_is_drawn_in_bands_and_copied_while_it_stays(explorer):
    def pixels():
        return np.asarray(Image.open(io.BytesIO(explorer.png())).convert("L"))

    explorer.set(a=0.0, p=0.0, inner_lr=0.1, steps=1, shots=sine_plane.ENDLESS)
    first = pixels()
    greys = np.unique(first[150:300, 440:740], return_counts=True)
    assert (greys[1] > 500).sum() >= 4
    explorer.set(a=5.0, p=3.14)
    explorer.set(a=0.0, p=0.0)
    np.testing.assert_array_equal(pixels(), first)


def test_level_lines_lie_on_their_levels():
    _, axes = style.new_figure()
    x, y = np.linspace(0, 5, 41), np.linspace(0, 3, 31)
    surface = Surface(axes, x, y, levels=np.array([1.0, 2.0]))
    surface.set(np.add.outer(0 * y, x))
    ends = [line[:, 0] for line in surface.lines]
    np.testing.assert_allclose(ends[0], 1.0)
    np.testing.assert_allclose(ends[1], 2.0)


# --- what is drawn --------------------------------------------------------------------------------


def title(explorer, when):
    """The line of text over a panel that starts with `when`."""
    axes = asked.artist(explorer, f"loss {when}").axes
    (text,) = (r.text for r in axes.findobj(Readout) if r.text.startswith(when))
    return text


def headed(explorer, when):
    """The axes that say so over their picture."""
    assert title(explorer, when)
    return asked.artist(explorer, f"loss {when}").axes


@pytest.mark.parametrize(("when", "column"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("steps", [1, 3])
def test_each_panel_shows_the_loss_that_its_title_names(explorer, when, column, steps):
    explorer.set(inner_lr=0.1, steps=steps, shots=sine_plane.ENDLESS)
    shown = asked.artist(explorer, f"loss {when}")
    assert shown.axes is headed(explorer, when)
    row, place = 30, 12
    a, p = sine_plane.AMPLITUDES[place], sine_plane.PHASES[row]
    here = {name: torch.tensor([v], dtype=torch.float64) for name, v in (("a", a), ("p", p))}
    means = sine_plane.family(sine_plane.ENDLESS).means(here, inner_lr=0.1, steps=steps)
    assert means[0, 0] - means[0, 1] > 0.5
    assert shown._image.get_array()[row, place] == pytest.approx(means[0, column].item())


def test_the_numbers_over_each_panel_are_the_notebooks(explorer):
    explorer.set(a=1.62, p=math.pi / 2, inner_lr=0.1, steps=1, shots=sine_plane.ENDLESS)
    assert title(explorer, "before").endswith("transfer's 3.01, MAML's 3.65")
    assert title(explorer, "after").endswith("transfer's 1.86, MAML's 1.21")


@pytest.mark.parametrize(
    ("method", "color", "when"),
    [("transfer", style.TRANSFER, "before"), ("MAML", style.MAML, "after")],
)
def test_each_methods_phi_lies_where_its_own_surface_is_least_on_both_panels(
    explorer, method, color, when
):
    explorer.set(inner_lr=0.1, steps=1, shots=sine_plane.ENDLESS)
    z = asked.artist(explorer, f"loss {when}")._image.get_array()
    row, column = np.unravel_index(z.argmin(), z.shape)
    least = sine_plane.AMPLITUDES[column], sine_plane.PHASES[row]
    for panel in ("before", "after"):
        name = f"{method}'s φ {panel}"
        np.testing.assert_allclose(asked.points(explorer, name), [least], atol=0.125)
        assert asked.color(explorer, name) == color
        assert asked.artist(explorer, name).axes is headed(explorer, panel)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_each_arrow_runs_from_phi_to_where_its_task_adapts_to_in_the_tasks_colour(explorer, n):
    explorer.set(a=2.0, p=1.0, inner_lr=0.1, steps=2, shots=sine_plane.ENDLESS)
    phi = {"a": torch.tensor(2.0).double(), "p": torch.tensor(1.0).double()}
    task = sine_plane.SHOWN_TASKS[n - 1 : n]
    x, y = task.support_x, task.support_y
    way = landscape.path(exact.sine_loss, phi, x, y, inner_lr=0.1, steps=2)
    end = way["a"][-1].item(), way["p"][-1].item()
    np.testing.assert_allclose(asked.ends(explorer, f"way {n}"), [(2.0, 1.0), end], atol=1e-9)
    np.testing.assert_allclose(asked.points(explorer, f"theta {n}"), [end], atol=1e-9)
    marks = [f"way {n}", f"theta {n}", f"star {n} before", f"star {n} after"]
    assert {asked.color(explorer, mark) for mark in marks} == {style.TASKS_BESIDE_METHODS[n - 1]}
    np.testing.assert_allclose(asked.points(explorer, f"number of theta {n}"), [end], atol=1e-9)
    assert asked.artist(explorer, f"number of theta {n}").get_marker() == f"${n}$"
    assert asked.artist(explorer, f"way {n}").axes is headed(explorer, "after")


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_each_star_is_its_tasks_optimum(explorer, n):
    best = ((4.2, 0.5), (1.0, 1.1), (3.4, 2.4), (1.8, 2.8))[n - 1]
    for panel in ("before", "after"):
        np.testing.assert_allclose(asked.points(explorer, f"star {n} {panel}"), [best])


@pytest.mark.parametrize("still", [{"inner_lr": 0.0, "steps": 3}, {"inner_lr": 0.1, "steps": 0}])
def test_without_a_step_there_is_no_arrow(explorer, still):
    explorer.set(a=2.0, p=1.0, shots=sine_plane.ENDLESS, **still)
    for n in range(1, 5):
        assert asked.ends(explorer, f"way {n}") is None
        np.testing.assert_allclose(asked.points(explorer, f"theta {n}"), [(2.0, 1.0)])


def test_phi_is_the_white_diamond_on_both_panels(explorer):
    explorer.set(a=4.0, p=0.5)
    for panel in ("before", "after"):
        np.testing.assert_allclose(asked.points(explorer, f"φ {panel}"), [(4.0, 0.5)])
        assert asked.artist(explorer, f"φ {panel}").axes is headed(explorer, panel)


def test_from_mamls_phi_the_tall_tasks_end_nearer_to_their_stars_and_the_small_ones_pay(explorer):
    explorer.set(inner_lr=0.1, steps=1, shots=sine_plane.ENDLESS)

    def far(a):
        explorer.set(a=a, p=math.pi / 2)
        pairs = [(f"theta {n}", f"star {n} after") for n in range(1, 5)]
        return [
            np.linalg.norm(asked.points(explorer, end) - asked.points(explorer, star))
            for end, star in pairs
        ]

    nearer = np.array(far(2.79)) < far(1.62)
    assert nearer.tolist() == [True, False, True, False]


def test_the_prediction_draws_the_loss_before_and_keeps_the_one_after_until_asked():
    prediction = sine_plane.taller_or_smaller()
    family, weight = exact.sine_quadrature()
    a = torch.linspace(0, 5, 101).double()
    points = {"a": a, "p": torch.full_like(a, math.pi / 2)}
    here = landscape.on_points(exact.sine_loss, points, family, inner_lr=0.1, steps=1)
    before, after = (each @ weight for each in (here.before, here.after))
    near = {"atol": 1e-5}
    shown = asked.points(prediction, "before")
    np.testing.assert_allclose(shown, np.column_stack([a, before]), **near)
    assert asked.color(prediction, "before") == style.TRANSFER
    hidden = "after", "MAML's φ"
    assert [len(asked.points(prediction, name)) for name in hidden] == [0, 0]
    prediction.reveal()
    shown = asked.points(prediction, "after")
    np.testing.assert_allclose(shown, np.column_stack([a, after]), **near)
    np.testing.assert_allclose(asked.points(prediction, "MAML's φ"), [(2.79, 1.21)], atol=0.01)
    np.testing.assert_allclose(asked.points(prediction, "transfer's φ"), [(1.62, 3.01)], atol=0.01)
    assert {asked.color(prediction, name) for name in hidden} == {style.MAML}


def test_the_guess_lies_on_the_loss_before():
    prediction = sine_plane.taller_or_smaller()
    prediction.drag("guess", 3.3, 0.0)
    height = np.interp(3.3, *asked.points(prediction, "before").T)
    np.testing.assert_allclose(asked.points(prediction, "guess"), [(3.3, height)])
