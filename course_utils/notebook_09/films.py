"""What notebook 09's films show."""

from collections.abc import Mapping
from typing import Any

from course_utils.films.plan import Own, Plan, even
from course_utils.notebook_09.your_points import your_function

LIFTS = (0.0, 2.0, -2.0)  # of the first support point, off its function


def _lifted(values: Mapping[str, Any]) -> tuple[tuple, float, float]:
    """The first support point, as far off the function as the film has it."""
    key = values["shape"], values["draw"]
    x, y = your_function(*key)[1][0, 0].tolist()
    return (key, x, y + values["lift"]) if values["lift"] else ((), 0.0, 0.0)


PLANS = {
    "your_points": Plan(
        {
            "shape": ["sine", "triangle", "line"],
            "shots": [1, 2, 3, 5, 10, 20],
            "steps": [0, 1, 5, 10],
            "draw": range(2),
        },
        own={"point0": Own([("lift", LIFTS)], _lifted)},
        resets={"shape": ("lift",), "draw": ("lift",)},
        more="Here the first support point can be dragged up and down. In Jupyter each can be, and "
        "there are always other functions.",
    ),
    "twenty_points": Plan(),
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
