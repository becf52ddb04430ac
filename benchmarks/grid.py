"""A plane of a real network's landscape: all points at once against a loop over points."""

import time
from statistics import median

ROUNDS = 3
POINTS, TASKS, SHOTS, QUERIES, INNER_LR = 61, 20, 10, 20, 0.01
SAMPLE, FEW = 60, 4  # points of the two loops, spread over the plane


def table() -> str:
    """Seconds for the losses before and after adaptation on a plane of the sinusoid network."""
    import torch

    from course_utils import maml, networks, slices, tasks

    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    network = networks.mlp([1, 40, 40, 1])
    loss = networks.squared_error(network)
    batch = tasks.Sinusoids().sample(TASKS, shots=SHOTS, queries=QUERIES, generator=generator)
    plane = slices.random_plane(network.init(generator), generator)
    axis = torch.linspace(-0.5, 0.5, POINTS)
    points = plane.points(axis, axis)
    places = torch.linspace(0, POINTS**2 - 1, SAMPLE).long()

    def all_at_once(steps: int) -> torch.Tensor:
        pair = slices.losses_on(loss, points, batch, inner_lr=INNER_LR, steps=steps)
        return torch.stack(pair)[:, places]

    @torch.no_grad()
    def one_by_one(steps: int) -> torch.Tensor:
        """What a loop over points does, all tasks of a point together."""
        found = []
        for i in places:
            phi = {name: leaf[i] for name, leaf in points.items()}
            support = batch.support_x, batch.support_y
            theta = maml.adapt(loss, phi, *support, inner_lr=INNER_LR, steps=steps)
            ends = (loss(params, batch.query_x, batch.query_y) for params in (phi, theta))
            found.append(torch.stack(list(ends)))
        return torch.stack(found, dim=1)

    @torch.no_grad()
    def two_loops(steps: int) -> torch.Tensor:
        """What a loop over points and tasks does."""
        found = []
        for i in places[:: SAMPLE // FEW]:
            phi = {name: leaf[i] for name, leaf in points.items()}
            for n in range(TASKS):
                task = batch[n : n + 1]
                support = task.support_x, task.support_y
                theta = maml.adapt(loss, phi, *support, inner_lr=INNER_LR, steps=steps)
                ends = (loss(params, task.query_x, task.query_y) for params in (phi, theta))
                found.append(torch.cat(list(ends)))
        return torch.stack(found, dim=1)

    lines = [
        f"Losses before and after adapting on {POINTS} x {POINTS} points, {TASKS} tasks, "
        f"K = {SHOTS}, {QUERIES} queries, one thread",
        f"  {'inner steps':14s} {'all at once':>12s} {'a loop over points':>20s} "
        f"{'over points and tasks':>28s}",
    ]
    sizes = {all_at_once: POINTS**2, one_by_one: SAMPLE, two_loops: FEW}
    for steps in (1, 5):
        torch.testing.assert_close(all_at_once(steps), one_by_one(steps), rtol=1e-3, atol=1e-3)
        took = {way: [] for way in sizes}
        for _ in range(ROUNDS):
            for way, seconds in took.items():
                began = time.perf_counter()
                way(steps)
                seconds.append((time.perf_counter() - began) * POINTS**2 / sizes[way])
        batched, points_only, both = (median(seconds) for seconds in took.values())
        lines.append(
            f"  {steps:<14d} {batched:10.2f} s "
            f"{points_only:10.1f} s {points_only / batched:5.1f} x "
            f"{both:18.1f} s {both / batched:5.1f} x"
        )
    return "\n".join(lines)
