"""A prediction: an explorer that asks before it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from course_utils.explorers.controls import Control, Hidden
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.frame import Frame
from course_utils.figures.style import with_minus_signs


class Prediction(Explorer):
    """A question that the reader answers on the picture before the picture answers.

    Takes what `Explorer` takes, and
    question
        What is asked (HTML).
    verdict
        (frame) -> sentence: the answer and how far the reader's guess is from it. Shown once the
        button is pressed; `draw` finds that in `frame.revealed`.
    """

    def __init__(
        self,
        figure: Figure,
        *,
        question: str,
        verdict: Callable[[Frame], str],
        controls: Sequence[Control],
        **explorer: Any,
    ):
        self._verdict = verdict
        self.question = with_minus_signs(question)
        asked = ipywidgets.HTML(f"<b>Predict.</b> {self.question}")
        asked.add_class("course-question")
        super().__init__(
            figure, controls=[*controls, Hidden("revealed", False)], above=[asked], **explorer
        )

    def reveal(self) -> None:
        """Show the answer, as the button does."""
        self.set(revealed=True)

    def _control_panel(self) -> list[ipywidgets.Widget]:
        panel, buttons = super()._control_panel()
        reveal = ipywidgets.Button(
            description="show the answer", button_style="primary", layout={"width": "auto"}
        )
        reveal.on_click(lambda _: self.reveal())
        buttons.children = [reveal, *buttons.children]
        return [panel, buttons]

    def _remark(self, frame: Frame) -> str:
        return self._verdict(frame) if frame.revealed else ""
