"""What notebook 02 says in its folded parts, which Run All does not run: measured here."""

import pytest
import torch

from course_utils import learners
from course_utils.learners import KNOBS, kernel_ridge, meta_loss, over_knobs
from course_utils.tasks import Sinusoids, TaskBatch


@pytest.fixture(scope="module")
def training(draw):
    return draw(1000, seed=0)


@pytest.fixture(scope="module")
def unseen(draw):
    return draw(5000, seed=1)


def mean_of_nearest(k):
    def learner(support_x, support_y, query_x):
        nearest = (query_x - support_x.mT).abs().topk(k, dim=2, largest=False).indices
        y = support_y.mT.expand(-1, query_x.shape[1], -1).gather(2, nearest)
        return y.mean(dim=2, keepdim=True)

    return learner


def straight_line(support_x, support_y, query_x):
    support, query = (torch.cat([torch.ones_like(x), x], dim=2) for x in (support_x, query_x))
    return query @ torch.linalg.lstsq(support, support_y).solution


def test_exercise_2_the_nearest_point_alone_is_best_and_a_straight_line_is_worst(training):
    said = {1: 2.125, 2: 2.381, 3: 3.026, 5: 4.454, 7: 5.125, 10: 4.773}
    for k, loss in said.items():
        assert meta_loss(mean_of_nearest(k), training).item() == pytest.approx(loss, abs=6e-4)
    assert meta_loss(straight_line, training).item() == pytest.approx(5.400, abs=6e-4)
    clean = Sinusoids().sample(
        1000, shots=10, queries=10, generator=torch.Generator().manual_seed(0)
    )
    for k, loss in {1: 1.606, 2: 2.006}.items():
        assert meta_loss(mean_of_nearest(k), clean).item() == pytest.approx(loss, abs=6e-4)


def test_two_support_points_solved_by_hand_are_what_the_package_computes():
    x, y = torch.tensor([[[0.0], [2.355]]]), torch.tensor([[[3.0], [-1.5]]])
    assert learners.gaussian_kernel(x, x, 2.0)[0, 0, 1].item() == pytest.approx(0.5, abs=1e-3)
    for lam, at_the_points in ((0, (3.0, -1.5)), (1, (1.2, -0.3))):
        assert kernel_ridge(lam)(x, y, x).flatten().tolist() == pytest.approx(
            at_the_points, abs=5e-3
        )


def test_exercise_3_width_2_is_best_and_the_best_ridge_moves_with_the_width(training, unseen):
    best = {}
    for width in (1, 1.5, 2, 2.5, 3):
        losses = over_knobs(lambda lam, w=width: kernel_ridge(lam, width=w), KNOBS, training)
        least, place = losses.mean(dim=1).min(dim=0)
        best[width] = least.item(), KNOBS[place]
    assert min(best, key=best.get) == 2
    assert best[1.5][0] < 1.1 * best[2][0]
    ridges = {width: round(ridge, 4) for width, (_, ridge) in best.items()}
    assert (ridges[1], ridges[2], ridges[3]) == (0.0631, 0.0158, 0.0013)
    from_width_1 = {
        width: meta_loss(kernel_ridge(best[1][1], width=width), training).item() for width in best
    }
    assert min(from_width_1, key=from_width_1.get) == 1.5
    unseen_loss = meta_loss(kernel_ridge(best[2][1]), unseen).item()
    assert unseen_loss == pytest.approx(0.816, abs=6e-4)


def test_question_4_more_query_points_of_three_tasks_help_less_than_more_tasks(unseen):
    """Here 150 draws of 100 query points a task; the notebook has 1,000 draws of 1,000."""
    generator = torch.Generator().manual_seed(11)
    many = Sinusoids(noise=0.5).sample(450, shots=10, queries=100, generator=generator)
    few = TaskBatch(many.support_x, many.support_y, many.query_x[:, :10], many.query_y[:, :10])
    truth = over_knobs(kernel_ridge, KNOBS, unseen).mean(dim=1)

    def excess(tasks, size):
        index, _ = learners.chosen_by_groups(over_knobs(kernel_ridge, KNOBS, tasks), size)
        return (truth[index].mean() - truth.min()).item()

    assert 0.5 * excess(few, 3) < excess(many, 3) < 0.9 * excess(few, 3)
    assert excess(few, 30) < 0.3 * excess(many, 3)
