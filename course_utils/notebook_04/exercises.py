"""The exercises of notebook 04, by name; each stands in a module of its own."""

from course_utils.notebook_04.exercise_draw_objective import draw_objective
from course_utils.notebook_04.exercise_quadratic_optimum import quadratic_optimum
from course_utils.notebook_04.exercise_steps_until_jump import steps_until_jump

__all__ = ["draw_objective", "quadratic_optimum", "steps_until_jump"]
