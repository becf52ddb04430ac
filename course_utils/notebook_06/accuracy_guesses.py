"""Predictions of accuracies (06): transfer on shuffled labels, frozen layers, a strong baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from course_utils.evaluation import Mean
from course_utils.explorers.controls import Slider
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Frame, Scene, revealed
from course_utils.notebook_06 import pictures

CHANCE = pictures.CHANCE
CLOSE = 3.0  # percentage points
SQUARE = {"marker": "s", "markersize": 13, "markeredgewidth": 1.6, "zorder": 1.5}


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

    def verdict(f: Frame) -> str:
        chance = ": that is chance" if before.low <= CHANCE <= before.high else ""
        if after.mean < before.mean + CLOSE:
            why = "The steps change nothing. Why?"
        else:
            why = "Only the support set says what a label means in a task."
        return (
            f"Before adapting {before}{chance}; your guess there is "
            f"{said(f.data.off['before'])}. After {steps} steps {after}; your guess is "
            f"{said(f.data.off['after'])}. {why}"
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


def frozen_layers(whole: Mean, head: Mean, body: Mean, *, guess: float = 60.0) -> Prediction:
    """Predict MAML's accuracy where only its last layer takes the inner steps, or only the others.

    `whole`, with all layers free, is shown; `head` and `body` name what was *free*. All are in
    per cent.
    """

    def verdict(f: Frame) -> str:
        return (
            f"Convolutions frozen: {head}, your guess is {said(f.data.off['head'])}; "
            f"{_against(head, whole)}. Last layer frozen: {body}, your guess is "
            f"{said(f.data.off['body'])}; {_against(body, whole)}."
        )

    return _guess(
        known={"MAML": whole},
        asked={
            "head": ("convolutions frozen", head),
            "body": ("last layer frozen", body),
        },
        look="MAML",
        question=(
            "MAML's inner steps change all layers. Now a part of them is frozen: it keeps the "
            "values that it has in φ, and only the rest takes the three steps. What is left "
            "if the convolutions are frozen? And if the last layer is? Drag both white squares."
        ),
        verdict=verdict,
        guess=guess,
        describe=(
            "Prediction: MAML's accuracy with all layers free, and two empty rows, convolutions "
            "frozen and last layer frozen, each with a guess to be dragged."
        ),
    )


def _against(part: Mean, whole: Mean) -> str:
    """How much of the whole accuracy a part keeps, in words."""
    if abs(part.mean - whole.mean) < part.half_width + whole.half_width:
        return "nothing is lost, as far as these intervals tell"
    gap = part.mean - whole.mean
    return f"{abs(gap):.0f} points {'above' if gap > 0 else 'below'} all layers"


def strong_baseline(known: Mapping[str, Mean], strong: Mean, *, guess: float = 60.0) -> Prediction:
    """Predict the accuracy of a classifier of all training characters, with nearest class means.

    `known` are the methods that were measured before, MAML among them, in per cent. Raises
    ValueError where it is not.
    """
    if "MAML" not in known:
        raise ValueError(f"known must hold 'MAML', which the answer names, got {list(known)}")
    rival = known["MAML"]

    def verdict(f: Frame) -> str:
        gap = strong.mean - rival.mean
        if abs(gap) < rival.half_width + strong.half_width:
            judged = "level with MAML, as far as these intervals tell"
        else:
            judged = f"{abs(gap):.1f} points {'above' if gap > 0 else 'below'} MAML"
        return (
            f"Your guess is {said(f.data.off['strong'])}. The classifier's features with the "
            f"nearest class mean get {strong}, {judged}. It was never trained on few-shot tasks."
        )

    return _guess(
        known=known,
        asked={"strong": ("classifier, class means", strong)},
        look="classifier, class means",
        question=(
            "One ordinary classifier learns to tell all training characters apart, with the same "
            "augmentation as MAML. In a new task we take its features, no step is taken, and each "
            "query picture gets the class of the nearest class mean. Where will it stand? Drag the "
            "white square."
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
    verdict: Callable[[Frame], str],
    guess: float,
    describe: str,
) -> Prediction:
    """A prediction of one or more accuracies: {control: (its row's name, what was measured)}."""
    rows = {**known, **{row: None for row, _ in asked.values()}}
    words = {name: f"your guess {name}" if len(asked) > 1 else "your guess" for name in asked}
    truth = {name: mean for name, (_, mean) in asked.items()}
    with Scene(size=(7.6, 0.46 * len(rows) + 1.35)) as (scene, axes):
        pictures.accuracies(rows, axes)
        axes.set_title(" \n ", fontsize=8)  # room over the line that tells the guesses
        for place, (name, (row, mean)) in enumerate(asked.items(), start=len(known)):
            for artist in pictures.accuracy_mark(axes, place, mean, look):
                scene.seen(artist, revealed)
            at = partial(_at, name, place)
            scene.grip(axes, at, f"your guess for: {row}", x=name, gid=f"guess {name}", **SQUARE)
        scene.text(axes, lambda f: "your guess:  " + ",  ".join(_percent(f, n) for n in asked))
    return scene.prediction(
        lambda revealed, **guesses: guesses_frame(truth, guesses),
        *(Slider(name, "%", word, 0, 100, 1, guess) for name, word in words.items()),
        question=question,
        verdict=verdict,
        alt=lambda f: _alt(f, known, asked),
        describe=describe,
    )


def _at(name: str, place: int, f: Frame) -> tuple[float, int]:
    """Where a guess stands: at its value, in its row."""
    return getattr(f, name), place


def _alt(f: Frame, known: Mapping[str, Mean], asked: Mapping[str, tuple[str, Mean]]) -> str:
    told = [f"{name} {mean.mean:.0f} %" for name, mean in known.items()]
    for name, (row, mean) in asked.items():
        measured = f", measured were {mean.mean:.0f} %" if f.revealed else ""
        told.append(f"{row}: the guess is {_percent(f, name)}{measured}")
    return f"Accuracies on unseen scripts, chance is {CHANCE:.0f} %. {'; '.join(told)}."


def _percent(f: Frame, name: str) -> str:
    return f"{getattr(f, name):.0f} %"
