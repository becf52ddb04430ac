"""Two predictions about accuracies (06): transfer with shuffled labels, and a strong baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from course_utils.evaluation import Mean
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Handle, Prediction, Values
from course_utils.figures import style
from course_utils.figures.readout import Readout
from course_utils.notebook_06 import pictures

CHANCE = pictures.CHANCE
CLOSE = 3.0  # percentage points


@dataclass(frozen=True)
class Guesses:
    """A frame: how far each guess is from the accuracy that was measured, in percentage points.

    Above 0 the guess is too high.
    """

    off: dict[str, float]


def guesses_frame(truth: Mapping[str, Mean], guess: Mapping[str, float]) -> Guesses:
    """Guesses in per cent against the accuracies that were measured, both by name."""
    return Guesses({name: guess[name] - mean.mean for name, mean in truth.items()})


def said(off: float) -> str:
    """How far a guess was off, in words."""
    if abs(off) < CLOSE:
        return "close: " + f"{abs(off):.0f} off"
    return f"{abs(off):.0f} too {'high' if off > 0 else 'low'}"


def shuffled_labels(before: Mean, after: Mean, *, steps: int, guess: float = 50.0) -> Prediction:
    """Predict transfer's accuracy on shuffled labels, before it adapts and after some steps.

    `before` and `after` are accuracies in per cent.
    """

    def verdict(data: Guesses, v: Values) -> str:
        chance = ": that is chance" if before.low <= CHANCE <= before.high else ""
        if after.mean < before.mean + CLOSE:
            why = "The steps change nothing: the text below asks why."
        else:
            why = "Only the support set says what a label means in a task."
        return (
            f"Before adapting {before}{chance}; your guess there is "
            f"{said(data.off['before'])}. After {steps} steps {after}; your guess is "
            f"{said(data.off['after'])}. {why}"
        )

    return _guess(
        known={},
        asked={
            "before": ("transfer, before adapting", before),
            "after": (f"transfer, after {steps} steps", after),
        },
        look="transfer",
        question=(
            "Transfer learning as the formula has it, L(φ) = Σₙ lⁿ(φ), on tasks whose labels are "
            "shuffled anew each time. How many query pictures of unseen scripts does it get right? "
            "Drag both white squares."
        ),
        verdict=verdict,
        guess=guess,
        describe=(
            "Prediction: two rows for transfer's accuracy, before and after adapting, each with a "
            "guess to be dragged."
        ),
    )


def strong_baseline(known: Mapping[str, Mean], strong: Mean, *, guess: float = 60.0) -> Prediction:
    """Predict the accuracy of a classifier of all training characters, with nearest centroids.

    `known` are the methods that were measured before, MAML among them, in per cent. Raises
    ValueError where it is not.
    """
    if "MAML" not in known:
        raise ValueError(f"known must hold 'MAML', which the answer names, got {list(known)}")
    rival = known["MAML"]

    def verdict(data: Guesses, v: Values) -> str:
        gap = strong.mean - rival.mean
        if abs(gap) < rival.half_width + strong.half_width:
            judged = "level with MAML, as far as these intervals tell"
        else:
            judged = f"{abs(gap):.1f} points {'above' if gap > 0 else 'below'} MAML"
        return (
            f"Your guess is {said(data.off['strong'])}. The classifier's features with nearest "
            f"centroids get {strong}, {judged}. It has never been trained on a few-shot task."
        )

    return _guess(
        known=known,
        asked={"strong": ("classifier, centroids", strong)},
        look="classifier, centroids",
        question=(
            "One ordinary classifier learns to tell all meta-training characters apart. In a new "
            "task we take its features, nothing is adapted, and each query picture gets the class "
            "of the nearest support picture there. Where will it stand? Drag the white square."
        ),
        verdict=verdict,
        guess=guess,
        describe=(
            "Prediction: accuracies of several methods on unseen scripts, and an empty row for the "
            "features of an ordinary classifier, with a guess to be dragged."
        ),
    )


def _guess(
    *,
    known: Mapping[str, Mean],
    asked: Mapping[str, tuple[str, Mean]],
    look: str,
    question: str,
    verdict: Callable[[Guesses, Values], str],
    guess: float,
    describe: str,
) -> Prediction:
    """A prediction of one or more accuracies: {control: (its row's name, what was measured)}."""
    rows = {**known, **{row: None for row, _ in asked.values()}}
    places = {name: len(known) + n for n, name in enumerate(asked)}
    truth = {name: mean for name, (_, mean) in asked.items()}
    figure, axes = style.new_figure(size=(7.6, 0.46 * len(rows) + 1.35))
    with style.course_style():
        pictures.accuracies(rows, axes)
        found = [
            artist
            for name, mean in truth.items()
            for artist in pictures.accuracy_mark(axes, places[name], mean, look)
        ]
        for artist in found:
            artist.set_animated(True)
        grip = {"marker": "s", "ms": 13, "mfc": "white", "mec": "black", "mew": 1.6, "ls": ""}
        (marks,) = axes.plot([], [], animated=True, zorder=1.5, **grip)
        axes.set_title(" \n ", fontsize=8)  # room over the line that tells the guesses
        readout = Readout(axes)

    def compute(revealed: bool, **guesses: float) -> Guesses:
        return guesses_frame(truth, guesses)

    def draw(data: Guesses, v: Values) -> str:
        guesses = [getattr(v, name) for name in asked]
        marks.set_data(guesses, [places[name] for name in asked])
        for artist in found:
            artist.set_visible(v.revealed)
        readout.set_text("your guess:  " + ",  ".join(f"{at:.0f} %" for at in guesses))
        words = [f"{name} {mean.mean:.0f} %" for name, mean in known.items()]
        for at, (row, mean) in zip(guesses, asked.values(), strict=True):
            words.append(f"{row}: the guess is {at:.0f} %")
            if v.revealed:
                words[-1] += f", measured were {mean.mean:.0f} %"
        return f"Accuracies on unseen scripts, chance is {CHANCE:.0f} %. {'; '.join(words)}."

    return Prediction(
        figure,
        question=question,
        verdict=verdict,
        compute=compute,
        draw=draw,
        controls=[
            Slider(
                name,
                "%",
                f"your guess {name}" if len(asked) > 1 else "your guess",
                0,
                100,
                1,
                guess,
            )
            for name in asked
        ],
        handles=[
            Handle(
                name,
                f"your guess for: {row}",
                axes,
                lambda d, v, name=name: (getattr(v, name), places[name]),
                lambda x, y, v, name=name: {name: x},
            )
            for name, (row, _) in asked.items()
        ],
        describe=describe,
    )
