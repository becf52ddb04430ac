"""What a frame of each explorer costs in the kernel: compute, draw, compress."""

import time
from collections.abc import Callable
from statistics import median, quantiles

ROUNDS = 6
MOVES = 5


def builders() -> dict[str, Callable]:
    """Every explorer and prediction that can be made in a moment, by name."""
    import torch

    from course_utils import networks, tasks
    from course_utils.notebook_00 import by_eye
    from course_utils.notebook_01 import find_the_leak, one_x_many_y, sinusoid_family
    from course_utils.notebook_02 import few_tasks, ridge_knob
    from course_utils.notebook_03 import average_wave, by_hand, your_sinusoid
    from course_utils.notebook_04 import meta_step, one_axis, sine_plane, task_weights
    from course_utils.notebook_05 import network_plane
    from course_utils.notebook_06 import few_shot_pictures

    def batch(n_tasks: int, seed: int) -> tasks.TaskBatch:
        generator = torch.Generator().manual_seed(seed)
        noisy = tasks.Sinusoids(noise=0.5)
        return noisy.sample(n_tasks, shots=10, queries=10, generator=generator)

    def pictures():
        network = networks.convnet()
        start = network.init(torch.Generator().manual_seed(0))
        unseen = tasks.Characters("test")
        return few_shot_pictures.few_shot_pictures(network, {"MAML": start}, unseen, inner_lr=0.4)

    network = networks.mlp([1, 40, 40, 1])
    # Training changes the numbers of these, not what a frame costs.
    phis = dict.fromkeys(
        ("MAML", "transfer", "random"), network.init(torch.Generator().manual_seed(0))
    )

    def two_phis() -> dict[str, networks.Params]:
        """Two φ that are not one: a plane goes through both."""
        return {
            name: network.init(torch.Generator().manual_seed(seed))
            for seed, name in enumerate(("MAML", "transfer"))
        }

    return {
        "by_eye": by_eye.by_eye,
        "sinusoid_family": sinusoid_family.sinusoid_family,
        "one_x_many_y": one_x_many_y.one_x_many_y,
        "find_the_leak": find_the_leak.find_the_leak,
        "ridge_knob": lambda: ridge_knob.ridge_knob(batch(3000, 0)),
        "few_tasks": lambda: few_tasks.few_tasks(batch(3, 1), batch(1000, 2)),
        "by_hand": by_hand.by_hand,
        "best_single_function": lambda: average_wave.best_single_function(
            network, phis["transfer"]
        ),
        "adapt_to_your_sinusoid": lambda: your_sinusoid.adapt_to_your_sinusoid(network, phis),
        "network_plane": lambda: network_plane.network_plane(network, two_phis(), batch(10, 3)),
        "one_axis": one_axis.one_axis,
        "glide_or_jump": one_axis.glide_or_jump,
        "plane": sine_plane.sine_plane,
        "meta_step": meta_step.meta_step,
        "weights": task_weights.task_weights,
        "steeper": task_weights.steeper,
        "few_shot_pictures": pictures,
    }


def sweep(explorer) -> list[float]:
    """Seconds of each frame while every slider is moved from one end to the other."""
    from course_utils.explorers.controls import Slider, Stops

    took = []
    for control in explorer._controls.values():
        if isinstance(control, Slider):
            width = control.high - control.low
            values = [control.low + width * (i + 1) / MOVES for i in range(MOVES)]
        elif isinstance(control, Stops):
            values = list(control.options)[:MOVES]
        else:
            continue
        for value in values:
            began = time.perf_counter()
            explorer.set(**{control.name: value})
            took.append(time.perf_counter() - began)
        explorer.reset()
    return took


def table() -> str:
    """Milliseconds of a frame of each explorer, and seconds to make it."""
    made, making = {}, {}
    for name, build in builders().items():
        began = time.perf_counter()
        made[name] = build()
        making[name] = time.perf_counter() - began
    took = {name: [] for name in made}
    for _ in range(ROUNDS):
        for name, explorer in made.items():
            took[name] += sweep(explorer)
    lines = [
        f"Frames in the kernel, every slider moved {'median':>16s} {'p95':>8s} {'to make':>10s}"
    ]
    for name, seconds in took.items():
        if not seconds:  # nothing to slide: its frames are choices
            continue
        p95 = quantiles(seconds, n=20)[-1]
        lines.append(
            f"  {name:40s} {1000 * median(seconds):9.1f} ms {1000 * p95:5.1f} ms "
            f"{making[name]:7.2f} s"
        )
    return "\n".join(lines)
