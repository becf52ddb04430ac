"""The reader's own one-shot game: five characters, one example each, ten to classify (01)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from course_utils.characters import PIXELS, characters_of, draw_character, styles_of
from course_utils.explorers.controls import Hidden, Press
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.support.scores import ONE_SHOT_GAME, ScoreBook

WAYS, PICTURES = 5, 10
SCRIPT, STYLES = "Georgian", 12
MOST_ALIKE = 0.75  # correlation of two characters of one game
SUPPORT_SIDE = 1.5


@dataclass(frozen=True)
class Game:
    """A frame: what there is to classify, and what has been answered.

    support: (5, 28, 28), queries: (10, 28, 28), pictures in [0, 1]. truth: (10,), each query's
    character, 0 to 4. answers: as many as were given.
    """

    support: np.ndarray
    queries: np.ndarray
    truth: tuple[int, ...]
    answers: tuple[int, ...]

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(a == t for a, t in zip(self.answers, self.truth, strict=False))

    @property
    def over(self) -> bool:
        """Whether every picture has been answered."""
        return len(self.answers) == PICTURES


@cache
def _deal(number: int) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Support, queries and truth of game `number`, the same at each call."""
    random = np.random.default_rng([number, 28])
    chosen: list[str] = []
    for letter in random.permutation(characters_of(SCRIPT, STYLES)):
        if all(_likeness(letter, other) < MOST_ALIKE for other in chosen):
            chosen.append(str(letter))
        if len(chosen) == WAYS:
            break
    support = np.stack([draw_character(letter) for letter in chosen])
    truth = random.integers(WAYS, size=PICTURES)
    queries = []
    for label in truth:
        others = [name for name in styles_of(chosen[label]) if name != "Sans"]
        queries.append(
            draw_character(
                chosen[label],
                style=str(random.choice(others)),
                rotation=random.uniform(-18, 18),
                shear=random.uniform(-0.25, 0.25),
                scale=random.uniform(0.75, 1.1),
                shift=tuple(random.uniform(-2, 2, 2)),
            )
        )
    return support, np.stack(queries), tuple(truth.tolist())


@cache
def _likeness(letter: str, other: str) -> float:
    """The correlation of two letters' upright pictures."""
    return float(np.corrcoef(*(draw_character(name).ravel() for name in (letter, other)))[0, 1])


def one_shot_frame(new: int, answers: tuple[int, ...]) -> Game:
    """Game number `new` after some answers (0 to 4 each).

    Raises ValueError if there are more answers than pictures, or one names no character.
    """
    if len(answers) > PICTURES:
        raise ValueError(f"answers must be at most {PICTURES}, got {len(answers)}")
    if not set(answers) <= set(range(WAYS)):
        raise ValueError(f"answers must each be 0 to {WAYS - 1}, got {answers!r}")
    return Game(*_deal(new), tuple(answers))


class OneShotGame(Explorer):
    """An explorer that is answered: in the picture, by its buttons, or by `answer`."""

    def __init__(self, *explorer: Any, book: ScoreBook, **named: Any):
        self._book, self._kept = book, ""
        self._counted: set[int] = set()
        super().__init__(*explorer, **named)

    def answer(self, label: int) -> None:
        """Say which character the waiting picture is, 0 to 4."""
        self.set(**answered(label, Values(**self.values)))

    def set(self, **values: Any) -> None:
        """Move values, as in every explorer; a new game begins with no answers."""
        if "new" in values and values["new"] != self.values["new"]:
            values.setdefault("answers", ())
        super().set(**values)

    def _control_panel(self) -> list[ipywidgets.Widget]:
        panel, buttons = super()._control_panel()
        answers = []
        for label in range(WAYS):
            button = ipywidgets.Button(
                description=str(label + 1),
                tooltip=f"it is character {label + 1}",
                layout={"width": "48px"},
            )
            button.on_click(lambda _, label=label: self.answer(label))
            answers.append(button)
        buttons.children = [ipywidgets.Label("it is character"), *answers, *buttons.children]
        return [panel, buttons]

    def _on_value(self, change: Any) -> None:
        if change["owner"] is self._widgets["new"] and not self._holding:
            self._move({"answers": ()})
        else:
            super()._on_value(change)

    def _frame(self) -> None:
        game = one_shot_frame(**self.values)
        number = self.values["new"]
        if game.over and number not in self._counted:  # a game played twice counts once
            self._counted.add(number)
            result = {"right": game.right, "of": PICTURES, "script": SCRIPT}
            games = self._book.add(ONE_SHOT_GAME, result)
            self._kept = self._book.remark or f"Kept as your game {len(games)}."
        super()._frame()

    def _remark(self, data: Game, values: Values) -> str:
        return f"{data.right} of {PICTURES} right. {self._kept}" if data.over else ""


def answered(label: int, values: Values) -> dict[str, Any]:
    """The values after one more answer; after the last picture nothing changes.

    Raises ValueError for a label that is not 0 to 4.
    """
    if label not in range(WAYS):
        raise ValueError(f"label must be 0 to {WAYS - 1}, one of the characters, got {label!r}")
    return {"answers": (*values.answers, label)[:PICTURES]}


def last_answer(data: Game) -> str:
    """One sentence on the last answer, empty before the first."""
    if not data.answers:
        return ""
    n = len(data.answers)
    truth, said = data.truth[n - 1] + 1, data.answers[-1] + 1
    if truth == said:
        return f"picture {n}: right, it is character {truth}"
    return f"picture {n}: wrong, it is character {truth} and not {said}"


def one_shot_game(book: ScoreBook | None = None) -> OneShotGame:
    """Five characters that you cannot read, one example each: classify ten more pictures.

    The score of a finished game goes into `book`, by default the one in the user's data folder.
    """
    figure, board = style.new_figure(size=(7.6, 4.6))
    with style.course_style():
        board.set(xlim=(0, 10), ylim=(6.0, 0))
        board.set_axis_off()
        board.text(0, 0.25, "support set: one example of each character", weight="bold")
        board.text(0, 2.75, "query: which one is it?", weight="bold")
        support = [_picture(board, *_support_at(n), SUPPORT_SIDE) for n in range(WAYS)]
        for n in range(WAYS):
            board.text(2 * n + 1.66, 1.35, str(n + 1), ha="left", va="center", size=14)
        waiting = _picture(board, 0.83, 3.83, 1.6)
        slots = [_picture(board, n + 0.42, 5.28, 0.8) for n in range(PICTURES)]
        rights, wrongs = (
            board.plot([], [], marker=mark, color=style.INK, ms=11, ls="", animated=True)[0]
            for mark in ("$✓$", "$✗$")
        )
        status, verdict = Readout(board, 0.21, 0.37, size=13), Readout(board, 0.21, 0.29)

    def draw(data: Game, v: Values) -> str:
        done = len(data.answers)
        blank = np.zeros((PIXELS, PIXELS))
        for image, picture in zip(support, data.support, strict=True):
            image.set_data(picture)
        for n, slot in enumerate(slots):
            slot.set_data(data.queries[n] if n < done else blank)
        waiting.set_data(blank if data.over else data.queries[done])
        for marks, kind in ((rights, True), (wrongs, False)):
            at = [n + 0.42 for n in range(done) if (data.answers[n] == data.truth[n]) is kind]
            marks.set_data(at, [5.86] * len(at))
        score = f"{data.right} of {done} right"
        status.set_text(score if data.over else f"picture {done + 1} of {PICTURES}")
        verdict.set_text(last_answer(data))
        what = (
            f"A support set of {WAYS} {SCRIPT} characters, numbered 1 to {WAYS}, one example "
            "of each."
        )
        if data.over:
            return f"{what} The game is over: {score}."
        so_far = f" {last_answer(data).capitalize()}. So far {score}." if done else ""
        return f"{what} Query picture {done + 1} of {PICTURES} waits for your answer.{so_far}"

    return OneShotGame(
        figure,
        book=ScoreBook() if book is None else book,
        compute=one_shot_frame,
        draw=draw,
        controls=[Press("new", "new game"), Hidden("answers", ())],
        handles=[
            Handle(
                str(n + 1),
                f"it is character {n + 1}",
                board,
                lambda d, v, n=n: None if d.over else _support_at(n),
                click=partial(answered, n),
                size=(SUPPORT_SIDE, SUPPORT_SIDE),
            )
            for n in range(WAYS)
        ],
        describe=(
            "Game: five characters of a script that you cannot read, one example of each, and "
            "ten more pictures to classify, one after another."
        ),
    )


def _support_at(n: int) -> tuple[float, float]:
    return 2 * n + 0.78, 1.35


def _picture(board: Axes, x: float, y: float, side: float) -> AxesImage:
    """A framed place for a picture, centred at (x, y)."""
    low, high = -side / 2, side / 2
    corner, around = (x + low - 0.02, y + low - 0.02), side + 0.04
    frame = Rectangle(corner, around, around, fill=False, ec=style.FAINT, lw=1.5)
    board.add_patch(frame)
    return board.imshow(
        np.zeros((PIXELS, PIXELS)),
        cmap="gray_r",
        vmin=0,
        vmax=1,
        extent=(x + low, x + high, y + high, y + low),
        aspect="auto",
        animated=True,
    )
