"""What notebook 01's films show."""

from collections.abc import Mapping
from typing import Any

from course_utils.films.plan import Own, Plan, Quiz, even
from course_utils.notebook_01.one_shot_game import PICTURES, WAYS, one_shot_frame

GAMES = 3
ANSWERS = tuple(f"answer {n}" for n in range(1, PICTURES + 1))


def _given(values: Mapping[str, Any]) -> tuple[int, ...]:
    given = [values[name] for name in ANSWERS]
    return tuple(given[: given.index(None)] if None in given else given)


def _apart(answers: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(ANSWERS, answers, strict=False))


PLANS = {
    "one_shot_game": Plan(
        {"new": range(GAMES)},
        own={"answers": Own([(name, (None, *range(WAYS))) for name in ANSWERS], _given, _apart)},
        quiz=Quiz(
            ANSWERS,
            "new",
            tuple(tuple(t + 1 for t in one_shot_frame(n, ()).truth) for n in range(GAMES)),
        ),
        resets={"new": ANSWERS},
        more=f"Here are {GAMES} games, and no score is kept. In Jupyter there are many.",
    ),
    "sinusoid_family": Plan(
        {
            "amplitude": [0.3, *even(1, 5, 9)],
            "phase": even(0.0, 3.0, 13),
            "shots": [1, 2, 3, 5, 10, 20],
            "noise": [0.0, 0.5],
            "new": range(2),
        },
        more="In Jupyter every slider has finer steps, and there are always new points.",
    ),
    "one_x_many_y": Plan({"x": even(-5, 5, 21), "guess": even(-5, 5, 41)}),
    "find_the_leak": Plan(),
}
