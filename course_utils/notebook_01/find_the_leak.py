"""Four tasks as rows of pictures: which of them leaks a query picture? (notebook 01)"""

from __future__ import annotations

from course_utils.explorers.controls import Choice
from course_utils.explorers.explorer import Prediction, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.notebook_01.pictures import box, digit_rows
from course_utils.notebook_01.shown_tasks import SHOTS, TASKS, WAYS, Leak, leaking_tasks, pictures

UNDECIDED = 0


def find_the_leak() -> Prediction:
    """Predict which of four tasks has a query picture in its support set."""
    leak = leaking_tasks()
    batch = leak.batch
    figure, rows = digit_rows(*pictures(batch), batch.support_y[0].tolist())
    with style.course_style():
        copies = [
            box(rows[leak.task, side], i, style.TASKS[leak.task], animated=True)
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
            f"{what} Two bold boxes mark the leak: in task {data.task + 1} support picture "
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
