"""The exercises of notebook 03, by name; each stands in a module of its own."""

from course_utils.notebook_03.exercise_inner_step import inner_step
from course_utils.notebook_03.exercise_meta_gradient import meta_gradient
from course_utils.notebook_03.exercise_more_points import more_points
from course_utils.notebook_03.exercise_two_steps import two_steps

__all__ = ["inner_step", "meta_gradient", "more_points", "two_steps"]
