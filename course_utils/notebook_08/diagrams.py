"""Notebook 08's pictures below its predictions and explorers: each in its state after the event."""

from collections.abc import Callable

from matplotlib.figure import Figure

DIAGRAMS: dict[str, Callable[[], Figure]] = {}

AFTER = {
    "08-answer-order": ("order_on_a_line", {"guess": "random", "revealed": True}),
    "08-after-distance": ("distance", {"place": 9}),
    "08-answer-steps": ("more_steps", {"guess": "one", "revealed": True}),
    "08-after-points": ("more_points", {"shots": 50, "steps": 100}),
    "08-answer-overtaken": ("overtaken", {"guess": 6, "revealed": True}),
    "08-answer-many": ("how_many_waves", {"fresh": 20, "fixed": 1_000, "revealed": True}),
    "08-answer-words": ("who_sorts_best", {"guess": "five", "revealed": True}),
    "08-answer-lacks": ("what_it_lacks", {"guess": "steps", "revealed": True}),
    "08-after-words": ("word_task", {"task": "daughters of Latin", "word": 4, "idf": True}),
}
