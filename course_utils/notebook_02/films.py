"""What notebook 02's films show."""

from course_utils.films.plan import Plan
from course_utils.learners import KNOBS

PLANS = {
    "ridge_knob": Plan(
        {"knob": KNOBS},
        keeps=("tried",),
        more="In Jupyter your best λ is noted, and more pairs of tasks can be seen.",
    ),
    "support_choice": Plan(),
    "few_tasks": Plan({"draw": range(6)}, more="In Jupyter there are always three other tasks."),
}
