"""What a frame of each explorer costs in the kernel: compute, draw, write down."""

import time
from statistics import median, quantiles

from course_utils import rooms

ROUNDS = 6
MOVES = 5


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
    for name, build in rooms.shown().items():
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
