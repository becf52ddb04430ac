"""Exercises that know what went wrong: a learner's answer is compared with known wrong answers.

An exercise holds the right answer, cases on which right and wrong differ, and the mistakes that
learners make, each as an answer that makes it. Its verdict names the mistake whose results the
learner's are, and names none where none fits.
"""

from course_utils.exercises.exercise import Exercise, Mistake
from course_utils.exercises.function import Case, Function
from course_utils.exercises.sampler import Sampler, Sign
from course_utils.exercises.values import Numbers, Place
from course_utils.exercises.verdict import Verdict

__all__ = [
    "Case",
    "Exercise",
    "Function",
    "Mistake",
    "Numbers",
    "Place",
    "Sampler",
    "Sign",
    "Verdict",
]
