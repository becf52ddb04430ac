"""The exercise on a slice between two φ (05): what is right, and what else learners write."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from course_utils import maml, networks, slices
from course_utils.exercises import Case, Function, Mistake
from course_utils.tasks import Sinusoids, TaskBatch


def _line_case(
    seed: int, n_tasks: int, places: tuple[float, ...], inner_lr: float, steps: int
) -> tuple[Any, ...]:
    """A small network's loss, two φ, tasks, places on the line, α and the number of steps."""
    network, generator = networks.mlp([1, 12, 1]), torch.Generator().manual_seed(seed)
    first, second = network.init(generator), network.init(generator)
    batch = Sinusoids().sample(n_tasks, shots=5, queries=8, generator=generator)
    loss = networks.squared_error(network)
    return loss, first, second, batch, torch.tensor(places), inner_lr, steps


def _slice(loss, first, second, batch, places, inner_lr, steps):
    points = slices.line(first, second, places)
    return slices.losses_on(loss, points, batch, inner_lr=inner_lr, steps=steps)[1].mean(1)


def _from_the_other_end(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, second, first, batch, places, inner_lr, steps)


def _even_places(loss, first, second, batch, places, inner_lr, steps):
    even = torch.linspace(0, 1, len(places))
    return _slice(loss, first, second, batch, even, inner_lr, steps)


def _from_the_last_place(loss, first, second, batch, places, inner_lr, steps):
    """Each place mixes `second` into what the place before it had mixed."""
    reached = 1 - torch.cumprod(1 - places, dim=0)
    return _slice(loss, first, second, batch, reached, inner_lr, steps)


def _before(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, first, second, batch, places, inner_lr, 0)


def _one_step(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, first, second, batch, places, inner_lr, 1)


def _at_the_notebooks_alpha(loss, first, second, batch, places, inner_lr, steps):
    return _slice(loss, first, second, batch, places, 0.01, steps)


def _query_inside(loss, first, second, batch, places, inner_lr, steps):
    learned = TaskBatch(*(batch.query_x, batch.query_y) * 2)
    return _slice(loss, first, second, learned, places, inner_lr, steps)


def _support_loss(loss, first, second, batch, places, inner_lr, steps):
    judged = TaskBatch(*(batch.support_x, batch.support_y) * 2)
    return _slice(loss, first, second, judged, places, inner_lr, steps)


def _sets_exchanged(loss, first, second, batch, places, inner_lr, steps):
    support, query = (batch.support_x, batch.support_y), (batch.query_x, batch.query_y)
    return _slice(loss, first, second, TaskBatch(*query, *support), places, inner_lr, steps)


def _summed(loss, first, second, batch, places, inner_lr, steps):
    return len(batch) * _slice(loss, first, second, batch, places, inner_lr, steps)


def _first_stays(loss, first, second, batch, places, inner_lr, steps):
    beyond = {k: first[k] + second[k] for k in first}
    return _slice(loss, first, beyond, batch, places, inner_lr, steps)


def _adapted_at_the_ends(loss, first, second, batch, places, inner_lr, steps):
    support = batch.support_x, batch.support_y
    one, other = (
        maml.adapt(loss, phi, *support, inner_lr=inner_lr, steps=steps) for phi in (first, second)
    )
    found = []
    for t in places:
        theta = {k: (1 - t) * one[k] + t * other[k] for k in one}
        found.append(loss(theta, batch.query_x, batch.query_y).mean())
    return torch.stack(found)


def _errors_mixed(loss, first, second, batch, places, inner_lr, steps):
    ends = torch.tensor([0.0, 1.0])
    at_first, at_second = _slice(loss, first, second, batch, ends, inner_lr, steps)
    return (1 - places) * at_first + places * at_second


def _one_theta_for_all(loss, first, second, batch, places, inner_lr, steps):
    x, y = (part.flatten(0, 1)[None] for part in (batch.support_x, batch.support_y))
    found = []
    for t in places:
        phi = {k: (1 - t) * first[k] + t * second[k] for k in first}
        theta = maml.adapt(loss, phi, x, y, inner_lr=inner_lr, steps=steps)
        shared = {k: leaf[0] for k, leaf in theta.items()}
        found.append(loss(shared, batch.query_x, batch.query_y).mean())
    return torch.stack(found)


slice_between = Function(
    "slice_between",
    title="a slice of your own",
    notebook="05",
    answer=_slice,
    cases=(
        Case("three tasks, one step", partial(_line_case, 0, 3, (0.0, 0.25, 0.5, 1.0), 0.05, 1)),
        Case("seven tasks, two steps", partial(_line_case, 1, 7, (-0.2, 0.3, 0.6), 0.04, 2)),
        Case("four tasks, three steps", partial(_line_case, 2, 4, (0.1, 0.4, 0.8, 1.2), 0.03, 3)),
    ),
    mistakes=(
        Mistake(
            "from the other end",
            "Your line runs from `second` to `first`. Which φ is at t = 0?",
            _from_the_other_end,
        ),
        Mistake(
            "before any step",
            "This is the error before any step, transfer learning's slice. Do the tasks adapt, "
            "and is the loss taken at what they arrive at?",
            _before,
        ),
        Mistake(
            "even places of its own",
            "Your places are spread evenly from 0 to 1, as many as were asked. Which ones are "
            "asked is in `places`.",
            _even_places,
        ),
        Mistake(
            "on from the last place",
            "Each place goes on from the mixture of the place before it. Every one is to mix "
            "`first` and `second` themselves: is φ overwritten in the loop?",
            _from_the_last_place,
        ),
        Mistake("always one step", "One step is taken, whatever `steps` says.", _one_step),
        Mistake(
            "the notebook's α",
            "The steps are of .01, the notebook's `ALPHA`, whatever `inner_lr` says.",
            _at_the_notebooks_alpha,
        ),
        Mistake(
            "query set inside",
            "The tasks adapt on their query sets, which they must not see before they are judged.",
            _query_inside,
        ),
        Mistake(
            "support and query exchanged",
            "The two sets are exchanged: the tasks adapt on their query sets and are judged on "
            "their support sets.",
            _sets_exchanged,
        ),
        Mistake(
            "support error",
            "The tasks adapt on their support sets and are judged on them, too. Which points has "
            "a task not learned from?",
            _support_loss,
        ),
        Mistake(
            "sum over tasks",
            "This is the sum over the tasks. What is asked is their mean, which does not grow "
            "with the number of tasks.",
            _summed,
        ),
        Mistake(
            "first stays whole",
            "You add t times `second` and keep all of `first`. At t = 1 nothing of `first` may be "
            "left.",
            _first_stays,
        ),
        Mistake(
            "adapted at the ends, then mixed",
            "You adapt at both ends and mix the adapted parameters. The slice asks what a task "
            "reaches when it starts between the two: first mix, then adapt.",
            _adapted_at_the_ends,
        ),
        Mistake(
            "errors mixed",
            "You mix the errors of the two ends, which is a straight line whatever lies between. "
            "What has to be mixed are the parameters, and a network's error is no linear function "
            "of them.",
            _errors_mixed,
        ),
        Mistake(
            "one θ̂ for all tasks",
            "All tasks take one step together, by their mean gradient, and end at one θ̂. Each "
            "task is to adapt on its own support set, from the same φ.",
            _one_theta_for_all,
        ),
    ),
    means="You can cut a slice of what tasks reach from any place, between any two φ.",
    returns="the mean query error at each place, a tensor (places,)",
)
