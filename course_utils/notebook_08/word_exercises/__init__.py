"""The exercises of the appendix to notebook 08."""

from course_utils.notebook_08.word_exercises.idf_by_hand import idf
from course_utils.notebook_08.word_exercises.scale_and_step import scale_and_alpha
from course_utils.notebook_08.word_exercises.seeds_and_towns import three_seeds
from course_utils.notebook_08.word_exercises.words_of_your_own import sort_words

__all__ = ["idf", "scale_and_alpha", "sort_words", "three_seeds"]
