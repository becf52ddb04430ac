"""How notebook 04 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers.explorer import Explorer
from course_utils.notebook_04 import draw_objective, meta_step, one_axis, sine_plane, task_weights


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 04 by its builder's name, to be made."""
    return {
        "glide_or_jump": one_axis.glide_or_jump,
        "one_axis": one_axis.one_axis,
        "draw_objective": draw_objective.draw_objective,
        "taller_or_smaller": sine_plane.taller_or_smaller,
        "sine_plane": sine_plane.sine_plane,
        "meta_step": meta_step.meta_step,
        "steeper": task_weights.steeper,
        "task_weights": task_weights.task_weights,
    }
