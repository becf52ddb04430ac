"""What notebook 07's films show."""

from course_utils.films.plan import Plan

_SIZES = [0.0, 0.01, 0.03]

PLANS = {
    "turn_round": Plan(),
    "five_arrows": Plan(
        {
            "a": [0.4, 1.2, 2.0, 3.0, 4.0, 4.8],
            "p": [0.2, 0.6, 1.2, 1.8, 2.4, 3.0],
            "inner_lr": [0.0, 0.05, 0.1, 0.2],
            "steps": [1, 3],
            "tasks": [1, 3, 6],
        },
        more="In Jupyter φ starts anywhere, and α, steps and tasks have more values.",
    ),
    "race": Plan(),
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
    "who_wins": Plan(),
    "reptile_rests": Plan(
        {
            "a_1": [0.5, 1.75, 3.0, 4.0],
            "p_1": [0.2, 1.04, 1.58, 2.6],
            "a_100": [1.75, 3.0, 4.0, 4.5],
            "p_100": [0.2, 1.04, 1.58, 2.6],
        },
        more="Here each diamond has sixteen places. In Jupyter it goes anywhere, and the next cell "
        "says what you have found.",
    ),
}
