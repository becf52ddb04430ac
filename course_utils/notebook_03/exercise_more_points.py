"""The exercise of notebook 03 on more and fewer points than in training."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from course_utils import checkpoints, evaluation, networks
from course_utils.exercises import Mistake, Numbers
from course_utils.tasks import Sinusoids, TaskBatch

TRAINED = {
    "maml": "sinusoids-maml-k5-seed1",
    "transfer": "sinusoids-transfer-k5-seed1",
}
TASKS = 500


@cache
def _errors(
    method: str, shots: int, judged_on_support: bool = False, n_tasks: int = TASKS
) -> dict[int, Tensor]:
    """Some unseen tasks' errors after one and five steps, (tasks,) each."""
    phi = checkpoints.load(TRAINED[method]).phi
    loss = networks.squared_error(networks.mlp([1, 40, 40, 1]))
    tasks = Sinusoids().sample(
        n_tasks, shots=shots, queries=50, generator=torch.Generator().manual_seed(5)
    )
    if judged_on_support:
        support = tasks.support_x, tasks.support_y
        tasks = TaskBatch(*support, *support)
    return evaluation.errors_after(loss, phi, tasks, inner_lr=0.01, steps=(1, 5))


def _ratios(steps: int = 1, judged_on_support: bool = False) -> dict[str, float]:
    """For each method its mean error with 20 points, as a share of that with five."""
    found = {}
    for method in TRAINED:
        more, few = (_errors(method, shots, judged_on_support)[steps] for shots in (20, 5))
        found[method] = float(more.mean() / few.mean())
    return found


def _measured() -> dict[str, Any]:
    one = _errors("maml", 1)

    def way(of: Any) -> str:
        return "falls" if of(one[5]) < of(one[1]) else "rises"

    ways = {"one_point_mean": way(Tensor.mean), "one_point_median": way(Tensor.median)}
    return _ratios() | ways


def _upside_down() -> dict[str, float]:
    return {method: 1 / share for method, share in _ratios().items()}


def _not_divided() -> dict[str, float]:
    # Of more tasks: in a quotient their chance cancels, here it does not.
    return {method: float(_errors(method, 20, n_tasks=8 * TASKS)[1].mean()) for method in TRAINED}


def _exchanged() -> dict[str, float]:
    right = _ratios()
    return {"maml": right["transfer"], "transfer": right["maml"]}


more_points = Numbers(
    "more_points",
    title="more points, fewer points",
    notebook="03",
    answer=_measured,
    rtol=0.08,  # the learner's tasks are others, and a few of them decide such a mean
    within={"maml": 0.03},
    together=True,
    mistakes=(
        Mistake(
            "bound to five points",
            "So you say that MAML gains nothing from more points than it had in training. Measure "
            "it: the inner step averages over all points that there are.",
            lambda: {"maml": 1.0},
        ),
        Mistake(
            "five steps",
            "These are the shares after five steps. Those after one step were asked for.",
            partial(_ratios, 5),
        ),
        Mistake(
            "upside down",
            "This is the error with five points, divided by that with 20. The quotient asked for "
            "is the other way up.",
            _upside_down,
        ),
        Mistake(
            "not divided",
            "These are the errors with 20 points. How large a share of those with five are they?",
            _not_divided,
        ),
        Mistake(
            "on the support points",
            "That is what the errors on the support points give, which were learned from. Are "
            "yours those on the query points?",
            partial(_ratios, 1, True),
        ),
        Mistake(
            "in per cent",
            "These are per cent. Asked are the quotients themselves: 1 means that nothing changes.",
            lambda: {method: 100 * share for method, share in _ratios().items()},
        ),
        Mistake(
            "transfer gains as well",
            "So you say that transfer gains from more points as MAML does. Measure it: was it "
            "trained to use the points of one task?",
            lambda: {"transfer": _ratios()["maml"]},
        ),
        Mistake(
            "the methods exchanged",
            "MAML and transfer are exchanged. Which of the two was trained to use its points?",
            _exchanged,
        ),
        Mistake(
            "more steps never harm",
            "With a single point five steps all follow that point, and for a few tasks they "
            "explode. What does that do to a mean?",
            lambda: {"one_point_mean": "falls"},
        ),
        Mistake(
            "the median as the mean",
            "The few tasks that explode decide the mean. The median is the task in the middle: "
            "what becomes of that one?",
            lambda: {"one_point_median": "rises"},
        ),
    ),
    means="MAML learned how to use points, more of them than in training, too. Transfer gains "
    "little from them.",
)
