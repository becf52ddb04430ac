"""How notebook 08 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers.explorer import Explorer
from course_utils.notebook_08 import (
    distance,
    how_many,
    measured,
    more_points,
    more_steps,
    order,
    overtaken,
    travel,
    word_guesses,
    word_learners,
    word_task,
)


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 08 by its builder's name, to be made."""
    return {
        "order_on_a_line": _order,
        "distance": lambda: distance.distance(travel.starts()),
        "more_steps": _more_steps,
        "more_points": lambda: more_points.more_points(travel.starts()),
        "overtaken": _overtaken,
        "how_many_waves": _how_many,
        "who_sorts_best": lambda: word_guesses.who_sorts_best(word_learners.over_words()),
        "what_it_lacks": _what_it_lacks,
        "word_task": word_task.word_task,
    }


def _order() -> Explorer:
    waves, lines = (measured.medians(travel.shape(name, 500)) for name in ("sine", "line"))
    return order.order_on_a_line(waves, lines, travel.shape("line", 30)[10:11])


def _more_steps() -> Explorer:
    found = measured.over_amplitude()
    return more_steps.more_steps(found.amplitudes, found.medians, found.exploded)


def _overtaken() -> Explorer:
    found = measured.over_shots()
    return overtaken.overtaken(found.shots, found.medians, found.mean_at)


def _how_many() -> Explorer:
    found = measured.from_few_waves()
    return how_many.how_many_waves(
        found.counts, found.errors, endless=found.endless, transfer=found.transfer
    )


def _what_it_lacks() -> Explorer:
    steps, few, means = word_learners.over_steps()
    return word_guesses.what_it_lacks(steps, few, means)
