"""A prediction and tables: MAML and its cousins side by side on equal budgets (notebook 07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from course_utils.evaluation import Mean, median_with_interval, percent
from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style

NAMES = {
    "maml": "MAML",
    "maml_3": "MAML, 3 steps",
    "first_order": "first-order MAML",
    "reptile": "Reptile",
    "anil": "ANIL (head adapts)",
    "boil": "BOIL (body adapts)",
    "meta_sgd": "Meta-SGD",
    "per_step": "step sizes per layer, 3 steps",
    "imaml": "iMAML",
    "transfer": "transfer",
    "prototypes": "prototypes (no step)",
}
MARKERS = ("o", "s", "^")  # of the three seeds
CHANCE = 20.0


def rows(values: Mapping[str, Sequence[Tensor]]) -> dict[str, list[Mean]]:
    """Accuracies in per cent with their intervals: by member, one a seed."""
    return {member: [percent(each) for each in seeds] for member, seeds in values.items()}


def who_wins(values: Mapping[str, Sequence[Tensor]]) -> Prediction:
    """Predict who is best on characters after 2,000 meta-batches, MAML's row being shown.

    values: shares of right answers by member, (tasks,) one a seed.
    """
    known = rows(values)
    best = max(known, key=lambda name: np.mean([mean.mean for mean in known[name]]))
    options = ("maml", "first_order", "anil", "meta_sgd", "prototypes")
    with Scene(size=(7.6, 4.3)) as (scene, axes):
        _frame(axes, list(known))
        for row, name in enumerate(known):
            for mark in _row(axes, row, known[name]):
                if name != "maml":
                    scene.seen(mark, revealed)
        scene.text(axes, lambda f: "seeds: ○ 0   □ 1   △ 2" if f.revealed else "MAML's three seeds")
    return scene.prediction(
        lambda guess, revealed: known,
        vocabulary.verdicts([(NAMES[name], name) for name in options]),
        question=(
            "Characters, 5 ways, 1 shot. Everybody gets the same 2,000 meta-batches of 8 tasks. "
            "MAML's three runs are drawn. Who is best on unseen scripts?"
        ),
        verdict=lambda f: _verdict(f, known, best),
        alt=lambda f: _alt(f, known),
        describe=(
            "Prediction: the accuracy of MAML's three runs on characters, and a choice of who is "
            "best among its cousins."
        ),
    )


def _frame(axes: Axes, names: Sequence[str]) -> None:
    count = len(names)
    axes.set(xlim=(CHANCE, 100), ylim=(count - 0.4, -0.6), xlabel="% right on unseen scripts")
    axes.set_yticks(range(count), [NAMES[name] for name in names])
    axes.tick_params(axis="y", length=0, labelsize=10)


def _row(axes: Axes, row: int, means: Sequence[Mean]) -> list[Line2D]:
    """The three seeds of a member, each with its interval."""
    drawn: list[Line2D] = []
    for n, (mean, marker) in enumerate(zip(means, MARKERS, strict=True)):
        y = row + 0.22 * (n - 1)
        drawn += axes.plot([mean.low, mean.high], [y, y], color="#777777", lw=1.6)
        look = {"marker": marker, "ms": 6, "mec": style.INK, "color": "white", "zorder": 3}
        drawn += axes.plot([mean.mean], [y], **look)
    return drawn


def _verdict(f, known: Mapping[str, Sequence[Mean]], best: str) -> str:
    if f.guess is None:
        judged = "Choose before you look, next time."
    else:
        judged = "You saw it." if f.guess == best else f"Not {NAMES[f.guess]}."
    said = ", ".join(f"{mean.mean:.0f}" for mean in known[best])
    mamls = ", ".join(f"{mean.mean:.0f}" for mean in known["maml"])
    return f"{judged} {NAMES[best]}: {said} %. MAML: {mamls} %."


def _alt(f, known: Mapping[str, Sequence[Mean]]) -> str:
    shown = known if f.revealed else ["maml"]
    said = "; ".join(
        f"{NAMES[name]} " + ", ".join(f"{mean.mean:.0f}" for mean in known[name]) for name in shown
    )
    return f"Accuracy in per cent on unseen scripts, three seeds each: {said}."


def table_of_shares(values: Mapping[str, Sequence[Tensor]], seconds: Mapping[str, int]) -> str:
    """A row a member: the accuracy of each seed, the paired difference from MAML, CPU seconds.

    The difference is over tasks: of each its mean over the seeds, MAML's taken away.
    """
    lines = [_head("minus MAML")]
    for member, seeds in values.items():
        apart = [ours - theirs for ours, theirs in zip(seeds, values["maml"], strict=True)]
        difference = "" if member == "maml" else str(percent(torch.stack(apart).mean(0)))
        lines.append(_line(member, map(percent, seeds), difference, seconds[member]))
    return "\n".join(lines)


def table_of_errors(values: Mapping[str, Sequence[Tensor]], seconds: Mapping[str, int]) -> str:
    """A row a member: the median error of each seed, how often it beats MAML, CPU seconds.

    Medians, since a few tasks may explode; "beats MAML" is the share of tasks, in per cent, on
    which the error is lower than MAML's of the same seed.
    """
    lines = [_head("beats MAML, %")]
    for member, seeds in values.items():
        below = [
            (ours < theirs).float() for ours, theirs in zip(seeds, values["maml"], strict=True)
        ]
        often = "" if member == "maml" else str(percent(torch.stack(below).mean(0)))
        lines.append(_line(member, map(median_with_interval, seeds), often, seconds[member]))
    return "\n".join(lines)


def exploded(values: Mapping[str, Sequence[Tensor]], beyond: float = 100.0) -> dict[str, list[int]]:
    """By member, the number of tasks of each seed whose error is beyond a limit, or not finite."""
    return {
        NAMES[member]: [int((~(each <= beyond)).sum()) for each in seeds]
        for member, seeds in values.items()
        if any((~(each <= beyond)).any() for each in seeds)
    }


def _head(last: str) -> str:
    return f"{'':31}{'seed 0':15}{'seed 1':15}{'seed 2':15}{last:15}seconds"


def _line(member: str, means: Iterable[object], last: str, seconds: int) -> str:
    cells = "".join(f"{mean!s:15}" for mean in means)
    return f"{NAMES[member]:31}{cells}{last:15}{seconds} s"
