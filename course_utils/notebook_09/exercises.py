"""The exercises of notebook 09; each stands in a module of its own."""

from course_utils.notebook_09.exercise_any_height import scaled
from course_utils.notebook_09.exercise_any_number import mean_of_points
from course_utils.notebook_09.exercise_steps import attention_steps

__all__ = ["attention_steps", "mean_of_points", "scaled"]
