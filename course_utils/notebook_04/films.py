"""What notebook 04's films show."""

from course_utils.films.plan import Plan, even
from course_utils.notebook_04 import draw_objective

PLANS = {
    "glide_or_jump": Plan(),
    "one_axis": Plan(
        {
            "phi": [*even(-5.0, 5.0, 41), -2.12, -2.07],
            "inner_lr": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2],
        },
        more="In Jupyter φ and α have finer steps.",
    ),
    "draw_objective": Plan(
        {name: [0.0, 0.43, 0.86, 1.2] for name in draw_objective.NAMES},
        more="Here each diamond has four heights. In Jupyter it goes anywhere, and the next cell "
        "says what you have drawn.",
    ),
    "taller_or_smaller": Plan(),
    "sine_plane": Plan(
        {
            "a": [*even(0.0, 5.0, 9), 1.6, 2.8, 3.0],
            "p": [0.0, 0.4, 0.8, 1.2, 1.58, 2.0, 2.4, 2.8],
            "inner_lr": [0.0, 0.02, 0.05, 0.1, 0.15, 0.2],
            "steps": [1],
        },
        more="Here is one inner step. In Jupyter there are up to five, and φ and α have finer "
        "steps.",
    ),
    "meta_step": Plan(
        {
            "a": [0.6, 1.4, 2.0, 2.6, 3.4, 4.2, 5.0],
            "p": [0.4, 1.1, 1.9, 2.7],
            "inner_lr": [0.0, 0.05, 0.1],
            "meta_lr": [0.15],
            "meta_steps": [0, 1, 3, 6, 12],
        },
        more="Here β = 0.15. In Jupyter φ starts anywhere, and α and β have many values.",
    ),
    "steeper": Plan(),
    "task_weights": Plan(
        {
            "h": even(0.5, 8.0, 16),
            "inner_lr": [0.0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25],
        },
        more="In Jupyter the curvature and α have finer steps.",
    ),
}
