"""What notebook 03's films show."""

from course_utils.films.plan import Plan, even

PLANS = {
    "by_hand": Plan({"inner_lr": [*even(0.0, 0.25, 26), 0.125]}),
    "best_single_function": Plan(),
    "before_the_first_step": Plan(),
    "adapt_to_your_sinusoid": Plan(
        {
            "phase": [0.0, 0.8, 1.6, 2.4, 3.14],
            "amplitude": [1.0, 3.5],
            "shots": [1, 5],
            "inner_lr": [0.01, 0.02, 0.03],
            "steps": [0, 1, 2, 5, 10],
            "draw": range(2),
        },
        more="In Jupyter a support point can be dragged off the wave, and every slider has finer "
        "steps.",
    ),
}
