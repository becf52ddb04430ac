"""What notebook 09's films show."""

from course_utils.films.plan import Plan, even

PLANS = {
    "your_points": Plan(
        {
            "shape": ["sine", "triangle", "line"],
            "shots": [1, 2, 3, 5, 10, 20],
            "steps": [0, 1, 5, 10],
            "draw": range(3),
        },
        more="In Jupyter each support point can be dragged, and there are always other functions.",
    ),
    "more_points": Plan(),
    "fifty_on_a_line": Plan(),
    "one_layer": Plan(
        {
            "query": even(-2.5, 2.5, 21),
            "alpha": even(0.1, 1.0, 10),
            "scale": [0.0, 0.5, 1.0, 1.5, 2.0],
        }
    ),
    "found_step": Plan(),
}
