"""What notebook 00's film shows."""

from course_utils.films.plan import Plan, even

PLANS = {
    "by_eye": Plan(
        {"a": [*even(0.1, 5.0, 21), 2.5], "p": [*even(0.0, 3.14, 24), 1.4]},
        more="In Jupyter the sliders have finer steps, and there is always another task.",
    )
}
