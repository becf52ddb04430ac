"""How notebook 00 makes what moves in it."""

from collections.abc import Callable

from course_utils.explorers.explorer import Explorer
from course_utils.notebook_00 import by_eye


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 00 by its builder's name, to be made."""
    return {"by_eye": by_eye.by_eye}
