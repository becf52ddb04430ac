"""Episodes of five characters: who deals them, what one φ says of them (06)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from course_utils import maml, networks
from course_utils.characters import PIXELS
from course_utils.networks import ConvNet, Params
from course_utils.notebook_06.pad import Stroke, picture_of
from course_utils.tasks import TaskBatch

WAYS, EACH, MOST_SHOTS, MOST_STEPS = 5, 2, 5, 5
COLUMNS = WAYS * EACH  # places of query pictures; character n has the places 2n and 2n + 1
ANY = "all unseen scripts"
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


def places_of(queries: Sequence[np.ndarray]) -> tuple[list[int], list[int]]:
    """The place (0 to 9) and the character (0 to 4) of each query picture, character by character.

    Raises ValueError if a character has more than two.
    """
    for n, pictures in enumerate(queries):
        if len(pictures) > EACH:
            raise ValueError(
                f"queries[{n}] must be at most {EACH} pictures, as many as there are places for "
                f"them, got {len(pictures)}"
            )
    each = [(EACH * n + i, n) for n, part in enumerate(queries) for i in range(len(part))]
    return [place for place, _ in each], [n for _, n in each]
