"""The planes of a real network: surfaces as the core has them, and paths that are no shadows."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from course_utils import landscape, maml, networks
from course_utils.figures import style
from course_utils.notebook_05 import network_plane, network_views
from course_utils.tasks import Sinusoids
from course_utils.vectors import copies
from tests import asked

NETWORK = networks.mlp([1, 16, 16, 1])
LOSS = networks.squared_error(NETWORK)


@pytest.fixture(scope="module")
def phis():
    """Briefly trained: enough for MAML's φ to adapt better than transfer's."""
    start, found = NETWORK.init(torch.Generator().manual_seed(0)), {}
    for name, objective in {
        "MAML": lambda phi, batch: maml.meta_loss(LOSS, phi, batch, inner_lr=0.01, steps=1),
        "transfer": lambda phi, batch: maml.transfer_loss(LOSS, phi, batch),
    }.items():
        found[name], _ = maml.train(
            objective,
            start,
            Sinusoids(),
            iterations=250,
            meta_lr=1e-2,
            generator=torch.Generator().manual_seed(1),
            progress=False,
        )
    return found


@pytest.fixture(scope="module")
def tasks():
    generator = torch.Generator().manual_seed(2)
    return Sinusoids(amplitude=(1.0, 4.0)).sample(5, shots=5, queries=8, generator=generator)


@pytest.fixture(scope="module")
def shared(phis, tasks):
    patch = pytest.MonkeyPatch()
    patch.setattr(network_views, "POINTS", 7)
    yield network_plane.network_plane(NETWORK, phis, tasks)
    patch.undo()


@pytest.fixture
def explorer(shared):
    shared.reset()
    return shared


def test_it_opens_before_adaptation_at_mamls_phi(explorer, phis, tasks):
    assert explorer.values["steps"] == 0
    assert explorer.data.at == (0.0, 0.0)
    assert "after 0 steps of α = 0.010. yours" in explorer.alt
    assert "no step yet" in explorer.alt
    assert "→" not in explorer.alt
    yours, mamls = (explorer.data.errors[name] for name in ("yours", "MAML"))
    wanted = LOSS(phis["MAML"], tasks.query_x, tasks.query_y).mean().item()
    assert yours == pytest.approx((wanted, wanted), rel=1e-5)
    assert mamls == pytest.approx(yours, rel=1e-5)


def test_both_phi_lie_in_the_plane_that_is_laid_through_them(explorer, phis):
    view = explorer.data.view
    (at_maml, off_maml), (at_transfer, off_transfer) = view.phis["MAML"], view.phis["transfer"]
    assert off_maml < network_plane.OFF
    assert off_transfer < network_plane.OFF
    apart = sum(float(((phis["MAML"][k] - phis["transfer"][k]) ** 2).sum()) for k in phis["MAML"])
    assert at_maml == pytest.approx([0, 0], abs=1e-5)
    assert at_transfer == pytest.approx([-(apart**0.5), 0], abs=1e-4)


def test_a_surface_is_the_loss_after_adapting_at_each_of_its_points(explorer, tasks):
    for plane, inner_lr, steps in (("both", 0.01, 2), ("transfer", 0.003, 1), ("MAML", 0.01, 0)):
        explorer.set(plane=plane, inner_lr=inner_lr, steps=steps, task=network_plane.MEAN)
        view, mean = explorer.data.view, explorer.data.surface
        explorer.set(task=3)
        third = explorer.data.surface
        for row, column in ((0, 0), (3, 5), (6, 2)):
            a, b = (torch.tensor([axis[i]]) for axis, i in ((view.x, column), (view.y, row)))
            phi = {name: leaf[0] for name, leaf in view.plane.points(a, b).items()}
            theta = maml.adapt(
                LOSS, phi, tasks.support_x, tasks.support_y, inner_lr=inner_lr, steps=steps
            )
            losses = LOSS(theta, tasks.query_x, tasks.query_y).clamp(max=network_views.WALL)
            assert third[row, column] == pytest.approx(losses[2].item(), rel=1e-3)
            if losses.max() < network_views.WALL:
                assert mean[row, column] == pytest.approx(losses.mean().item(), rel=1e-3)


def test_no_surface_is_higher_than_the_wall_and_none_is_not_finite(explorer):
    for plane in ("both", "MAML", "transfer", "random MAML", "random transfer"):
        for inner_lr in network_views.INNER_LRS:
            explorer.set(plane=plane, inner_lr=inner_lr, steps=5)
            assert np.isfinite(explorer.data.surface).all()
            assert explorer.data.surface.max() <= network_views.WALL


def test_a_path_is_the_real_one_and_its_shadow_what_the_plane_sees(explorer, tasks):
    explorer.set(plane="both", steps=4, task=2)
    explorer.drag("phi", -0.5, 0.1)
    data = explorer.data
    a, b = (torch.tensor([value]) for value in data.at)
    phi = {name: leaf[0] for name, leaf in data.view.plane.points(a, b).items()}
    way = landscape.path(
        LOSS, phi, tasks.support_x[1:2], tasks.support_y[1:2], inner_lr=0.01, steps=4
    )
    way = {name: leaf[:, 0] for name, leaf in way.items()}
    places, residual = data.view.plane.place(way)
    assert data.paths.shape == (1, 5, 2)
    assert data.paths[0] == pytest.approx(places, abs=1e-4)
    assert data.residual[0] == pytest.approx(residual, abs=1e-4)
    # Shadow and residual are the two short sides of a right triangle.
    shadow = np.linalg.norm(data.paths[0] - data.paths[0, 0], axis=1)
    assert np.hypot(shadow, data.residual[0]) == pytest.approx(data.travelled[0], abs=1e-4)


def test_from_the_plane_s_own_phi_its_thetas_end_on_the_plane(explorer):
    for plane in ("MAML", "transfer"):
        for task in (1, 2):
            explorer.set(plane=plane, task=task, steps=5, inner_lr=0.01)
            data = explorer.data
            assert data.residual[0, -1] < 1e-3 < data.travelled[0, -1]
            assert data.residual[0, 1] > 1e-3  # on the way it leaves it
            assert data.paths[0, -1] == pytest.approx(data.view.thetas[task - 1], abs=1e-4)
            assert f"path of task {task}: θ̂ is" in explorer.alt
            assert "0.00 off the plane" in explorer.alt


def test_from_random_directions_the_whole_path_is_off_the_plane(explorer):
    explorer.set(plane="random MAML", steps=1)
    data = explorer.data
    assert (data.residual[:, 1] > 0.9 * data.travelled[:, 1]).all()
    assert len(data.view.thetas) == 0


def test_a_phi_off_the_plane_is_said(explorer):
    assert "off this plane" not in explorer.alt
    explorer.set(plane="MAML")
    away = explorer.data.view.phis["transfer"][1]
    assert away > 1
    assert f"transfer's φ is {away:.1f} off this plane" in explorer.alt
    assert "MAML's φ is" not in explorer.alt


def test_another_plane_starts_at_its_own_phi(explorer):
    explorer.drag("phi", -1.0, 0.3)
    assert explorer.data.at == (-1.0, 0.3)
    explorer.set(plane="transfer")
    assert explorer.data.at == (0.0, 0.0)
    assert explorer.data.errors["yours"][0] == pytest.approx(
        explorer.data.errors["transfer"][0], rel=1e-5
    )
    explorer.set(plane="both")
    assert explorer.data.at == (-1.0, 0.3)


def test_phi_stays_in_the_picture(explorer):
    explorer.drag("phi", 1e6, -1e6)
    view = explorer.data.view
    assert explorer.data.at == (view.x[-1], view.y[0])


def test_every_control_changes_picture_and_words(explorer):
    for change in (
        {"steps": 1},
        {"plane": "MAML"},
        {"task": 4},
        {"inner_lr": 0.02},
        {"plane": "random transfer"},
    ):
        picture, words = explorer.png(), explorer.alt
        explorer.set(**change)
        assert explorer.png() != picture, change
        assert explorer.alt != words, change
    explorer.reset()
    start = explorer.png()
    explorer.drag("phi", -0.2, 0.4)
    assert explorer.png() != start
    explorer.reset()
    assert explorer.png() == start


def test_the_scales_are_those_of_the_plane_again_after_another(explorer):
    start = explorer.png()
    explorer.set(plane="transfer")
    assert explorer.png() != start
    explorer.set(plane="both")
    assert explorer.png() == start


def test_mamls_errors_fall_more_than_transfers(explorer):
    explorer.set(steps=1)
    (maml_before, maml_after), (before, after) = (
        explorer.data.errors[name] for name in ("MAML", "transfer")
    )
    assert maml_after < maml_before
    assert maml_after < after
    assert f"MAML {maml_before:.2f} → {maml_after:.2f}" in explorer.alt
    assert f"transfer {before:.2f} → {after:.2f}" in explorer.alt


def test_steps_that_overshoot_are_said_and_drawn_all_the_same(phis, tasks, monkeypatch):
    monkeypatch.setattr(network_views, "POINTS", 3)
    for module in (network_views, network_plane):
        monkeypatch.setattr(module, "INNER_LRS", (0.01, 1.0))
    wild = network_plane.network_plane(NETWORK, phis, tasks)
    wild.set(steps=5, inner_lr=1.0)
    assert "α = 1.000 overshoots from your φ" in wild.alt
    assert "a path leaves the picture" in wild.alt
    assert "over 1000" in wild.alt
    assert wild.message == ""


def test_four_tasks_are_needed(phis, tasks):
    with pytest.raises(ValueError, match="tasks must hold at least 4 tasks, one a colour, got 3"):
        network_views.know(NETWORK, phis, tasks[:3])


def test_what_is_stored_names_no_trained_number(explorer):
    assert not any(character.isdigit() for character in explorer.describe)


PLANES = ("both", "MAML", "transfer", "random MAML", "random transfer")


def color(explorer, name):
    return asked.artist(explorer, name).get_color()


def test_the_surface_shown_is_that_of_the_plane_chosen_and_no_other(explorer):
    for chosen in PLANES:
        explorer.set(plane=chosen, steps=1, task=3)
        view = explorer.data.view
        for plane in PLANES:
            assert asked.artist(explorer, plane).get_visible() == (plane == chosen)
        surface = asked.artist(explorer, chosen)
        shown = np.asarray(surface._image.get_array())
        assert shown == pytest.approx(view.surfaces[0.01, 1, 3])
        left, right, bottom, top = surface._image.get_extent()
        assert (left + right) / 2 == pytest.approx((view.x[0] + view.x[-1]) / 2)
        assert (bottom + top) / 2 == pytest.approx((view.y[0] + view.y[-1]) / 2)


def test_your_phi_stands_where_it_was_dropped(explorer):
    explorer.drag("phi", -0.6, 0.2)
    assert explorer.values["at"] == ("both", -0.6, 0.2)
    assert asked.points(explorer, "yours").tolist() == [[-0.6, 0.2]]
    (handle,) = explorer.canvas.handles
    assert handle["value"] == "−0.60, 0.20"


@pytest.mark.parametrize("plane", PLANES)
def test_a_place_belongs_to_the_plane_on_which_your_phi_was_dropped(explorer, plane):
    explorer.set(plane=plane)
    explorer.drag("phi", 0.2, -0.1)
    assert explorer.values["at"] == (plane, 0.2, -0.1)
    assert asked.points(explorer, "yours").tolist() == [[0.2, -0.1]]


@pytest.mark.parametrize("task", [network_plane.MEAN, 1, 4])
def test_a_tasks_arrows_run_from_your_phi_along_its_own_path_to_its_end(explorer, tasks, task):
    explorer.set(plane="MAML", steps=3, task=task)
    explorer.drag("phi", 0.05, -0.05)
    a, b = (torch.tensor([value]) for value in explorer.data.at)
    phi = {name: leaf[0] for name, leaf in explorer.data.view.plane.points(a, b).items()}
    for n in range(1, 5):
        arrows = [asked.ends(explorer, f"step {k} of task {n}") for k in range(1, 6)]
        if task not in (network_plane.MEAN, n):
            assert arrows == [None] * 5
            assert len(asked.points(explorer, f"end of task {n}")) == 0
            continue
        support = tasks.support_x[n - 1 : n], tasks.support_y[n - 1 : n]
        way = landscape.path(LOSS, phi, *support, inner_lr=0.01, steps=3)
        path, _ = explorer.data.view.plane.place({name: leaf[:, 0] for name, leaf in way.items()})
        for k, (start, end) in enumerate(pairwise(path)):
            if np.hypot(*(end - start)) > 2e-3:  # one that is all head is not drawn
                assert np.array(arrows[k]) == pytest.approx(np.array([start, end]), abs=1e-4)
        assert arrows[3:] == [None, None]
        assert asked.points(explorer, f"end of task {n}") == pytest.approx(path[-1:], abs=1e-4)
        assert color(explorer, f"end of task {n}") == style.TASKS_BESIDE_METHODS[n - 1]
        number = asked.artist(explorer, f"number of task {n}")
        assert number.get_marker() == f"${n}$"
        assert number.get_xydata() == pytest.approx(path[-1:], abs=1e-4)
        patch = asked.artist(explorer, f"step 1 of task {n}")
        assert to_hex(patch.get_edgecolor()).upper() == style.TASKS_BESIDE_METHODS[n - 1]


def test_no_arrow_and_no_end_is_drawn_before_the_first_step(explorer):
    assert explorer.values["steps"] == 0
    for n in range(1, 5):
        assert [asked.ends(explorer, f"step {k} of task {n}") for k in range(1, 6)] == [None] * 5
        for mark in ("end", "number"):
            assert len(asked.points(explorer, f"{mark} of task {n}")) == 0


def test_crosses_stand_at_the_thetas_that_the_plane_goes_through(explorer, phis, tasks):
    for plane, through in (("both", 1), ("MAML", 2), ("transfer", 2), ("random MAML", 0)):
        explorer.set(plane=plane)
        view = explorer.data.view
        start = phis["MAML" if plane == "both" else plane.split()[-1]]
        support = tasks.support_x, tasks.support_y
        theta = maml.adapt(LOSS, start, *support, inner_lr=0.01, steps=5)
        places, _ = view.plane.place(theta)
        for n in range(1, 5):
            cross = asked.points(explorer, f"through task {n}")
            wanted = places[n - 1 : n] if n <= through else np.empty((0, 2))
            assert cross == pytest.approx(wanted, abs=1e-4)
            assert color(explorer, f"through task {n}") == style.TASKS_BESIDE_METHODS[n - 1]


def test_a_methods_phi_is_filled_on_the_plane_and_hollow_off_it(explorer, phis):
    for plane in PLANES:
        explorer.set(plane=plane)
        for name, phi in phis.items():
            place, residual = explorer.data.view.plane.place(copies(phi, 1))
            on, off = (asked.points(explorer, f"{name} {way} the plane") for way in ("on", "off"))
            shown, hidden = (off, on) if residual[0] > network_plane.OFF else (on, off)
            assert shown == pytest.approx(place, abs=1e-4)
            assert len(hidden) == 0
            assert color(explorer, f"{name} on the plane") == style.METHODS[name]
            hollow = asked.artist(explorer, f"{name} off the plane")
            assert hollow.get_markerfacecolor() == "white"
            assert hollow.get_markeredgecolor() == style.METHODS[name]


def test_the_distances_drawn_are_the_way_from_phi_and_the_way_off_the_plane(explorer):
    explorer.set(plane="MAML", steps=4)
    explorer.drag("phi", 0.05, 0.1)
    data = explorer.data
    assert data.travelled.mean(0)[2] > 1.05 * data.residual.mean(0)[2]  # two that can be told apart
    for name, label, values in (
        ("travelled", "its distance from φ", data.travelled),
        ("residual", "its distance off the plane", data.residual),
    ):
        curve = np.column_stack([range(5), values.mean(0)])
        assert asked.points(explorer, name) == pytest.approx(curve)
        assert asked.artist(explorer, name).get_label() == label
    assert asked.artist(explorer, "travelled").get_linestyle() == "-"
    assert asked.artist(explorer, "residual").get_linestyle() == "--"


def test_the_legend_names_every_mark_by_its_look(explorer):
    (legend,) = explorer._stage.figure.legends
    marks = zip(legend.get_texts(), legend.legend_handles, strict=True)
    looks = {text.get_text(): (m.get_marker(), m.get_color(), m.get_ls()) for text, m in marks}
    assert looks == {
        "your φ": ("D", "white", "None"),
        "MAML's φ": ("D", style.MAML, "None"),
        "transfer's φ": ("D", style.TRANSFER, "None"),
        "a φ off the plane": ("D", "white", "None"),
        "θ̂ from your φ": ("o", style.TASKS_BESIDE_METHODS[0], "None"),
        "θ̂ in the plane": ("x", style.TASKS_BESIDE_METHODS[0], "None"),
        "its distance from φ": ("o", style.INK, "-"),
        "its distance off the plane": ("o", style.INK, "--"),
    }


def test_every_plane_is_the_same_picture_each_time_that_it_is_shown(explorer):
    planes = [value for _, value in explorer._controls["plane"].options]
    first = {}
    for plane in planes * 2:
        explorer.reset()
        explorer.set(plane=plane)
        assert first.setdefault(plane, explorer.png()) == explorer.png()


def test_reset_gives_the_picture_that_it_opened_with(phis, tasks, monkeypatch):
    monkeypatch.setattr(network_views, "POINTS", 7)
    made = network_plane.network_plane(NETWORK, phis, tasks)
    opened = made.png()
    made.set(plane="MAML", steps=2)
    made.reset()
    assert made.png() == opened
