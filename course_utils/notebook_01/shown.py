"""How notebook 01 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers import family, game, leak, one_x
from course_utils.explorers.explorer import Explorer
from course_utils.scores import empty_book


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 01 by its builder's name, to be made.

    The game's score book is empty and lies in a temporary folder.
    """
    return {
        "one_shot_game": lambda: game.one_shot_game(empty_book()),
        "sinusoid_family": family.sinusoid_family,
        "one_x_many_y": one_x.one_x_many_y,
        "find_the_leak": leak.find_the_leak,
    }
