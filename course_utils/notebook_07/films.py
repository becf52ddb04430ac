"""What notebook 07's films show."""

from course_utils.films.plan import Plan

_SIZES = [0.0, 0.01, 0.03]

PLANS = {
    "which_layer": Plan(),
    "layer_steps": Plan(
        {
            "first": _SIZES,
            "second": _SIZES,
            "head": _SIZES,
            "steps": [1, 3, 5],
            "task": [44, 12, 34, 18],
        },
        more="In Jupyter each step size has 31 values, and k takes every value from 1 to 5.",
    ),
}
