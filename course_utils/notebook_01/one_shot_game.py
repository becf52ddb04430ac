"""The reader's own one-shot game: five characters, one example each, ten to classify (01)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.patches import Rectangle

from course_utils.characters import PIXELS, characters_of, draw_character, styles_of
from course_utils.explorers.controls import Hidden, Press
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Frame, Scene
from course_utils.figures import style
from course_utils.support.scores import ONE_SHOT_GAME, ScoreBook

WAYS, PICTURES = 5, 10
SCRIPT, STYLES = "Georgian", 12
MOST_ALIKE = 0.75  # correlation of two characters of one game
SUPPORT_SIDE = 1.5
BLANK = np.zeros((PIXELS, PIXELS))


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
        self.set(**answered(label, self.frame))

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

    def _remark(self, frame: Frame) -> str:
        game = frame.data
        return f"{game.right} of {PICTURES} right. {self._kept}" if game.over else ""


def answered(label: int, frame: Frame) -> dict[str, Any]:
    """The values after one more answer; after the last picture nothing changes.

    Raises ValueError for a label that is not 0 to 4.
    """
    if label not in range(WAYS):
        raise ValueError(f"label must be 0 to {WAYS - 1}, one of the characters, got {label!r}")
    return {"answers": (*frame.answers, label)[:PICTURES]}


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
    with Scene(size=(7.6, 4.6)) as (scene, board):
        board.set(xlim=(0, 10), ylim=(6.0, 0))
        board.set_axis_off()
        board.text(0, 0.25, "support set: one example of each character", weight="bold")
        board.text(0, 2.75, "query: which one is it?", weight="bold")
        for n in range(WAYS):
            _support(scene, n)
        _picture(scene, (0.83, 3.83), 1.6, _waiting, gid="waiting")
        for n in range(PICTURES):
            _picture(scene, (n + 0.42, 5.28), 0.8, partial(_done, n), gid=f"done {n + 1}")
        for mark, right in (("$✓$", True), ("$✗$", False)):
            look = {"marker": mark, "color": style.INK, "ms": 11, "ls": ""}
            for n in range(PICTURES):
                gid = f"{'right' if right else 'wrong'} {n + 1}"
                scene.line(board, partial(_marked, n, right), **look, gid=gid)
        scene.text(board, _status, x=0.21, y=0.37, size=13)
        scene.text(board, lambda f: last_answer(f.data), x=0.21, y=0.29)
    return scene.explorer(
        one_shot_frame,
        Press("new", "new game"),
        Hidden("answers", ()),
        alt=_alt,
        describe=(
            "Game: five characters of a script that you cannot read, one example of each, and "
            "ten more pictures to classify, one after another."
        ),
        kind=OneShotGame,
        book=ScoreBook() if book is None else book,
    )


def _support(scene: Scene, n: int) -> None:
    """Character n of the support set, its number, and the place to click."""
    x, y = at = 2 * n + 0.78, 1.35
    _picture(scene, at, SUPPORT_SIDE, lambda f: f.data.support[n], gid=f"support {n + 1}")
    scene.axes.text(x + 0.88, y, str(n + 1), ha="left", va="center", size=14)
    label, place = f"it is character {n + 1}", lambda f: None if f.data.over else at
    size = (SUPPORT_SIDE, SUPPORT_SIDE)
    scene.button(scene.axes, place, label, partial(answered, n), name=str(n + 1), size=size)


def _picture(
    scene: Scene, at: tuple, side: float, pixels: Callable[[Frame], np.ndarray], *, gid: str
) -> None:
    """A framed picture, centred at `at`: pixels(frame) is (28, 28)."""
    (x, y), half, around = at, side / 2, side + 0.04
    corner = x - half - 0.02, y - half - 0.02
    scene.axes.add_patch(Rectangle(corner, around, around, fill=False, ec=style.FAINT, lw=1.5))
    extent = (x - half, x + half, y + half, y - half)
    look = {"cmap": "gray_r", "vmin": 0, "vmax": 1, "aspect": "auto", "gid": gid}
    image = scene.axes.imshow(BLANK, extent=extent, **look)
    scene.follow(image, lambda image, f: image.set_data(pixels(f)))


def _waiting(f) -> np.ndarray:
    """The picture that waits for an answer."""
    return BLANK if f.data.over else f.data.queries[len(f.data.answers)]


def _done(n: int, f) -> np.ndarray:
    """Query picture n, once it has been answered."""
    return f.data.queries[n] if n < len(f.data.answers) else BLANK


def _marked(n: int, right: bool, f) -> tuple[float, float] | None:
    """Where the mark of picture n stands: under it, if its answer was right, or wrong."""
    given = n < len(f.data.answers) and (f.data.answers[n] == f.data.truth[n]) is right
    return (n + 0.42, 5.86) if given else None


def _score(f) -> str:
    return f"{f.data.right} of {len(f.data.answers)} right"


def _status(f) -> str:
    return _score(f) if f.data.over else f"picture {len(f.data.answers) + 1} of {PICTURES}"


def _alt(f) -> str:
    done = len(f.data.answers)
    what = (
        f"A support set of {WAYS} {SCRIPT} characters, numbered 1 to {WAYS}, one example of each."
    )
    if f.data.over:
        return f"{what} The game is over: {_score(f)}."
    so_far = f" {last_answer(f.data).capitalize()}. So far {_score(f)}." if done else ""
    return f"{what} Query picture {done + 1} of {PICTURES} waits for your answer.{so_far}"
