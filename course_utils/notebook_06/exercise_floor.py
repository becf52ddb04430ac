"""Exercise 4 of notebook 06: what a function without a support set can know of the labels."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake


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


def _sum_of_classes(classes, labels):
    return sum(_labels_alone(classes[of_it], labels[of_it]) for of_it in _one_by_one(classes))


def _most_frequent(classes, labels):
    met = _met(classes, labels)
    often = met.sum(1)
    return -torch.xlogy(often, met.amax(1) / often).sum().item() / often.sum().item()


def _bits(classes, labels):
    return _floor(classes, labels) / math.log(2)


def _whole_sum(classes, labels):
    return classes.numel() * _floor(classes, labels)


def _sum_of_each_task(classes, labels):
    return classes.shape[1] * _floor(classes, labels)


def _reading(args: tuple[Tensor, Tensor], found: float) -> str:
    """What may have made a nan."""
    if not math.isnan(float(found)):
        return ""
    return "a class that never had some label has the share 0 there, and 0 times log 0 is nan"


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
        Case("40 tasks of 4 classes, labels that mostly stay", _floor_case(2, 40, 4, 2, 0.9)),
        Case("50 tasks of 3 classes, labels that stay in half", _floor_case(1, 50, 3, 3, 0.5)),
        Case("60 tasks of 5 classes, labels shuffled", _floor_case(0, 60, 5, 2, 0.0)),
    ),
    mistakes=(
        Mistake(
            "labels alone",
            "That is the loss of a function that sees no picture either: each label is equally "
            "frequent, so it is log of the number of ways. What if the class is known?",
            _labels_alone,
        ),
        Mistake(
            "nothing left to guess",
            "Your loss is 0, as if the task were known: within one task each class has one label. "
            "The function does not know the task. Look at all tasks together.",
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
            "the most frequent label's share",
            "You take the share of a class's most frequent label every time. The loss takes the "
            "probability of the label that was right this time, which may be another.",
            _most_frequent,
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
            "divided by the tasks",
            "The losses are added up within each task: you divide by the number of tasks, where "
            "the mean is over all pictures.",
            _sum_of_each_task,
        ),
        Mistake(
            "a sum over classes",
            "You add up one number a class. Each class counts as often as it came, and a mean is "
            "asked for.",
            _sum_of_classes,
        ),
        Mistake(
            "a loss below 0",
            "The logarithm of a probability is below 0, and a loss above. Which sign is missing?",
            lambda classes, labels: -_floor(classes, labels),
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
    reading=_reading,
)
