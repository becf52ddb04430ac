"""The exercises of notebook 02, by name; each stands in a module of its own."""

from course_utils.notebook_02.exercise_mean_of_nearest import mean_of_nearest
from course_utils.notebook_02.exercise_meta_loss import meta_loss
from course_utils.notebook_02.exercise_two_knobs import two_knobs

__all__ = ["mean_of_nearest", "meta_loss", "two_knobs"]
