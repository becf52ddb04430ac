"""The checks of all exercises, one name each: `check.meta_gradient(my_meta_gradient)`.

A check says what an answer is: not attempted yet, right, or wrong and by which mistake. It never
raises an error, so a notebook runs on. `check.done()` shows which exercises you have solved.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from course_utils.support.check_input import shown

if TYPE_CHECKING:
    from course_utils.exercises import Exercise
    from course_utils.exercises.kept import Map

# Each exercise by the notebook that sets it, in the order in which it comes, and by its room.
EXERCISES = {
    "01": ("sample_waves", "count_leaks", "shared_classes"),
    "02": ("meta_loss", "mean_of_nearest", "two_knobs"),
    "03": ("two_steps", "inner_step", "meta_gradient", "more_points"),
    "04": ("draw_objective", "quadratic_optimum", "steps_until_jump"),
    "05": ("off_plane", "slice_between", "layer_rates"),
    "appendix to 05": ("hessian_vector", "unit_factors", "honest_report"),
    "06": ("episode", "one_class", "lead", "floor"),
    "07": ("reptile_gradient", "reptile_rests", "step_too_large", "anil_gradient"),
    "08": ("chosen_step", "endings"),
    "appendix to 08": ("idf", "sort_words", "scale_and_alpha", "three_seeds"),
    "09": ("scaled", "mean_of_points", "attention_steps"),
}
ROOMS = {"appendix to 05": "notebook_05", "appendix to 08": "notebook_08"}


def done() -> Map:
    """The map of all exercises, with those that you have solved."""
    from course_utils.exercises.kept import map_of

    return map_of(EXERCISES)


def room(notebook: str) -> str:
    """The room of a notebook, by its name in EXERCISES."""
    return ROOMS.get(notebook, f"notebook_{notebook}")


def all_of_them() -> dict[str, Exercise]:
    """Every exercise by its name, in the order of the course."""
    return {name: __getattr__(name) for names in EXERCISES.values() for name in names}


def __getattr__(name: str) -> Exercise:
    # Loaded when it is asked for: notebook 00 shows the map, and needs no torch for it.
    for notebook, names in EXERCISES.items():
        if name in names:
            from course_utils.exercises.exercise import plain_torch

            with plain_torch():  # explorers' tasks are made where they are imported
                module = importlib.import_module(f"course_utils.{room(notebook)}.exercises")
            return getattr(module, name)
    if name.startswith("__"):
        raise AttributeError(name)
    known = ", ".join(name for names in EXERCISES.values() for name in names)
    raise AttributeError(f"no exercise is called {shown(name)}: there are {known}")


def __dir__() -> list[str]:
    return ["done", *(name for names in EXERCISES.values() for name in names)]
