"""A prediction: who ends best on five points of a straight line? (notebook 08)"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_08 import looks
from course_utils.tasks import TaskBatch

WAVES, LINES = 0.0, 1.0  # where the two families stand on the picture's axis
TICKS = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
TOP = 11.0
ASKED = ("MAML", "transfer", "random")
Medians = Mapping[str, np.ndarray]


def order_on_a_line(waves: Medians, lines: Medians, task: TaskBatch) -> Prediction:
    """Predict which of three networks ends best on lines, from how they end on waves.

    waves, lines: {learner: (trainings,)}, medians over many tasks; one number where a learner is
    not trained. `task` is a line to show, a batch of one. Raises ValueError if a learner of the
    three is missing, or the two do not name the same ones.
    """
    missing = set(ASKED) - waves.keys()
    if missing or waves.keys() != lines.keys():
        raise ValueError(
            f"waves and lines must both have {', '.join(ASKED)} and name the same learners, got "
            f"{list(waves)} and {list(lines)}"
        )
    best = _best_first(lines)[0]
    ratios = {"gridspec_kw": {"width_ratios": [4, 9]}}
    with Scene(1, 2, size=(7.6, 4.2), **ratios) as (scene, (left, right)):
        _one_line(left, task)
        for artist in slopes(right, waves, lines):
            scene.seen(artist, revealed)
    return scene.prediction(
        lambda guess, revealed: None,
        vocabulary.verdicts([(looks.NAMES[name], name) for name in ASKED]),
        question=(
            "MAML, transfer learning and an untrained network get <b>five points of a straight "
            "line</b> (left) and take five steps. On waves we know the order (right). Which of the "
            "three ends nearest to the line?"
        ),
        verdict=lambda f: _verdict(f, waves, lines, best),
        alt=lambda f: _alt(f, waves, lines),
        describe=(
            "Prediction: five points of a straight line, and the errors of five learners on waves; "
            "which network is best on lines is to be guessed."
        ),
    )


def slopes(ax: Axes, waves: Medians, lines: Medians) -> list:
    """Draw each learner's medians on waves and on lines; returns what belongs to the lines.

    The axis is a square root: it begins at 0, and small errors keep their distance.
    """
    moving = []
    ax.set_yscale("function", functions=(_root, np.square))
    ax.set(xlim=(-0.95, 1.95), ylim=(0, TOP), ylabel="median squared error, five points")
    ax.set_yticks(TICKS, [f"{tick:g}" for tick in TICKS])
    ax.set_xticks([WAVES, LINES], ["waves\n(trained on these)", "straight lines"])
    for at in (WAVES, LINES):
        ax.axvline(at, color="#828282", lw=0.8, zorder=0)
    for name in waves:
        look = looks.LOOKS[name]
        ends = {WAVES: float(np.mean(waves[name])), LINES: float(np.mean(lines[name]))}
        dots = {**look, "ls": "", "ms": 7, "clip_on": False, "zorder": 5}
        ax.plot(np.full(len(waves[name]), WAVES), waves[name], **dots, gid=f"{name} waves")
        _named(ax, name, WAVES, ends[WAVES], "right")
        for first, last in zip(waves[name], lines[name], strict=True):
            thin = {"color": look["color"], "ls": look["ls"], "lw": 1.5, "zorder": 3}
            moving += ax.plot([WAVES, LINES], [first, last], **thin)
        ahead = np.full(len(lines[name]), LINES)
        moving += ax.plot(ahead, lines[name], **dots, gid=f"{name} lines")
        moving.append(_named(ax, name, LINES, ends[LINES], "left"))
    return moving


def _named(ax: Axes, name: str, x: float, y: float, ha: str):
    up = 7 if y < 0.01 else 0  # not on the axis
    shift = (-8, up) if ha == "right" else (8, up)
    mark = {key: looks.LOOKS[name][key] for key in ("color", "marker")}
    return label(ax, x, y, f"{looks.NAMES[name]} {y:.2f}", mark, ha=ha, shift=shift, size=9.5)


def _root(errors: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(errors, 0))


def _one_line(ax: Axes, task: TaskBatch) -> None:
    x, order = task.query_x[0, :, 0], task.query_x[0, :, 0].argsort()
    ax.plot(x[order], task.query_y[0, order, 0], color=style.FAINT, lw=5, gid="the line")
    dots = {"color": style.INK, **style.SUPPORT, "gid": "support"}
    ax.plot(task.support_x[0, :, 0], task.support_y[0, :, 0], **dots)
    ax.set(xlim=(-5, 5), ylim=(-6, 6), xlabel="input  x", ylabel="output  y")


def _verdict(f, waves: Medians, lines: Medians, best: str) -> str:
    said = looks.NAMES.get(f.guess, "nothing yet")
    judged = "Right." if f.guess == best else f"You said: {said}."
    ends = ", ".join(f"{looks.NAMES[n]} {np.mean(lines[n]):.2f}" for n in ASKED)
    first, last = (_best_first(medians) for medians in (waves, lines))
    if last == first[::-1]:
        found = "On lines the order has turned round"
        meaning = " What was learned about waves now stands in the way."
    else:
        found = "On lines the order is " + ("the same" if last == first else "another one")
        meaning = ""
    counted = f"medians of many tasks, mean of {len(lines['MAML'])} trainings"
    return f"{judged} {found}: {ends} ({counted}).{meaning}"


def _best_first(medians: Medians) -> list[str]:
    return sorted(ASKED, key=lambda name: float(np.mean(medians[name])))


def _alt(f, waves: Medians, lines: Medians) -> str:
    def told(medians: Medians) -> str:
        found = sorted(medians, key=lambda name: float(np.mean(medians[name])))
        return ", ".join(f"{looks.NAMES[name]} {np.mean(medians[name]):.2f}" for name in found)

    shown = f"A straight line with five points. Median errors on waves, best first: {told(waves)}."
    return shown + f" On straight lines: {told(lines)}." * f.revealed
