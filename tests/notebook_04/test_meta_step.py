"""Three arrows from φ⁰, told apart: notebook 04's meta-steps."""

import numpy as np
import pytest
import torch

from course_utils.notebook_04 import meta_step, sine_plane
from course_utils.tasks import exact


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


def test_transfers_trail_swings_more_than_mamls():
    def swing(rule):
        trail = meta_step.meta_step_frame(2.6, 1.9, 0.1, 0.15, 12, rule).trail
        return np.linalg.norm(np.diff(trail, axis=0), axis=1).sum()

    assert swing("transfer") > 1.5 * swing("MAML")


def test_explorer_follows_rule_steps_and_hand():
    explorer = meta_step.meta_step()
    explorer.set(inner_lr=0.1)
    picture = explorer.png()
    explorer.set(rule="first-order", meta_steps=3)
    assert explorer.png() != picture
    assert "After 3 meta-steps" in explorer.alt
    explorer.drag("phi", 1.0, 1.0)
    np.testing.assert_allclose(explorer.data.trail[0], [1.0, 1.0])
    explorer.reset()
    assert explorer.values["meta_steps"] == 0
