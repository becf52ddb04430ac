"""How notebook 07 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers.explorer import Explorer
from course_utils.notebook_07 import five_arrows, race


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 07 by its builder's name, to be made."""
    return {
        "five_arrows": five_arrows.five_arrows,
        "race": race.race,
    }
