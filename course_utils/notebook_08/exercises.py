"""The exercises of notebook 08 and of its appendix."""

from course_utils.notebook_08.word_exercises import idf, scale_and_alpha, sort_words, three_seeds

__all__ = ["idf", "scale_and_alpha", "sort_words", "three_seeds"]
