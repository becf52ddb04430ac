"""Three arrows from φ⁰, told apart: notebook 04's meta-steps."""

import numpy as np
import pytest
import torch

from course_utils import landscape
from course_utils.figures import style
from course_utils.notebook_04 import meta_step, sine_plane
from course_utils.tasks import exact
from tests import asked


def hessian(a, p, task):
    batch = sine_plane.SHOWN_TASKS[task : task + 1]

    def loss(v):
        return exact.sine_loss({"a": v[:1], "p": v[1:]}, batch.support_x, batch.support_y)[0]

    return torch.autograd.functional.hessian(loss, torch.tensor([a, p], dtype=torch.float64))


@pytest.mark.parametrize("task", range(4))
def test_mamls_gradient_is_first_orders_times_one_minus_alpha_h(task):
    frame = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.1, 0)
    first = meta_step.gradient(2.6, 1.9, task, 0.1, "first-order")
    expected = (np.eye(2) - 0.1 * hessian(2.6, 1.9, task).numpy()) @ first
    np.testing.assert_allclose(meta_step.gradient(2.6, 1.9, task, 0.1, "MAML"), expected, atol=1e-9)
    assert np.abs(frame.gradients["MAML"] - frame.gradients["first-order"]).max() > 0.1


def test_all_three_arrows_coincide_without_adaptation():
    explorer = meta_step.meta_step()
    arrows = list(explorer.data.nexts.values())
    np.testing.assert_allclose(arrows[0], arrows[1], atol=1e-12)
    np.testing.assert_allclose(arrows[0], arrows[2], atol=1e-12)


@pytest.mark.parametrize("rule", meta_step.RULES)
def test_each_meta_step_ends_where_the_arrow_before_it_pointed(rule):
    now = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.1, 2, rule)
    later = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.1, 3, rule)
    np.testing.assert_allclose(later.trail[-1], now.nexts[rule])
    assert (now.task, later.task) == (2, 3)


def test_theta_is_one_inner_step_from_phi():
    frame = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.1, 0)
    np.testing.assert_allclose(frame.theta, [2.6, 1.9] - 0.1 * frame.gradients["transfer"])


def test_transfers_first_step_is_nearly_three_times_mamls_and_its_trail_longer():
    def lengths(rule):
        trail = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.15, 12, rule).trail
        return np.linalg.norm(np.diff(trail, axis=0), axis=1)

    transfer, maml = lengths("transfer"), lengths("MAML")
    assert (transfer[0], maml[0]) == pytest.approx((1.73, 0.62), abs=0.005)
    assert transfer.sum() > 1.5 * maml.sum()
    assert transfer[-4:].sum() > 1.3 * maml[-4:].sum()


@pytest.mark.parametrize(("rule", "a"), [("transfer", 1.46), ("MAML", 2.91)])
def test_with_a_small_beta_each_rule_stays_at_its_own_place(rule, a):
    trail = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.02, 120, rule).trail
    assert trail[-4:, 0].mean() == pytest.approx(a, abs=0.005)


@pytest.mark.parametrize(("steps", "least"), [(0, 1.45), (1, 2.90)])
def test_the_four_tasks_mean_loss_is_least_where_small_meta_steps_end(steps, least):
    a, p = (axis.ravel() for axis in np.meshgrid(np.linspace(0, 5, 101), np.linspace(0, np.pi, 51)))
    points = {"a": torch.tensor(a), "p": torch.tensor(p)}
    tasks = sine_plane.SHOWN_TASKS
    here = landscape.on_points(exact.sine_loss, points, tasks, inner_lr=0.1, steps=steps)
    assert a[here.after.mean(dim=1).argmin()] == pytest.approx(least)


def test_explorer_follows_rule_steps_and_hand():
    explorer = meta_step.meta_step()
    explorer.set(inner_lr=0.1)
    picture = explorer.png()
    explorer.set(rule="first-order", meta_steps=3)
    assert explorer.png() != picture
    assert "After 3 meta-steps" in explorer.alt
    explorer.set(meta_steps=1)
    assert "After 1 meta-step φ" in explorer.alt
    explorer.drag("phi", 1.0, 1.0)
    np.testing.assert_allclose(explorer.data.trail[0], [1.0, 1.0])
    explorer.reset()
    assert explorer.values["meta_steps"] == 0


# --- what is drawn --------------------------------------------------------------------------------

COLORS = {"MAML": style.MAML, "first-order": style.MAML, "transfer": style.TRANSFER}


@pytest.fixture(scope="module")
def explorer():
    return meta_step.meta_step()


def loss(n, at):
    """Task n's loss (n = 1 ... 4) at (a, p)."""
    task = sine_plane.SHOWN_TASKS[n - 1 : n]
    a, p = torch.as_tensor(np.asarray(at), dtype=torch.float64)
    return exact.sine_loss({"a": a[None], "p": p[None]}, task.support_x, task.support_y).item()


def uphill(function, at, far=1e-5):
    """The gradient (2,) of a function of (a, p), by central differences."""
    return np.array([(function(at + e) - function(at - e)) / (2 * far) for e in far * np.eye(2)])


def adapted(n, at, inner_lr):
    return at - inner_lr * uphill(lambda v: loss(n, v), at)


def pulls(n, at, inner_lr):
    """Each rule's gradient at φ for task n."""
    theta = adapted(n, at, inner_lr)
    return {
        "transfer": uphill(lambda v: loss(n, v), at),
        "first-order": uphill(lambda v: loss(n, v), theta),
        "MAML": uphill(lambda v: loss(n, adapted(n, v, inner_lr)), at, far=1e-3),
    }


@pytest.mark.parametrize("rule", meta_step.RULES)
@pytest.mark.parametrize("meta_steps", [0, 2])
def test_each_rules_arrow_runs_from_phi_against_its_own_gradient(explorer, rule, meta_steps):
    explorer.set(inner_lr=0.1, meta_lr=0.15, meta_steps=meta_steps, rule="MAML")
    (now,) = asked.points(explorer, "φ")
    start, end = asked.ends(explorer, rule)
    np.testing.assert_allclose(start, now)
    pull = pulls(meta_steps + 1, now, 0.1)[rule]
    np.testing.assert_allclose(np.subtract(end, start), -0.15 * pull, atol=1e-4)
    assert asked.color(explorer, rule) == COLORS[rule]


def test_the_bold_blue_arrow_is_mamls_and_the_dashed_one_first_orders(explorer):
    bold, dashed = (asked.artist(explorer, rule) for rule in ("MAML", "first-order"))
    assert bold.get_linewidth() > dashed.get_linewidth()
    assert (bold.get_linestyle(), dashed.get_linestyle()) == ("solid", "--")


def test_the_three_arrows_are_one_at_alpha_0_with_the_blue_one_on_top(explorer):
    explorer.reset()
    one, two, three = (asked.ends(explorer, rule) for rule in meta_step.RULES)
    np.testing.assert_allclose(two, one)
    np.testing.assert_allclose(three, one)
    assert asked.ends(explorer, "inner step") is None
    depth = {rule: asked.artist(explorer, rule).get_zorder() for rule in meta_step.RULES}
    assert max(depth, key=depth.get) == "MAML"


def test_transfers_arrow_stays_as_alpha_rises_and_the_others_shrink_to_a_third(explorer):
    explorer.reset()
    before = {rule: asked.ends(explorer, rule) for rule in meta_step.RULES}
    explorer.set(inner_lr=0.1)
    after = {rule: asked.ends(explorer, rule) for rule in meta_step.RULES}
    assert after["transfer"] == before["transfer"]

    def length(arrow):
        return np.linalg.norm(np.subtract(*arrow))

    for rule in ("MAML", "first-order"):
        third = length(after[rule]) / length(before[rule])
        assert third == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_surface_the_large_star_and_the_dot_are_the_current_tasks(explorer, n):
    explorer.set(inner_lr=0.1, meta_lr=0.15, meta_steps=n + 3, rule="MAML")
    assert f"The loss of task {n} " in explorer.alt
    shown = asked.artist(explorer, "loss")._image.get_array()
    node = sine_plane.AMPLITUDES[12], sine_plane.PHASES[30]
    assert shown[30, 12] == pytest.approx(loss(n, node))
    stars = {m: asked.artist(explorer, f"star {m}") for m in range(1, 5)}
    assert max(stars, key=lambda m: stars[m].get_markersize()) == n
    facts = sine_plane.SHOWN_TASKS.facts
    best = facts["amplitude"][n - 1], facts["phase"][n - 1]
    np.testing.assert_allclose(asked.points(explorer, f"star {n}"), [best])
    assert [m for m in range(1, 5) if len(asked.points(explorer, f"theta {m}"))] == [n]
    assert asked.color(explorer, f"theta {n}") == asked.color(explorer, f"star {n}")
    (number,) = asked.points(explorer, f"number of star {n}")
    np.testing.assert_allclose(number, np.subtract(best, (0.17, 0)))
    assert asked.artist(explorer, f"number of theta {n}").get_marker() == f"${n}$"
    numbered = asked.points(explorer, f"number of theta {n}")
    np.testing.assert_allclose(numbered, asked.points(explorer, f"theta {n}"))
    assert asked.color(explorer, f"star {n}") == style.TASKS_BESIDE_METHODS[n - 1]


def test_the_inner_step_runs_from_phi_to_theta_hat(explorer):
    explorer.set(inner_lr=0.1, meta_steps=2, rule="MAML")
    (now,), (theta,) = asked.points(explorer, "φ"), asked.points(explorer, "theta 3")
    np.testing.assert_allclose(asked.ends(explorer, "inner step"), [now, theta])
    np.testing.assert_allclose(theta, adapted(3, now, 0.1), atol=1e-6)


@pytest.mark.parametrize("rule", meta_step.RULES)
def test_the_trail_leads_from_where_phi_was_put_to_phi_and_goes_on_where_the_rule_points(
    explorer, rule
):
    explorer.set(a=2.6, p=1.9, inner_lr=0.1, meta_lr=0.15, rule=rule, meta_steps=2)
    (pale,) = asked.points(explorer, "next φ")
    np.testing.assert_allclose(pale, asked.ends(explorer, rule)[1])
    explorer.set(meta_steps=3)
    trail = asked.points(explorer, "trail")
    assert len(trail) == 4
    np.testing.assert_allclose(trail[0], (2.6, 1.9))
    np.testing.assert_allclose(trail[-1:], asked.points(explorer, "φ"))
    np.testing.assert_allclose(trail[-1], pale)
