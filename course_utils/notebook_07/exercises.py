"""The exercises of notebook 07, by name; each stands in a module of its own."""

from course_utils.notebook_07.exercise_anil import anil_gradient
from course_utils.notebook_07.exercise_reptile import reptile_gradient
from course_utils.notebook_07.exercise_rests import reptile_rests
from course_utils.notebook_07.exercise_step_too_large import step_too_large

__all__ = ["anil_gradient", "reptile_gradient", "reptile_rests", "step_too_large"]
