"""Exercise 3 of notebook 06: the lead of one method over another, with its interval."""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.evaluation import paired_difference
from course_utils.exercises import Case, Function, Mistake


def _lead(first: Tensor, second: Tensor) -> tuple[float, float]:
    found = paired_difference(100 * first.double().mean(1), 100 * second.double().mean(1))
    return found.mean, found.half_width


def _half_width(values: Tensor) -> float:
    return 1.96 * (values.std() / len(values) ** 0.5).item()


def _with_half_width(of):
    """The right mean, and another half width: of(the lead on each task)."""

    def lead(first, second):
        apart = 100 * (first.double() - second.double()).mean(1)
        return apart.mean().item(), float(of(apart))

    return lead


def _pooled(first, second):
    apart = 100 * (first.double() - second.double()).flatten()
    return apart.mean().item(), _half_width(apart)


def _not_paired(first, second):
    each = [_half_width(100 * x.double().mean(1)) for x in (first, second)]
    return _lead(first, second)[0], (each[0] ** 2 + each[1] ** 2) ** 0.5


def _added(first, second):
    each = [_half_width(100 * x.double().mean(1)) for x in (first, second)]
    return _lead(first, second)[0], sum(each)


def _as_coins(first, second):
    """Each method's pictures as tosses of a coin, of which one share is right."""
    each = [x.double().mean().item() for x in (first, second)]
    variance = sum(share * (1 - share) for share in each) / first.numel()
    return 100 * (each[0] - each[1]), 196 * variance**0.5


def _over_tasks_first(first, second):
    """One number for each place in the query set, (pictures,): the other axis."""
    return _lead(first.mT, second.mT)


def _relative(first, second):
    each = [x.double().mean(1) for x in (first, second)]
    ahead = 100 * (each[0] / each[1] - 1)
    return ahead.mean().item(), _half_width(ahead)


def _ends(first, second):
    mean, half_width = _lead(first, second)
    return mean - half_width, mean + half_width


def _root_of_pictures(first, second):
    mean, half_width = _lead(first, second)
    return mean, half_width / first.shape[1] ** 0.5


def _root_of_a_tasks_pictures(first, second):
    mean, half_width = _lead(first, second)
    return mean, half_width * (len(first) / first.shape[1]) ** 0.5


def _lead_case(seed, tasks, pictures, ahead):
    """Two methods on tasks of their own difficulty; the first is ahead on most of them."""

    def make():
        draws = torch.Generator().manual_seed(seed)
        hard = torch.randn(tasks, 1, generator=draws)
        lead = ahead + 0.6 * torch.randn(tasks, 1, generator=draws)
        chances = torch.rand(tasks, pictures, generator=draws)
        first, second = (chances < torch.sigmoid(1 - hard + sign * lead / 2) for sign in (1, -1))
        return first, second

    return make


lead = Function(
    "lead",
    title="ahead, or chance?",
    notebook="06",
    answer=_lead,
    cases=(
        Case("60 tasks of 25 pictures", _lead_case(0, 60, 25, 0.5)),
        Case("120 tasks of 10 pictures", _lead_case(1, 120, 10, -0.4)),
        Case("80 tasks of 15 pictures", _lead_case(2, 80, 15, 1.0)),
    ),
    mistakes=(
        Mistake(
            "pictures counted as tasks",
            "The interval counts every picture as a draw of its own. What was drawn are tasks, "
            "and the pictures of one task share its classes.",
            _pooled,
        ),
        Mistake(
            "the root of all pictures",
            "The spread is that of the tasks, and you divide by the root of the number of all "
            "pictures. How many draws was this spread measured on?",
            _root_of_pictures,
        ),
        Mistake(
            "the root of a task's pictures",
            "The spread is that of the tasks, and you divide by the root of the number of pictures "
            "in one task. Which axis counts the tasks?",
            _root_of_a_tasks_pictures,
        ),
        Mistake(
            "coins",
            "That treats every picture as the toss of a coin, and the two methods as if they had "
            "seen different pictures. Tasks were drawn, and both methods had the same ones.",
            _as_coins,
        ),
        Mistake(
            "over the tasks first",
            "You take the mean over the tasks first, and are left with one number for each place "
            "in the query set. Which axis counts what was drawn?",
            _over_tasks_first,
        ),
        Mistake(
            "not paired",
            "That is the interval of two methods on tasks of their own. Here both had the same "
            "tasks: what makes a task hard for both cancels if you subtract before you measure "
            "the spread.",
            _not_paired,
        ),
        Mistake(
            "two intervals added",
            "The half widths of the two accuracies were added. Look at the spread of one "
            "quantity, the lead on each task.",
            _added,
        ),
        Mistake(
            "the spread of the tasks",
            "That is how far single tasks lie from the mean. It does not shrink with more tasks; "
            "the uncertainty of their mean does.",
            _with_half_width(lambda apart: 1.96 * apart.std()),
        ),
        Mistake(
            "the standard deviation alone",
            "The half width is the standard deviation of the leads. The 95 % interval of their "
            "mean needs the number of tasks, and the factor for 95 %.",
            _with_half_width(torch.std),
        ),
        Mistake(
            "one standard error",
            "The half width is one standard error: such an interval holds the truth about 68 "
            "times in 100. For 95 it is nearly twice as wide.",
            _with_half_width(lambda apart: apart.std() / len(apart) ** 0.5),
        ),
        Mistake(
            "divided by the number of tasks",
            "The spread was divided by the number of tasks. The uncertainty of a mean falls "
            "more slowly: four times as many tasks only halve it.",
            _with_half_width(lambda apart: 1.96 * apart.std() / len(apart)),
        ),
        Mistake(
            "the variance",
            "A root is missing: the variance of the leads is in square points, and their spread "
            "in points.",
            _with_half_width(lambda apart: 1.96 * apart.var() / len(apart)),
        ),
        Mistake(
            "the two ends",
            "These are the two ends of the interval. Asked for are its middle and the half of "
            "its width.",
            _ends,
        ),
        Mistake(
            "the whole width",
            "That is the width of the whole interval. What stands behind ± is the half of it.",
            lambda *args: (_lead(*args)[0], 2 * _lead(*args)[1]),
        ),
        Mistake(
            "the second ahead",
            "The sign says how far the second is ahead of the first.",
            lambda first, second: _lead(second, first),
        ),
        Mistake(
            "in per cent of the second",
            "On each task you divide by the second's share. Points are a plain difference: from "
            "60 to 66 % are six points, not ten.",
            _relative,
        ),
        Mistake(
            "shares",
            "These are shares of one. Asked for are points of per cent.",
            lambda *args: tuple(x / 100 for x in _lead(*args)),
        ),
    ),
    means="A lead with its own interval, counted in tasks and paired: that is what a claim of "
    "being ahead needs.",
    returns="a tuple of two numbers: the mean, the half width",
    # Tells 1.96 from 1, and neither 1.96 from 2 nor n from n - 1, of 60 tasks or more.
    rtol=0.025,
)
