"""The exercises of notebook 08 and its appendix; each stands in a module of its own."""

from course_utils.notebook_08.exercise_endings import endings
from course_utils.notebook_08.exercise_idf import idf
from course_utils.notebook_08.exercise_scale import scale_and_alpha
from course_utils.notebook_08.exercise_seeds import three_seeds
from course_utils.notebook_08.exercise_step import chosen_step
from course_utils.notebook_08.exercise_words import sort_words

__all__ = ["chosen_step", "endings", "idf", "scale_and_alpha", "sort_words", "three_seeds"]
