"""How notebook 09 makes what moves in it, with checkpoints where the notebook trains."""

from collections.abc import Callable
from functools import partial

import torch

from course_utils import checkpoints, in_context, linear_attention, maml
from course_utils.explorers.explorer import Explorer
from course_utils.notebook_09 import (
    fifty_on_a_line,
    found_step,
    kinds,
    one_layer,
    twenty_points,
    your_points,
)
from course_utils.tasks import LinearTasks, Sinusoids, Waves

SHOTS = (5, 7, 10, 20, 50)


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 09 by its builder's name, to be made."""
    return {
        "your_points": lambda: your_points.your_points(
            checkpoints.load("sinusoids-maml-k5-seed0").phi,
            kinds.reader("set encoder"),
            kinds.reader("transformer"),
        ),
        "twenty_points": _twenty_points,
        "fifty_on_a_line": _fifty_on_a_line,
        "one_layer": one_layer.one_layer,
        "found_step": _found_step,
    }


def _twenty_points() -> Explorer:
    generator = torch.Generator().manual_seed(90)
    unseen = Sinusoids().sample(300, shots=50, queries=100, generator=generator)
    some = {
        "MAML": kinds.maml_after(5),
        "set encoder": kinds.reader("set encoder"),
        "transformer": kinds.reader("transformer"),
        "kernel ridge": kinds.ridge(),
    }
    errors = kinds.over_shots(some, unseen, SHOTS)
    return twenty_points.twenty_points(
        SHOTS, {name: values.mean(1).numpy() for name, values in errors.items()}
    )


def _fifty_on_a_line() -> Explorer:
    generator = torch.Generator().manual_seed(91)
    lines = Waves("line").sample(200, shots=50, queries=100, generator=generator)
    return fifty_on_a_line.fifty_on_a_line(
        lines, kinds.maml_after(100), kinds.reader("set encoder")
    )


def _found_step() -> Explorer:
    """The notebook trains three layers; here one, for a moment."""
    family, layer = LinearTasks(5), linear_attention.linear_attention(5)
    phi, _ = maml.train(
        partial(in_context.meta_loss, layer),
        layer.init(torch.Generator().manual_seed(0)),
        family,
        iterations=400,
        n_tasks=100,
        meta_lr=2e-2,
        decay="cosine",
        generator=torch.Generator().manual_seed(1000),
        progress=False,
    )
    batch = family.sample(1000, shots=10, queries=10, generator=torch.Generator().manual_seed(92))
    found = linear_attention.step_size_of(layer, phi, batch)
    return found_step.found_step([found], inputs=5, shots=10)
