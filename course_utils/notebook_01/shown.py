"""How notebook 01 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers.explorer import Explorer
from course_utils.notebook_01 import find_the_leak, one_shot_game, one_x_many_y, sinusoid_family
from course_utils.support.scores import empty_book


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 01 by its builder's name, to be made.

    The game's score book is empty and lies in a temporary folder.
    """
    return {
        "one_shot_game": lambda: one_shot_game.one_shot_game(empty_book()),
        "sinusoid_family": sinusoid_family.sinusoid_family,
        "one_x_many_y": one_x_many_y.one_x_many_y,
        "find_the_leak": find_the_leak.find_the_leak,
    }
