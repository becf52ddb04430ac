"""The exercises of notebook 06, each with what is right and what else learners write."""

from course_utils.notebook_06.exercise_episode import episode
from course_utils.notebook_06.exercise_floor import floor
from course_utils.notebook_06.exercise_lead import lead
from course_utils.notebook_06.exercise_one_class import one_class

__all__ = ["episode", "floor", "lead", "one_class"]
