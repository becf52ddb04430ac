"""The exercises of notebook 05 and of its appendix, by name."""

from course_utils.notebook_05.hessian_exercise import hessian_vector
from course_utils.notebook_05.line_exercise import slice_between
from course_utils.notebook_05.plane_exercise import off_plane
from course_utils.notebook_05.report_exercise import honest_report
from course_utils.notebook_05.rescaling_exercises import layer_rates, unit_factors

__all__ = [
    "hessian_vector",
    "honest_report",
    "layer_rates",
    "off_plane",
    "slice_between",
    "unit_factors",
]
