"""The exercises of notebook 01, by name; each stands in a module of its own."""

from course_utils.notebook_01.exercise_leaks import count_leaks
from course_utils.notebook_01.exercise_shared_classes import shared_classes
from course_utils.notebook_01.exercise_waves import sample_waves

__all__ = ["count_leaks", "sample_waves", "shared_classes"]
