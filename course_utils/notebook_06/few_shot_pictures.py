"""Five characters that nobody has seen: a φ adapts to them step by step, to yours too (06)."""

from __future__ import annotations

import html
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Protocol

import ipywidgets
import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from course_utils import maml, networks
from course_utils.characters import PIXELS
from course_utils.evaluation import Mean
from course_utils.explorers.controls import Choice, Hidden, Press, Slider
from course_utils.explorers.explorer import Explorer, Handle, Values
from course_utils.networks import ConvNet, Params
from course_utils.notebook_06.episode_board import (
    COLUMN,
    COLUMNS,
    EACH,
    MOST_SHOTS,
    MOST_STEPS,
    ROW_SIZE,
    WAYS,
    EpisodeBoard,
    middle,
    places_of,
    support_row,
)
from course_utils.notebook_06.pad import Pad, Stroke, checked_strokes, picture_of
from course_utils.notebook_06.pictures import look_of
from course_utils.support.scores import ONE_SHOT_GAME, ScoreBook
from course_utils.tasks import TaskBatch

ANY = "all unseen scripts"
MOST_DRAWINGS = 12  # of the reader's own, of one character
TASKS_TO_KNOW = 200  # drawn once, to know the family's characters

Own = tuple[tuple[int, tuple[Stroke, ...]], ...]


class DrawnFamily(Protocol):
    """A family of few-shot tasks of characters (`tasks.Characters`): its scripts and tasks."""

    scripts: Sequence[str]

    def sample(
        self,
        n_tasks: int,
        *,
        ways: int,
        shots: int,
        queries: int,
        generator: torch.Generator | None,
    ) -> TaskBatch:
        """Draw tasks with the facts "code" and "script", each (tasks, ways)."""


@dataclass(frozen=True)
class Pool:
    """Characters with some pictures of each: support (n, 5, 28, 28), query (n, 2, 28, 28).

    letters: the characters themselves. members: {script: indices of its characters}.
    """

    letters: str
    support: np.ndarray
    query: np.ndarray
    members: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Task:
    """One task: what there is to learn from, what to be asked about, each by character.

    letters: what the characters are. support, queries: five arrays (pictures, 28, 28) each. own:
    which characters the reader drew.
    """

    letters: str
    support: tuple[np.ndarray, ...]
    queries: tuple[np.ndarray, ...]
    own: tuple[int, ...] = ()


@dataclass(frozen=True)
class Episode:
    """A frame: a task and what one φ says of it after 0, 1, ... inner steps.

    columns: the place (0 to 9) of each query picture, (Q,); truth: its character, 0 to 4.
    probabilities: (steps + 1, Q, 5).
    """

    task: Task
    columns: list[int]
    truth: list[int]
    probabilities: np.ndarray

    def right(self, steps: int) -> np.ndarray:
        """Which query pictures are named right after so many steps, (Q,); none that is NaN."""
        found = self.probabilities[steps]
        return np.isfinite(found).all(-1) & (found.argmax(-1) == self.truth)

    def place(self, column: int) -> int:
        """Which query picture stands at a column, or is the nearest to it."""
        return int(np.abs(np.array(self.columns) - column).argmin())


def pool_of(family: DrawnFamily, generator: torch.Generator) -> Pool:
    """The characters that some tasks of a family show, five support and two query pictures each."""
    batch = family.sample(
        TASKS_TO_KNOW, ways=WAYS, shots=MOST_SHOTS, queries=EACH, generator=generator
    )
    codes, scripts = (batch.facts[name].flatten().tolist() for name in ("code", "script"))
    first: dict[int, int] = {}
    for i, code in enumerate(codes):
        first.setdefault(code, i)
    kept = [first[code] for code in sorted(first)]
    support, query = (
        x.reshape(len(codes), -1, PIXELS, PIXELS)[kept].numpy()
        for x in (batch.support_x, batch.query_x)
    )
    members = {
        name: tuple(i for i, kept_one in enumerate(kept) if scripts[kept_one] == number)
        for number, name in enumerate(family.scripts)
    }
    enough = {name: found for name, found in members.items() if len(found) >= WAYS}
    letters = "".join(map(chr, sorted(first)))
    return Pool(letters, support, query, {ANY: tuple(range(len(kept))), **enough})


def deal(
    pool: Pool,
    script: str,
    new: int,
    shots: int,
    *,
    others: Sequence[int] = (),
    own: Own = (),
) -> Task:
    """Task number `new` of a script, where the reader's own drawings replace what they name.

    `others` are the places (0 to 4, oldest first) that another character of the script has taken.
    `own` are (character, strokes), oldest first: a character's first `shots` drawings are its
    support pictures, the newest two of the others its query pictures.
    """
    random = np.random.default_rng([new, *script.encode()])
    chosen, waiting = np.split(random.permutation(pool.members[script]), [WAYS])
    waiting = deque(waiting.tolist())
    for place in others:
        waiting.append(chosen[place])
        chosen[place] = waiting.popleft()
    support = [pool.support[i, :shots] for i in chosen]
    queries = [pool.query[i] for i in chosen]
    labels = tuple(sorted({label for label, _ in own}))
    for label in labels:
        drawn = np.stack([picture_of(strokes) for of, strokes in own if of == label])
        support[label], queries[label] = drawn[:shots], drawn[shots:][-EACH:]
    letters = "".join(pool.letters[i] for i in chosen)
    return Task(letters, tuple(support), tuple(queries), labels)


def episode_frame(
    network: ConvNet,
    phi: Params,
    task: Task,
    *,
    inner_lr: float,
    transductive: bool = True,
    steps: int = MOST_STEPS,
) -> Episode:
    """Adapt φ to a task's support set; the query pictures' probabilities after every step.

    `transductive` normalises the query set by its own statistics, otherwise by those of the support
    set. Raises ValueError if there is no query picture.
    """
    columns, truth = places_of(task.queries)
    if not truth:
        raise ValueError("there is no query picture: draw one of the five characters once more")
    support_x, query_x = _as_input(task.support), _as_input(task.queries)
    y = torch.arange(WAYS).repeat_interleave(torch.tensor(list(map(len, task.support))))[None]
    loss, found = networks.cross_entropy(network), []
    with torch.no_grad():
        for leaves in maml.trajectory(loss, phi, support_x, y, inner_lr=inner_lr, steps=steps):
            theta = {name: leaf[0] for name, leaf in leaves.items()}
            used = theta if transductive else network.with_statistics(theta, support_x[0])
            found.append(network(used, query_x[0]).softmax(-1).numpy())
    return Episode(task, columns, truth, np.stack(found))


def _as_input(pictures: Sequence[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.concatenate(pictures))[None, :, None]


def with_drawing(label: int, strokes: Sequence[Any], values: Values) -> dict[str, Any]:
    """The values after one more drawing of the reader's, of character `label` (0 to 4).

    Raises ValueError if the pad is empty, the label names no character or it has drawings enough.
    """
    if label not in range(WAYS):
        raise ValueError(f"label must be 0 to {WAYS - 1}, one of the characters, got {label!r}")
    before = sum(of == label for of, _ in values.own)
    if before == MOST_DRAWINGS:
        raise ValueError(
            f"character {label + 1} has {MOST_DRAWINGS} drawings of yours, the most there can be: "
            "forget them to begin anew"
        )
    asked = {"chosen": EACH * label + min(before - values.shots, EACH - 1)}
    own = (*values.own, (label, checked_strokes(strokes)))
    return {"own": own} | (asked if before >= values.shots else {})


def told(values: Values) -> str:
    """What stands beside the pad: what the drawings so far are for, and what comes next."""
    if not values.own:
        return (
            "<b>Draw your own character</b>, one that nobody has ever seen, and press the number "
            "of the one that it replaces."
        )
    lines = []
    for label in sorted({label for label, _ in values.own}):
        drawings = sum(of == label for of, _ in values.own)
        learns, asks = min(drawings, values.shots), min(max(drawings - values.shots, 0), EACH)
        lines.append(f"<b>Character {label + 1} is yours</b>: {learns} to learn from, {asks} asked")
    label = values.own[-1][0]
    drawings = sum(of == label for of, _ in values.own)
    use = "to learn from." if drawings < values.shots else "to be asked: is it recognised?"
    return f"{'. '.join(lines)}. Draw it again and press {label + 1}: the next one is {use}"


class FewShotPictures(Explorer):
    """An explorer with a pad: what is drawn on it can replace one of the five characters."""

    def _control_panel(self) -> list[ipywidgets.Widget]:
        self.pad, numbers = Pad(), []
        self._told = ipywidgets.HTML(told(Values(**self.values)))
        for label in range(WAYS):
            button = ipywidgets.Button(
                description=str(label + 1),
                tooltip=f"my drawing is character {label + 1}",
                layout={"width": "44px"},
            )
            button.on_click(lambda _, label=label: self._taught(label))
            numbers.append(button)
        clear = ipywidgets.Button(description="clear the pad", layout={"width": "auto"})
        forget = ipywidgets.Button(description="forget my drawings", layout={"width": "auto"})
        clear.on_click(lambda _: self.pad.clear())
        forget.on_click(lambda _: self.set(own=()))
        rows = [
            [ipywidgets.Label("this is character"), *numbers],
            [clear, forget],
        ]
        boxes = [ipywidgets.HBox(row) for row in rows]
        for box in boxes:
            box.add_class("course-buttons")
        own = ipywidgets.HBox([self.pad, ipywidgets.VBox([self._told, *boxes])])
        own.children[1].layout.max_width = "480px"
        own.add_class("course-own")
        return [*super()._control_panel(), own]

    def draw_own(self, label: int, strokes: Sequence[Any]) -> None:
        """Add a drawing, lists of points [x, y] from 0 to 1, as one of character `label`, 0 to 4.

        Raises ValueError as `with_drawing` does.
        """
        self.set(**with_drawing(label, strokes, Values(**self.values)))

    def reset(self) -> None:
        """Put every value back to where it started, and clear the pad."""
        self.pad.clear()
        super().reset()

    def _taught(self, label: int) -> None:
        try:
            self.draw_own(label, self.pad.strokes)
        except ValueError as error:
            self.note.value = html.escape(f"{error}.")
        else:
            self.pad.clear()

    def _frame(self) -> None:
        super()._frame()
        self._told.value = told(Values(**self.values))


def few_shot_pictures(
    network: ConvNet,
    phis: Mapping[str, Params],
    family: DrawnFamily,
    *,
    inner_lr: float,
    accuracies: Mapping[str, Mean] | None = None,
    measured_on: str = "many unseen tasks",
    script: str | None = None,
    book: ScoreBook | None = None,
) -> FewShotPictures:
    """Choose five unseen characters, or draw some; see a φ adapt to them, step by step.

    Parameters
    ----------
    network, phis, inner_lr
        A classifier of five characters (`networks.convnet`), {"MAML": φ, ...}, and its α.
    family
        Unseen characters, `tasks.Characters("test")`.
    accuracies
        {method: mean share right over tasks}, shown beside the reader's own score, which is that
        of a game with Georgian characters.
    measured_on
        Those tasks, in words.
    script
        One of the family's to open with; by default all of them.
    book
        Where the score of notebook 01's game is, by default in the user's data folder.

    Raises ValueError if there is no φ, or the family has no such script.
    """
    if not phis:
        raise ValueError("phis must hold one φ at least by its name, got none")
    pool = pool_of(family, torch.Generator().manual_seed(6))
    board = EpisodeBoard(
        scores(accuracies or {}, measured_on, ScoreBook() if book is None else book)
    )

    @lru_cache(maxsize=16)
    def episode(script, method, new, shots, transductive, others, own) -> Episode:
        task = deal(pool, script, new, shots, others=others, own=own)
        options = {"inner_lr": inner_lr, "transductive": transductive}
        return episode_frame(network, phis[method], task, **options)

    def compute(script, method, shots, steps, transductive, new, others, own, chosen) -> Episode:
        places = others_of(others, script, new)
        return episode(script, method, new, shots, transductive, places, own)

    def draw(data: Episode, v: Values) -> str:
        sentences = said(data, v)
        board.show(
            data.task.support,
            data.task.queries,
            data.probabilities,
            right=data.right(v.steps),
            steps=v.steps,
            column=data.columns[data.place(v.chosen)],
            color=look_of(v.method)["color"],
            own=data.task.own,
            sentences=sentences,
        )
        return f"{what(data.task, v)} {'. '.join(sentences)}. {remark(data, v.steps)}".strip()

    return FewShotPictures(
        board.figure,
        compute=compute,
        draw=draw,
        controls=[
            Choice("script", "script", [(n, n) for n in pool.members], script or ANY),
            Choice("method", "initial parameters  φ", [(n, n) for n in phis], next(iter(phis))),
            Slider("shots", "K", "shots", 1, MOST_SHOTS, 1, 1),
            Slider("steps", "k", "inner steps", 0, MOST_STEPS, 1, 0),
            Choice(
                "transductive",
                "batch statistics of",
                [("the query set (transductive)", True), ("the support set", False)],
                True,
            ),
            Press("new", "surprise me"),
            Hidden("others", ((), "", 0)),
            Hidden("own", ()),
            Hidden("chosen", 0),
        ],
        handles=[*_support_handles(board.axes, pool), *_query_handles(board.axes)],
        describe=(
            "Explorer: a task of five characters of scripts that training has not seen, the "
            "support pictures, and for each query picture the probabilities of the five."
        ),
    )


def others_of(others: tuple, script: str, new: int) -> tuple[int, ...]:
    """Which places have another character: those of this very task, not of the one before."""
    places, *of = others
    return places if of == [script, new] else ()


def _support_handles(axes: Axes, pool: Pool) -> list[Handle]:
    """Five rows to click: another character there, where the script has one to spare."""

    def at(n: int, data: Episode, values: Values) -> tuple[float, float] | None:
        spare = len(pool.members[values.script]) > WAYS
        return support_row(n) if spare and n not in data.task.own else None

    def click(n: int, values: Values) -> dict[str, Any]:
        places = others_of(values.others, values.script, values.new)
        return {"others": ((*places, n), values.script, values.new)}

    return [
        Handle(
            f"other {n + 1}",
            f"another character in place {n + 1}",
            axes,
            partial(at, n),
            click=partial(click, n),
            size=ROW_SIZE,
        )
        for n in range(WAYS)
    ]


def _query_handles(axes: Axes) -> list[Handle]:
    """Ten pictures to click: the one that is shown large."""
    return [
        Handle(
            str(n + 1),
            f"query picture {n + 1}: show it large",
            axes,
            lambda data, values, n=n: middle(n) if n in data.columns else None,
            click=lambda values, n=n: {"chosen": n},
            size=(COLUMN, COLUMN),
        )
        for n in range(COLUMNS)
    ]


def what(task: Task, values: Values) -> str:
    """One sentence: which characters, and from how many pictures each is learned."""
    letters = ("yours" if n in task.own else letter for n, letter in enumerate(task.letters))
    return (
        f"A task of {WAYS} characters of {values.script}: {', '.join(letters)}; {values.shots} "
        f"support picture{'s' * (values.shots > 1)} of each."
    )


def said(data: Episode, values: Values) -> tuple[str, str]:
    """Two sentences: how many are right, and what is said of the chosen query picture."""
    right, at = data.right(values.steps), data.place(values.chosen)
    probabilities, truth = data.probabilities[values.steps, at], data.truth[at]
    after = f"after {values.steps} inner step{'s' * (values.steps != 1)}"
    score = f"{values.method} {after}: {right.sum()} of {len(right)} right"
    query = f"Query {data.columns[at] + 1}"
    if not np.isfinite(probabilities).all():
        return score, f"{query}: its probabilities are no longer finite"
    guess = "right" if right[at] else f"wrong: the guess is {probabilities.argmax() + 1}"
    who = "your character" if truth in data.task.own else "character"
    return score, f"{query} is {who} {truth + 1}, p = {probabilities[truth]:.2f}, {guess}"


def remark(data: Episode, steps: int) -> str:
    """What has gone wrong in words, or an empty text."""
    if np.isfinite(data.probabilities[: steps + 1]).all():
        return ""
    return "The inner steps overshoot: probabilities are no longer finite."


def scores(accuracies: Mapping[str, Mean], measured_on: str, book: ScoreBook) -> list[str]:
    """The methods' mean scores, if given, and the reader's own, a line each.

    Raises ValueError if a mean is no share: it may be in per cent already.
    """
    listed = []
    for name, share in accuracies.items():
        if share.mean > 1:
            raise ValueError(
                f"accuracies[{name!r}] must be a share from 0 to 1, not in per cent, got {share}"
            )
        score = f"{name}: {100 * share.mean:.1f} ± {100 * share.half_width:.1f} %"
        listed.append(score.replace(" ", "\xa0"))  # a name and its number stay on one line
    lines = [f"Right on {measured_on}:  {';  '.join(listed)}"] if listed else []
    return [*lines, own_score(book)]


def own_score(book: ScoreBook) -> str:
    """The reader's own score in notebook 01's game, or where it can be had."""
    games = [game for game in book.results(ONE_SHOT_GAME) if {"right", "of"} <= game.keys()]
    if not games:
        return "You: not known yet. Play the one-shot game of notebook 01, then run this cell anew."
    right, of = (sum(game[name] for game in games) for name in ("right", "of"))
    return (
        f"You, in {len(games)} one-shot game{'s' * (len(games) > 1)} of notebook 01: "
        f"{right} of {of} right, {100 * right / of:.0f} %"
    )
