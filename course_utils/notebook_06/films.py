"""What notebook 06's films show."""

from course_utils.films.plan import Plan, even

PLANS = {
    "shuffled_labels": Plan({"before": even(0, 100, 26), "after": even(0, 100, 26)}),
    "frozen_layers": Plan({"head": even(0, 100, 26), "body": even(0, 100, 26)}),
    "strong_baseline": Plan(),
    "few_shot_pictures": Plan(
        {
            "script": ["all unseen scripts", "Georgian", "Lao"],
            "shots": [1, 5],
            "steps": [0, 1, 3, 5],
            "new": range(2),
            "chosen": range(10),
        },
        more="Here are two tasks of each of three scripts. In Jupyter there are always others: you "
        "choose the characters, or draw your own.",
    ),
}
