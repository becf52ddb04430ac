"""One meta-step of the MAML paper's sinusoid set-up: the batched core against the plain loop."""

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

from benchmarks.plain_loop import plain_meta_loss

ROUNDS = 150
TASKS, SHOTS, INNER_LR = 25, 10, 0.01


def table() -> str:
    """Milliseconds of a meta-step: meta-loss, its gradient and a step of Adam, on one batch."""
    import torch

    from course_utils import maml, networks, tasks

    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    network = networks.mlp([1, 40, 40, 1])
    start = network.init(generator)
    batch = tasks.Sinusoids().sample(TASKS, shots=SHOTS, queries=SHOTS, generator=generator)

    def tutorial_loss(params, x, y):
        """The loss as a tutorial writes it: nothing of the course is in the plain loop."""
        x = torch.relu(x @ params["W1"] + params["b1"])
        x = torch.relu(x @ params["W2"] + params["b2"])
        return ((x @ params["W3"] + params["b3"] - y) ** 2).mean()

    phi = {name: leaf.clone().requires_grad_() for name, leaf in start.items()}
    adam = torch.optim.Adam(phi.values(), lr=1e-3)

    def tutorial() -> list[float]:
        """Seconds of one step of the plain loop."""
        began = time.perf_counter()
        value = plain_meta_loss(tutorial_loss, phi, batch, inner_lr=INNER_LR)
        adam.zero_grad()
        value.backward()
        adam.step()
        return [time.perf_counter() - began]

    def trained(objective: Callable) -> Callable[[], list[float]]:
        """Seconds of a few steps of `maml.train`, from one call of the objective to the next."""

        def some_steps() -> list[float]:
            calls = []

            def timed(phi, batch):
                calls.append(time.perf_counter())
                return objective(phi, batch)

            maml.train(timed, start, SameTasks(), iterations=12, progress=False)
            return [later - earlier for earlier, later in pairwise(calls[3:])]

        return some_steps

    class SameTasks:
        def sample(self, *args, **how):
            return batch

    loss = networks.squared_error(network)
    how = {"inner_lr": INNER_LR, "steps": 1}
    timed = {
        "plain loop over tasks": tutorial,
        "the core": trained(lambda phi, batch: maml.meta_loss(loss, phi, batch, **how)),
        "the core, first order": trained(
            lambda phi, batch: maml.meta_loss(loss, phi, batch, **how, first_order=True)
        ),
        "transfer learning": trained(lambda phi, batch: maml.transfer_loss(loss, phi, batch)),
    }
    # In turns of about the same length, so that each meets the same machine with warm caches.
    took = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, measure in timed.items():
            took[name] += measure()
    medians = {name: median(seconds[len(seconds) // 10 :]) for name, seconds in took.items()}
    slowest = next(iter(medians.values()))
    lines = [
        f"One meta-step, {TASKS} tasks, K = {SHOTS}, one inner step, second order, torch "
        f"{torch.__version__.partition('+')[0]}, one thread"
    ]
    lines += [
        f"  {name:24s} {1000 * seconds:6.2f} ms  {slowest / seconds:5.1f} x"
        for name, seconds in medians.items()
    ]
    return "\n".join(lines)
