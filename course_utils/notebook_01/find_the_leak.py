"""Four tasks as rows of pictures: which of them leaks a query picture? (notebook 01)"""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.explorers.controls import Choice
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style
from course_utils.notebook_01.pictures import box, draw_digit_rows
from course_utils.notebook_01.shown_tasks import SHOTS, TASKS, WAYS, leaking_tasks, pictures

UNDECIDED = 0
SIZE = (7.6, 4.1)


def find_the_leak() -> Prediction:
    """Predict which of four tasks has a query picture in its support set."""
    leak = leaking_tasks()
    with Scene(TASKS, 2, size=SIZE) as (scene, rows):
        for copy, name in zip(draw_leak(rows), ("support copy", "query copy"), strict=True):
            scene.seen(copy, revealed).set_gid(name)
        place = {"x": 0.5, "y": 1.12, "size": 10}
        scene.text(rows[0, 1], lambda f: f"your answer: task {f.row}" if f.row else "", **place)
    options = [("still looking", UNDECIDED), *((f"task {n + 1}", n + 1) for n in range(TASKS))]
    return scene.prediction(
        lambda row, revealed: leak,
        Choice("row", "the leak is in", options, UNDECIDED, open=True),
        question=(
            "Four tasks. In one of them a query picture is also in the support set: a "
            "<b>leak</b>. Which one?"
        ),
        verdict=_verdict,
        alt=_alt,
        describe=(
            "Prediction: four few-shot tasks as rows of handwritten digits, support set on the "
            "left, query set on the right; one query picture is also in the support set."
        ),
    )


def draw_leak(rows: np.ndarray) -> list[Rectangle]:
    """The four tasks on axes (4, 2), and a bold box around each copy of the leak: the boxes."""
    leak = leaking_tasks()
    draw_digit_rows(rows, *pictures(leak.batch), leak.batch.support_y[0].tolist())
    color, (support, query) = style.TASKS[leak.task], rows[leak.task]
    return [box(support, leak.twin, color), box(query, leak.picture, color)]


def _alt(f) -> str:
    what = (
        f"{TASKS} tasks as rows of handwritten digits, {WAYS * SHOTS} support pictures on the "
        f"left and {WAYS * SHOTS} query pictures on the right."
    )
    if not f.revealed:
        return what + (f" Your answer: task {f.row}." if f.row else "")
    return (
        f"{what} Two bold boxes mark the leak: in task {f.data.task + 1} support picture "
        f"{f.data.twin + 1} and query picture {f.data.picture + 1} are the same picture."
    )


def _verdict(f) -> str:
    judged = {UNDECIDED: "Here it is.", f.data.task + 1: "You found it."}
    return (
        f"{judged.get(f.row, f'Task {f.row} has no leak.')} In task {f.data.task + 1} support "
        f"picture {f.data.twin + 1} and query picture {f.data.picture + 1} are the same picture. "
        "The other tasks have other drawings of the same digits, as it should be."
    )
