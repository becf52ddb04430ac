"""The exercises of notebook 08 and its appendix; each stands in a module of its own."""

from course_utils.notebook_08.exercise_idf import idf
from course_utils.notebook_08.exercise_scale import scale_and_alpha
from course_utils.notebook_08.exercise_seeds import three_seeds
from course_utils.notebook_08.exercise_words import sort_words

__all__ = ["idf", "scale_and_alpha", "sort_words", "three_seeds"]
