"""Five characters that nobody has seen: a φ adapts to them step by step, to yours too (06)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.evaluation import Mean
from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Choice, Hidden, Press, Slider
from course_utils.explorers.scene import Frame, Scene
from course_utils.networks import ConvNet, Params
from course_utils.notebook_06 import episode_board
from course_utils.notebook_06.episodes import (
    ANY,
    COLUMNS,
    MOST_SHOTS,
    MOST_STEPS,
    WAYS,
    DrawnFamily,
    Episode,
    Pool,
    deal,
    episode_frame,
    pool_of,
)
from course_utils.notebook_06.own_drawings import FewShotPictures
from course_utils.support.scores import ONE_SHOT_GAME, ScoreBook

STATISTICS = (("the query set (transductive)", True), ("the support set", False))


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
    own: bool = True,
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
    own
        Whether that score is shown: not where there is no cell to run again.

    Raises ValueError if there is no φ, or the family has no such script.
    """
    if not phis:
        raise ValueError("phis must hold one φ at least by its name, got none")
    pool = pool_of(family, torch.Generator().manual_seed(6))
    book = (ScoreBook() if book is None else book) if own else None
    lines = scores(accuracies or {}, measured_on, book)
    with Scene(size=episode_board.SIZE) as (scene, board):
        episode_board.draw_still(board, lines)
        episode_board.draw_moving(scene, board)
        scene.text(board, _score, **episode_board.BELOW_TABLE)
        scene.text(board, _query, **episode_board.ABOVE_BARS)
        _add_buttons(scene, board, pool)
    return scene.explorer(
        _compute(network, phis, pool, inner_lr),
        Choice("script", "script", [(n, n) for n in pool.members], script or ANY),
        Choice("method", "initial parameters  φ", [(n, n) for n in phis], next(iter(phis))),
        Slider("shots", "K", "shots", 1, MOST_SHOTS, 1, 1),
        vocabulary.steps(MOST_STEPS, 0),
        Choice("transductive", "batch statistics of", list(STATISTICS), True),
        Press("new", "surprise me"),
        Hidden("others", ((), "", 0)),
        Hidden("own", ()),
        Hidden("chosen", 0),
        alt=lambda f: f"{_what(f)} {_score(f)}. {_query(f)}. {_remark(f)}".strip(),
        describe=(
            "Explorer: a task of five characters of scripts that training has not seen, the "
            "support pictures, and for each query picture the probabilities of the five."
        ),
        kind=FewShotPictures,
    )


def _compute(
    network: ConvNet, phis: Mapping[str, Params], pool: Pool, inner_lr: float
) -> Callable[..., Episode]:
    """From values to their episode; one that was seen lately is not adapted again."""

    @lru_cache(maxsize=16)
    def episode(script, method, new, shots, transductive, others, own) -> Episode:
        task = deal(pool, script, new, shots, others=others, own=own)
        options = {"inner_lr": inner_lr, "transductive": transductive}
        return episode_frame(network, phis[method], task, **options)

    def compute(script, method, shots, steps, transductive, new, others, own, chosen) -> Episode:
        places = _others(others, script, new)
        return episode(script, method, new, shots, transductive, places, own)

    return compute


def _others(others: tuple, script: str, new: int) -> tuple[int, ...]:
    """Which places have another character: those of this very task, not of the one before."""
    places, *of = others
    return places if of == [script, new] else ()


def _add_buttons(scene: Scene, board: Axes, pool: Pool) -> None:
    """Five rows to click for another character, ten query pictures to see them large."""

    def row(f: Frame, n: int) -> tuple[float, float] | None:
        spare = len(pool.members[f.script]) > WAYS
        return episode_board.support_row(n) if spare and n not in f.data.task.own else None

    def another(f: Frame, n: int) -> dict[str, Any]:
        return {"others": ((*_others(f.others, f.script, f.new), n), f.script, f.new)}

    for n in range(WAYS):
        scene.button(
            board,
            partial(row, n=n),
            f"another character in place {n + 1}",
            partial(another, n=n),
            name=f"other {n + 1}",
            size=episode_board.ROW_SIZE,
        )
    for n in range(COLUMNS):
        scene.button(
            board,
            lambda f, n=n: episode_board.middle(n) if n in f.data.columns else None,
            f"query picture {n + 1}: show it large",
            lambda f, n=n: {"chosen": n},
            name=str(n + 1),
            size=episode_board.QUERY_SIZE,
        )


def _what(f: Frame) -> str:
    """Which characters, and from how many pictures each is learned."""
    task = f.data.task
    letters = ("yours" if n in task.own else letter for n, letter in enumerate(task.letters))
    return (
        f"A task of {WAYS} characters of {f.script}: {', '.join(letters)}; {f.shots} "
        f"support picture{'s' * (f.shots > 1)} of each."
    )


def _score(f: Frame) -> str:
    """How many query pictures are named right."""
    right = f.data.right(f.steps)
    after = f"after {f.steps} inner step{'s' * (f.steps != 1)}"
    return f"{f.method} {after}: {right.sum()} of {len(right)} right"


def _query(f: Frame) -> str:
    """What is said of the query picture that is shown large."""
    at = f.data.place(f.chosen)
    probabilities, truth = f.data.probabilities[f.steps, at], f.data.truth[at]
    query = f"Query {f.data.columns[at] + 1}"
    if not np.isfinite(probabilities).all():
        return f"{query}: its probabilities are no longer finite"
    right = f.data.right(f.steps)[at]
    guess = "right" if right else f"wrong: the guess is {probabilities.argmax() + 1}"
    who = "your character" if truth in f.data.task.own else "character"
    return f"{query} is {who} {truth + 1}, p = {probabilities[truth]:.2f}, {guess}"


def _remark(f: Frame) -> str:
    """What has gone wrong in words, or an empty text."""
    if np.isfinite(f.data.probabilities[: f.steps + 1]).all():
        return ""
    return "The inner steps overshoot: probabilities are no longer finite."


def scores(accuracies: Mapping[str, Mean], measured_on: str, book: ScoreBook | None) -> list[str]:
    """The methods' mean scores, if given, and the reader's own of a book, a line each.

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
    return lines if book is None else [*lines, own_score(book)]


def own_score(book: ScoreBook) -> str:
    """The reader's own score in notebook 01's game, or where it can be had."""
    games = book.results(ONE_SHOT_GAME)
    if not games:
        how = "Play the one-shot game of notebook 01, then run this cell anew."
        return f"You: not known yet. {book.remark or how}"
    right, of = (sum(game[name] for game in games) for name in ("right", "of"))
    return (
        f"You, in {len(games)} one-shot game{'s' * (len(games) > 1)} of notebook 01: "
        f"{right} of {of} right, {100 * right / of:.0f} %"
    )
