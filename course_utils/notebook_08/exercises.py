"""The exercises of notebook 08 and its appendix; each stands in a module of its own."""

from course_utils.notebook_08.exercise_endings import endings
from course_utils.notebook_08.exercise_step import chosen_step

__all__ = ["chosen_step", "endings"]
