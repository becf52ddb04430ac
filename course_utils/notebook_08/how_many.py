"""A prediction: from how many waves does MAML learn the family? (notebook 08)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from course_utils.explorers.controls import Stops
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import style

TOP = 8.0
POINTS = {"fresh": "new points each time", "fixed": "the same ten points for ever"}
OWN = {"color": style.TASKS[0], "marker": "D", "ls": (0, (6, 1.5, 1, 1.5)), "ms": 5}
UNSEEN = {"color": style.MAML, "marker": "o", "ls": "-", "ms": 5}
ENDLESS = {
    "MAML": {"color": style.MAML, "lw": 1.0, "ls": ":"},
    "transfer": {"color": style.TRANSFER, "lw": 1.2, "ls": (0, (5, 2))},
}
NEAR = 0.15  # as good as endless: at most this much above it, in every training
Errors = Mapping[str, Mapping[str, np.ndarray]]


def enough(counts: Sequence[int], unseen: np.ndarray, endless: float) -> int:
    """The first count from which on the error (trainings, n) is within NEAR of endless waves.

    0 where there is none.
    """
    near = (np.asarray(unseen) < endless + NEAR).all(axis=0)
    far = np.flatnonzero(~near)
    first = 0 if not len(far) else far[-1] + 1
    return int(counts[first]) if first < len(counts) else 0


def how_many_waves(
    counts: Sequence[int], errors: Errors, *, endless: float, transfer: float
) -> Prediction:
    """Predict how many training waves are enough, with new points each time and with fixed ones.

    counts (n,); errors {"fresh" and "fixed": {"own" and "unseen": (trainings, n)}}, mean errors
    after one step on the waves of the training and on unseen ones. `endless` is MAML's error on
    unseen waves after as long a training on endless waves, `transfer` transfer learning's. Raises
    ValueError if the errors do not fit the counts.
    """
    for points in POINTS:
        for which, found in errors[points].items():
            if np.shape(found)[1:] != (len(counts),):
                raise ValueError(
                    f"errors[{points!r}][{which!r}] must be (trainings, {len(counts)}), got "
                    f"{np.shape(found)}"
                )
    truth = {p: enough(counts, errors[p]["unseen"], endless) for p in POINTS}
    with Scene(1, 2, size=(7.6, 4.4), sharey=True) as (scene, panels):
        for ax, points in zip(panels, POINTS, strict=True):
            _frame(ax, counts, points, endless, transfer)
            for artist in curves(ax, counts, errors[points]):
                scene.seen(artist, revealed)
            rule = {"color": style.INK, "lw": 0.9, "ls": ":", "gid": f"rule {points}"}
            scene.line(ax, partial(_rule, points), **rule)
            at, grip = partial(_grip, points), {"clip_on": False, "gid": f"guess {points}"}
            scene.grip(ax, at, f"your guess, {POINTS[points]}", x=points, **grip)
        panels[0].set_ylabel("mean squared error, one step")
        _legend(scene.figure)
    options = tuple(int(count) for count in counts)
    return scene.prediction(
        lambda fresh, fixed, revealed: truth,
        Stops("fresh", "N", "waves, new points", options, options[0], format=",d"),
        Stops("fixed", "N", "waves, fixed points", options, options[0], format=",d"),
        question=(
            "MAML learns from N waves only, for 4,000 meta-steps. Left: whenever a wave comes up, "
            "it is measured at <b>new</b> points. Right: each wave has its <b>same</b> five "
            "support and five query points for ever. From which N on are <i>unseen</i> waves "
            "learned as well as after endless ones? Drag both white diamonds."
        ),
        verdict=lambda f: _verdict(f, truth, errors, counts),
        alt=lambda f: _alt(f, counts, errors, endless, transfer),
        describe=(
            "Prediction: from how many training waves MAML learns the family, with new points each "
            "time and with the same points for ever."
        ),
    )


def curves(ax: Axes, counts: Sequence[int], errors: Mapping[str, np.ndarray]) -> list:
    """Draw own and unseen waves' errors over the number of waves; returns the lines."""
    drawn = []
    for which, look in (("own", OWN), ("unseen", UNSEEN)):
        for seed, values in enumerate(np.asarray(errors[which])):
            drawn += ax.plot(counts, values, lw=1.5, **look, gid=f"{which} {seed}")
    return drawn


def _frame(ax: Axes, counts: Sequence[int], points: str, endless: float, transfer: float) -> None:
    ax.set(xscale="log", xlim=(counts[0] * 0.75, counts[-1] * 1.35), ylim=(0, TOP))
    ax.set(xlabel="waves of the training  N", title=POINTS[points])
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="x", pad=8)
    for name, level in (("MAML", endless), ("transfer", transfer)):
        ax.axhline(level, **ENDLESS[name], zorder=1, gid=f"{name} endless")


def _legend(figure: Figure) -> None:
    rows = {
        "unseen waves": UNSEEN,
        "the training's own waves": OWN,
        "unseen, endless training": ENDLESS["MAML"],
        "transfer, endless training": ENDLESS["transfer"],
    }
    handles = [Line2D([], [], **{"lw": 1.5, **look}) for look in rows.values()]
    figure.legend(handles, list(rows), loc="outside lower center", ncols=2, columnspacing=1.5)


def _rule(points: str, f) -> tuple:
    return [getattr(f, points)] * 2, (0, TOP)


def _grip(points: str, f) -> tuple[float, float]:
    return getattr(f, points), 0.0


def _verdict(f, truth: Mapping[str, int], errors: Errors, counts: Sequence[int]) -> str:
    parts = []
    for points, words in (("fresh", "With new points"), ("fixed", "with fixed ones")):
        guess, found = getattr(f, points), truth[points]
        judged = "as you said" if guess == found else f"you said {guess:,}"
        parts.append(f"{words} about {found:,} waves are enough ({judged})")
    own, unseen = (np.asarray(errors["fixed"][which])[:, 0] for which in ("own", "unseen"))
    return (
        f"{'; '.join(parts)}. With {counts[0]} waves at fixed points the training's own loss is "
        f"{own.mean():.2f} and unseen waves have {unseen.mean():.1f}: they were learned by heart."
    )


def _alt(f, counts: Sequence[int], errors: Errors, endless: float, transfer: float) -> str:
    shown = (
        f"Error on unseen waves after endless ones: MAML {endless:.2f}, transfer {transfer:.2f}. "
        f"Your guesses: {f.fresh:,} waves with new points, {f.fixed:,} with fixed ones."
    )
    if not f.revealed:
        return shown
    told = []
    for points in POINTS:
        for place in (0, -1):
            own, unseen = (
                np.mean(np.asarray(errors[points][w])[:, place]) for w in ("own", "unseen")
            )
            told.append(
                f"{points} points, {counts[place]:,} waves: own {own:.2f}, unseen {unseen:.2f}"
            )
    return f"{shown} {'; '.join(told)}."
