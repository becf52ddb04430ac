"""How notebook 04 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers import axis, meta_step, plane, weights
from course_utils.explorers.explorer import Explorer


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 04 by its builder's name, to be made."""
    return {
        "glide_or_jump": axis.glide_or_jump,
        "one_axis": axis.one_axis,
        "taller_or_smaller": plane.taller_or_smaller,
        "plane": plane.plane,
        "meta_step": meta_step.meta_step,
        "steeper": weights.steeper,
        "weights": weights.weights,
    }
