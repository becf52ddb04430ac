"""The rooms of the notebooks: what moves in each, and how it is made."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import course_utils

if TYPE_CHECKING:
    from course_utils.explorers.explorer import Explorer
    from course_utils.films.film import Film
    from course_utils.films.plan import Plan


def rooms() -> list[str]:
    """The rooms' names in the order of the course: "notebook_00", ..."""
    found = pkgutil.iter_modules(course_utils.__path__)
    return sorted(module.name for module in found if module.name.startswith("notebook_"))


def shown(room: str | None = None) -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction by its builder's name, of one room or of the whole course.

    Each is a function without arguments that makes it as its notebook does, with checkpoints where
    the notebook trains. Raises ValueError for an unknown room.
    """
    if room is not None and room not in rooms():
        raise ValueError(f"room must be one of {', '.join(rooms())}, got {room!r}")
    made: dict[str, Callable[[], Explorer]] = {}
    for name in rooms() if room is None else [room]:
        new = importlib.import_module(f"course_utils.{name}.shown").shown()
        for twice in made.keys() & new.keys():
            raise ValueError(
                f"{name} and a room before it both show {twice!r}: one must be renamed"
            )
        made |= new
    return made


def planned(name: str) -> tuple[Explorer, Plan]:
    """An explorer or prediction, made as its notebook does, and its room's plan of its film.

    Raises ValueError for a name that there is not.
    """
    for room in rooms():
        plans = importlib.import_module(f"course_utils.{room}.films").PLANS
        if name in plans:
            explorer, plan = shown(room)[name](), plans[name]
            return explorer, plan(explorer) if callable(plan) else plan
    raise ValueError(f"name must be one of {', '.join(shown())}, got {name!r}")


def filmed(name: str) -> Film:
    """The film of an explorer or prediction, over the values that its room names.

    Raises ValueError for a name that there is not.
    """
    from course_utils.films.recorder import film

    return film(*planned(name), name=name)
