"""Four tasks as rows of pictures: which of them leaks a query picture? (notebook 01)"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from course_utils.explorers.controls import Choice
from course_utils.explorers.explorer import Prediction, Values
from course_utils.figures import style
from course_utils.figures.few_shot import digit_rows, ring
from course_utils.figures.readout import Readout
from course_utils.tasks import Digits, TaskBatch

TASKS, WAYS, SHOTS = 4, 3, 2
UNDECIDED = 0


@dataclass(frozen=True)
class Leak:
    """Four tasks, and where one of them leaks: query `picture` of `task` is its support `twin`."""

    batch: TaskBatch
    task: int
    picture: int
    twin: int


@cache
def leaking_tasks() -> Leak:
    """Four digit tasks of 3 ways, 2 shots and 2 queries; one query picture is a support picture."""
    generator = torch.Generator().manual_seed(11)
    batch = Digits().sample(TASKS, ways=WAYS, shots=SHOTS, queries=SHOTS, generator=generator)
    task, picture, twin = 2, 3, 2  # both of class 1
    query_x = batch.query_x.clone()
    query_x[task, picture] = batch.support_x[task, twin]
    leaky = TaskBatch(batch.support_x, batch.support_y, query_x, batch.query_y, facts=batch.facts)
    return Leak(leaky, task, picture, twin)


def find_the_leak() -> Prediction:
    """Predict which of four tasks has a query picture in its support set."""
    leak = leaking_tasks()
    batch = leak.batch
    figure, rows = digit_rows(*pictures(batch), batch.support_y[0].tolist())
    with style.course_style():
        copies = [
            ring(rows[leak.task, side], i, style.TASKS[leak.task], animated=True)
            for side, i in enumerate((leak.twin, leak.picture))
        ]
        chosen = Readout(rows[0, 1], 0.5, 1.12, size=10)

    def draw(data: Leak, v: Values) -> str:
        for copy in copies:
            copy.set_visible(v.revealed)
        chosen.set_text(f"your answer: task {v.row}" if v.row else "")
        what = (
            f"{TASKS} tasks as rows of handwritten digits, {WAYS * SHOTS} support pictures on the "
            f"left and {WAYS * SHOTS} query pictures on the right."
        )
        if not v.revealed:
            return what + (f" Your answer: task {v.row}." if v.row else "")
        return (
            f"{what} Rings mark the leak: in task {data.task + 1} support picture "
            f"{data.twin + 1} and query picture {data.picture + 1} are the same picture."
        )

    def verdict(data: Leak, v: Values) -> str:
        judged = (
            "Here it is."
            if v.row == UNDECIDED
            else "You found it."
            if v.row == data.task + 1
            else f"Task {v.row} is clean."
        )
        return (
            f"{judged} In task {data.task + 1} support picture {data.twin + 1} and query picture "
            f"{data.picture + 1} are one and the same. The other tasks have other drawings of the "
            "same digits, as it should be."
        )

    return Prediction(
        figure,
        question=(
            "Four tasks. In one of them a query picture is also in the support set: a "
            "<b>leak</b>. Which one?"
        ),
        verdict=verdict,
        compute=lambda row, revealed: leak,
        draw=draw,
        controls=[
            Choice(
                "row",
                "the leak is in",
                [("still looking", UNDECIDED), *((f"task {n + 1}", n + 1) for n in range(TASKS))],
                UNDECIDED,
                open=True,
            )
        ],
        describe=(
            "Prediction: four few-shot tasks as rows of handwritten digits, support set on the "
            "left, query set on the right; one query picture is also in the support set."
        ),
    )


def pictures(batch: TaskBatch) -> tuple[np.ndarray, np.ndarray]:
    """Support and query pictures of a batch of digit tasks, (tasks, points, 8, 8) each."""
    return batch.support_x[:, :, 0].numpy(), batch.query_x[:, :, 0].numpy()
