"""The exercises of notebook 06: other right answers are right, and what they stand for is true."""

import math

import pytest
import torch

from course_utils import evaluation
from course_utils.exercises.verdict import RIGHT
from course_utils.notebook_06.exercises import episode, floor, lead, one_class
from course_utils.tasks import TaskBatch


def one_class_by_the_package(network, theta, batch, label):
    """`accuracies_after` with no step, task by task, on a query set of one class."""
    shares = []
    for transductive in (True, False):
        share = []
        for n in range(len(batch)):
            x = batch.query_x[n][batch.query_y[n] == label][None]
            y = torch.full(x.shape[:2], label)
            task = TaskBatch(batch.support_x[n][None], batch.support_y[n][None], x, y)
            phi = {name: leaf[n] for name, leaf in theta.items()}
            how = {"inner_lr": 0.0, "steps": (0,), "transductive": transductive}
            share.append(evaluation.accuracies_after(network, phi, task, **how)[0])
        shares.append(torch.cat(share))
    return shares


def test_one_class_is_what_the_package_measures():
    assert one_class.judge(one_class_by_the_package).kind == RIGHT


@pytest.mark.parametrize("case", one_class.cases, ids=lambda case: case.says)
def test_no_picture_of_its_cases_is_so_near_a_tie_that_rounding_decides(case):
    network, theta, batch, label = case.make()
    x = torch.stack([x[y == label] for x, y in zip(batch.query_x, batch.query_y, strict=True)])
    for params in (theta, network.with_statistics(theta, batch.support_x)):
        best, second = network(params, x).topk(2).values.unbind(-1)
        assert (best - second).min() > 1e-3


@pytest.mark.parametrize("times", [1.96, 2])
@pytest.mark.parametrize("correction", [0, 1])
def test_an_interval_by_n_or_n_minus_1_and_1_96_or_2_is_right(times, correction):
    def my_lead(first, second):
        apart = 100 * (first.float().mean(1) - second.float().mean(1))
        return apart.mean(), times * apart.std(correction=correction) / len(apart) ** 0.5

    assert lead.judge(my_lead).kind == RIGHT


@pytest.mark.parametrize("times", [1.645, 2.576])
def test_an_interval_for_another_share_than_95_per_cent_is_not(times):
    def my_lead(first, second):
        mean, half_width = lead.answer(first, second)
        return mean, half_width * times / 1.96

    assert lead.judge(my_lead).kind != RIGHT


def test_the_floor_of_shuffled_labels_is_log_5_and_that_of_labels_that_stay_is_0():
    draws = torch.Generator().manual_seed(0)
    row = torch.rand(20_000, 5, generator=draws).argsort(1)
    classes = 5 * torch.randint(4, row.shape, generator=draws) + row
    shuffled = torch.rand(row.shape, generator=draws).argsort(1)
    assert floor.answer(classes, shuffled) == pytest.approx(math.log(5), abs=1e-3)
    assert floor.answer(classes, row) == 0


def test_an_episode_may_have_its_pictures_in_any_order():
    def my_episode(pools, ways, shots, queries, generator):
        found = episode.answer(pools, ways, shots, queries, generator)
        orders = [torch.randperm(len(found[k]), generator=generator) for k in (0, 2)]
        return [part[orders[k // 2]] for k, part in enumerate(found)]

    assert episode.judge(my_episode).kind == RIGHT


def test_an_episode_from_half_a_pile_each_is_no_draw_from_all_pictures():
    def my_episode(pools, ways, shots, queries, generator):
        parts = []
        chosen = torch.randperm(len(pools), generator=generator)[:ways].tolist()
        for start, each in ((0, shots), (6, queries)):
            order = start + torch.randperm(6, generator=generator)[:each]
            parts.append(torch.cat([pools[n][order] for n in chosen]))
            parts.append(torch.arange(ways).repeat_interleave(each))
        return parts

    assert episode.judge(my_episode).names == ("always the same support pictures",)
