"""The exercises of notebook 05 and its appendix, by name; each stands in a module of its own."""

from course_utils.notebook_05.exercise_hessian import hessian_vector
from course_utils.notebook_05.exercise_off_plane import off_plane
from course_utils.notebook_05.exercise_report import honest_report
from course_utils.notebook_05.exercise_rescaling import layer_rates, unit_factors
from course_utils.notebook_05.exercise_slice import slice_between

__all__ = [
    "hessian_vector",
    "honest_report",
    "layer_rates",
    "off_plane",
    "slice_between",
    "unit_factors",
]
