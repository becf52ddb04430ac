"""What notebook 06 asks its reader to write, and what is often written instead."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.evaluation import paired_difference
from course_utils.exercises import Case, Function, Mistake
from course_utils.notebook_06.exercise_episode import episode
from course_utils.notebook_06.exercise_one_class import one_class

__all__ = ["episode", "floor", "lead", "one_class"]


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
        Case("200 tasks of 10 pictures", _lead_case(1, 200, 10, -0.4)),
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


def _floor(classes: Tensor, labels: Tensor) -> float:
    """The entropy of the label, given the class: from a table of how often they met."""
    met = _met(classes, labels)
    shares = met / met.sum(1, keepdim=True).clamp(min=1)
    return (-torch.xlogy(met, shares).sum() / met.sum()).item()


def _met(classes: Tensor, labels: Tensor) -> Tensor:
    """How often each class had each label, (classes, labels)."""
    rows, columns = int(classes.max()) + 1, int(labels.max()) + 1
    places = classes.flatten() * columns + labels.flatten()
    return torch.bincount(places, minlength=rows * columns).view(rows, columns).double()


def _labels_alone(classes, labels):
    return _floor(torch.zeros_like(classes), labels)


def _one_task_at_a_time(classes, labels):
    each = [_floor(classes[n : n + 1], labels[n : n + 1]) for n in range(len(classes))]
    return sum(each) / len(each)


def _other_way_round(classes, labels):
    return _floor(labels, classes)


def _both_drawn(classes, labels):
    columns = int(labels.max()) + 1
    return _floor(torch.zeros_like(classes), classes * columns + labels)


def _each_class_once(classes, labels):
    """The mean over classes, however often each was seen."""
    each = [_labels_alone(classes[of_it], labels[of_it]) for of_it in _one_by_one(classes)]
    return sum(each) / len(each)


def _one_by_one(classes: Tensor) -> list[Tensor]:
    return [classes == one for one in classes.unique()]


def _log_of_the_mean(classes, labels):
    met = _met(classes, labels)
    shares = met / met.sum(1, keepdim=True).clamp(min=1)
    return -((met * shares).sum() / met.sum()).log().item()


def _wrong_answers(classes, labels):
    met = _met(classes, labels)
    return 1 - (met.amax(1).sum() / met.sum()).item()


def _bits(classes, labels):
    return _floor(classes, labels) / math.log(2)


def _whole_sum(classes, labels):
    return classes.numel() * _floor(classes, labels)


def _floor_case(seed, tasks, ways, blocks, stays):
    """Tasks of one class from each of `ways` rows; a class's row is its label, where that stays."""

    def make():
        draws = torch.Generator().manual_seed(seed)
        frequent = 1.0 + torch.arange(blocks) ** 2
        block = torch.multinomial(frequent, tasks * ways, replacement=True, generator=draws)
        row = torch.rand(tasks, ways, generator=draws).argsort(1)
        fresh = torch.rand(tasks, ways, generator=draws).argsort(1)
        kept = torch.rand(tasks, 1, generator=draws) < stays
        return block.view(tasks, ways) * ways + row, torch.where(kept, row, fresh)

    return make


floor = Function(
    "floor",
    title="labels that stay",
    notebook="06",
    answer=_floor,
    cases=(
        Case("60 tasks of 5 classes, labels shuffled", _floor_case(0, 60, 5, 2, 0.0)),
        Case("50 tasks of 3 classes, labels that stay in half", _floor_case(1, 50, 3, 3, 0.5)),
        Case("40 tasks of 4 classes, labels that mostly stay", _floor_case(2, 40, 4, 2, 0.9)),
    ),
    mistakes=(
        Mistake(
            "labels alone",
            "That is the loss of a function that sees no picture either: each label is equally "
            "frequent, so it is log of the number of ways. What if the class is known?",
            _labels_alone,
        ),
        Mistake(
            "one task at a time",
            "You count within a task, where each class has one label only: then nothing is left "
            "to guess. The function does not know the task. Count over all tasks together.",
            _one_task_at_a_time,
        ),
        Mistake(
            "each class once",
            "You take the mean over classes. The loss is a mean over all that was asked, and a "
            "class that comes often is asked often.",
            _each_class_once,
        ),
        Mistake(
            "the other way round",
            "You ask for the class where the label is known. The function sees the class, and is "
            "asked for the label.",
            _other_way_round,
        ),
        Mistake(
            "class and label together",
            "You take the share of a class *with* this label among all. Which class it is, the "
            "function sees: divide by how often that class came.",
            _both_drawn,
        ),
        Mistake(
            "the logarithm of the mean",
            "You average the probabilities and take the logarithm after. A cross-entropy takes "
            "the logarithm of each, and averages then.",
            _log_of_the_mean,
        ),
        Mistake(
            "a share of wrong answers",
            "That is how often the most frequent label is wrong. A loss is asked for: minus the "
            "logarithm of the right label's probability.",
            _wrong_answers,
        ),
        Mistake(
            "a sum",
            "The losses of all appearances are added. A mean is asked for.",
            _whole_sum,
        ),
        Mistake(
            "bits",
            "The logarithm has the base 2. The cross-entropy of this course takes the natural one.",
            _bits,
        ),
    ),
    means="Shuffled labels leave nothing to know by heart: this floor is near log of the number of "
    "ways. Labels that stay pull it towards 0, and then no support set is needed.",
    returns="a number",
)
