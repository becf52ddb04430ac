"""A prediction: which layer alone keeps MAML's result on sinusoids, beside pictures (07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from course_utils.evaluation import Mean
from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Frame, Scene, revealed
from course_utils.figures import style

ALL = "all layers"
FIRST, SECOND, HEAD = "first layer", "second layer", "head"
ALONE = (FIRST, SECOND, HEAD)
CONVOLUTIONS, LAST = "convolutions", "last layer"
NO_STEP, CHANCE = 3.01, 80.0  # the floor before any step; wrong answers by chance, of five ways
PICTURE_LAYERS = {ALL: (1, 2, 3, 4), CONVOLUTIONS: (1, 2, 3), LAST: (4,)}  # that move
SIDES = {  # a panel: its rows, its axis, its end, what no adapting at all costs, the title
    "sinusoids": ((ALL, *ALONE), "mean squared error", 4.0, NO_STEP, "sinusoids, one step"),
    "pictures": ((ALL, CONVOLUTIONS, LAST), "wrong answers (%)", 100, CHANCE, "pictures (06)"),
}
_ROW = 0.66  # what the bars of a row take of its height
_DIGITS = {"sinusoids": 2, "pictures": 0}

Rows = Mapping[str, Sequence[Mean]]


def frame(ax: Axes, side: str) -> None:
    """A panel of `SIDES` without its bars: rows, axis, and what is left with no step at all."""
    rows, label, end, nothing, title = SIDES[side]
    ax.set(xlim=(0, end), ylim=(len(rows) - 0.4, -0.85), xlabel=label, title=title)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(axis="y", length=0, labelsize=10.5, labelcolor=style.INK)
    ax.axvline(nothing, color=style.INK, lw=0.9, ls=":", zorder=1)
    words = "no step" if side == "sinusoids" else "chance"
    ax.text(nothing - 0.01 * end, -0.62, words, ha="right", va="center", fontsize=9.5)


def bars(
    ax: Axes, side: str, row: str, means: Sequence[Mean], *, digits: int | None = None
) -> list[Artist]:
    """One row: a bar a training with its interval, and the mean of all as a number."""
    place, drawn = SIDES[side][0].index(row), []
    wide = _ROW / len(means)
    for n, mean in enumerate(means):
        y = place + wide * (n - (len(means) - 1) / 2)
        bar = ax.barh(y, mean.mean, height=0.85 * wide, color=style.MAML)
        drawn += bar.patches
        drawn += ax.plot([mean.low, mean.high], [y, y], color=style.INK, lw=1.2, zorder=4)
    middle = sum(mean.mean for mean in means) / len(means)
    words = f"{middle:.{_DIGITS[side] if digits is None else digits}f}"
    edge = max(mean.high for mean in means) + 0.015 * SIDES[side][2]
    ground = {"fc": "white", "ec": "none", "pad": 0.8}  # the dotted line stops behind the number
    look = {"va": "center", "fontsize": 9.5, "color": style.INK, "bbox": ground}
    drawn.append(ax.text(edge, place, words, **look))
    return drawn


def which_layer(sinusoids: Rows, pictures: Rows) -> Prediction:
    """Predict which layer alone keeps MAML's error after one step, where the head does on pictures.

    Each is {row of `SIDES`: a mean for each training}: errors on sinusoids, wrong answers in per
    cent on pictures. Raises ValueError if a row is missing.
    """
    for name, given in (("sinusoids", sinusoids), ("pictures", pictures)):
        if set(given) != set(SIDES[name][0]):
            raise ValueError(f"{name} must have the rows {SIDES[name][0]}, got {[*given]}")
    with Scene(1, 2, size=(7.6, 3.3)) as (scene, (left, right)):
        for ax, side in ((left, "sinusoids"), (right, "pictures")):
            frame(ax, side)
        bars(left, "sinusoids", ALL, sinusoids[ALL])
        for row in ALONE:
            for artist in bars(left, "sinusoids", row, sinusoids[row]):
                scene.seen(artist, revealed)
        for row, means in pictures.items():
            bars(right, "pictures", row, means)
        asked = {"color": style.INK, "marker": "$?$", "ms": 11, "mew": 0, "ls": "", "gid": "asked"}
        scene.line(left, lambda f: None if f.revealed else ([0.2] * 3, [1, 2, 3]), **asked)
    return scene.prediction(
        lambda guess, revealed: None,
        vocabulary.verdicts([(f"the {row}", row) for row in ALONE]),
        question=(
            "On pictures, on the right, the last layer alone keeps MAML's result: the bars are the "
            "query answers that are wrong when only these layers take the steps. On the left, "
            "sinusoids and one step of α = .01. Now only <b>one</b> layer may move. Which one "
            "keeps MAML's result?"
        ),
        verdict=lambda f: _verdict(f, sinusoids),
        alt=lambda f: _alt(f, sinusoids, pictures),
        describe=(
            "Prediction: what is left of MAML's result if only some layers take the inner steps, "
            "known for pictures, and to be guessed for each layer on sinusoids."
        ),
    )


def spread(means: Sequence[Mean]) -> str:
    """The least and the greatest of some trainings' means in words."""
    found = sorted(mean.mean for mean in means)
    return f"{found[0]:.2f} to {found[-1]:.2f}"


def best(sinusoids: Rows) -> str:
    """The layer that alone comes to the least error, on average over the trainings."""
    return min(ALONE, key=lambda row: sum(mean.mean for mean in sinusoids[row]))


def _verdict(f: Frame, sinusoids: Rows) -> str:
    right = best(sinusoids)
    said = "nothing yet" if f.guess is None else f"the {f.guess}"
    judged = "Right." if f.guess == right else f"You said: {said}."
    others = "; ".join(f"the {row} {spread(sinusoids[row])}" for row in ALONE if row != right)
    return (
        f"{judged} The {right} alone has {spread(sinusoids[right])} in three trainings, all layers "
        f"{spread(sinusoids[ALL])}. With the same step {others}, where no step has about 3. On "
        "pictures it is the other way round."
    )


def _alt(f: Frame, sinusoids: Rows, pictures: Rows) -> str:
    wrong = ", ".join(
        f"{row} {sum(m.mean for m in means) / len(means):.0f} %" for row, means in pictures.items()
    )
    told = (
        f"Two panels of bars, three trainings each. Right, wrong answers on pictures: {wrong}. "
        f"Left, the error on sinusoids after one step: all layers {spread(sinusoids[ALL])}; "
    )
    if not f.revealed:
        return told + "one layer alone is asked for."
    return told + ", ".join(f"{row} alone {spread(sinusoids[row])}" for row in ALONE) + "."
