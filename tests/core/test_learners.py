"""Learners and their loss: what notebook 02 claims, and the package against plain loops."""

import numpy as np
import pytest
import torch

from course_utils import learners
from course_utils.learners import KNOBS, chosen_by_groups, kernel_ridge, over_knobs, wave_fit
from course_utils.notebook_02 import diagrams, pictures
from course_utils.tasks import Sinusoids, TaskBatch, Waves


def draw(n_tasks, seed, noise=0.5, queries=10):
    generator = torch.Generator().manual_seed(seed)
    return Sinusoids(noise=noise).sample(n_tasks, shots=10, queries=queries, generator=generator)


@pytest.fixture(scope="module")
def training():
    """The notebook's training tasks."""
    return draw(1000, seed=0)


@pytest.fixture(scope="module")
def query_curve(training):
    return over_knobs(kernel_ridge, KNOBS, training).mean(dim=1)


@pytest.fixture(scope="module")
def unseen_curve():
    """L(F) at KNOBS on the notebook's unseen tasks."""
    return over_knobs(kernel_ridge, KNOBS, draw(5000, seed=1)).mean(dim=1)


def test_kernel_ridge_of_a_batch_is_scikit_learns_of_each_task():
    from sklearn.kernel_ridge import KernelRidge

    tasks = draw(4, seed=5)
    ours = kernel_ridge(0.3, width=1.5)(tasks.support_x, tasks.support_y, tasks.query_x)
    for n in range(4):
        theirs = KernelRidge(alpha=0.3, kernel="rbf", gamma=1 / (2 * 1.5**2))
        theirs.fit(tasks.support_x[n].double(), tasks.support_y[n].double())
        np.testing.assert_allclose(ours[n], theirs.predict(tasks.query_x[n].double()), rtol=1e-6)


def test_the_fit_of_waves_is_a_wave_and_no_wave_is_nearer():
    generator = torch.Generator().manual_seed(0)
    waves = Sinusoids().sample(6, shots=5, queries=20, generator=generator)
    assert learners.meta_loss(wave_fit, waves) < 1e-9
    lines = Waves("line").sample(6, shots=20, queries=1, generator=generator)
    x, y = lines.support_x, lines.support_y
    best = (wave_fit(x, y, x) - y).square().mean((1, 2))
    for n in range(6):
        basis = torch.hstack([x[n].sin(), x[n].cos()]).double().numpy()
        residual = np.linalg.lstsq(basis, y[n].double().numpy(), rcond=None)[1] / 20
        np.testing.assert_allclose(best[n], residual[0], rtol=1e-6)


def test_the_fit_of_waves_to_one_point_is_the_smallest_wave_through_it():
    one = torch.full((1, 1, 1), 0.7)
    grid = torch.linspace(-4, 4, 200)[None, :, None]
    assert wave_fit(one, 2 * one, one).item() == pytest.approx(1.4)
    assert wave_fit(one, 2 * one, grid).abs().max() == pytest.approx(1.4, abs=1e-3)
    with pytest.raises(ValueError, match=r"support_x must be \(tasks, points, 1\), one number"):
        wave_fit(torch.ones(2, 3, 2), torch.ones(2, 3, 1), torch.ones(2, 3, 2))


def test_meta_loss_is_the_mean_of_each_tasks_own_query_loss():
    tasks, learner = draw(3, seed=6), kernel_ridge(0.1)
    each = []
    for n in range(3):
        task = tasks[n : n + 1]
        f = learner(task.support_x, task.support_y, task.query_x)
        each.append(((f - task.query_y) ** 2).mean())
    torch.testing.assert_close(learners.task_losses(learner, tasks), torch.stack(each))
    torch.testing.assert_close(learners.meta_loss(learner, tasks), torch.stack(each).mean())


def test_without_a_ridge_f_goes_through_every_support_point():
    tasks = Sinusoids(noise=0.5).sample(
        20, shots=3, queries=2, generator=torch.Generator().manual_seed(0)
    )
    assert learners.task_losses(kernel_ridge(0), tasks, on="support").max() < 1e-6


def test_the_best_knob_is_inside_and_a_fifth_of_answering_zero(query_curve, training):
    zero = learners.meta_loss(lambda sx, sy, x: torch.zeros_like(x), training)
    best = int(query_curve.argmin())
    assert KNOBS[best] == pytest.approx(0.016, abs=0.001)
    assert query_curve[best] == pytest.approx(0.813, abs=0.001)
    assert query_curve[best] < zero / 5
    assert query_curve[best] > 3 * 0.25
    beside = query_curve[[best - 5, best + 5]] / query_curve[best]
    np.testing.assert_allclose(beside, 1.11, atol=0.01)


def test_the_support_loss_chooses_the_worst_learner(query_curve, training):
    support = over_knobs(kernel_ridge, KNOBS, training, on="support").mean(dim=1)
    assert (support.diff() > 0).all()
    assert query_curve.argmax() == support.argmin() == 0
    assert query_curve[0] > 6 * query_curve.min()


def test_without_noise_both_losses_choose_the_smallest_knob():
    exact = draw(1000, seed=0, noise=0.0)
    for on in ("query", "support"):
        assert over_knobs(kernel_ridge, KNOBS, exact, on=on).mean(dim=1).argmin() == 0


def test_the_chosen_learner_keeps_its_promise_on_unseen_tasks(query_curve, unseen_curve):
    best = query_curve.argmin()
    assert unseen_curve[best] == pytest.approx(0.82, abs=0.005)
    assert abs(unseen_curve[best] - query_curve[best]) < 0.05


def test_three_training_tasks_promise_too_much_and_choose_badly(unseen_curve):
    losses = over_knobs(kernel_ridge, KNOBS, draw(3000, seed=11))
    index, promise = chosen_by_groups(losses, 3)
    unseen = unseen_curve[index]
    assert promise.mean() == pytest.approx(0.67, abs=0.006)
    assert unseen.mean() == pytest.approx(1.13, abs=0.006)
    assert promise.mean() < unseen_curve.min() < unseen.mean()
    assert (promise < unseen).double().mean() > 0.8  # "most crosses lie below the curve"
    low, high = torch.tensor(KNOBS)[index].quantile(torch.tensor([0.05, 0.95]))
    assert low == pytest.approx(0.0004, rel=0.05)
    assert high == pytest.approx(0.16, rel=0.05)


def test_what_is_left_at_300_training_tasks_is_the_draw_and_goes_either_way(unseen_curve):
    gaps = []
    for seed in (2, 6):
        losses = over_knobs(kernel_ridge, KNOBS, draw(3000, seed))
        index, promise = chosen_by_groups(losses, 300)
        gaps.append((unseen_curve[index] - promise).mean().item())
    assert min(gaps) < 0 < max(gaps)
    assert max(map(abs, gaps)) < 0.05
    margin = 1.96 * losses[int(index[0])].std() / 3000**0.5
    assert margin == pytest.approx(0.04, abs=0.005)


def test_the_mean_of_ten_points_misleads_with_noise_and_without():
    for noise in (0.5, 0.0):
        tasks = draw(1000, seed=0, noise=noise)
        average = learners.meta_loss(lambda sx, sy, x: sy.mean(1, True).expand(x.shape), tasks)
        zero = learners.meta_loss(lambda sx, sy, x: torch.zeros_like(x), tasks)
        assert average - zero == pytest.approx(0.22, abs=0.01)


def test_a_learner_that_knows_about_sines_comes_close_to_the_noise(training, query_curve):
    def sine_fit(support_x, support_y, query_x):
        def waves(x):
            return torch.cat([x.sin(), x.cos()], dim=2)

        return waves(query_x) @ torch.linalg.lstsq(waves(support_x), support_y).solution

    loss = learners.meta_loss(sine_fit, training)
    assert loss == pytest.approx(0.314, abs=0.001)
    assert 0.25 < loss < query_curve.min() / 2


def test_with_the_least_ridge_f_errs_most_beyond_its_outermost_points(training):
    f = kernel_ridge(KNOBS[0])(training.support_x, training.support_y, training.query_x)
    error = (f - training.query_y) ** 2
    inside = (training.query_x > training.support_x.amin(1, True)) & (
        training.query_x < training.support_x.amax(1, True)
    )
    assert (~inside).double().mean() < 0.2
    assert error[~inside].sum() > 0.6 * error.sum()


def test_more_noise_asks_for_more_ridge():
    curves = [
        over_knobs(kernel_ridge, KNOBS, draw(1000, seed=0, noise=noise)).mean(dim=1)
        for noise in (0.1, 0.25, 0.5, 1.0)
    ]
    best = [int(curve.argmin()) for curve in curves]
    assert best == sorted(set(best))


def test_more_query_points_do_not_cure_meta_overfitting_and_more_tasks_do(unseen_curve):
    gaps = {}
    for size, queries in ((3, 10), (3, 100), (300, 10)):
        losses = over_knobs(kernel_ridge, KNOBS, draw(600, seed=2, queries=queries))
        index, promise = chosen_by_groups(losses, size)
        gaps[size, queries] = (unseen_curve[index] - promise).mean()
    assert gaps[3, 10] > gaps[3, 100] > 0.2
    assert gaps[300, 10] < 0.1


def test_groups_choose_as_a_loop_over_them_would():
    losses = torch.rand(7, 11, generator=torch.Generator().manual_seed(3))
    index, promise = chosen_by_groups(losses, 3)
    assert len(index) == 3
    for group in range(3):
        mean = losses[:, 3 * group : 3 * group + 3].mean(dim=1)
        assert index[group] == mean.argmin()
        torch.testing.assert_close(promise[group], mean.min())


def test_the_solution_of_exercise_2_is_half_of_zero(training):
    def nearest(support_x, support_y, query_x):
        distance = (query_x - support_x.mT).abs()
        closest = distance.argmin(dim=2, keepdim=True)
        return support_y.gather(1, closest)

    assert learners.meta_loss(nearest, training) == pytest.approx(2.125, abs=0.001)


def test_the_solution_of_exercise_3_finds_width_2_and_moving_knobs(training):
    best = {}
    for width in (1, 1.5, 2, 2.5, 3):
        curve = over_knobs(lambda lam, w=width: kernel_ridge(lam, width=w), KNOBS, training)
        best[width] = KNOBS[int(curve.mean(dim=1).argmin())], curve.mean(dim=1).min().item()
    assert min(best, key=lambda width: best[width][1]) == 2
    on_unseen = learners.meta_loss(kernel_ridge(best[2][0]), draw(5000, seed=1))
    assert on_unseen == pytest.approx(0.816, abs=0.001)
    assert best[1][0] == pytest.approx(0.063, abs=0.001)
    assert best[3][0] == pytest.approx(0.0013, abs=0.0001)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kernel_ridge(-1), "knob must be finite and at least 0, got -1"),
        (lambda: kernel_ridge(1, width=0), "width must be above 0, got 0"),
        (lambda: learners.task_losses(kernel_ridge(1), draw(2, 0), on="test"), "got 'test'"),
        (
            lambda: learners.task_losses(lambda sx, sy, x: x[..., 0], draw(2, 0)),
            r"shape \(2, 10, 1\), got \(2, 10\)",
        ),
        (lambda: over_knobs(kernel_ridge, [], draw(2, 0)), "at least one value"),
        (lambda: over_knobs(kernel_ridge, torch.ones(2), draw(2, 0)), "knobs must be a list of nu"),
        (lambda: over_knobs(kernel_ridge, 0.1, draw(2, 0)), "knobs must be a list of numbers"),
        (
            lambda: learners.task_losses(lambda sx, sy, x: x.tolist(), draw(2, 0)),
            "learner must predict one value for each point, .* got list",
        ),
        (
            lambda: kernel_ridge(1)(torch.ones(2, 3, 1), torch.ones(2, 3, 1), torch.ones(4, 3, 1)),
            "query_x has 4 tasks, support_x has 2",
        ),
        (
            lambda: learners.class_means(torch.ones(2, 3, 1), torch.full((2, 3), -1)),
            "y must hold labels from 0 on of the type int64, got torch.int64 from -1",
        ),
        (lambda: chosen_by_groups(torch.rand(3, 5), 2.5), "from 1 to 5, the tasks here, got 2.5"),
        (
            lambda: chosen_by_groups([[1.0]], 1),
            r"losses must be a tensor \(knobs, tasks\), got list",
        ),
        (
            lambda: kernel_ridge(1)(*[torch.ones(2, 3, 1)] * 2, torch.ones(2, 3)),
            r"query_x must be a tensor \(tasks, points, \.\.\.\)",
        ),
        (
            lambda: kernel_ridge(1)(
                torch.ones(2, 3, 1), torch.ones(2, 3, dtype=torch.int64), torch.ones(2, 3, 1)
            ),
            r"support_y must be a tensor \(tasks, points, \.\.\.\)",
        ),
        (lambda: chosen_by_groups(torch.rand(3, 5), 6), "from 1 to 5, the tasks here, got 6"),
    ],
)
def test_bad_input_gets_a_sentence(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_the_bumps_add_up_to_f_which_meets_every_point_only_without_a_ridge():
    for ax, meets in zip(diagrams.sum_of_bumps().axes, (True, False), strict=True):
        *bumps, f, points = ax.lines
        assert len(bumps) == 4
        np.testing.assert_allclose(sum(line.get_ydata() for line in bumps), f.get_ydata())
        at, y = points.get_data()
        gap = np.abs(np.interp(at, *f.get_data()) - y).max()
        assert (gap < 0.01) == meets


def test_nothing_is_cut_off_the_picture_of_the_choices():
    ax = diagrams.answer_few().axes[0]
    low, high = ax.get_ylim()
    for line in ax.lines:
        assert low < line.get_ydata().min()
        assert line.get_ydata().max() < high


def test_values_of_the_knob_are_never_spelled_as_powers_of_ten():
    spelled = [pictures.spelled(knob) for knob in (KNOBS[0], 10**-1.8, 1, 10**1.5, KNOBS[-1])]
    assert spelled == ["0.0001", "0.016", "1", "32", "100"]


def test_the_curve_marks_its_least_value():
    knobs, query = [0.01, 0.1, 1.0], np.array([2.0, 1.0, 3.0])
    ax = pictures.over_knob(knobs, query=query)
    (label,) = ax.texts
    assert label.get_text() == "F*: λ = 0.1"
    assert label.xy == (0.1, 1.0)


@pytest.mark.parametrize("name", ["02-learner", "02-training-loss", "02-testing", "02-bumps"])
def test_no_text_of_a_diagram_is_cut(name):
    figure = diagrams.DIAGRAMS[name]()
    figure.canvas.draw()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1


SUPPORT = torch.tensor([[[0.0], [1.0], [10.0], [4.0]], [[3.0], [0.0], [1.0], [2.0]]])
CLASSES = torch.tensor([[0, 0, 1, 1], [1, 0, 0, 1]])
ASKED = torch.tensor([[[4.5], [0.2], [2.9]], [[0.4], [1.6], [9.0]]])


def test_nearest_neighbour_asks_the_nearest_support_point():
    found = learners.nearest_neighbour(SUPPORT, CLASSES, ASKED)
    assert found.tolist() == [[1, 0, 1], [0, 1, 1]]


def test_nearest_centroid_asks_the_nearest_class_mean():
    # Class means: .5 and 7, then .5 and 2.5; 2.9 is nearer to .5 than to 7, as no neighbour is.
    found = learners.nearest_centroid(SUPPORT, CLASSES, ASKED)
    assert found.tolist() == [[1, 0, 0], [0, 1, 1]]


def test_distances_are_taken_over_all_features():
    x = torch.zeros(1, 2, 1, 2, 2)
    x[0, 1, 0, 1, 1] = 1.0
    for learner in (learners.nearest_neighbour, learners.nearest_centroid):
        assert learner(x, torch.tensor([[0, 1]]), x.flip(1)).tolist() == [[1, 0]]


def test_a_class_without_an_example_has_no_centroid():
    with pytest.raises(ValueError, match="support_y must have each label from 0 to 2"):
        learners.nearest_centroid(SUPPORT, 2 * CLASSES, ASKED)


def test_each_of_many_points_far_from_zero_is_its_own_nearest_neighbour():
    x = 1000 + torch.rand(1, 60, 2, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(60)[None]
    assert torch.equal(learners.nearest_neighbour(x, labels, x), labels)


def test_a_kernel_compares_numbers_and_needs_a_ridge_where_points_are_one():
    two = torch.rand(2, 2, 2)
    with pytest.raises(ValueError, match=r"support_x must be \(tasks, points, 1\), .* \(2, 2, 2\)"):
        kernel_ridge(0.1)(two, two[..., :1], two)
    same = torch.ones(2, 3, 1)
    with pytest.raises(ValueError, match=r"knob must be above 0 .* got 0.0"):
        kernel_ridge(0.0)(same, same, same)


@pytest.mark.parametrize(
    ("y", "asked", "words"),
    [
        (CLASSES, ASKED.double(), "query_x is torch.float64, support_x torch.float32"),
        (
            CLASSES,
            torch.rand(2, 3, 4),
            r"has points of the shape \(4,\), support_x of \(1,\)",
        ),
        (SUPPORT, ASKED, "support_y must hold labels, whole numbers"),
    ],
)
def test_neighbours_are_of_one_kind(y, asked, words):
    with pytest.raises(ValueError, match=words):
        learners.nearest_neighbour(SUPPORT, y, asked)


def test_a_squared_error_is_of_values_and_of_a_learner():
    labelled = TaskBatch(SUPPORT, CLASSES, SUPPORT, CLASSES)
    with pytest.raises(ValueError, match=r"must be those of regression, .* got labels \(2, 4\)"):
        learners.task_losses(learners.nearest_centroid, labelled)
    with pytest.raises(ValueError, match=r"learner must be a function, .* got int 5"):
        learners.task_losses(5, draw(2, seed=0))
