"""The exercise with two knobs of notebook 02: what is right, and what else learners write."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from course_utils import learners
from course_utils.exercises import Case, Function, Mistake
from course_utils.learners import kernel_ridge
from course_utils.notebook_02.exercise_meta_loss import noisy_waves
from course_utils.tasks import TaskBatch

Pair = tuple[float, float, Tensor]


def _over_pairs(
    tasks: TaskBatch, knobs: Sequence[float], widths: Sequence[float], on: str = "query"
) -> Tensor:
    """Every task's loss for every pair, (widths, knobs, tasks)."""

    def of_width(width: float) -> Tensor:
        return learners.over_knobs(lambda lam: kernel_ridge(lam, width=width), knobs, tasks, on=on)

    return torch.stack([of_width(width) for width in widths])


def _pair(losses: Tensor, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    """The pair with the least of losses (widths, knobs), and its loss on unseen tasks."""
    row, column = divmod(int(losses.argmin()), len(knobs))
    learner = kernel_ridge(knobs[column], width=widths[row])
    return knobs[column], widths[row], learners.meta_loss(learner, unseen)


def _best(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _pair(_over_pairs(training, knobs, widths).mean(-1), unseen, knobs, widths)


def _worst(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _pair(-_over_pairs(training, knobs, widths).mean(-1), unseen, knobs, widths)


def _chosen_on_unseen(_: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _best(unseen, unseen, knobs, widths)


def _chosen_on_support(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    losses = _over_pairs(training, knobs, widths, on="support").mean(-1)
    return _pair(losses, unseen, knobs, widths)


def _judged_on_training(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    lam, width, _ = _best(training, unseen, knobs, widths)
    return lam, width, learners.meta_loss(kernel_ridge(lam, width=width), training)


def _one_after_the_other(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    lam, *_ = _best(training, unseen, knobs, widths[:1])
    return _best(training, unseen, [lam], widths)


def _last_width(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _best(training, unseen, knobs, widths[-1:])


def _last_lam(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _best(training, unseen, knobs[-1:], widths)


def _chosen_on_both(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    losses = [_over_pairs(tasks, knobs, widths).mean(-1) for tasks in (training, unseen)]
    return _pair(sum(losses), unseen, knobs, widths)


def _each_alone(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    lam, *_ = _best(training, unseen, knobs, widths[:1])
    _, width, _ = _best(training, unseen, knobs[:1], widths)
    return _best(training, unseen, [lam], [width])


def _side_by_side(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    """Only the first λ with the first width, the second with the second, and so on."""
    pairs = zip(knobs, widths, strict=False)
    found = [_best(training, training, [lam], [width]) for lam, width in pairs]
    lam, width, _ = min(found, key=lambda pair: float(pair[2]))
    return _best(training, unseen, [lam], [width])


def _judged_as(of: str) -> Callable[..., Pair]:
    """The right pair, with another learner's loss on the unseen tasks."""

    def answer(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
        lam, width, _ = _best(training, unseen, knobs, widths)
        last = kernel_ridge(knobs[-1], width=widths[-1])
        learner = last if of == "the last one" else kernel_ridge(lam)
        return lam, width, learners.meta_loss(learner, unseen)

    return answer


def _width_not_passed_on(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    lam, _, loss = _best(training, unseen, knobs, [2.0])
    return lam, widths[0], loss


def _width_stays(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _best(training, unseen, knobs, [2.0])


def _width_first(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    _, width, _ = _best(training, unseen, knobs[:1], widths)
    return _best(training, unseen, knobs, [width])


def _last_tried(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    return _best(training, unseen, knobs[-1:], widths[-1:])


def _places(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    lam, width, loss = _best(training, unseen, knobs, widths)
    return knobs.index(lam), widths.index(width), loss


def _least_unseen(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    lam, width, _ = _best(training, unseen, knobs, widths)
    return lam, width, _over_pairs(unseen, knobs, widths).mean(-1).min()


def _least_of_one_task(
    training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence
) -> Pair:
    return _pair(_over_pairs(training, knobs, widths).amin(-1), unseen, knobs, widths)


def _exchanged(training: TaskBatch, unseen: TaskBatch, knobs: Sequence, widths: Sequence) -> Pair:
    lam, width, loss = _best(training, unseen, knobs, widths)
    return width, lam, loss


def _search(seed: int, knobs: list[float], widths: list[float], n_tasks: int = 20) -> tuple:
    return noisy_waves(n_tasks, 10, 10, seed), noisy_waves(30, 10, 10, seed + 100), knobs, widths


two_knobs = Function(
    "two_knobs",
    title="two knobs",
    notebook="02",
    answer=_best,
    cases=(
        # At each case's first width and at kernel_ridge's own, 2, the same λ is best: a search that
        # turns one knob after the other ends at the same pair from both, not always the right one.
        Case("widths falling", lambda: _search(17, [0.0003, 0.01, 0.3], [3.0, 1.5, 1.2])),
        Case("four λ", lambda: _search(71, [0.001, 0.01, 0.1, 1.0], [1.5, 1.0, 3.0])),
        Case("smaller λ", lambda: _search(53, [0.0003, 0.003, 0.03, 0.3], [2.5, 1.5, 1.0])),
        # Without the first of the training tasks, the last, or the last two, another pair is best.
        Case(
            "twelve tasks, five λ",
            lambda: _search(911, [0.003, 0.01, 0.03, 0.1, 0.3], [2.5, 1.5, 2.0], n_tasks=12),
        ),
    ),
    mistakes=(
        Mistake(
            "the largest loss",
            "Your pair has the *largest* loss on the training tasks: is there a `max` or a `>` the "
            "wrong way round?",
            _worst,
        ),
        Mistake(
            "chosen on unseen tasks",
            "You took the pair that is best on the unseen tasks. Then they had a part in the "
            "choice, and cannot judge it any more: choose with the training tasks alone.",
            _chosen_on_unseen,
        ),
        Mistake(
            "chosen on all tasks",
            "You chose by training and unseen tasks together. So the unseen ones had a part in the "
            "choice, and cannot judge it any more: choose with the training tasks alone.",
            _chosen_on_both,
        ),
        Mistake(
            "chosen on the support sets",
            "Your pair has the least loss on the support sets. That is the learner that remembers "
            "best: judge every pair on query points.",
            _chosen_on_support,
        ),
        Mistake(
            "judged on the training tasks",
            "The pair is right. But the loss that you return is that of the training tasks, which "
            "chose it. How does the pair do on tasks that had no part in the choice?",
            _judged_on_training,
        ),
        Mistake(
            "one knob after the other",
            "You chose one knob without looking at each value of the other: at one width, say, or "
            "by a mean over them. The best λ moves with the width: try every pair.",
            _one_after_the_other,
        ),
        Mistake(
            "the width first",
            "You found the best width at the first λ, and then the best λ for this width. The two "
            "belong together: try every pair.",
            _width_first,
        ),
        Mistake(
            "each knob alone",
            "You found the best λ at one width, and the best width at one λ. The two belong "
            "together: try every pair.",
            _each_alone,
        ),
        Mistake(
            "side by side",
            "You try the first λ with the first width, the second with the second, and so on. "
            "Every λ belongs with every width.",
            _side_by_side,
        ),
        Mistake(
            "the last learner's loss",
            "The pair is right. But the loss is that of the learner that was tried last. Make the "
            "one of your pair again before you judge it.",
            _judged_as("the last one"),
        ),
        Mistake(
            "judged at the width 2",
            "The pair is right. But the loss is that of your λ at the width 2: does kernel_ridge "
            "get the width there, too?",
            _judged_as("width 2"),
        ),
        Mistake(
            "the least loss on unseen tasks",
            "The pair is right. But the loss is the least that any pair has on the unseen tasks. "
            "Which loss has the pair that the training tasks chose?",
            _least_unseen,
        ),
        Mistake(
            "the last width",
            "You return the best λ of the last width. Each new width seems to overwrite what was "
            "best so far: compare with that first.",
            _last_width,
        ),
        Mistake(
            "the last λ",
            "You return the best width of the last λ. Each new λ seems to overwrite what was best "
            "so far: compare with that first.",
            _last_lam,
        ),
        Mistake(
            "the width is not passed on",
            "Your learners all have the width 2, so that all widths have the same losses. Does "
            "kernel_ridge get the width that you try?",
            _width_not_passed_on,
        ),
        Mistake(
            "the width stays 2",
            "You found the best λ at the width 2. The widths to try are the last argument.",
            _width_stays,
        ),
        Mistake(
            "the last pair that was tried",
            "You return the pair that was tried last. After a loop its variables have their last "
            "values: keep the best pair under names of its own.",
            _last_tried,
        ),
        Mistake(
            "places, not values",
            "The pair is right, but you return its places in the two lists, as `argmin` gives "
            "them. The values there were asked for.",
            _places,
        ),
        Mistake(
            "width and λ exchanged",
            "You return the width first. The order is lam, width, loss.",
            _exchanged,
        ),
        Mistake(
            "the least loss of one task",
            "Your pair has the least loss that any single task has. Take the mean over the tasks "
            "first: a learner is judged by all of them.",
            _least_of_one_task,
        ),
    ),
    means="This is how every learner here is chosen and judged: training tasks choose, unseen "
    "tasks judge. From now on the search is made by the gradient.",
    returns="three numbers: lam, width and the loss on the unseen tasks",
)
